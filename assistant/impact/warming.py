"""Keeps what previews need ready while somebody works with them."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress

_LOG = logging.getLogger(__name__)
_LOOK_EVERY = 2.0
_NICE = 10  # whoever waits for an answer comes first
_IDLE_AFTER = 1800.0  # seconds without a preview after which nothing is kept ready any more


class Warmer:
    """Does work again after each change, in a thread that ends when nobody needs it. Thread-safe.

    Args:
        work: What is to be done.
        change: Number of the newest change.
        look_every: Seconds between two looks.
        idle_after: Seconds without use after which the thread ends.
    """

    def __init__(
        self,
        work: Callable[[], None],
        change: Callable[[], int],
        look_every: float = _LOOK_EVERY,
        idle_after: float = _IDLE_AFTER,
    ) -> None:
        self._work, self._change = work, change
        self._look_every, self._idle_after = look_every, idle_after
        self._used = 0.0
        self._done = -1
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()

    def close(self) -> None:
        """End the thread, and wait for what it is doing; it is not started again."""
        self._ended.set()
        thread = self._thread
        if thread is not None:
            thread.join()

    def used(self, change: int = -1) -> None:
        """Note that somebody needs it; what is given was ready up to a change."""
        with self._lock:
            self._used, self._done = time.monotonic(), max(change, self._done)
            if not self._ended.is_set() and (self._thread is None or not self._thread.is_alive()):
                self._thread = threading.Thread(target=self._run, name="impact", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        with suppress(AttributeError, OSError):  # where threads have a priority of their own
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        seen = self._done
        while time.monotonic() - self._used < self._idle_after:
            if self._ended.wait(self._look_every):
                return
            try:
                newest = self._change()
                if newest not in (self._done, seen):
                    seen = newest  # somebody may be publishing one after the other: wait for them
                elif newest != self._done:
                    self._work()
                    self._done = newest
            except Exception:
                _LOG.exception("previews could not be made ready; the next one does it itself")
