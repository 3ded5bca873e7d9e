"""The gate of the widget, around the guard: overload, origins, limits, and their headers.

A browser says which page a request comes from. Only our own pages and those of the sites are let
in, a visit only from its own site; whoever is not gets no CORS header at all. Cookies count for
nothing here, so there is nothing that another page could make a browser send along.

The searches of the help centre, which anybody can ask for, wait for the same places. Its other
pages and the widget's frame do not: they are read from memory or by their key. The links under an
article are searched for, but once for each article and state of the index; a vote is written down
at once, and taken from the address's bucket.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request

from assistant.selfservice.limits import DEAREST, Kind, address_key
from assistant.selfservice.model import HELP_SITE, Site
from assistant.selfservice.sites import Sites
from assistant.web import context, visits
from assistant.web.headers import CONTENT_SECURITY_POLICY
from assistant.web.problems import Refusal
from kb.settings import Settings

PREFIX = "/widget/v1"
_GATE = "zhike.widget_gate"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_KEPT = 1.0  # seconds that the origins of all sites are remembered
_PATIENCE = 1.0  # seconds that a request waits for a place
_CORS = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Last-Event-ID",
    "Access-Control-Max-Age": "600",
}
# What a request takes from the buckets; a message is 1.
_READ, _SUGGEST, _SAY = 0.1, 0.2, 1.0
_COSTS = {f"{PREFIX}/suggestions": _SUGGEST, f"{PREFIX}/sessions": DEAREST}
_SEARCHES = {"/help/search": 0.5, "/help/suggestions": _SUGGEST}  # of the help centre


class Gate:
    """What one process knows of the widget's requests: how many there are, and known origins.

    Args:
        sites: Whose origins are known.
        at_once: How many requests are worked on at a time.
        waiting: How many more wait for a place meanwhile, each in a thread of its own.
        timer: Seconds that never go backwards.
    """

    def __init__(
        self, sites: Sites, at_once: int, waiting: int, timer: Callable[[], float] = monotonic
    ) -> None:
        self._sites = sites
        self._inside = threading.BoundedSemaphore(at_once + waiting)
        self._free = threading.BoundedSemaphore(at_once)
        self._timer = timer
        self._origins: frozenset[str] = frozenset()
        self._looked = float("-inf")

    def enter(self) -> bool:
        """Take a place; False when there is none, at once where too many wait for one already."""
        if not self._inside.acquire(blocking=False):
            return False
        if self._free.acquire(timeout=_PATIENCE):
            return True
        self._inside.release()
        return False

    def leave(self) -> None:
        """Give a place back."""
        self._free.release()
        self._inside.release()

    def known(self, origin: str, *, look: bool = True) -> bool:
        """Whether some site in use has that origin; without `look` as far as is remembered.

        An origin that was taken from a site may be known a second longer: its visits are not let
        in by this alone.
        """
        now = self._timer()
        if look and not (origin in self._origins and now < self._looked + _KEPT):
            self._origins, self._looked = self._sites.origins(), now
        return origin in self._origins


def install_before_guard(app: Flask, sites: Sites, settings: Settings) -> None:
    """Refuse what needs no name; answer preflights; add the headers to every answer.

    Of a process's threads the widget's requests have those that they are worked on in, staff have
    as many for themselves, and in the rest requests wait: an index that is being exchanged takes a
    moment, which is no reason to send customers away.
    """
    at_once = settings.widget_at_once
    app.extensions[_GATE] = Gate(sites, at_once, max(0, settings.threads - 2 * at_once))
    app.before_request(_receive)
    app.after_request(_finish)
    app.teardown_request(_leave)


def install_behind_guard(app: Flask) -> None:
    """Hold a visit to its own site and to its limits."""
    app.before_request(_admit_visit)


def admit(site: Site) -> None:
    """Let a request that names its site go on, if it comes from there and the site has room."""
    _require_origin_of(site)
    _take([(Kind.SITE, site.id)], _cost())


def take_of_address(cost: float, detail: str) -> None:
    """Take from the bucket of whoever asks.

    Raises:
        Refusal: 429 with the sentence `detail` of `assistant.web.messages`, which is told the
            `seconds` after which there is enough.
    """
    _take([(Kind.ADDRESS, address_key(context.client_address()))], cost, detail)


def framed_by(site: Site | None) -> None:
    """Have this answer stand in frames of that site's pages; without a site in none at all."""
    g.widget_frame = _ancestors(site) if site else "'none'"


