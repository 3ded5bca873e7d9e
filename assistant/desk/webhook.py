"""Sending signed JSON to an address that the operator set; retried with growing pauses.

The body is signed: ``X-Zhike-Signature: sha256=`` and the HMAC of the body under the shared secret.
Redirects are not followed. Unless the operator allows it, an address inside the own network is
refused, and the connection goes to the very address that was checked.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from assistant.desk import outbound
from kb.errors import ZhikeError

PAUSES = (1.0, 4.0, 16.0)  # seconds before the second, third and fourth try
TIMEOUT = 10.0  # seconds of silence
DEADLINE = 30.0  # seconds for a whole try: one that answers a byte at a time is never silent
_AGAIN = frozenset((408, 425, 429))
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_ANSWER = 4096  # bytes of an answer that are read


class DeliveryFailed(ZhikeError):
    """Nobody took what was sent; trying again later may help."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address, the secret that signs, and whether it may lie inside the own network."""

    url: str
    secret: str
    private: bool = False

    def send(self, payload: Mapping[str, Any], sleep: Callable[[float], None] = time.sleep) -> int:
        """Post `payload`; the number of tries that it took.

        Raises DeliveryFailed when the address may not be asked, refuses, or stays silent.
        """
        body = _body(payload)
        wrong = ""
        for number, pause in enumerate((*PAUSES, None), start=1):
            try:
                status = self._post(body)
            except (OSError, http.client.HTTPException) as error:
                wrong = f"{type(error).__name__}: {error}"
            else:
                if 200 <= status < 300:
                    return number
                wrong = f"it answered {status}"
                if status < 500 and status not in _AGAIN:
                    break
            if pause is not None:
                sleep(pause)
        raise DeliveryFailed(f"the webhook did not take it: {wrong}")

    def send_once(self, payload: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        """Post `payload` in one try, with further `headers`.

        Raises DeliveryFailed when the address may not be asked, refuses, or stays silent.
        """
        try:
            status = self._post(_body(payload), headers)
        except (OSError, http.client.HTTPException) as error:
            raise DeliveryFailed(f"{type(error).__name__}: {error}") from error
        if not 200 <= status < 300:
            raise DeliveryFailed(f"it answered {status}")

    def _post(self, body: bytes, headers: Mapping[str, str] = _NO_HEADERS) -> int:
        parts = urlsplit(self.url)
        host, secure = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        address = self._address(host, port)
        connection = outbound.connection(host, port, address, secure=secure, timeout=TIMEOUT)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        ending = threading.Timer(DEADLINE, connection.cut)
        ending.daemon = True
        ending.start()
        try:
            connection.request("POST", path, body, {**self._headers(body), **headers})
            response = connection.getresponse()
            response.read(_ANSWER)
            return response.status
        finally:
            ending.cancel()
            connection.close()

    def _headers(self, body: bytes) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "User-Agent": "Zhike",
            "X-Zhike-Signature": signature(self.secret, body),
        }

    def _address(self, host: str, port: int) -> str:
        try:
            return outbound.address_of(host, port, private=self.private)
        except outbound.InsideOnly as error:
            raise DeliveryFailed(
                f"the webhook leads to {error.address}, inside the own network; "
                "set ZHIKE_WEBHOOK_PRIVATE=1 if that is meant"
            ) from error


def _body(payload: Mapping[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, sort_keys=True).encode()


def signature(secret: str, body: bytes) -> str:
    """What stands in the header for `body`; receivers work it out the same way and compare."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
