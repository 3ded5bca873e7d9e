"""Event streams that cost no thread: the connection is taken out of the server's hands.

gunicorn gives each request a thread until it is answered, which an event stream never is. Once
the headers are out, the stream's own copy of the socket goes to the feed, whose one thread serves
all streams, and the server is left with the end of a closed pair, which it closes. Under other
servers (tests, a TLS socket) the stream is an ordinary response that keeps its thread.
"""

from __future__ import annotations

import os
import queue
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress

from flask import Response, request

MEDIA_TYPE = "text/event-stream"
_FIRST = b"retry: 1000\n\n"
_MOST_KEPT = 1024 * 1024  # bytes that a slow reader may be behind; it comes back and resumes
_WAIT = 1.0


class SocketSink:
    """Writes to a connection without ever waiting for it."""

    def __init__(self, connection: socket.socket, chunked: bool) -> None:
        connection.setblocking(False)
        self._connection = connection
        self._chunked = chunked
        self._kept = bytearray()
        self._open = True

    @property
    def alive(self) -> bool:
        """Whether the connection is still there, as far as we know."""
        return self._open

    def write(self, data: bytes) -> None:
        """Send, or keep what the connection does not take now; a reader too slow is cut off."""
        if not self._open:
            return
        self._kept += b"%X\r\n%b\r\n" % (len(data), data) if self._chunked else data
        self.flush()
        if len(self._kept) > _MOST_KEPT:
            self.close()

    def flush(self) -> None:
        """Send what was kept."""
        if not (self._kept and self._open):
            return
        try:
            sent = self._connection.send(self._kept)
            del self._kept[:sent]
        except (BlockingIOError, InterruptedError):
            pass
        except OSError:
            self.close()

    def look(self) -> None:
        """Find out whether the other side has hung up; whatever it sends is thrown away."""
        if not self._open:
            return
        try:
            if not self._connection.recv(4096):
                self.close()
        except (BlockingIOError, InterruptedError):
            pass
        except OSError:
            self.close()

    def close(self) -> None:
        """Hang up."""
        if self._open:
            self._open = False
            self._connection.close()


class QueueSink:
    """Hands frames to the thread of an ordinary response."""

    def __init__(self) -> None:
        self._frames: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._open = True

    @property
    def alive(self) -> bool:
        """Whether the response still goes on."""
        return self._open

    def write(self, data: bytes) -> None:
        """Hand over one frame."""
        self._frames.put(data)
        if self._frames.qsize() > _MOST_KEPT // 256:
            self.close()

    def flush(self) -> None:
        """Nothing is kept back."""

    def look(self) -> None:
        """The response says itself when it ends."""

    def close(self) -> None:
        """End the response after what was handed over."""
        self._open = False

    def __iter__(self) -> Iterator[bytes]:
        while True:
            try:
                yield self._frames.get(timeout=_WAIT)
            except queue.Empty:
                if not self._open:
                    return


Join = Callable[[SocketSink | QueueSink], None]


def respond(join: Join) -> Response:
    """An event stream; `join` gets where its frames go as soon as the headers are out."""
    plain = request.environ.get("gunicorn.socket")
    http_1 = request.environ.get("SERVER_PROTOCOL") in ("HTTP/1.0", "HTTP/1.1")
    body: Iterator[bytes]
    if type(plain) is socket.socket and http_1:  # no subclass: a TLS socket has state of its own
        body = _Detached(plain, request.environ["SERVER_PROTOCOL"] == "HTTP/1.1", join)
    else:
        body = _attached(join)
    response = Response(body, content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "private, no-store, no-transform"
    response.headers["X-Accel-Buffering"] = "no"  # nginx would gather events otherwise
    return response


class _Detached:
    """The body of a response whose connection leaves the server after the first bytes."""

    def __init__(self, connection: socket.socket, chunked: bool, join: Join) -> None:
        self._connection = connection
        self._chunked = chunked
        self._join = join
        self._begun = False
        self._stand_in: socket.socket | None = None

    def __iter__(self) -> _Detached:
        return self

    def __next__(self) -> bytes:
        if not self._begun:
            self._begun = True
            return _FIRST  # with it the server sends the headers
        if self._stand_in is None:
            self._detach()
        raise StopIteration

    def _detach(self) -> None:
        ours = self._connection.dup()
        theirs, self._stand_in = socket.socketpair()
        with theirs:
            # The server's socket object now means one end of the pair: what it still writes, and
            # its hanging up, do not reach the client.
            os.dup2(theirs.fileno(), self._connection.fileno(), inheritable=False)
        self._join(SocketSink(ours, self._chunked))

    def close(self) -> None:
        """The server is done: its end of the pair reads as closed now."""
        if self._stand_in is not None:
            with suppress(OSError):
                self._stand_in.close()


def _attached(join: Join) -> Iterator[bytes]:
    yield _FIRST
    sink = QueueSink()
    join(sink)
    try:
        yield from sink
    finally:
        sink.close()
