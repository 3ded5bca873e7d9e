"""API: canned replies of everybody, a team and oneself; who is in which team."""

from __future__ import annotations

from http import HTTPMethod
from time import perf_counter

from flask import url_for

from assistant.accounts.policy import Action
from assistant.canned.model import Asked, Draft, Offer, Param
from assistant.insights.insights import Feedback, FeedbackKind
from assistant.web import canned_views, context
from assistant.web.answer_responses import Recorded
from assistant.web.canned_requests import CannedIn, CannedQuery, TeamIn
from assistant.web.canned_responses import CannedListOut, CannedOut, DeletedOut, TeamsOut
from assistant.web.contact_requests import NothingIn
from assistant.web.moments import parse_moment
from assistant.web.requests import NoQuery
from assistant.web.routing import Reply, Routes
from assistant.web.versions import expected_version

routes = Routes()


@routes.get("/canned", Action.CANNED_USE, query=CannedQuery, returns=CannedListOut)
def find_canned(query: CannedQuery) -> CannedListOut:
    """Find canned replies by short code, pinyin, words or meaning."""
    started = perf_counter()
    asked = Asked(
        query.q, query.channel, query.limit, parse_moment(query.as_of, "as_of"), query.scope
    )
    services = context.services()
    offers = services.canned.find(asked, context.principal())
    catalogue = services.catalogue.current()
    return {
        "replies": [canned_views.canned(catalogue, offer) for offer in offers],
        "took_ms": round((perf_counter() - started) * 1000, 2),
    }


@routes.post("/canned", Action.CANNED_WRITE, body=CannedIn, returns=CannedOut, status=201)
def create_canned(body: CannedIn) -> Reply:
    """Write a private reply, or a team's."""
    offer = context.services().canned.write(_draft(body), context.principal())
    reply = _written(offer)
    location = url_for("api.read_canned", reply_id=offer.item.id)
    return Reply(reply.body, 201, {**reply.headers, "Location": location})


@routes.get("/canned/<reply_id>", Action.CANNED_USE, query=NoQuery, returns=CannedOut)
def read_canned(reply_id: str, query: NoQuery) -> Reply:
    """Read a private or a team's reply in full."""
    return _written(context.services().canned.read(reply_id, context.principal()))


@routes.put("/canned/<reply_id>", Action.CANNED_WRITE, body=CannedIn, returns=CannedOut)
def change_canned(reply_id: str, body: CannedIn) -> Reply:
    """Change a private or a team's reply; with If-Match only the version one has read."""
    canned, version = context.services().canned, expected_version()
    return _written(canned.rewrite(reply_id, _draft(body), context.principal(), version))


@routes.add(HTTPMethod.DELETE, "/canned/<reply_id>", Action.CANNED_WRITE, returns=DeletedOut)
def delete_canned(reply_id: str) -> DeletedOut:
    """Delete a private or a team's reply."""
    context.services().canned.delete(reply_id, context.principal(), expected_version())
    return {"deleted": True}


@routes.post(
    "/canned/<reply_id>/used", Action.CANNED_USE, body=NothingIn, returns=Recorded, status=201
)
def count_canned_use(reply_id: str, body: NothingIn) -> Recorded:
    """Count that a reply was inserted; for a company's this is feedback, too: it was adopted."""
    services, caller = context.services(), context.principal()
    entry = services.canned.count_use(reply_id, caller)
    if entry:
        services.insights.record(Feedback(FeedbackKind.ADOPTED, *entry), caller.name)
    return {"recorded": True}


@routes.get("/teams", Action.CANNED_USE, query=NoQuery, returns=TeamsOut)
def list_teams(query: NoQuery) -> TeamsOut:
    """List the teams that replies are written for."""
    return _teams()


@routes.put("/teams/<team>", Action.CANNED_TEAM, body=TeamIn, returns=TeamsOut)
def change_team(team: str, body: TeamIn) -> TeamsOut:
    """Say who belongs to a team."""
    context.services().canned.set_team(team, body.members)
    return _teams()


def _teams() -> TeamsOut:
    teams = context.services().canned.teams()
    return {"teams": [{"team": team, "members": list(names)} for team, names in teams.items()]}


def _draft(body: CannedIn) -> Draft:
    return Draft(
        scope=body.scope,
        title=body.title,
        text=body.text,
        short_code=body.short_code,
        team=body.team,
        params=tuple(Param(param.name, param.label) for param in body.params),
        channels=tuple(dict.fromkeys(body.channels)),
        rests_on=tuple(body.rests_on),
        expires_at=parse_moment(body.expires_at, "expires_at"),
    )


def _written(offer: Offer) -> Reply:
    catalogue = context.services().catalogue.current(own_write=True)
    assert offer.item.own is not None
    headers = {"ETag": f'"{offer.item.own.version}"'}
    return Reply(canned_views.canned(catalogue, offer, whole=True), headers=headers)
