"""Work that keeps the processor busy takes turns.

Python runs one thread of a process at a time. Of many that compute at once each hands the
interpreter on at every few hundred microseconds, which costs more than the work itself: a service
that falls behind for a moment would then never catch up. So whoever looks for answers waits asleep
until it is their turn; whoever came first goes first.
"""

from __future__ import annotations

import threading
from collections import deque
from types import TracebackType


class Turns:
    """A context manager that lets a few threads in at a time, in the order in which they came.

    Args:
        at_once: How many.
    """

    def __init__(self, at_once: int = 1) -> None:
        self._free = at_once
        self._lock = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)

    def __enter__(self) -> None:
        """Wait for the turn of this thread."""
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the next one in."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1
