"""The feed of events to open consoles: one thread of a process serves all of its streams.

The event table is the truth, so it does not matter which process changed something and which one
holds the stream. A stream that comes back names the last event it got and hears everything after
it once. When that is no longer kept, or is too much, it is told to start afresh (`reset`).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Protocol

from sqlalchemy.engine import Engine

from assistant.accounts.roles import Principal
from assistant.contacts import store
from assistant.contacts.model import Event
from kb.store import read

POLL = 0.04  # seconds until a change by another process is seen
_GATHER = 4.0  # a round of deliveries is followed by a pause this much longer, in which more gather
HEARTBEAT = 15.0
MAX_STREAMS = 500  # of one process; each is an open file, and there may be 1,024 of these
_LOOK = 1.0  # seconds between looks for streams that were closed
_PATIENCE = 1.0  # seconds before a database that failed is asked again
_PAGE = 500
_MOST_MISSED = 2_000  # events; a console that missed more is quicker to start afresh

_log = logging.getLogger(__name__)


class Sink(Protocol):
    """Where the frames of one stream go. No method blocks."""

    @property
    def alive(self) -> bool:
        """Whether somebody still listens."""
        ...

    def write(self, data: bytes) -> None:
        """Send, or keep until the other side takes more."""
        ...

    def flush(self) -> None:
        """Send what was kept."""
        ...

    def look(self) -> None:
        """Find out whether the other side has gone."""
        ...

    def close(self) -> None:
        """End the stream."""
        ...


class Frames(Protocol):
    """Writes what streams are told."""

    def event(self, event: Event, viewer: Principal) -> bytes | None:
        """An event as the viewer may see it; None when it is not for them."""
        ...

    def note(self, kind: str, position: int, viewer: Principal) -> bytes:
        """`ready`: listening from that event on; `reset`: some before it are missing."""
        ...

    def heartbeat(self, position: int, viewer: Principal) -> bytes:
        """A sign of life that also moves the last event's number on."""
        ...


@dataclass(eq=False)
class _Stream:
    sink: Sink
    viewer: Principal
    renew: Callable[[], Principal | None]
    after: int | None
    beat_at: float


