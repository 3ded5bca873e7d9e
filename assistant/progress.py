"""Telling how far something is, once it takes longer than two seconds."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

EVERY = 2.0


class Progress:
    """A callback `(done, total)` for long work: says a line every two seconds, none before."""

    def __init__(self, say: Callable[[str], None], unit: str) -> None:
        self._say = say
        self._unit = unit
        self._next = monotonic() + EVERY

    def __call__(self, done: int, total: int) -> None:
        """Note that `done` of `total` are finished."""
        if monotonic() < self._next:
            return
        self._next = monotonic() + EVERY
        self._say(f"  {done} of {total} {self._unit}")
