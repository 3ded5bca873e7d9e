"""Protection from the WAL-reset fault of older SQLite versions.

Before 3.51.3 (and 3.44.6, 3.50.7 in their lines) two connections that write or checkpoint at
the same instant can, rarely, damage the database. On such a version every write transaction,
with the checkpoint that its commit may cause, runs under one file lock across all processes.

The threads of a process take turns among themselves first, so that at most one of them asks for the
file lock again and again; and a process that has just had it leaves the others a moment.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.errors import StorageBusy

if sys.platform != "win32":  # there is no gunicorn there either: one process writes
    import fcntl

BUSY_SECONDS = 5.0
_POLL_SECONDS = 0.0005
_MOMENT = 0.001  # longer than a poll: whoever waits elsewhere comes in between


def has_wal_reset_fault(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite version has the fault."""
    if version[:2] == (3, 44):
        return version < (3, 44, 6)
    if version[:2] == (3, 50):
        return version < (3, 50, 7)
    return version < (3, 51, 3)


class _Turns:
    """Whose turn it is among the threads of this process, for one database."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.left = 0.0  # when the last one was done


_turns: defaultdict[Path, _Turns] = defaultdict(_Turns)


@contextmanager
def only_writer(database: Path) -> Iterator[None]:
    """Hold the write lock beside `database`; StorageBusy after BUSY_SECONDS of waiting."""
    deadline = time.monotonic() + BUSY_SECONDS
    turns = _turns[database]
    if not turns.lock.acquire(timeout=BUSY_SECONDS):
        raise StorageBusy("others have been writing for too long")
    try:
        time.sleep(max(0.0, min(_MOMENT, turns.left + _MOMENT - time.monotonic())))
        with _locked(database, deadline):
            yield
    finally:
        turns.left = time.monotonic()
        turns.lock.release()


@contextmanager
def _locked(database: Path, deadline: float) -> Iterator[None]:
    """Hold the file lock, against other processes."""
    if sys.platform == "win32":
        yield
        return
    lock = os.open(f"{database}-writer", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        _acquire(lock, deadline)
        yield
    finally:
        os.close(lock)  # the kernel lets go of the lock, also when the process is killed


def _acquire(lock: int, deadline: float) -> None:
    if sys.platform == "win32":
        return
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise StorageBusy("another process has been writing for too long") from None
            time.sleep(_POLL_SECONDS)