class Feed:
    """The streams of this process. Its thread runs only while there are some.

    Args:
        engine: The database with the event table.
        frames: Writes events for viewers.
        generation: Name of the live index generation, looked at each second.
        note_generation: Told when that name changes.
    """

    def __init__(
        self,
        engine: Engine,
        frames: Frames,
        generation: Callable[[], str],
        note_generation: Callable[[str], None],
    ) -> None:
        self._engine = engine
        self._frames = frames
        self._generation = generation
        self._note_generation = note_generation
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._joining: list[_Stream] = []
        self._streams: list[_Stream] = []
        self._thread: threading.Thread | None = None
        self._position = 0
        self._known_generation = ""

    def wake(self) -> None:
        """Look for events now: this process has just written one."""
        self._wake.set()

    @property
    def full(self) -> bool:
        """Whether this process has as many streams as it may."""
        return len(self._streams) + len(self._joining) >= MAX_STREAMS

    def join(
        self,
        sink: Sink,
        viewer: Principal,
        renew: Callable[[], Principal | None],
        after: int | None,
    ) -> None:
        """Serve a stream.

        Args:
            sink: Where it goes; closed by the feed when it ends.
            viewer: Who listens.
            renew: Asks again who that is, at every heartbeat; None ends the stream.
            after: The last event that was received; None means from now on.
        """
        stream = _Stream(sink, viewer, renew, after, monotonic() + HEARTBEAT)
        with self._lock:
            self._joining.append(stream)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="feed", daemon=True)
                self._thread.start()
                watch = threading.Thread(
                    target=self._watch, args=(self._thread,), name="feed-index", daemon=True
                )
                watch.start()
        self._wake.set()

    def stop(self) -> None:
        """End all streams and wait for the thread to end."""
        with self._lock:
            thread, streams = self._thread, self._streams + self._joining
        for stream in streams:
            stream.sink.close()
        self._wake.set()
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        started = False
        look_at = busy_until = 0.0
        while not self._finished():
            self._wake.wait(POLL)
            sleep(max(0.0, busy_until - monotonic()))
            self._wake.clear()
            began = monotonic()
            try:
                if not started:
                    with read(self._engine) as connection:
                        self._position = store.last_event(connection)
                    started = True
                self._deliver()
                # Under load many events share one round, and nobody waits longer than for a poll.
                spent = monotonic() - began
                busy_until = began + min(spent * (1 + _GATHER), POLL)
                self._admit()
                self._beat()
            except Exception:  # a full disk, a restarted database: streams outlive it
                _log.exception("the event feed could not go on; trying again")
                self._wake.wait(_PATIENCE)
            now = monotonic()
            for stream in self._streams:
                stream.sink.flush()
                if now >= look_at:
                    stream.sink.look()
            if now >= look_at:
                look_at = now + _LOOK

    def _finished(self) -> bool:
        """Drop streams that have ended; whether none is left, which ends the thread."""
        with self._lock:
            for stream in self._streams + self._joining:
                if not stream.sink.alive:
                    stream.sink.close()
            self._streams = [stream for stream in self._streams if stream.sink.alive]
            # While the database fails nobody is admitted, and whoever waits may leave.
            self._joining = [stream for stream in self._joining if stream.sink.alive]
            if self._streams or self._joining:
                return False
            self._thread = None
            return True

    def _deliver(self) -> None:
        """Read what is new and send it to whom it concerns."""
        while True:
            with read(self._engine) as connection:
                found = store.events_after(connection, self._position, _PAGE)
            for event in found:
                for stream in self._streams:
                    self._send(stream, event)
            if found:
                self._position = found[-1].seq
            if len(found) < _PAGE:
                return

    def _admit(self) -> None:
        """Bring streams that have just come up to where the others are."""
        with self._lock:
            joining = list(self._joining)
        for stream in joining:
            self._catch_up(stream)
            with self._lock:
                self._joining.remove(stream)
                self._streams.append(stream)

    def _catch_up(self, stream: _Stream) -> None:
        after = self._position if stream.after is None else stream.after
        with read(self._engine) as connection:
            oldest = store.first_event(connection)
        missed = self._position - after
        if missed < 0 or missed > _MOST_MISSED or (missed and after + 1 < oldest):
            stream.sink.write(self._frames.note("reset", self._position, stream.viewer))
            return
        while after < self._position:
            with read(self._engine) as connection:
                found = store.events_after(connection, after, _PAGE, self._position)
            for event in found:
                self._send(stream, event)
            after = found[-1].seq if found else self._position
        stream.after = self._position
        stream.sink.write(self._frames.note("ready", self._position, stream.viewer))

    def _send(self, stream: _Stream, event: Event) -> None:
        frame = self._frames.event(event, stream.viewer)
        if frame is not None:
            stream.sink.write(frame)

    def _beat(self) -> None:
        """Signs of life that are due; whoever may no longer listen is cut off."""
        now = monotonic()
        for stream in self._streams:
            if now < stream.beat_at:
                continue
            stream.beat_at = now + HEARTBEAT
            viewer = stream.renew()
            if viewer is None:
                stream.sink.close()
                continue
            stream.viewer = viewer
            stream.sink.write(self._frames.heartbeat(self._position, viewer))

    def _watch(self, feed: threading.Thread) -> None:
        """Notice another index generation while the feed runs, apart: opening one takes a while."""
        while feed.is_alive():
            try:
                generation = self._generation()
                if generation != self._known_generation:
                    self._note_generation(generation)
                    self._known_generation = generation
            except Exception:
                _log.exception("the index generation could not be told; trying again")
            feed.join(_LOOK)
