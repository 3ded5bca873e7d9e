"""The widget's sessions: begin, renew, end, and say who the customer is."""

from __future__ import annotations

from http import HTTPMethod
from typing import Annotated, Any, Literal

from flask import Response, g
from pydantic import StringConstraints
from typing_extensions import TypedDict

from assistant.accounts.policy import Action
from assistant.selfservice.identity import MAX_TOKEN, IdentityRefused
from assistant.selfservice.model import HELP_SITE
from assistant.web import context, visits, widget_gate
from assistant.web.contact_requests import NothingIn
from assistant.web.problems import Refusal
from assistant.web.requests import Strict
from assistant.web.routing import Routes
from assistant.web.widget_views import SiteOut, StateOut, site_json, state_json

routes = Routes()
_TOP = 6  # questions shown before anybody has typed

SiteId = Annotated[str, StringConstraints(pattern=f"^({HELP_SITE}|[0-9a-f]{{12}})$")]


class SessionIn(Strict):
    """On which site a visit begins; without a language it is the browser's."""

    site: SiteId
    lang: Literal["zh-CN", "en"] | None = None


class IdentityIn(Strict):
    """What the site has signed for its customer."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TOKEN)]


class TokenOut(TypedDict):
    """A token and when it ends; it is told this once."""

    token: str
    expires_at: str


class SessionOut(TokenOut):
    """A visit that has begun."""

    visit: str
    site: SiteOut
    top: list[str]
    messages: list[dict[str, Any]]
    state: StateOut


class IdentityOut(TypedDict):
    """Who the customer is, as far as they are shown it."""

    verified: bool
    name: str


@routes.post("/sessions", Action.WIDGET_BEGIN, body=SessionIn, returns=SessionOut, status=201)
def begin_visit(body: SessionIn) -> SessionOut:
    """Begin a visit on a site."""
    services = context.services()
    site = services.selfservice.sites.get(body.site)
    widget_gate.admit(site)
    if body.lang:
        g.lang = body.lang
    lang, now = context.lang(), services.clock()
    visit, token, expires_at = services.selfservice.sessions.begin(site, lang)
    top = services.selfservice.knowledge.top_questions(lang[:2], _TOP)
    return {
        "token": token,
        "expires_at": context.moment_json(expires_at) or "",
        "visit": visit.id,
        "site": site_json(site, now),
        "top": [revision.content.title for revision in top],
        "messages": [],
        "state": state_json(visit, site, now),
    }


@routes.post("/sessions/renew", Action.WIDGET_USE, body=NothingIn, returns=TokenOut)
def renew_visit(body: NothingIn) -> TokenOut:
    """Exchange the token for another one; the old one is worthless then."""
    renewed = context.services().selfservice.sessions.renew(visits.token())
    if renewed is None:
        raise Refusal(401, "visit_over")
    return {"token": renewed[0], "expires_at": context.moment_json(renewed[1]) or ""}


@routes.add(HTTPMethod.DELETE, "/sessions", Action.WIDGET_USE, status=204)
def end_visit() -> Response:
    """End the visit."""
    own, visit = context.services().selfservice, visits.visit()
    own.conversations.leave(visit)
    own.sessions.end(visit.id)
    return Response(status=204)


@routes.post("/identity", Action.WIDGET_USE, body=IdentityIn, returns=IdentityOut)
def identify_customer(body: IdentityIn) -> IdentityOut:
    """Have the site vouch for its customer, with a token that it signed."""
    identity = context.services().selfservice.identity
    try:
        visit = identity.attach(body.token, visits.visit(), visits.site())
    except IdentityRefused as error:
        extra = {"code": "identity_refused", "fault": error.fault.value}
        raise Refusal(403, "identity_refused", extra=extra) from error
    return {"verified": True, "name": visit.customer.get("name", "")}
