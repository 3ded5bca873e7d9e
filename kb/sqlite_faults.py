"""Protection from the WAL-reset fault of older SQLite versions.

Before 3.51.3 (and 3.44.6, 3.50.7 in their lines) two connections that write or checkpoint at
the same instant can, rarely, damage the database. On such a version every write transaction,
with the checkpoint that its commit may cause, runs under one file lock across all processes.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.errors import StorageBusy

if sys.platform != "win32":  # there is no gunicorn there either: one process writes
    import fcntl

BUSY_SECONDS = 5.0
_POLL_SECONDS = 0.002


def has_wal_reset_fault(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite version has the fault."""
    if version[:2] == (3, 44):
        return version < (3, 44, 6)
    if version[:2] == (3, 50):
        return version < (3, 50, 7)
    return version < (3, 51, 3)


@contextmanager
def only_writer(database: Path) -> Iterator[None]:
    """Hold the write lock beside `database`; StorageBusy after BUSY_SECONDS of waiting."""
    if sys.platform == "win32":
        yield
        return
    lock = os.open(f"{database}-writer", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        _acquire(lock)
        yield
    finally:
        os.close(lock)  # the kernel lets go of the lock, also when the process is killed


def _acquire(lock: int) -> None:
    if sys.platform == "win32":
        return
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise StorageBusy("another process has been writing for too long") from None
            time.sleep(_POLL_SECONDS)
