"""The gate before every view: who is it, does the request come from our pages, is it allowed.

Each endpoint declares its action when it is registered; one without an action is refused, so a
forgotten declaration fails closed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request, url_for

from assistant.accounts.policy import Action, authorise
from assistant.accounts.roles import ANONYMOUS, Principal
from assistant.selfservice.sessions import TOKEN_PREFIX as VISIT_TOKEN
from assistant.web import context, visits
from assistant.web.problems import Refusal
from assistant.web.sessions import SessionCookie

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Nobody is identified for these: liveness must not need the database, nor every static file, and
# the help centre is the same for everybody.
_FOR_ANYBODY = frozenset({Action.HEALTH, Action.ASSETS, Action.HELP_READ})
# A cookie says nothing here: pages of other sites make these requests.
_BY_TOKEN_ALONE = frozenset({Action.WIDGET_BEGIN, Action.WIDGET_USE})
_ACTIONS = "zhike.actions"
_COOKIE = "zhike.cookie"


def install(app: Flask, cookie: SessionCookie) -> None:
    """Put the gate before every request of `app`."""
    app.extensions[_ACTIONS] = {}
    app.extensions[_COOKIE] = cookie
    app.before_request(_check)


def declare(app: Flask, endpoint: str, action: Action) -> None:
    """Say which action an endpoint performs."""
    app.extensions[_ACTIONS][endpoint] = action


def declared(app: Flask) -> dict[str, Action]:
    """Every declared endpoint with its action."""
    return cast(dict[str, Action], app.extensions[_ACTIONS])


def session_cookie() -> SessionCookie:
    """The session cookie of the running app."""
    return cast(SessionCookie, current_app.extensions[_COOKIE])


def _check() -> Response | None:
    if request.endpoint is None:
        return None  # no such address or method: the error handler answers
    action = declared(current_app).get(request.endpoint)
    if action is None:
        raise Refusal(403, "forbidden")
    if action in _FOR_ANYBODY and authorise(ANONYMOUS, action):
        return None
    g.principal, by_cookie = _who(cookies=action not in _BY_TOKEN_ALONE)
    # Another site can make a browser send a form, but not with a token in it.
    forgeable = by_cookie or (_is_form() and "Authorization" not in request.headers)
    if forgeable and request.method not in _SAFE:
        _refuse_cross_site()
    if authorise(g.principal, action, context.nearness()):
        return None
    if g.principal is not ANONYMOUS:
        raise Refusal(403, "forbidden")
    if action in _BY_TOKEN_ALONE:
        raise Refusal(401, "visit_over")
    if _wants_page():
        here = request.full_path.rstrip("?")
        if context.in_frame():  # no frame may hold the sign-in form
            return cast(Response, redirect(url_for("pages.frame_notice", next=here), 303))
        return cast(Response, redirect(url_for("pages.login", next=here), 303))
    raise Refusal(401, "sign_in")


def _who(*, cookies: bool) -> tuple[Principal, bool]:
    """The caller, and whether the session cookie says so. A token, when sent, decides alone."""
    header = request.headers.get("Authorization", "")
    if header:
        scheme, _, secret = header.partition(" ")
        return (_bearer(secret.strip()) if scheme.lower() == "bearer" else _unknown()), False
    secret = (session_cookie().read(request) or "") if cookies else ""
    person = context.services().accounts.people.by_session(secret) if secret else None
    return (person, True) if person else (ANONYMOUS, False)


def _bearer(token: str) -> Principal:
    """Who a token stands for: a program of staff, or the visit of a customer."""
    services = context.services()
    if not token.startswith(VISIT_TOKEN):
        return services.accounts.tokens.principal(token) or _unknown()
    found = services.selfservice.sessions.find(token)
    if found is None:
        raise Refusal(401, "visit_over")
    visits.remember(*found, token)
    return found[0].principal


def _unknown() -> NoReturn:
    raise Refusal(401, "sign_in")


def credentials() -> Callable[[], Principal | None]:
    """A way to ask again, after the request, who its caller is; None once they are nobody."""
    services = context.services()
    accounts, sessions = services.accounts, services.selfservice.sessions
    header = request.headers.get("Authorization", "")
    if header:
        token = header.partition(" ")[2].strip()
        if token.startswith(VISIT_TOKEN):
            return lambda: sessions.principal(token)
        return lambda: accounts.tokens.principal(token)
    secret = session_cookie().read(request) or ""
    return lambda: accounts.people.by_session(secret)


def _is_form() -> bool:
    """Whether a browser could have been made to send this from elsewhere without asking."""
    return request.mimetype in {
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "text/plain",
    }


def _refuse_cross_site() -> None:
    """Let through only what a page of ours sent: browsers say so in headers pages cannot forge."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        genuine = site == "same-origin"
    else:
        genuine = origin is not None and _host_of(origin) == request.host
    if not genuine:
        raise Refusal(403, "cross_site")


def _host_of(origin: str) -> str:
    """Host and port of an Origin header; empty for one that is no address."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _wants_page() -> bool:
    return request.method in _SAFE and request.blueprint == "pages"
