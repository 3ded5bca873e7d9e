"""Asking addresses outside whether they still answer, when an editor wants to know.

Nothing is fetched otherwise. A link is asked for its head, and for its beginning where a server
takes no such question; nothing of the answer is kept but its status. Only http and https on their
own ports, only public addresses (see `outbound`), no cookies and no credentials; redirects are
followed a few times, each address checked anew. One server is asked once a second at most.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, urljoin, urlsplit

from assistant.desk import outbound

TIMEOUT = 5.0  # seconds to connect, and for each read
PATIENCE = 25.0  # seconds for one batch
PACE = 1.0  # seconds between two questions to one server
_MOST_REDIRECTS = 3
_READ = 16 * 1024  # bytes of a page that are read at most
_PORTS = {"http": 80, "https": 443}
_NO_HEAD = frozenset((400, 403, 404, 405, 406, 429, 500, 501, 503))
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_GONE = frozenset((404, 410))
_FOREVER = frozenset((301, 308))


class Outcome(StrEnum):
    """What became of a link."""

    OK = "ok"
    MOVED = "moved"  # for ever, to another address that answers
    GONE = "gone"
    REFUSED = "refused"  # the server answers, but not to us: a person has to look
    FAILED = "failed"  # no answer: a person has to look
    PRIVATE = "private"  # it may not be asked
    BUSY = "busy"  # no time was left; ask again


@dataclass(frozen=True, slots=True)
class Found:
    """What became of `url`: the last status (0: none), why not, and where it moved to."""

    url: str
    outcome: Outcome
    status: int = 0
    detail: str = ""
    location: str = ""


class LinkProbe:
    """Asks; one for a process, so that servers are spared however many editors ask.

    Args:
        private: Whether addresses inside the own network and other ports may be asked.
        clock: Seconds that only go on.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        *,
        private: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._private = private
        self._clock = clock
        self._sleep = sleep
        self._next: dict[str, float] = {}
        self._lock = threading.Lock()

    def check(self, urls: Iterable[str]) -> list[Found]:
        """What became of each of `urls`, in order; those that no time was left for are `busy`."""
        deadline = self._clock() + PATIENCE
        return [self._one(url, deadline) for url in dict.fromkeys(urls)]

    def _one(self, url: str, deadline: float) -> Found:
        here, forever = url, False
        try:
            for _hop in range(_MOST_REDIRECTS + 1):
                parts = self._askable(here)
                if parts is None:
                    return Found(url, Outcome.PRIVATE, detail="it may not be asked")
                status, to = self._ask(parts, deadline)
                if status not in _REDIRECTS or not to:
                    return _judged(url, here if forever else "", status)
                forever = forever or status in _FOREVER
                here = urljoin(here, to)
        except outbound.InsideOnly as error:
            return Found(url, Outcome.PRIVATE, detail=str(error))
        except TimeoutError as error:
            busy = self._clock() >= deadline
            return Found(url, Outcome.BUSY if busy else Outcome.FAILED, detail=str(error))
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Found(url, Outcome.FAILED, detail=f"{type(error).__name__}: {error}"[:200])
        return Found(url, Outcome.FAILED, detail="it redirects for ever")

    def _askable(self, url: str) -> SplitResult | None:
        parts = urlsplit(url)
        port = _PORTS.get(parts.scheme)
        if port is None or not parts.hostname or parts.username or parts.password:
            return None
        return parts if self._private or parts.port in (None, port) else None

    def _ask(self, parts: SplitResult, deadline: float) -> tuple[int, str]:
        """Status and Location of the head, or of a page whose server takes no such question."""
        status, to = self._request("HEAD", parts, deadline)
        return self._request("GET", parts, deadline) if status in _NO_HEAD else (status, to)

    def _request(self, method: str, parts: SplitResult, deadline: float) -> tuple[int, str]:
        host = parts.hostname or ""
        port = parts.port or _PORTS[parts.scheme]
        self._wait(host, deadline)
        left = min(TIMEOUT, deadline - self._clock())
        if left <= 0:
            raise TimeoutError("no time was left")
        address = outbound.address_of(host, port, private=self._private)
        connection = outbound.connection(
            host, port, address, secure=parts.scheme == "https", timeout=left
        )
        # A server that dribbles keeps each read alive; the whole question ends when its time is up.
        ending = threading.Timer(left, connection.cut)
        ending.daemon = True
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"User-Agent": "Zhike link check", "Accept": "*/*", "Connection": "close"}
        if method == "GET":
            headers["Range"] = f"bytes=0-{_READ - 1}"
        ending.start()
        try:
            connection.request(method, path, headers=headers)
            response = connection.getresponse()
            if method == "GET":
                response.read1(_READ)
            return response.status, response.headers.get("Location", "")
        finally:
            ending.cancel()
            connection.close()

    def _wait(self, host: str, deadline: float) -> None:
        """Keep the pace for one server, whoever else asks it."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next.get(host, 0.0))
            if turn >= deadline:
                raise TimeoutError("no time was left")
            self._next[host] = turn + PACE
            if len(self._next) > 10_000:  # only servers that were asked just now matter
                self._next = {one: due for one, due in self._next.items() if due > now}
        self._sleep(max(0.0, turn - now))


def _judged(url: str, moved_to: str, status: int) -> Found:
    if 200 <= status < 300:
        return Found(url, Outcome.MOVED if moved_to else Outcome.OK, status, location=moved_to)
    if status in _GONE:
        return Found(url, Outcome.GONE, status)
    return Found(url, Outcome.REFUSED, status)
