"""Reading labelled cases: one JSON object a line, every bad line named, good ones unharmed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from kb.errors import Problem

T = TypeVar("T")


def read_lines(
    path: Path, make: Callable[[Any], T], what: str
) -> tuple[list[tuple[int, T]], list[Problem]]:
    """What `make` makes of each line, with the number of the line; and a problem for each other.

    Args:
        path: The file; empty lines are passed over.
        make: Raises ValueError, LookupError, TypeError or AttributeError for what makes no sense.
        what: What a line should be, such as ``a judged query``.
    """
    found: list[tuple[int, T]] = []
    problems: list[Problem] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append((number, make(json.loads(line))))
        except (ValueError, LookupError, AttributeError, TypeError) as error:
            problems.append(Problem(str(path), number, "", f"not {what}: {error!r}"))
    return found, problems
