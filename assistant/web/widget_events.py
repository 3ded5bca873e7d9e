"""The event stream of the widget: a conversation with a person, or with one waited for, live."""

from __future__ import annotations

import re
import threading
from typing import cast

from flask import Flask, Response, current_app, request

from assistant.accounts.policy import Action
from assistant.contacts.feed import Sink
from assistant.web import context, guard, streams, visits
from assistant.web.problems import Refusal
from assistant.web.requests import NoQuery
from assistant.web.routing import Routes
from assistant.web.widget_frames import VisitFrames

routes = Routes()
MOST = 300  # streams of customers in one process; the others are left to staff
EXTENSION = "zhike.widget_streams"
_NUMBER = re.compile(r"\d{1,9}")


class Followers:
    """The customers' streams of this process: one for each visit, the newest.

    Args:
        frames: Writes what they are told.
        most: How many there may be.
    """

    def __init__(self, frames: VisitFrames, most: int = MOST) -> None:
        self.frames = frames
        self._most = most
        self._lock = threading.Lock()
        self._sinks: dict[str, Sink] = {}

    def full(self, visit_id: str) -> bool:
        """Whether there is no room for a stream of that visit."""
        with self._lock:
            self._sinks = {one: sink for one, sink in self._sinks.items() if sink.alive}
            return visit_id not in self._sinks and len(self._sinks) >= self._most

    def enter(self, visit_id: str, sink: Sink) -> None:
        """Take a stream in; an earlier one of the visit ends."""
        with self._lock:
            earlier = self._sinks.get(visit_id)
            self._sinks[visit_id] = sink
        if earlier is not None:
            earlier.close()


def install(app: Flask, frames: VisitFrames) -> None:
    """Give `app` its streams of customers."""
    app.extensions[EXTENSION] = Followers(frames)


@routes.get("/events", Action.WIDGET_USE, query=NoQuery, returns=streams.MEDIA_TYPE)
def follow_visit(query: NoQuery) -> Response:
    """Follow the visit: events `message` and `state`."""
    feed, followers = context.feed(), cast(Followers, current_app.extensions[EXTENSION])
    visit, services = visits.visit(), context.services()
    if feed.full or followers.full(visit.id):
        raise Refusal(503, "too_many_streams", headers={"Retry-After": "5"})
    viewer, renew = context.principal(), guard.credentials()
    last = request.headers.get("Last-Event-ID", "")
    # Where to listen from is read before what was said: nothing in between is lost.
    position = services.contacts.position()
    turn = services.selfservice.conversations.behind(
        visit, int(last) if _NUMBER.fullmatch(last) else None
    )
    first = followers.frames.turn(turn)

    def join(sink: streams.SocketSink | streams.QueueSink) -> None:
        sink.write(first)
        if visit.contact_id is None:
            sink.close()  # nobody but the assistant is there, and that one answers by itself
            return
        followers.enter(visit.id, sink)
        feed.join(sink, viewer, renew, position)

    return streams.respond(join)
