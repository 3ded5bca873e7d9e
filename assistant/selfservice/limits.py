"""How much self-service one visit, one address and one site may use: token buckets in memory.

Each process counts for itself. What the settings allow is divided among the processes, down to a
quarter, since a browser stays with one of them while its connection lasts: up to four processes
together never allow more than was set. Memory is bounded: the buckets that were used longest ago
are forgotten, which makes them full.
"""

from __future__ import annotations

import ipaddress
import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic

from kb.settings import Settings

DEAREST = 3.0  # what beginning a visit takes; a message takes 1
_REMEMBERED = 20_000  # buckets of each kind
_MINUTE = 60.0
_LEAST_SHARE = 0.25


class Kind(StrEnum):
    """What a bucket is kept for."""

    VISIT = "visit"
    ADDRESS = "address"
    SITE = "site"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many units each minute; as many as half a minute brings may be used at once.

    However small the rate, there is room for the dearest request: a bucket that never holds what
    one takes would refuse it for ever.
    """

    per_minute: float

    @property
    def burst(self) -> float:
        """The most that a bucket holds."""
        return max(self.per_minute / 2, DEAREST)


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Limits:
    """Buckets by kind and key. Safe to share between threads.

    Args:
        rates: What one process allows.
        timer: Seconds that never go backwards.
    """

    def __init__(self, rates: Mapping[Kind, Rate], timer: Callable[[], float] = monotonic) -> None:
        self._rates = rates
        self._timer = timer
        self._lock = threading.Lock()
        self._buckets: dict[Kind, OrderedDict[str, _Bucket]] = {
            kind: OrderedDict() for kind in rates
        }

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The limits of one of the settings' processes."""
        share = max(1 / settings.workers, _LEAST_SHARE)
        return cls(
            {
                Kind.VISIT: Rate(settings.widget_per_visit * share),
                Kind.ADDRESS: Rate(settings.widget_per_address * share),
                Kind.SITE: Rate(settings.widget_per_site * share),
            }
        )

    def take(self, keys: Sequence[tuple[Kind, str]], cost: float = 1.0) -> int:
        """Take `cost` units from each of these buckets, or from none of them.

        Returns:
            0 when it was taken; else after how many whole seconds all of them will have enough.
        """
        now = self._timer()
        with self._lock:
            found = [(self._rates[kind], self._bucket(kind, key, now)) for kind, key in keys]
            waits = [
                (cost - bucket.left) / (rate.per_minute / _MINUTE)
                for rate, bucket in found
                if bucket.left < cost
            ]
            if waits:
                return max(1, math.ceil(max(waits)))
            for _rate, bucket in found:
                bucket.left -= cost
        return 0

    def _bucket(self, kind: Kind, key: str, now: float) -> _Bucket:
        """The bucket as it stands now, counted as the one used last."""
        known, rate = self._buckets[kind], self._rates[kind]
        bucket = known.get(key)
        if bucket is None:
            bucket = known[key] = _Bucket(rate.burst, now)
            if len(known) > _REMEMBERED:
                known.popitem(last=False)
        else:
            known.move_to_end(key)
            refilled = bucket.left + (now - bucket.at) * rate.per_minute / _MINUTE
            bucket.left, bucket.at = min(rate.burst, refilled), now
        return bucket


def address_key(address: str) -> str:
    """What an address is counted under: one customer has a whole /64 of the newer kind."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
