"""Progress as log lines with an estimate of the time left."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

log = logging.getLogger(__name__)
Item = TypeVar("Item")


def track(
    items: Iterable[Item], what: str, total: int | None = None, every: float = 5.0
) -> Iterator[Item]:
    """Yield the items and log a line every few seconds.

    Args:
        items: What is worked through.
        what: Its name in the log.
        total: How many there are; taken from the length where it has one.
        every: Seconds between lines.
    """
    size = len(items) if total is None and isinstance(items, Sized) else total
    began = shown = time.monotonic()
    for done, item in enumerate(items):
        yield item
        now = time.monotonic()
        if now - shown < every:
            continue
        shown = now
        if size:
            left = (now - began) / (done + 1) * (size - done - 1)
            log.info("%s: %d of %d, ETA %.0f s", what, done + 1, size, left)
        else:
            log.info("%s: %d, %.0f s so far", what, done + 1, now - began)
