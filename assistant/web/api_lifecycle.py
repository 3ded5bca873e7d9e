"""API: writing entries and taking revisions through their lifecycle."""

from __future__ import annotations

from flask import url_for

from assistant.accounts.policy import Action
from assistant.impact.proposals import Step
from assistant.web import context
from assistant.web.api_impact import passed
from assistant.web.content_input import content_of, stewardship_of
from assistant.web.entry_responses import EntryOut
from assistant.web.impact_requests import OverrideIn
from assistant.web.lookup import known_entry, known_revision
from assistant.web.problems import Refusal
from assistant.web.requests import ApproveIn, EditIn, EntryIn, NoteIn, StewardshipIn, VerifyIn
from assistant.web.routing import Reply, Routes
from assistant.web.versions import expected_version, required_version
from assistant.web.written import written
from kb.errors import Conflict
from kb.model import Revision, Stewardship

routes = Routes()
_STEP = "/entries/<entry_id>/revisions/<int:number>"


@routes.post("/entries", Action.ENTRIES_WRITE, body=EntryIn, returns=EntryOut, status=201)
def create_entry(body: EntryIn) -> Reply:
    """Create an entry with its first draft."""
    steward = stewardship_of(body.stewardship, Stewardship())
    content = content_of(body.content)
    try:
        entry = context.services().kb.create(body.id, content, _actor(), steward)
    except Conflict as error:
        extra = {"current_version": error.current_version}
        raise Refusal(409, "id_taken", {"id": body.id}, extra=extra) from error
    reply = written(entry, entry.revisions[-1].number)
    location = url_for("api.read_entry", entry_id=entry.id)
    return Reply(reply.body, 201, {**reply.headers, "Location": location})


@routes.put(
    "/entries/<entry_id>",
    Action.ENTRIES_WRITE,
    body=EditIn,
    returns=EntryOut,
    needs_version=True,
)
def edit_entry(entry_id: str, body: EditIn) -> Reply:
    """Write a new draft of an entry, based on the version named by If-Match."""
    version = required_version()
    known_entry(entry_id)
    entry = context.services().kb.edit(entry_id, content_of(body.content), _actor(), version)
    return written(entry, entry.revisions[-1].number)


@routes.post(f"{_STEP}/submit", Action.ENTRIES_WRITE, body=NoteIn, returns=EntryOut)
def submit_revision(entry_id: str, number: int, body: NoteIn) -> Reply:
    """Hand a draft in for review."""
    _known(entry_id, number)
    kb = context.services().kb
    entry = kb.submit(entry_id, number, _actor(), expected_version(), note=body.note)
    return written(entry, number)


@routes.post(f"{_STEP}/approve", Action.ENTRIES_REVIEW, body=ApproveIn, returns=EntryOut)
def approve_revision(entry_id: str, number: int, body: ApproveIn) -> Reply:
    """Approve exactly what was read of a revision in review; nobody approves their own."""
    read, stored = body.content_hash, _known(entry_id, number).content_hash
    if read and read != stored:
        raise Refusal(409, "stale_approval", extra={"content_hash": stored})
    entry = context.services().kb.approve(
        entry_id, number, _actor(), expected_version(), read or None, note=body.note
    )
    return written(entry, number)


@routes.post(f"{_STEP}/reject", Action.ENTRIES_REVIEW, body=NoteIn, returns=EntryOut)
def reject_revision(entry_id: str, number: int, body: NoteIn) -> Reply:
    """Send a revision in review back to its author."""
    _known(entry_id, number)
    kb = context.services().kb
    entry = kb.reject(entry_id, number, _actor(), body.note, expected_version())
    return written(entry, number)


@routes.post(f"{_STEP}/publish", Action.ENTRIES_PUBLISH, body=OverrideIn, returns=EntryOut)
def publish_revision(entry_id: str, number: int, body: OverrideIn) -> Reply:
    """Publish an approved revision, unless questions break that must be answered."""
    revision = _known(entry_id, number)
    told = passed(revision, Step.PUBLISH, body.override)
    kb = context.services().kb
    version = expected_version()
    entry = kb.publish(entry_id, number, _actor(), version, note=body.note, detail=told)
    return written(entry, number)


@routes.post(f"{_STEP}/withdraw", Action.ENTRIES_PUBLISH, body=OverrideIn, returns=EntryOut)
def withdraw_revision(entry_id: str, number: int, body: OverrideIn) -> Reply:
    """Take a published revision out of force, unless questions break that must be answered."""
    revision = _known(entry_id, number)
    told = passed(revision, Step.WITHDRAW, body.override)
    kb = context.services().kb
    entry = kb.withdraw(entry_id, number, _actor(), body.note, expected_version(), detail=told)
    return written(entry, number)


@routes.post("/entries/<entry_id>/verify", Action.ENTRIES_VERIFY, body=VerifyIn, returns=EntryOut)
def verify_entry(entry_id: str, body: VerifyIn) -> Reply:
    """Confirm that an entry is still true; this alone resets its review clock."""
    catalogue, entry = known_entry(entry_id)
    version = None
    if body.revision is not None:
        live = catalogue.in_force(entry_id)
        if live is not None and live.number != body.revision:
            raise Refusal(409, "stale_verify", {"number": live.number})
        version = entry.version  # what was compared is what is confirmed
    kb = context.services().kb
    return written(kb.verify(entry_id, _actor(), body.note, version), None)


@routes.patch(
    "/entries/<entry_id>/stewardship",
    Action.ENTRIES_STEWARD,
    body=StewardshipIn,
    returns=EntryOut,
)
def change_stewardship(entry_id: str, body: StewardshipIn) -> Reply:
    """Change who keeps an entry true, and how often it is reviewed."""
    _catalogue, entry = known_entry(entry_id)
    steward = stewardship_of(body, entry.stewardship)
    kb = context.services().kb
    return written(kb.steward(entry_id, steward, _actor(), expected_version()), None)


def _known(entry_id: str, number: int) -> Revision:
    _catalogue, entry = known_entry(entry_id)
    return known_revision(entry, number)


def _actor() -> str:
    return context.principal().name
