"""HTTP and event streams for many consoles in one thread, as cheap as they can be.

A load test on the machine of its server must not cost what it measures: no response is parsed
beyond its status and length, no event beyond the names of its messages.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from time import perf_counter

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_NAME = re.compile(rb'"external_id": "(m[\d.]+)"')
_LAST = re.compile(rb"^id: (\d+)", re.MULTILINE)
# A console is told when it listens; the first that a customer is told is how their visit stands.
_READY = re.compile(rb"^event: (?:ready|state)$", re.MULTILINE)
_REFUSED = re.compile(rb"HTTP/1\.1 [345]")
_CLOSING = re.compile(rb"\r\nconnection: *close\r\n", re.IGNORECASE)
_NO_CONTENT = 204
_STALE = 20.0  # seconds; the server hangs up on a connection that was silent for longer


class Failed(Exception):
    """A request was not answered."""


class Connection(asyncio.Protocol):
    """One kept connection with one request at a time; `head` is that of the last answer."""

    def __init__(self) -> None:
        self._transport: asyncio.WriteTransport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._got = bytearray()
        self._used = perf_counter()
        self.head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Gather until the answer is complete."""
        self._got += data
        head = self._got.find(_END_OF_HEAD)
        if head < 0 or self._answer is None:
            return
        length = _LENGTH.search(self._got, 0, head + 2)
        start, status = head + len(_END_OF_HEAD), int(self._got[9:12])
        if length is None and status != _NO_CONTENT:
            self._fail("an answer without a length")
        elif length is None or len(self._got) >= start + int(length[1]):
            body = bytes(self._got[start:])
            self.head = bytes(self._got[: head + 2])
            self._got.clear()
            self._used = perf_counter()
            if not self._answer.done():
                self._answer.set_result((status, body))

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits for an answer learns that none will come."""
        self._transport = None
        self._fail("the connection was closed")

    @property
    def usable(self) -> bool:
        """Whether the next request may go out here."""
        return self._transport is not None and perf_counter() - self._used < _STALE

    async def send(self, request: bytes, patience: float) -> tuple[int, bytes]:
        """Status and body of the answer.

        Raises:
            Failed: there was none within `patience` seconds.
        """
        if self._transport is None:
            raise Failed("not connected")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            return await asyncio.wait_for(self._answer, patience)
        except TimeoutError:
            self.close()
            raise Failed(f"no answer within {patience:.0f} s") from None

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def _fail(self, why: str) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Failed(why))


class Client:
    """Requests of one caller over as many connections as are in use at once.

    Args:
        port: Where the service listens, on this machine.
        headers: Lines that say who asks, each with its line end.
        patience: Seconds to wait for an answer; may be changed at any time.
    """

    def __init__(self, port: int, headers: str, patience: float = 30.0) -> None:
        self._port = port
        self._headers = headers
        self.patience = patience
        self._idle: list[Connection] = []

    async def call(self, method: str, path: str, body: object) -> tuple[int, bytes]:
        """Send JSON; status and body of the answer, or Failed."""
        status, answer, _head = await self.ask(method, path, body)
        return status, answer

    async def ask(
        self, method: str, path: str, body: object, headers: str = ""
    ) -> tuple[int, bytes, bytes]:
        """Send JSON with more header lines; status, body and head of the answer, or Failed."""
        connection = await self._connection()
        written = self._written(method, path, body, headers)
        try:
            status, answer = await connection.send(written, self.patience)
        except Failed:
            connection.close()
            raise
        if _CLOSING.search(connection.head):
            connection.close()
        else:
            self._idle.append(connection)
        return status, answer, connection.head

    def close(self) -> None:
        """Hang up everywhere."""
        for connection in self._idle:
            connection.close()

    async def _connection(self) -> Connection:
        while self._idle:
            known = self._idle.pop()
            if known.usable:
                return known
            known.close()
        loop = asyncio.get_running_loop()
        try:
            _, made = await loop.create_connection(Connection, "127.0.0.1", self._port)
        except OSError as error:
            raise Failed(f"no connection: {error}") from error
        return made

    def _written(self, method: str, path: str, body: object, headers: str) -> bytes:
        data = json.dumps(body).encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n{self._headers}{headers}"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        return head.encode() + data


class Stream(asyncio.Protocol):
    """An event stream; a message in it is told by its external id, which is to be m1.2 or the like.

    `refused` is the status that the service answered with instead of one.

    Args:
        told: Called with that id.
        lost: Called when the connection ends before `close`.
    """

    def __init__(self, told: Callable[[str], None], lost: Callable[[], None]) -> None:
        self._told = told
        self._lost = lost
        self._got = bytearray()
        self._transport: asyncio.BaseTransport | None = None
        self._closing = False
        self.ready = asyncio.Event()
        self.last = 0
        self.refused = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Read complete frames. Each comes in one chunk of its own, whose length is skipped."""
        self._got += data
        if not self.ready.is_set() and _REFUSED.match(self._got):
            self.refused = self._got[9:12].decode("ascii")
            self.ready.set()
        while (end := self._got.find(b"\n\n")) >= 0:
            frame = bytes(self._got[:end])
            del self._got[: end + 2]
            if numbers := _LAST.search(frame):
                self.last = int(numbers[1])
            if _READY.search(frame):
                self.ready.set()
            elif b"\nevent: message\n" in frame and (named := _NAME.search(frame)):
                self._told(named[1].decode())

    def connection_lost(self, exc: Exception | None) -> None:
        """The server has hung up, or we have."""
        if not self._closing:
            self._lost()

    def close(self) -> None:
        """Hang up."""
        self._closing = True
        if self._transport is not None:
            self._transport.close()


async def follow(
    port: int, headers: str, told: Callable[[str], None], lost: Callable[[], None], after: int = 0,
    path: str = "/api/v1/events",
) -> Stream:  # fmt: skip
    """Open an event stream and wait until it listens; from an event on where `after` is given.

    Raises:
        Failed: the service refused it.
        TimeoutError: it did not say whether it listens.
    """
    loop = asyncio.get_running_loop()
    transport, stream = await loop.create_connection(lambda: Stream(told, lost), "127.0.0.1", port)
    resume = f"Last-Event-ID: {after}\r\n" if after else ""
    transport.write(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{headers}{resume}\r\n".encode()
    )
    await asyncio.wait_for(stream.ready.wait(), 30.0)
    if stream.refused:
        stream.close()
        raise Failed(f"an event stream was refused: status {stream.refused}")
    return stream
