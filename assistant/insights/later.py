"""Small writes that nobody waits for, done by one background thread of the process."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)
_MOST = 1_000


class Later:
    """Runs tasks one after another, away from the request that asked for them.

    The thread starts with the first task, so that a process forked before has none. Tasks are
    for notes that may be lost with the process: nothing here is acknowledged to anybody.
    """

    def __init__(self) -> None:
        self._tasks: queue.Queue[Callable[[], None]] = queue.Queue(_MOST)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def do(self, task: Callable[[], None]) -> None:
        """Queue a task; when too many are waiting it is dropped with a warning."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="later", daemon=True)
                self._thread.start()
        try:
            self._tasks.put_nowait(task)
        except queue.Full:
            _log.warning("too many notes are waiting to be written; one was dropped")

    def drain(self) -> None:
        """Wait until everything queued so far has been done."""
        self._tasks.join()

    def _run(self) -> None:
        while True:
            task = self._tasks.get()
            try:
                task()
            except Exception:
                _log.exception("a note could not be written")
            finally:
                self._tasks.task_done()
