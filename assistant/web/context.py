"""What a request knows about itself: who asks, in which language, and the services behind it."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from flask import current_app, g, request

from assistant.accounts.policy import Action, Nearness, authorise
from assistant.accounts.roles import ANONYMOUS, Principal
from assistant.contacts.feed import Feed
from assistant.contacts.model import Contact
from assistant.web import i18n
from assistant.web.assets import Assets
from assistant.web.turns import Turns
from assistant.wiring import Services
from kb.model import Entry, Revision

EXTENSION = "zhike"
FEED = "zhike.feed"
STAFF_TURNS, CUSTOMERS_TURNS = "zhike.turns.staff", "zhike.turns.customers"
_LOOPBACK = frozenset({"127.0.0.1", "::1"})


def services() -> Services:
    """The parts put together by `assistant.wiring`."""
    return cast(Services, current_app.extensions[EXTENSION])


def feed() -> Feed:
    """The event streams of this process."""
    return cast(Feed, current_app.extensions[FEED])


def turn() -> Turns:
    """To be held while looking for answers; staff and customers do not wait for each other."""
    staff = principal().role is not None
    name = STAFF_TURNS if staff else CUSTOMERS_TURNS
    return cast(Turns, current_app.extensions[name])


def principal() -> Principal:
    """Who asks; anonymous until the guard found out."""
    return cast(Principal, g.get("principal", ANONYMOUS))


def lang() -> str:
    """The language of this request."""
    if "lang" not in g:
        asked, kept = request.args.get("lang"), request.cookies.get(i18n.COOKIE)
        g.lang = i18n.choose(asked, kept, request.accept_languages)
    return cast(str, g.lang)


def allowed(action: Action, obj: Entry | Revision | Contact | Nearness | None = None) -> bool:
    """Whether the caller may do `action`, on `obj` when given."""
    return authorise(principal(), action, obj)


def nearness() -> Nearness:
    """Whether the request comes from this very machine and through no proxy."""
    direct = not any(
        name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")
    )
    local = request.remote_addr in _LOOPBACK
    return Nearness.LOCAL if direct and local else Nearness.REMOTE


def in_frame() -> bool:
    """Whether a frame of another page asks for the console, which the settings must allow."""
    allowed = services().settings.frame_ancestors
    return bool(allowed) and request.args.get("embed") == "1"


def client_address() -> str:
    """The address that a request comes from.

    Behind a proxy on this machine it is the last one the proxy names; what others put into the
    header is not believed.
    """
    peer = request.remote_addr or ""
    if peer in _LOOPBACK and request.access_route:
        return request.access_route[-1]
    return peer


def moment_json(moment: datetime | None) -> str | None:
    """A time as ISO 8601 with the site's offset, or None."""
    if moment is None:
        return None
    return moment.astimezone(services().settings.site_tz).isoformat(timespec="seconds")


def asset(path: str) -> str:
    """The versioned address of a static file."""
    return cast(Assets, current_app.extensions["zhike.assets"]).url(path)
