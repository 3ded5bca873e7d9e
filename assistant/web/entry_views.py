"""Entries and revisions as JSON, as far as the caller may see them."""

from __future__ import annotations

from datetime import datetime, timedelta

from assistant.catalogue import Catalogue
from assistant.web import context, labels
from assistant.web.entry_responses import ContentOut, EntryOut, EntryRow, RevisionOut, RevisionRow
from assistant.web.rendering import body_html
from kb.basis import last_review
from kb.model import Entry, Revision, Stewardship


def entry_row(catalogue: Catalogue, entry: Entry, shown: Revision) -> EntryRow:
    """One line of a list; `shown` is the revision that stands for the entry."""
    content, steward = shown.content, entry.stewardship
    visible = labels.visible_revisions(entry)
    return {
        "id": entry.id,
        "kind": entry.kind.value,
        "title": content.title,
        "status": shown.status.value,
        "revision": shown.number,
        "latest": visible[-1].number,
        "version": entry.version,
        "lang": content.lang,
        "audience": content.audience.value,
        "risk": content.risk,
        "tags": list(content.tags),
        "products": list(content.products),
        "channels": [channel.value for channel in content.channels],
        "short_code": content.short_code,
        "owner": steward.owner,
        "reviewer": steward.reviewer,
        "review_every": steward.review_every,
        "reviewed_at": context.moment_json(steward.reviewed_at),
        "reviewed_by": steward.reviewed_by,
        "next_review": context.moment_json(next_review(steward, shown)),
        "effective": labels.effective(shown.valid_from, shown.valid_until),
        "published_at": context.moment_json(shown.published_at),
        "updated_at": context.moment_json(max(_last_touched(r) for r in visible)),
        "freshness": labels.freshness(catalogue, entry.id),
        "url": labels.entry_url(entry.id),
    }


def entry_out(catalogue: Catalogue, entry: Entry, shown: Revision) -> EntryOut:
    """An entry with the revision `shown` in full, and its surroundings."""
    row = entry_row(catalogue, entry, shown)
    row["freshness"] = labels.freshness_of_revision(catalogue, entry.id, shown.number)
    return {
        **row,
        "content": content_out(catalogue, shown),
        "html": body_html(shown.content.body),
        "revisions": revision_rows(catalogue, entry),
        "dependencies": labels.related(catalogue, shown.content.depends_on),
        "dependents": labels.related(catalogue, catalogue.dependents.get(entry.id, ())),
        "supersedes": labels.related(catalogue, shown.content.supersedes),
        "superseded_by": labels.related(catalogue, catalogue.successors.get(entry.id, ())),
    }


def revision_rows(catalogue: Catalogue, entry: Entry) -> list[RevisionRow]:
    """Every revision the caller may read, ascending."""
    return [revision_row(catalogue, r) for r in labels.visible_revisions(entry)]


def revision_row(catalogue: Catalogue, revision: Revision) -> RevisionRow:
    """One revision without its text."""
    spans = catalogue.spans(revision.entry_id, revision.number)
    return {
        "number": revision.number,
        "status": revision.status.value,
        "title": revision.content.title,
        "author": revision.author,
        "created_at": context.moment_json(revision.created_at),
        "submitted_at": context.moment_json(revision.submitted_at),
        "approved_by": revision.approved_by,
        "approved_at": context.moment_json(revision.approved_at),
        "published_at": context.moment_json(revision.published_at),
        "withdrawn_at": context.moment_json(revision.withdrawn_at),
        "effective": labels.effective(revision.valid_from, revision.valid_until),
        "in_force": [labels.effective(span.start, span.end) for span in spans],
        "content_hash": revision.content_hash,
        "audience": revision.content.audience.value,
        "url": labels.entry_url(revision.entry_id, revision.number),
    }


def revision_out(catalogue: Catalogue, revision: Revision) -> RevisionOut:
    """One revision in full."""
    return {
        **revision_row(catalogue, revision),
        "entry_id": revision.entry_id,
        "content": content_out(catalogue, revision),
        "html": body_html(revision.content.body),
    }


def content_out(catalogue: Catalogue, revision: Revision) -> ContentOut:
    """The content of a revision; entries it names are left out where the caller may not know."""
    content = revision.content
    return {
        "kind": content.kind.value,
        "title": content.title,
        "body": content.body,
        "lang": content.lang,
        "audience": content.audience.value,
        "effective_from": context.moment_json(content.effective_from),
        "effective_until": context.moment_json(content.effective_until),
        "risk": content.risk,
        "products": list(content.products),
        "channels": [channel.value for channel in content.channels],
        "tags": list(content.tags),
        "questions": list(content.questions),
        "counter": list(content.counter),
        "depends_on": labels.names(catalogue, content.depends_on),
        "supersedes": labels.names(catalogue, content.supersedes),
        "short_code": content.short_code,
        "slots": [{"name": slot.name, "label": slot.label} for slot in content.slots],
    }


def next_review(steward: Stewardship, shown: Revision) -> datetime | None:
    """When an entry has to be looked at again; None when nobody asked for that."""
    if not steward.review_every or shown.published_at is None:
        return None
    return last_review(steward, shown) + timedelta(days=steward.review_every)


def _last_touched(revision: Revision) -> datetime:
    steps = (
        revision.created_at,
        revision.submitted_at,
        revision.approved_at,
        revision.published_at,
        revision.withdrawn_at,
    )
    return max(step for step in steps if step is not None)
