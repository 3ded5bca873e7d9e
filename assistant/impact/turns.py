"""Who may start long work now: one piece at a time for each person, few at once altogether."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kb.errors import ZhikeError

MOST_AT_ONCE = 2
_PATIENCE_SECONDS = 15.0


class Busy(ZhikeError):
    """Too much is under way; `own`: by the one who asks."""

    def __init__(self, *, own: bool) -> None:
        super().__init__("such work is under way already; try again in a moment")
        self.own = own


class Turns:
    """Hands out turns. Thread-safe."""

    def __init__(self, most: int = MOST_AT_ONCE, patience: float = _PATIENCE_SECONDS) -> None:
        self._free = threading.BoundedSemaphore(most)
        self._patience = patience
        self._lock = threading.Lock()
        self._people: set[str] = set()

    @contextmanager
    def turn(self, person: str) -> Iterator[None]:
        """A person's turn; waits a while for others to end. Raises Busy."""
        with self._lock:
            if person in self._people:
                raise Busy(own=True)
            self._people.add(person)
        try:
            if not self._free.acquire(timeout=self._patience):
                raise Busy(own=False)
            try:
                yield
            finally:
                self._free.release()
        finally:
            with self._lock:
                self._people.discard(person)
