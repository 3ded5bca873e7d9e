"""API: what publishing or withdrawing would do, before it is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter

from assistant.accounts.policy import Action
from assistant.impact import gate
from assistant.impact.gate import MustHitBroken
from assistant.impact.proposals import NEW, Proposal, Step
from assistant.impact.turns import Busy
from assistant.web import context, impact_views, messages
from assistant.web.content_input import content_of
from assistant.web.impact_requests import ImpactIn, ImpactQuery
from assistant.web.impact_responses import ImpactOut
from assistant.web.lookup import known_entry, known_revision
from assistant.web.problems import Refusal
from assistant.web.routing import Routes
from kb.errors import InvalidInput, NotFound, Unavailable
from kb.model import Entry, Revision
from kb.validation import content_problems

routes = Routes()


@routes.post("/impact", Action.ENTRIES_WRITE, body=ImpactIn, returns=ImpactOut)
def preview_impact(body: ImpactIn) -> ImpactOut:
    """Show what publishing a text, or withdrawing a version, would do."""
    return _impact(_proposal(body))


@routes.get(
    "/entries/<entry_id>/revisions/<int:number>/impact",
    Action.ENTRIES_WRITE,
    query=ImpactQuery,
    returns=ImpactOut,
)
def revision_impact(entry_id: str, number: int, query: ImpactQuery) -> ImpactOut:
    """Show what publishing or withdrawing a version would do."""
    _catalogue, entry = known_entry(entry_id)
    revision = known_revision(entry, number)
    return _impact(Proposal(Step(query.step), entry.id, number, revision.content))


def passed(revision: Revision, step: Step, override: str) -> dict[str, object]:
    """What the audit log notes of a step that the gate lets pass.

    Raises Refusal, naming the questions, where some that must be answered would not be.
    """
    with _available(), _unbroken():
        return gate.check(context.services().impact.previews, revision, step, override)


def passed_together(changed: Sequence[Entry], override: str) -> dict[str, object]:
    """The same of entries that are to be published together; they are the caller's turn."""
    with turn(), _unbroken():
        return gate.check_together(context.services().impact.previews, changed, override)


@contextmanager
def _unbroken() -> Iterator[None]:
    try:
        yield
    except MustHitBroken as error:
        catalogue = context.services().catalogue.current()
        rows = [impact_views.effect(catalogue, one) for one in error.effects.broken]
        detail = {"count": len(rows)}
        extra = {"code": "must_hit_broken", "broken": rows}
        raise Refusal(409, "must_hit_broken", detail, extra=extra) from error


@contextmanager
def turn() -> Iterator[None]:
    """The caller's turn for long work; refuses with 429 or 503 when it is not."""
    try:
        with context.services().impact.turns.turn(context.principal().name), _available():
            yield
    except Busy as error:
        status, detail = (429, "preview_running") if error.own else (503, "previews_busy")
        raise Refusal(status, detail, headers={"Retry-After": "3"}) from error


@contextmanager
def _available() -> Iterator[None]:
    try:
        yield
    except Unavailable as error:
        raise Refusal(503, "encoder_silent", headers={"Retry-After": "10"}) from error


def _proposal(body: ImpactIn) -> Proposal:
    step = Step(body.step)
    if step is Step.WITHDRAW:
        if body.entry_id is None:
            raise _missing("entry_id")
        revision = _in_force(body.entry_id, body.revision)
        return Proposal(step, revision.entry_id, revision.number, revision.content)
    if body.content is None:
        raise _missing("content")
    content = content_of(body.content)
    if problems := content_problems(content):
        raise InvalidInput(problems)
    return Proposal(step, body.entry_id or NEW, body.revision or 0, content)


def _missing(field: str) -> Refusal:
    message = messages.field_message("missing", context.lang())
    return Refusal(422, "fields", {"count": 1}, [{"field": field, "message": message}])


def _in_force(entry_id: str, number: int | None) -> Revision:
    catalogue, entry = known_entry(entry_id)
    if number is None:
        current = catalogue.in_force(entry_id)
        if current is None:
            raise NotFound(entry_id)
        number = current.number
    return known_revision(entry, number)


def _impact(proposal: Proposal) -> ImpactOut:
    started = perf_counter()
    services = context.services()
    replies = services.canned.visible(context.principal())
    with turn():
        found = services.impact.previews.preview(proposal, replies)
    took = (perf_counter() - started) * 1000
    return impact_views.impact(found, services.catalogue.current(), took)
