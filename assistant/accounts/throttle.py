"""Slows down password guessing: a small in-memory count of failed attempts.

Counts are per process; with a handful of workers the limit is a handful of times higher, still
far too low for guessing. Nothing is kept beyond the window, and memory is bounded.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

WINDOW_SECONDS = 300.0
PER_LOGIN = 5
PER_ADDRESS = 30
PER_LOGIN_ANYWHERE = 60  # many addresses guessing one password; high, as it locks the owner out
_REMEMBERED = 4096


@dataclass(slots=True)
class _Count:
    failures: int
    since: float


class LoginThrottle:
    """Failed sign-ins per (address, login), per login and per address within a five-minute window.

    A success clears the caller's own count, not the other two: one right password must not buy
    thirty more wrong ones.
    """

    def __init__(self, timer: Callable[[], float] = monotonic) -> None:
        self._timer = timer
        self._lock = threading.Lock()
        self._counts: OrderedDict[tuple[str, str], _Count] = OrderedDict()

    def wait_seconds(self, address: str, login: str) -> int:
        """Whole seconds until another attempt is allowed; 0 means now."""
        with self._lock:
            waits = [
                self._wait((address, login), PER_LOGIN),
                self._wait((address, ""), PER_ADDRESS),
                self._wait(("", login), PER_LOGIN_ANYWHERE),
            ]
        return max(waits)

    def failed(self, address: str, login: str) -> None:
        """Note a failed attempt."""
        with self._lock:
            self._add((address, login))
            self._add((address, ""))
            self._add(("", login))

    def succeeded(self, address: str, login: str) -> None:
        """Forget the failures of this login from this address."""
        with self._lock:
            self._counts.pop((address, login), None)

    def _wait(self, key: tuple[str, str], limit: int) -> int:
        count = self._counts.get(key)
        if count is None or count.failures < limit:
            return 0
        left = count.since + WINDOW_SECONDS - self._timer()
        return max(0, int(left) + 1) if left > 0 else 0

    def _add(self, key: tuple[str, str]) -> None:
        now = self._timer()
        count = self._counts.get(key)
        if count is None or now - count.since >= WINDOW_SECONDS:
            self._counts[key] = _Count(1, now)
        else:
            count.failures += 1
        self._counts.move_to_end(key)
        while len(self._counts) > _REMEMBERED:
            self._counts.popitem(last=False)
