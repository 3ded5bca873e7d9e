"""API: a guide as steps to walk through, and the tables by scenario of an entry."""

from __future__ import annotations

from assistant.accounts.policy import Action
from assistant.flows import flow_of
from assistant.web import context, flow_views
from assistant.web.flow_requests import ScenariosIn
from assistant.web.flow_responses import FlowOut, ScenariosOut
from assistant.web.lookup import known_entry, pick
from assistant.web.moments import parse_moment
from assistant.web.problems import Refusal
from assistant.web.requests import AsOfQuery
from assistant.web.routing import Routes

routes = Routes()


@routes.get("/entries/<entry_id>/flow", Action.ENTRIES_READ, query=AsOfQuery, returns=FlowOut)
def read_flow(entry_id: str, query: AsOfQuery) -> FlowOut:
    """A guide as steps with their branches; 404 for an entry that has none."""
    catalogue, entry = known_entry(entry_id)
    as_of = parse_moment(query.as_of, "as_of")
    revision = pick(catalogue, entry, query.revision, as_of)
    flow = flow_of(revision.content)
    if flow is None:
        raise Refusal(404, "no_flow")
    return flow_views.flow_out(catalogue, revision, flow, as_of)


# The customer's words are no part of an address: those end up in logs.
@routes.post(
    "/entries/<entry_id>/scenarios", Action.ENTRIES_READ, body=ScenariosIn, returns=ScenariosOut
)
def read_scenarios(entry_id: str, body: ScenariosIn) -> ScenariosOut:
    """The tables by scenario of an entry, with the rows that fit what the customer said."""
    catalogue, entry = known_entry(entry_id)
    as_of = parse_moment(body.as_of, "as_of")
    revision = pick(catalogue, entry, body.revision, as_of)
    data = context.services().settings.data
    return flow_views.scenarios_out(catalogue, revision, body.question, as_of, data)
