"""API: the external links of entries in force, and asking whether they still lead somewhere."""

from __future__ import annotations

from dataclasses import asdict
from typing import cast

from flask import current_app

from assistant.accounts.policy import Action
from assistant.desk.linkprobe import LinkProbe
from assistant.impact.turns import Busy, Turns
from assistant.web import context, freshness_views, labels, messages
from assistant.web.freshness_requests import LinksIn
from assistant.web.freshness_responses import LinksFoundOut, LinksOut
from assistant.web.problems import Refusal
from assistant.web.requests import NoQuery
from assistant.web.routing import Routes

EXTENSION = "zhike.links"
_TURNS = Turns()  # a batch holds a thread of the service while servers answer
routes = Routes()


@routes.get("/freshness/links", Action.ENTRIES_WRITE, query=NoQuery, returns=LinksOut)
def list_links(query: NoQuery) -> LinksOut:
    """List the external links of entries in force; nothing is asked."""
    services = context.services()
    return {
        "links": [
            {
                "url": link.url,
                "places": [
                    {
                        "entry_id": place.entry_id,
                        "title": place.content.title,
                        "url": labels.entry_url(place.entry_id),
                    }
                    for place in link.places
                ],
            }
            for link in freshness_views.external_links(services.catalogue.current())
        ],
        "check": bool(services.settings.check_links),
    }


@routes.post("/freshness/links/check", Action.ENTRIES_WRITE, body=LinksIn, returns=LinksFoundOut)
def check_links(body: LinksIn) -> LinksFoundOut:
    """Ask external addresses whether they still answer; only such as stand in an entry in force."""
    services = context.services()
    if not services.settings.check_links:
        raise Refusal(403, "link_check_off")
    known = {link.url for link in freshness_views.external_links(services.catalogue.current())}
    if strangers := [url for url in body.urls if url not in known]:
        message = messages.field_message("unknown_link", context.lang())
        raise Refusal(
            422,
            "fields",
            {"count": len(strangers)},
            [{"field": "urls", "message": message}],
        )
    try:
        with _TURNS.turn(context.principal().name):
            found = _probe().check(body.urls)
    except Busy as error:
        status, detail = (429, "links_running") if error.own else (503, "links_busy")
        raise Refusal(status, detail, headers={"Retry-After": "5"}) from error
    return {"results": [{**asdict(one), "outcome": one.outcome.value} for one in found]}  # type: ignore[typeddict-item]


def _probe() -> LinkProbe:
    return cast(LinkProbe, current_app.extensions[EXTENSION])
