"""Finished steps are kept under the work folder, each with a fingerprint of its input."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path

log = logging.getLogger(__name__)
DONE = "done.json"


def fingerprint(*parts: object) -> str:
    """Return a short hash of JSON-able values."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def files_fingerprint(paths: Iterable[Path]) -> str:
    """Return a hash of the content of the files named."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode("utf-8"))
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def run_step(work: Path, name: str, key: str, make: Callable[[Path], None]) -> Path:
    """Run `make` into a folder unless it was already finished for the same key.

    The folder is filled aside and renamed, so a killed run leaves no half-finished step behind.

    Args:
        work: Folder that holds all steps.
        name: The step's name.
        key: Fingerprint of everything the step depends on.
        make: Writes the step's files into the folder it is given.

    Returns:
        The folder of the finished step.
    """
    folder = work / f"{name}-{key}"
    if (folder / DONE).exists():
        log.info("step %s: kept from an earlier run (%s)", name, folder)
        return folder
    log.info("step %s: starting (%s)", name, folder)
    started = time.monotonic()
    aside = work / f".{name}-{key}.{os.getpid()}"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    make(aside)
    seconds = round(time.monotonic() - started, 1)
    (aside / DONE).write_text(json.dumps({"step": name, "key": key, "seconds": seconds}), "utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)
    log.info("step %s: finished in %.1f s", name, seconds)
    return folder
