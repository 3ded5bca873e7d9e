"""API: writing entries and taking revisions through their lifecycle."""

from __future__ import annotations

from flask import url_for

from assistant.accounts.policy import Action
from assistant.web import context, entry_views
from assistant.web.content_input import content_of, stewardship_of
from assistant.web.entry_responses import EntryOut
from assistant.web.lookup import known_entry, known_revision
from assistant.web.problems import Refusal
from assistant.web.requests import EditIn, EntryIn, NoteIn, StewardshipIn
from assistant.web.routing import Reply, Routes
from assistant.web.versions import etag, expected_version, required_version
from kb.errors import Conflict
from kb.model import Entry, Stewardship

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
    reply = _written(entry, entry.revisions[-1].number)
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
    return _written(entry, entry.revisions[-1].number)


@routes.post(f"{_STEP}/submit", Action.ENTRIES_WRITE, body=NoteIn, returns=EntryOut)
def submit_revision(entry_id: str, number: int, body: NoteIn) -> Reply:
    """Hand a draft in for review."""
    _known(entry_id, number)
    kb = context.services().kb
    entry = kb.submit(entry_id, number, _actor(), expected_version(), note=body.note)
    return _written(entry, number)


@routes.post(f"{_STEP}/approve", Action.ENTRIES_REVIEW, body=NoteIn, returns=EntryOut)
def approve_revision(entry_id: str, number: int, body: NoteIn) -> Reply:
    """Approve a revision in review; nobody approves their own."""
    _known(entry_id, number)
    kb = context.services().kb
    entry = kb.approve(entry_id, number, _actor(), expected_version(), note=body.note)
    return _written(entry, number)


@routes.post(f"{_STEP}/reject", Action.ENTRIES_REVIEW, body=NoteIn, returns=EntryOut)
def reject_revision(entry_id: str, number: int, body: NoteIn) -> Reply:
    """Send a revision in review back to its author."""
    _known(entry_id, number)
    kb = context.services().kb
    entry = kb.reject(entry_id, number, _actor(), body.note, expected_version())
    return _written(entry, number)


@routes.post(f"{_STEP}/publish", Action.ENTRIES_PUBLISH, body=NoteIn, returns=EntryOut)
def publish_revision(entry_id: str, number: int, body: NoteIn) -> Reply:
    """Publish an approved revision."""
    _known(entry_id, number)
    kb = context.services().kb
    entry = kb.publish(entry_id, number, _actor(), expected_version(), note=body.note)
    return _written(entry, number)


@routes.post(f"{_STEP}/withdraw", Action.ENTRIES_PUBLISH, body=NoteIn, returns=EntryOut)
def withdraw_revision(entry_id: str, number: int, body: NoteIn) -> Reply:
    """Take a published revision out of force."""
    _known(entry_id, number)
    kb = context.services().kb
    entry = kb.withdraw(entry_id, number, _actor(), body.note, expected_version())
    return _written(entry, number)


@routes.post("/entries/<entry_id>/verify", Action.ENTRIES_VERIFY, body=NoteIn, returns=EntryOut)
def verify_entry(entry_id: str, body: NoteIn) -> Reply:
    """Confirm that an entry is still true; this alone resets its review clock."""
    known_entry(entry_id)
    return _written(context.services().kb.verify(entry_id, _actor(), body.note), None)


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
    return _written(kb.steward(entry_id, steward, _actor(), expected_version()), None)


def _known(entry_id: str, number: int) -> None:
    _catalogue, entry = known_entry(entry_id)
    known_revision(entry, number)


def _written(entry: Entry, number: int | None) -> Reply:
    """The entry as it is after the write, showing the revision just touched."""
    catalogue = context.services().catalogue.current(own_write=True)
    shown = known_revision(entry, number) if number else entry.revisions[-1]
    return Reply(entry_views.entry_out(catalogue, entry, shown), headers=etag(entry))


def _actor() -> str:
    return context.principal().name