def _receive() -> Response | None:
    in_widget, search = request.path.startswith(f"{PREFIX}/"), _SEARCHES.get(request.path)
    if not in_widget and search is None:
        return None
    gate = cast(Gate, current_app.extensions[_GATE])
    origin = request.headers.get("Origin", "")
    if in_widget:  # for the refusals that come before the database is asked
        _answer_to(origin, known=_is_own(origin) or gate.known(origin, look=False))
    # Before the wait, and from memory alone: who asks too much takes nobody's place.
    if search is None:
        take_of_address(_cost(), "widget_limit")
    else:
        take_of_address(search, "help_limit")
    if not gate.enter():
        raise Refusal(503, "widget_busy", headers={"Retry-After": "1"})
    g.widget_gate = gate
    return _receive_in_widget(gate, origin) if in_widget else None


def _receive_in_widget(gate: Gate, origin: str) -> Response | None:
    known = bool(origin) and (_is_own(origin) or gate.known(origin))
    _answer_to(origin, known=known)
    if not known and (origin or request.method not in _READING):
        raise _foreign()
    return Response(status=204) if request.method == "OPTIONS" else None


def _admit_visit() -> None:
    if not visits.any_visit() or not request.path.startswith(f"{PREFIX}/"):
        return
    site = visits.site()
    _require_origin_of(site)
    _take([(Kind.VISIT, visits.visit().id), (Kind.SITE, site.id)], _cost())


def _leave(error: BaseException | None) -> None:
    gate: Gate | None = g.pop("widget_gate", None)
    if gate is not None:
        gate.leave()


def _finish(response: Response) -> Response:
    if request.path.startswith(f"{PREFIX}/"):
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.vary.add("Origin")
        origin = g.get("widget_origin", "")
        if origin:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = "Retry-After"
            if request.method == "OPTIONS":
                response.headers.update(_CORS)
    ancestors = g.get("widget_frame", "")
    if ancestors:
        policy = CONTENT_SECURITY_POLICY.replace(
            "frame-ancestors 'none'", f"frame-ancestors {ancestors}"
        )
        response.headers["Content-Security-Policy"] = policy
        del response.headers["X-Frame-Options"]  # it knows one origin at most
    return response


def _answer_to(origin: str, *, known: bool) -> None:
    """Whose page may read the answer; nobody's unless it is known."""
    g.widget_origin = origin if known else ""


def _require_origin_of(site: Site) -> None:
    origin = request.headers.get("Origin", "")
    if not origin and request.method in _READING:
        return  # no page of another site: a browser would have said so
    if not (_is_own(origin) or origin in site.origins):
        raise _foreign()


def _foreign() -> Refusal:
    _answer_to("", known=False)
    return Refusal(403, "origin_not_allowed", extra={"code": "origin_not_allowed"})


def _is_own(origin: str) -> bool:
    """Whether it is the origin that we are asked under."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    schemes = {"https"} if request.is_secure else {"http", "https"}  # a proxy may end the TLS
    return parts.scheme in schemes and parts.netloc == request.host


def _ancestors(site: Site) -> str:
    if site.id == HELP_SITE:
        return "'self'"
    return " ".join(site.origins) or "'none'"


def _cost() -> float:
    """What this request of the widget takes."""
    return _READ if request.method in _READING else _COSTS.get(request.path, _SAY)


def _take(keys: list[tuple[Kind, str]], cost: float, detail: str = "widget_limit") -> None:
    seconds = context.services().selfservice.limits.take(keys, cost)
    if seconds:
        headers = {"Retry-After": str(seconds)}
        raise Refusal(429, detail, {"seconds": seconds}, headers=headers)
