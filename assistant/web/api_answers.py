"""API: search, suggested replies, feedback, and who am I."""

from __future__ import annotations

from time import perf_counter

from assistant.accounts.policy import Action
from assistant.insights.insights import Feedback, FeedbackKind
from assistant.insights.masking import mask
from assistant.replies.model import SuggestRequest
from assistant.risk.model import Message
from assistant.web import answer_views, context, metrics
from assistant.web.answer_responses import Recorded, SearchOut, SuggestOut
from assistant.web.lookup import known_entry, known_revision
from assistant.web.moments import parse_moment
from assistant.web.requests import FeedbackIn, GapIn, NoQuery, SearchIn, SuggestIn
from assistant.web.responses import MeOut
from assistant.web.routing import Routes
from indexer.search import SearchRequest

routes = Routes()


@routes.get("/me", Action.ME, query=NoQuery, returns=MeOut)
def me(query: NoQuery) -> MeOut:
    """Who the caller is."""
    caller = context.principal()
    return {
        "name": caller.name,
        "login": caller.login,
        "role": caller.role.value if caller.role else "",
        "kind": caller.kind.value,
        "audiences": sorted(audience.value for audience in caller.audiences),
    }


@routes.post("/search", Action.SEARCH, body=SearchIn, returns=SearchOut)
def search(body: SearchIn) -> SearchOut:
    """Search what is in force now or at another time."""
    started = perf_counter()
    request = SearchRequest(
        query=body.query,
        limit=body.limit,
        as_of=parse_moment(body.as_of, "as_of"),
        audiences=context.principal().audiences,
        kinds=frozenset(body.kinds) if body.kinds else None,
        channel=body.channel,
        context=tuple(body.context),
        answered=body.answered,
    )
    with context.turn():
        response = context.services().searcher.search(request)
    metrics.observe_search(response)
    # A few characters are somebody still typing; a degraded index is our gap, not the team's.
    if not response.answerable and not response.degraded and len(body.query.strip()) >= 4:
        context.services().insights.note_gap(body.query)
    return answer_views.search_out(response, started)


@routes.post("/suggest", Action.SUGGEST, body=SuggestIn, returns=SuggestOut)
def suggest(body: SuggestIn) -> SuggestOut:
    """Suggest replies to a contact, each sentence with its evidence."""
    started = perf_counter()
    request = SuggestRequest(
        messages=tuple(
            Message(m.role, m.text, parse_moment(m.at, "messages.at")) for m in body.messages
        ),
        slots=dict(body.slots),
        channel=body.channel,
        as_of=parse_moment(body.as_of, "as_of"),
        audiences=context.principal().audiences,
    )
    with context.turn(), context.services().catalogue.held():
        response = context.services().composer.suggest(request)
        answer = answer_views.suggest_out(response, started)
    metrics.observe_search(response.search)
    for question in () if body.draft else response.unanswered:
        context.services().insights.note_gap(question)
    return answer


@routes.post("/feedback", Action.FEEDBACK, body=FeedbackIn, returns=Recorded, status=201)
def feedback(body: FeedbackIn) -> Recorded:
    """Say what became of a suggestion; "outdated" also reports the entry to its owner."""
    services, caller = context.services(), context.principal()
    _catalogue, entry = known_entry(body.entry_id)
    known_revision(entry, body.revision)
    if body.kind is FeedbackKind.OUTDATED:
        services.kb.report_outdated(
            body.entry_id, body.revision, body.sentence, mask(body.note), caller.name
        )
    given = Feedback(
        kind=body.kind,
        entry_id=body.entry_id,
        revision=body.revision,
        query=body.query,
        sent=body.sent,
        note=body.note or body.sentence,
    )
    services.insights.record(given, caller.name)
    return {"recorded": True}


@routes.post("/gaps", Action.GAPS_ADD, body=GapIn, returns=Recorded, status=201)
def add_gap(body: GapIn) -> Recorded:
    """Put a question into the queue of knowledge gaps; personal data in it is masked."""
    context.services().insights.add_gap(body.query, "reported")
    return {"recorded": True}
