"""API: reading entries, their revisions and the difference between two of them."""

from __future__ import annotations

from assistant.accounts.policy import Action
from assistant.web import context, diffs, entry_views, listing
from assistant.web.entry_responses import (
    AuditOut,
    DiffOut,
    EntriesOut,
    EntryOut,
    RevisionOut,
    RevisionsOut,
)
from assistant.web.lookup import known_entry, known_revision, pick
from assistant.web.moments import parse_moment
from assistant.web.requests import AsOfQuery, DiffQuery, EntriesQuery, NoQuery
from assistant.web.routing import Reply, Routes
from assistant.web.versions import etag

routes = Routes()


@routes.get("/entries", Action.ENTRIES_READ, query=EntriesQuery, returns=EntriesOut)
def list_entries(query: EntriesQuery) -> EntriesOut:
    """List entries by filters."""
    return listing.entries(query)


@routes.get("/entries/<entry_id>", Action.ENTRIES_READ, query=AsOfQuery, returns=EntryOut)
def read_entry(entry_id: str, query: AsOfQuery) -> Reply:
    """Read an entry: the revision in force now or at a time, or one by number."""
    catalogue, entry = known_entry(entry_id)
    as_of = parse_moment(query.as_of, "as_of")
    shown = pick(catalogue, entry, query.revision, as_of)
    return Reply(entry_views.entry_out(catalogue, entry, shown), headers=etag(entry))


@routes.get(
    "/entries/<entry_id>/revisions", Action.ENTRIES_READ, query=NoQuery, returns=RevisionsOut
)
def list_revisions(entry_id: str, query: NoQuery) -> RevisionsOut:
    """List the revisions of an entry."""
    catalogue, entry = known_entry(entry_id)
    return {"revisions": entry_views.revision_rows(catalogue, entry)}


@routes.get(
    "/entries/<entry_id>/revisions/<int:number>",
    Action.ENTRIES_READ,
    query=NoQuery,
    returns=RevisionOut,
)
def read_revision(entry_id: str, number: int, query: NoQuery) -> RevisionOut:
    """Read one revision of an entry."""
    catalogue, entry = known_entry(entry_id)
    return entry_views.revision_out(catalogue, known_revision(entry, number))


@routes.get("/entries/<entry_id>/diff", Action.ENTRIES_READ, query=DiffQuery, returns=DiffOut)
def compare_revisions(entry_id: str, query: DiffQuery) -> DiffOut:
    """Compare two revisions of an entry."""
    catalogue, entry = known_entry(entry_id)
    before, after = known_revision(entry, query.before), known_revision(entry, query.after)
    return {
        "from": before.number,
        "to": after.number,
        "unified": diffs.unified(before, after),
        "fields": diffs.field_changes(
            entry_views.content_out(catalogue, before), entry_views.content_out(catalogue, after)
        ),
        "words": diffs.word_changes(before.content.body, after.content.body),
    }


@routes.get("/entries/<entry_id>/audit", Action.AUDIT_READ, query=NoQuery, returns=AuditOut)
def read_audit(entry_id: str, query: NoQuery) -> AuditOut:
    """Read the audit log of an entry."""
    _catalogue, entry = known_entry(entry_id)
    rows = context.services().kb.audit(entry.id)
    return {
        "audit": [
            {
                "seq": row.seq,
                "at": context.moment_json(row.at),
                "actor": row.actor,
                "action": row.action,
                "revision": row.revision,
                "detail": dict(row.detail),
            }
            for row in rows
        ]
    }
