"""A row of an import in full: what it would change, and beside it what says the same already."""

from __future__ import annotations

from datetime import datetime
from itertools import zip_longest

from assistant.web import context, import_views, labels
from assistant.web.diffs import word_changes
from assistant.web.import_jobs import jobs
from assistant.web.import_responses import BesideOut, CellOut, FieldOut, ImportedRowOut
from kb.clock import format_local
from kb.document import Document
from kb.errors import InvalidInput, NotFound
from kb.formats.duplicates import Duplicate
from kb.formats.planning import PlannedRow
from kb.formats.runs import Run, RunState
from kb.model import Content, Entry, Revision, Stewardship

_LISTS = ("products", "channels", "tags", "questions", "counter", "depends_on", "supersedes")
_PLAIN = ("kind", "title", "lang", "audience", "risk", "short_code")
_KEEPER = ("owner", "reviewer", "review_every")


def row_out(run: Run, number: int) -> ImportedRowOut:
    """The row of that number; NotFound."""
    row = jobs().imports.row(run.id, number)
    entry = context.services().catalogue.current().entries.get(row.entry_id)
    if entry is not None and not labels.visible_entry(entry):
        entry = None
    document = _document(run, row, entry)
    known = _compared_with(run, row, entry)
    before = known.content if known else None
    body = document.content.body if document else ""
    return {
        **import_views.row_out(run, row),
        "cells": _cells(run, row),
        "known": known.number if known else None,
        "url": labels.entry_url(row.entry_id) if entry else "",
        "fields": _fields(entry if known else None, before, document) if document else [],
        "words": word_changes(before.body if before else "", body) if document else [],
        "beside": [_beside(run, found) for found in row.duplicates],
    }


def _document(run: Run, row: PlannedRow, entry: Entry | None) -> Document | None:
    """What the row comes to beside the entry; None for one that failed."""
    if row.proposed is None or row.problems:
        return None
    try:
        return row.proposed.beside(entry, trusted=run.trusted)
    except InvalidInput:
        return row.proposed.document


def _compared_with(run: Run, row: PlannedRow, entry: Entry | None) -> Revision | None:
    """The revision before the row; where the row is carried out, the one before its own."""
    if entry is None or not entry.revisions:
        return None
    if run.state is RunState.DONE and row.revision:
        earlier = [r for r in entry.revisions if r.number < row.revision]
        return earlier[-1] if earlier else None
    return entry.revisions[-1]


def _cells(run: Run, row: PlannedRow) -> list[CellOut]:
    if row.head is None or not row.cells:
        return []
    columns = run.heads[row.head].columns
    return [
        {"header": header, "text": text}
        for header, text in zip_longest(columns, row.cells, fillvalue="")
        if header or text
    ]


def _fields(entry: Entry | None, before: Content | None, after: Document) -> list[FieldOut]:
    """The fields but the body that the row states otherwise than the entry has them."""
    old = _texts(before, entry.stewardship if entry else None)
    new = _texts(after.content, after.stewardship)
    if entry is not None:  # what a row leaves empty of these stays as it is
        new |= {name: new[name] or old[name] for name in _KEEPER}
    return [
        {"field": name, "before": old[name], "after": new[name]}
        for name in new
        if new[name] != old[name]
    ]


def _texts(content: Content | None, keeper: Stewardship | None) -> dict[str, str]:
    """Every field but the body as text."""
    found = {name: str(getattr(content, name)) if content else "" for name in _PLAIN}
    for name in ("effective_from", "effective_until"):
        found[name] = _moment(getattr(content, name)) if content else ""
    for name in _LISTS:
        found[name] = "\n".join(getattr(content, name)) if content else ""
    slots = content.slots if content else ()
    found["slots"] = "\n".join(f"{slot.name}: {slot.label}".rstrip(": ") for slot in slots)
    for name in _KEEPER:
        found[name] = str(getattr(keeper, name) or "") if keeper else ""
    return found


def _moment(at: datetime | None) -> str:
    return format_local(at, context.services().settings.site_tz) if at else ""


def _beside(run: Run, found: Duplicate) -> BesideOut:
    content = _content_of(run, found)
    return {
        "what": found.what,
        "row": found.row,
        "entry_id": found.entry_id,
        "title": content.title if content else found.title,
        "url": import_views.duplicate_url(found),
        "questions": list(content.questions) if content else [],
        "body": content.body if content else "",
    }


def _content_of(run: Run, found: Duplicate) -> Content | None:
    """What the other place says, as far as the caller may read it."""
    if found.row:
        try:
            other = jobs().imports.row(run.id, found.row)
        except NotFound:
            return None
        return other.proposed.document.content if other.proposed else None
    catalogue = context.services().catalogue.current()
    entry = catalogue.entries.get(found.entry_id)
    shown = labels.representative(catalogue, entry) if entry else None
    return shown.content if shown else None
