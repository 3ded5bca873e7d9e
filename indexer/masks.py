"""The one filter: validity, audience, kind and channel, decided before anything is ranked.

Every search passes through `Masks.at`, whatever the surface. Time needs no rebuild and no batch
job: the spans of all published revisions are stored, and a mask is looked up by the interval
between two changes that `as_of` falls into.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from indexer.vectors import Bitmap, bitmap
from kb.model import Audience, Channel, Kind

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FOREVER = np.iinfo(np.int64).max
ALWAYS = np.iinfo(np.int64).min
ALL_CHANNELS = (1 << len(Channel)) - 1
_KEPT = 128
_Key = tuple[int, int, int, int]


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970 of an aware moment."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment(value: int) -> datetime | None:
    """The moment of microseconds since 1970; None for `ALWAYS` and `FOREVER`."""
    if value in (ALWAYS, FOREVER):
        return None
    return EPOCH + timedelta(microseconds=int(value))


def bits(members: Iterable[StrEnum], of: type[StrEnum]) -> int:
    """A set of members of an enumeration as bits, in the enumeration's order."""
    order = list(of)
    return sum(1 << order.index(member) for member in set(members))


@dataclass(frozen=True, slots=True)
class Mask:
    """What one filter lets through.

    Attributes:
        spans: For each revision the row of the span in force, -1 where it is filtered out.
        chunks: One flag for each chunk, counter-questions and labels included.
        dense: The chunks whose vectors may be found, as a bitmap.
        searchable: The chunks that may be found, as flags (counter-questions are none).
    """

    spans: NDArray[np.int64]
    chunks: NDArray[np.bool_]
    dense: Bitmap
    searchable: NDArray[np.bool_]


class Masks:
    """Masks over one generation, cached by validity interval and filter. Thread-safe.

    Args:
        arrays: `kinds`, `audiences` of revisions; `span_revisions`, `span_starts`, `span_ends`;
            `chunk_revisions`, `chunk_channels`.
        answers: One flag for each chunk: it may answer (it is no counter-question).
        embedded: One flag for each chunk: it has a vector.
    """

    def __init__(
        self,
        arrays: Mapping[str, NDArray[np.generic]],
        answers: NDArray[np.bool_],
        embedded: NDArray[np.bool_],
    ) -> None:
        self._a = {name: np.asarray(array) for name, array in arrays.items()}
        self._answers, self._found = answers, answers & embedded
        edges = np.concatenate([self._a["span_starts"], self._a["span_ends"]])
        self._edges = np.unique(edges)
        self._cache: OrderedDict[_Key, Mask] = OrderedDict()
        self._lock = threading.Lock()

    def at(
        self,
        as_of: datetime,
        audiences: frozenset[Audience],
        kinds: frozenset[Kind] | None = None,
        channel: Channel | None = None,
    ) -> Mask:
        """What is in force at `as_of`, readable by `audiences`, of the kinds, on the channel."""
        wanted = (
            self.interval(as_of),
            bits(audiences, Audience),
            bits(kinds if kinds is not None else Kind, Kind),
            bits([channel], Channel) if channel else ALL_CHANNELS,
        )
        with self._lock:
            if wanted in self._cache:
                self._cache.move_to_end(wanted)
                return self._cache[wanted]
        mask = self._mask(*wanted)
        with self._lock:
            self._cache[wanted] = mask
            while len(self._cache) > _KEPT:
                self._cache.popitem(last=False)
        return mask

    def interval(self, moment: datetime) -> int:
        """Number of the stretch of time, between two changes, that a moment lies in."""
        return int(np.searchsorted(self._edges, microseconds(moment), side="right"))

    def _mask(self, interval: int, audiences: int, kinds: int, channels: int) -> Mask:
        a = self._a
        # Any moment of the interval stands for all of them; its first one is an edge.
        now = self._edges[interval - 1] if interval else ALWAYS
        running = (a["span_starts"] <= now) & (now < a["span_ends"])
        spans = np.full(len(a["kinds"]), -1, dtype=np.int64)
        rows = np.flatnonzero(running)
        spans[a["span_revisions"][rows]] = rows
        allowed = ((1 << a["audiences"].astype(np.int64)) & audiences) > 0
        allowed &= ((1 << a["kinds"].astype(np.int64)) & kinds) > 0
        spans[~allowed] = -1
        chunks = (spans >= 0)[a["chunk_revisions"]] & ((a["chunk_channels"] & channels) > 0)
        return Mask(spans, chunks, bitmap(chunks & self._found), chunks & self._answers)
