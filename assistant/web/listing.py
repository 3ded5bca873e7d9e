"""The list of entries, filtered to what was asked for and what the caller may see."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.catalogue import Catalogue
from assistant.web import context, entry_views, labels
from assistant.web.entry_responses import EntriesOut
from assistant.web.requests import EntriesQuery
from indexer.text import normalise
from kb.model import Entry, Revision


def visible(catalogue: Catalogue) -> Iterator[tuple[Entry, Revision]]:
    """Every entry the caller may know of, with the revision that stands for it, by id."""
    for entry_id in sorted(catalogue.entries):
        entry = catalogue.entries[entry_id]
        shown = labels.representative(catalogue, entry)
        if shown is not None:
            yield entry, shown


def entries(query: EntriesQuery) -> EntriesOut:
    """One page of the entries that meet every filter given."""
    catalogue = context.services().catalogue.current()
    found = [pair for pair in visible(catalogue) if _meets(catalogue, query, *pair)]
    page = found[query.offset : query.offset + query.limit]
    return {
        "entries": [entry_views.entry_row(catalogue, entry, shown) for entry, shown in page],
        "total": len(found),
        "limit": query.limit,
        "offset": query.offset,
    }


def _meets(catalogue: Catalogue, query: EntriesQuery, entry: Entry, shown: Revision) -> bool:
    content = shown.content
    return all(
        (
            query.kind in (None, entry.kind),
            query.status is None or _has_status(query, entry),
            query.owner in (None, entry.stewardship.owner),
            query.audience in (None, content.audience),
            query.state in (None, labels.state_of(catalogue, entry.id)),
            query.language in (None, content.lang),
            query.tag is None or query.tag in content.tags,
            query.product is None or query.product in content.products,
            query.q is None or _mentions(query.q, entry, shown),
        )
    )


def _has_status(query: EntriesQuery, entry: Entry) -> bool:
    """Any revision counts: "in review" must find entries that have a published one too."""
    return any(r.status is query.status for r in labels.visible_revisions(entry))


def _mentions(text: str, entry: Entry, shown: Revision) -> bool:
    wanted = normalise(text).split()
    content = shown.content
    place = normalise(" ".join((entry.id, content.title, content.short_code, *content.tags)))
    return all(word in place for word in wanted)
