"""API: writing at the desk: preview, working drafts, merging, rolling back, many at once."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPMethod

from assistant.accounts.policy import Action
from assistant.editing.model import NewerDraft
from assistant.web import context, editing_views, messages
from assistant.web.canned_responses import DeletedOut
from assistant.web.editing_requests import BulkIn, MergeIn, PreviewIn, SeenQuery, WorkingIn
from assistant.web.editing_responses import (
    BulkOut,
    MergeOut,
    PreviewOut,
    SavedOut,
    WorkingOut,
    WorkingRowsOut,
)
from assistant.web.entry_responses import EntryOut
from assistant.web.entry_views import content_out
from assistant.web.lookup import known_entry, known_revision
from assistant.web.moments import parse_moment
from assistant.web.problems import Refusal
from assistant.web.requests import NoQuery, NoteIn
from assistant.web.routing import Reply, Routes
from assistant.web.shown_content import content_html
from assistant.web.unfinished import problems_of, unfinished_content
from assistant.web.versions import etag, expected_version, required_version
from assistant.web.written import written
from kb.bulk import BulkChange
from kb.revising import head
from kb.threeway import merge_content

routes = Routes()
_STEP = "/entries/<entry_id>/revisions/<int:number>"
_WORKING = "/working/<key>"


@routes.post("/entries/preview", Action.ENTRIES_WRITE, body=PreviewIn, returns=PreviewOut)
def preview_content(body: PreviewIn) -> PreviewOut:
    """Show content as its readers would see it, with what is not right yet; nothing is stored."""
    content, dates = unfinished_content(body.content)
    return {
        "html": content_html(content),
        "toc": editing_views.table_of_contents(content.body),
        "problems": [*dates, *problems_of(content)],
    }


@routes.get("/working", Action.ENTRIES_WRITE, query=NoQuery, returns=WorkingRowsOut)
def list_working_drafts(query: NoQuery) -> WorkingRowsOut:
    """List what the caller is still writing."""
    rows = context.services().working.mine(_actor())
    return {"drafts": [editing_views.working_row(row) for row in rows]}


@routes.get(_WORKING, Action.ENTRIES_WRITE, query=NoQuery, returns=WorkingOut)
def read_working_draft(key: str, query: NoQuery) -> WorkingOut:
    """Read what the caller is still writing, for an entry or under a key of a new one."""
    return editing_views.working_out(context.services().working.read(_actor(), key))


@routes.put(_WORKING, Action.ENTRIES_WRITE, body=WorkingIn, returns=SavedOut)
def save_working_draft(key: str, body: WorkingIn) -> SavedOut:
    """Save what the caller is writing, over what they saw saved last."""
    try:
        draft = context.services().working.save(
            _actor(),
            key,
            body.state,
            title=body.title,
            base=(body.base_revision, body.base_version),
            seen=parse_moment(body.seen, "seen"),
        )
    except NewerDraft as error:
        raise _newer(error) from error
    return {"key": draft.key, "saved_at": editing_views.saved_at(draft.saved_at)}


@routes.add(HTTPMethod.DELETE, _WORKING, Action.ENTRIES_WRITE, query=SeenQuery, returns=DeletedOut)
def discard_working_draft(key: str, query: SeenQuery) -> DeletedOut:
    """Throw away what the caller is writing under a key; there need not be anything."""
    seen = parse_moment(query.seen, "seen")
    try:
        return {"deleted": context.services().working.discard(_actor(), key, seen)}
    except NewerDraft as error:
        raise _newer(error) from error


@routes.post("/entries/<entry_id>/merge", Action.ENTRIES_WRITE, body=MergeIn, returns=MergeOut)
def merge_edit(entry_id: str, body: MergeIn) -> Reply:
    """Put a change and what others wrote meanwhile together; nothing is stored."""
    catalogue, entry = known_entry(entry_id)
    base, latest = known_revision(entry, body.base), head(entry)
    mine, problems = unfinished_content(body.content)
    if problems:
        errors = [{**problem, "field": f"content.{problem['field']}"} for problem in problems]
        raise Refusal(422, "fields", {"count": len(errors)}, errors)  # type: ignore[arg-type]
    if mine.kind is not entry.kind:
        message = messages.field_message("other_kind", context.lang())
        raise Refusal(422, "fields", {"count": 1}, [{"field": "content.kind", "message": message}])
    found = merge_content(base.content, mine, latest.content)
    answer: MergeOut = {
        "version": entry.version,
        "latest": latest.number,
        "clean": found.clean,
        "content": content_out(catalogue, replace(latest, content=found.merged)),
        "fields": [
            {
                "field": field.field,
                "base": editing_views.plain(field.base),
                "mine": editing_views.plain(field.mine),
                "theirs": editing_views.plain(field.theirs),
                "merged": editing_views.plain(field.merged),
                "clean": field.clean,
            }
            for field in found.fields
        ],
        "body": [editing_views.hunk(hunk) for hunk in found.body],
        "author": latest.author,
        "changed_at": context.moment_json(latest.created_at),
    }
    return Reply(answer, headers=etag(entry))


@routes.post(
    f"{_STEP}/rollback",
    Action.ENTRIES_WRITE,
    body=NoteIn,
    returns=EntryOut,
    needs_version=True,
)
def roll_back(entry_id: str, number: int, body: NoteIn) -> Reply:
    """Write a new draft with the content of an earlier revision, to be reviewed like any other."""
    version = required_version()
    _catalogue, entry = known_entry(entry_id)
    known_revision(entry, number)
    after = context.services().kb.rollback(entry_id, number, _actor(), version, note=body.note)
    return written(after, after.revisions[-1].number)


@routes.post(f"{_STEP}/discard", Action.ENTRIES_WRITE, body=NoteIn, returns=EntryOut)
def discard_revision(entry_id: str, number: int, body: NoteIn) -> Reply:
    """Take one's own revision back, as long as it was never published."""
    _catalogue, entry = known_entry(entry_id)
    known_revision(entry, number)
    kb = context.services().kb
    return written(kb.discard(entry_id, number, _actor(), body.note, expected_version()), number)


@routes.post("/entries/bulk", Action.ENTRIES_WRITE, body=BulkIn, returns=BulkOut)
def change_many(body: BulkIn) -> BulkOut:
    """Change who keeps entries, their tags or their validity; a dry run unless told otherwise."""
    wanted = body.change
    validity = {
        name: parse_moment(text, f"change.{name}")
        for name in ("effective_from", "effective_until")
        if (text := getattr(wanted, name)) is not None
    }
    change = BulkChange(
        owner=wanted.owner,
        reviewer=wanted.reviewer,
        review_every=wanted.review_every,
        add_tags=tuple(wanted.add_tags),
        remove_tags=tuple(wanted.remove_tags),
        validity=validity,
    )
    if change == BulkChange():
        message = messages.field_message("missing", context.lang())
        raise Refusal(422, "fields", {"count": 1}, [{"field": "change", "message": message}])
    services = context.services()
    rows = services.kb.bulk(body.ids, change, _actor(), dry_run=body.dry_run, submit=body.submit)
    if not body.dry_run:
        services.catalogue.current(own_write=True)
    return editing_views.bulk_out(rows, dry_run=body.dry_run)


def _newer(error: NewerDraft) -> Refusal:
    extra = {"code": "working_newer", "draft": editing_views.working_out(error.draft)}
    return Refusal(409, "working_newer", extra=extra)


def _actor() -> str:
    return context.principal().name
