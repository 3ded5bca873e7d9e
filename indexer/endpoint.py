"""One model endpoint over HTTP: patient while indexing, quick to give up while somebody waits.

Only the configured host is ever asked: redirects are refused. Neither keys nor texts reach a log
or an error message, which is why nothing of an answer's body is quoted either.
"""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage, HTTPResponse
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from kb.errors import InvalidInput, Problem, Unavailable

log = logging.getLogger(__name__)
_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_REFUSED = frozenset({401, 403})
_LARGEST = 256 << 20
_CHUNK = 1 << 16
_LONGEST_PAUSE = 30.0
_COOL_DOWN = 15.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an answer is waited for.

    Attributes:
        seconds: For each try.
        tries: How often it is asked.
        pause: Seconds before the second try; each further pause is twice as long. An endpoint
            that names a longer one (`Retry-After`) gets it, up to 30 seconds.
    """

    seconds: float
    tries: int
    pause: float


WAITING = Patience(seconds=5.0, tries=2, pause=0.1)  # somebody waits for the answer
INDEXING = Patience(seconds=60.0, tries=5, pause=1.0)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a model is served.

    Attributes:
        setting: Name of the setting that says so, for messages.
        url: What is posted to.
        host: Its host and port.
        model: The model's name there.
    """

    setting: str
    url: str
    host: str
    model: str

    @classmethod
    def read(cls, setting: str, value: str) -> Address:
        """Read `https://host/path#model`.

        Raises:
            InvalidInput: It is not of that form, is neither http nor https, or holds a password.
        """
        try:
            parts = urlsplit(value)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            host, port, parts = "", None, urlsplit("")
        problem = ""
        if parts.scheme not in ("http", "https") or not host or not value.isprintable():
            problem = "must be of the form https://host/path#model"
        elif " " in value or not value.isascii():
            problem = "must not hold spaces or letters outside ASCII"
        elif parts.username is not None or parts.password is not None:
            problem = f"must not hold a password; {setting}_KEY is for that"
        elif not parts.fragment:
            problem = "must name the model after a #, as in https://host/path#model"
        if problem:
            raise InvalidInput([Problem("environment", 0, setting, problem)])
        url = urlunsplit((parts.scheme, parts.netloc, parts.path or "/", parts.query, ""))
        return cls(setting, url, f"{host}:{port}" if port else host, parts.fragment)


def is_address(value: str) -> bool:
    """Whether a setting names an endpoint; anything else is a model's name or folder."""
    return bool(_REMOTE.match(value))


class Endpoint:
    """Posts JSON to one address. Thread-safe; starts no threads and keeps no connections.

    After a failure, those who wait are refused at once for fifteen seconds, then one of them tries
    again: an outage costs one time-out, not one for each query.

    Args:
        address: Where.
        key: Sent as bearer token; empty for none.
        sleep: How to pause between tries.
        clock: Seconds that only grow.

    Raises:
        InvalidInput: The key cannot be sent.
    """

    def __init__(
        self,
        address: Address,
        key: str = "",
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not (key.isascii() and key.isprintable()) or " " in key:
            problem = "must be visible ASCII characters, nothing else"
            raise InvalidInput([Problem("environment", 0, f"{address.setting}_KEY", problem)])
        self.address = address
        self._headers = {"Content-Type": "application/json", "User-Agent": "zhike"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self._sleep, self._clock = sleep, clock
        self._opener = build_opener(_NoRedirects)
        self._lock = threading.Lock()
        self._failed = ""
        self._again = 0.0

    def post(self, body: dict[str, Any], patience: Patience) -> Any:  # noqa: ANN401 - any JSON
        """Post a JSON object and return the JSON of the answer.

        Raises:
            Unavailable: There was no usable answer; the message names setting and host.
        """
        if patience is WAITING:
            self._refuse_while_cooling()
        data = json.dumps(body).encode()
        pause = patience.pause
        for left in reversed(range(patience.tries)):
            try:
                answer = json.loads(self._ask(data, patience.seconds))
            except HTTPError as error:
                with error:
                    failure, transient = _told(error, self.address), error.code in _BUSY
                    wished = _seconds(error.headers.get("Retry-After"))
            except (OSError, HTTPException) as error:
                failure, transient, wished = _reason(error), True, 0.0
            except (ValueError, RecursionError):
                failure, transient, wished = "the answer is not JSON", False, 0.0
            else:
                self._failed = ""
                return answer
            if patience is WAITING and wished > patience.seconds:
                break
            if not transient or not left:
                break
            self._sleep(min(max(pause, wished), _LONGEST_PAUSE))
            pause *= 2
        raise self.failure(failure)

    def failure(self, reason: str) -> Unavailable:
        """The error for an answer that cannot be used; starts the time of refusal."""
        with self._lock:
            self._failed = f"{self.address.setting}: {self.address.host}: {reason}"
            self._again = self._clock() + _COOL_DOWN
            return Unavailable(self._failed)

    def _refuse_while_cooling(self) -> None:
        with self._lock:
            if not self._failed:
                return
            if self._clock() < self._again:
                raise Unavailable(self._failed)
            self._again = self._clock() + _COOL_DOWN  # this one tries, the others go on without

    def _ask(self, data: bytes, seconds: float) -> bytes:
        deadline = self._clock() + seconds
        request = Request(self.address.url, data, self._headers, method="POST")
        with self._opener.open(request, timeout=seconds) as response:
            return self._read(response, deadline)

    def _read(self, response: HTTPResponse, deadline: float) -> bytes:
        """The whole body; a time-out of the socket alone would let it trickle for ever."""
        found = bytearray()
        while part := response.read1(_CHUNK):
            found += part
            if len(found) > _LARGEST:
                raise OSError("the answer is too large")
            if self._clock() > deadline:
                raise TimeoutError
        return bytes(found)


class _NoRedirects(HTTPRedirectHandler):
    """Leaves a redirect as the error that it is here: the key is for the configured host alone."""

    def redirect_request(
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        return None


def _told(error: HTTPError, address: Address) -> str:
    if error.code in _REFUSED:
        return f"it answered {error.code}; is {address.setting}_KEY right?"
    if 300 <= error.code < 400:
        return f"it answered {error.code}; redirects are not followed"
    return f"it answered {error.code} for model {address.model!r}"


def _reason(error: Exception) -> str:
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return "no answer in time"
    text = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
    return text or type(cause).__name__


def _seconds(text: str | None) -> float:
    """Seconds of a `Retry-After`; 0 without, and for dates, which nobody sends here."""
    return float(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else 0.0
