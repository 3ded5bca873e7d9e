"""The desk's table of entries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request, url_for

from assistant.accounts.policy import Action
from assistant.catalogue import Catalogue
from assistant.desk import saved_filters
from assistant.desk.saved_filters import Saved
from assistant.web import context, entry_views, labels, listing
from assistant.web.page_filters import lenient, selected
from assistant.web.requests import EntriesQuery
from kb.freshness import State
from kb.model import Entry, Kind, Revision, Status

_PAGE = 50
_FILTERS = ("q", "kind", "status", "owner", "state", "audience", "tag", "product", "saved")
_DONE = ("discard",)  # what was just done elsewhere and is told here


def entries() -> str:
    """All entries with filters."""
    query = lenient(EntriesQuery, _FILTERS)
    catalogue = context.services().catalogue.current()
    all_found = listing.found(catalogue, query)
    pages = max(1, -(-len(all_found) // _PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    here = all_found[(page - 1) * _PAGE : page * _PAGE]
    shown, chosen = list(listing.visible(catalogue)), selected(query, _FILTERS)
    done = request.args.get("done", "")
    return render_template(
        "entries.html",
        rows=[_row(catalogue, query.saved, *pair) for pair in here],
        total=len(all_found),
        page=page,
        pages=pages,
        query_of=lambda **changed: _query(chosen, changed),
        saved=list(listing.saved_counts(catalogue).items()),
        all_count=len(shown),
        owners=sorted({entry.stewardship.owner for entry, _ in shown if entry.stewardship.owner}),
        reviewers=sorted({entry.stewardship.reviewer for entry, _ in shown} - {""}),
        tags=sorted({tag for _, revision in shown for tag in revision.content.tags}),
        kinds=[kind.value for kind in Kind],
        statuses=[status.value for status in Status],
        states=[state.value for state in State],
        selected=chosen,
        done=done if done in _DONE else "",
    )


def _row(
    catalogue: Catalogue, saved: Saved | None, entry: Entry, shown: Revision
) -> dict[str, Any]:
    """A line of the table. Who writes is led to the version at work, others to the reader."""
    row = entry_views.entry_row(catalogue, entry, shown)
    if not context.allowed(Action.ENTRIES_WRITE):
        return {**row, "href": row["url"], "open": None}
    at_work = saved_filters.open_revision(labels.visible_revisions(entry), saved)
    led_to = _led_to(catalogue, saved, entry) or at_work or shown
    return {
        **row,
        "href": _review_url(led_to),
        "open": _open(at_work) if at_work and at_work.number != shown.number else None,
    }


def _led_to(catalogue: Catalogue, saved: Saved | None, entry: Entry) -> Revision | None:
    """The version that the list is about, when that is one of its own kind."""
    if saved is not Saved.SCHEDULED:
        return None
    readable = labels.visible_revisions(entry)
    return next((r for r in readable if saved_filters.is_scheduled(catalogue, r)), None)


def _open(revision: Revision) -> dict[str, Any]:
    return {
        "number": revision.number,
        "status": revision.status.value,
        "author": revision.author,
        "url": _review_url(revision),
    }


def _review_url(revision: Revision) -> str:
    return url_for("pages.review", entry_id=revision.entry_id, number=revision.number)


def _query(chosen: Mapping[str, str], changed: Mapping[str, object]) -> str:
    """The query of an address with the filters in use and some changed; empty ones left out."""
    return urlencode({k: v for k, v in {**chosen, **changed}.items() if v})
