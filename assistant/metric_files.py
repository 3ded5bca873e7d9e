"""Room for the metrics of each worker process, taken before they are counted.

The metrics library maps its files into memory. Writing to a mapped page that a full disk has no
room for kills the process (SIGBUS), so every page is written once beforehand.
"""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from pathlib import Path

_log = logging.getLogger(__name__)
_KINDS = ("counter", "histogram")
_BYTES = 512 * 1024  # several times what all routes and outcomes need


def reserve(folder: Path) -> bool:
    """Take the space for this process's files under `folder`, before the first metric is used.

    Returns:
        Whether there was room. Without it this process counts in its own memory: answering goes
        on, and its share is missing from the sums.
    """
    files = [folder / f"{kind}_{os.getpid()}.db" for kind in _KINDS]
    try:
        for path in files:
            path.write_bytes(bytes(_BYTES))
    except OSError as error:
        _log.warning("no room for metrics, this process counts for itself: %s", error.strerror)
        _count_in_memory()
        for path in files:
            path.unlink(missing_ok=True)
        return False
    return True


def release(folder: Path, pid: int) -> None:
    """Give back the unused space of a process that has ended; its counts stay in the sums."""
    for kind in _KINDS:
        path = folder / f"{kind}_{pid}.db"
        with suppress(OSError), path.open("r+b") as file:
            used = int.from_bytes(file.read(4), sys.byteorder)
            file.truncate(min(max(used, 8), _BYTES))


def _count_in_memory() -> None:
    from prometheus_client import values

    values.ValueClass = values.MutexValue
