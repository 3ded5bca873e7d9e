"""A load in a process of its own, so that what it costs is not counted as the service's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any


def run_load(module: str, plan: object, phase: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Run `module` with a plan, anything that is JSON, as its input; gives what it found.

    The module writes JSON lines: one for each phase as it begins, handed to `phase`, and at last
    one with ``found``.

    Raises:
        RuntimeError: It ended before that.
    """
    with subprocess.Popen(
        [sys.executable, "-m", module], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdin is not None and process.stdout is not None
            with process.stdin:
                json.dump(plan, process.stdin)
            for line in process.stdout:
                told: dict[str, Any] = json.loads(line)
                if "found" in told:
                    found: dict[str, Any] = told["found"]
                    return found
                phase(told)
            raise RuntimeError(f"the load ended before it was done (status {process.wait()})")
        finally:
            process.kill()
