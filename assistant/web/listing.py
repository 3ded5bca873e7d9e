"""The list of entries, filtered to what was asked for and what the caller may see."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.accounts.policy import Action
from assistant.catalogue import Catalogue
from assistant.desk import saved_filters
from assistant.desk.saved_filters import Saved
from assistant.desk.tasks import own_names
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


def found(catalogue: Catalogue, query: EntriesQuery) -> list[tuple[Entry, Revision]]:
    """The entries that meet every filter given, by id."""
    names = callers_names() if query.saved else frozenset()
    return [pair for pair in visible(catalogue) if _meets(catalogue, query, names, *pair)]


def entries(query: EntriesQuery) -> EntriesOut:
    """One page of the entries that meet every filter given."""
    catalogue = context.services().catalogue.current()
    all_found = found(catalogue, query)
    page = all_found[query.offset : query.offset + query.limit]
    return {
        "entries": [entry_views.entry_row(catalogue, entry, shown) for entry, shown in page],
        "total": len(all_found),
        "limit": query.limit,
        "offset": query.offset,
    }


def saved_counts(catalogue: Catalogue) -> dict[Saved, int]:
    """How many entries each saved filter that the caller has use for finds."""
    wanted = tuple(Saved) if context.allowed(Action.ENTRIES_WRITE) else saved_filters.FOR_READERS
    names, counts = callers_names(), dict.fromkeys(wanted, 0)
    for entry, _shown in visible(catalogue):
        readable = labels.visible_revisions(entry)
        for saved in wanted:
            counts[saved] += saved_filters.holds(saved, catalogue, entry, readable, names)
    return counts


def callers_names() -> frozenset[str]:
    """The caller's name and those of their teams."""
    return own_names(context.principal().name, context.services().canned.teams())


def _meets(
    catalogue: Catalogue, query: EntriesQuery, names: frozenset[str], entry: Entry, shown: Revision
) -> bool:
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
            query.saved is None or _saved(catalogue, query.saved, entry, names),
        )
    )


def _saved(catalogue: Catalogue, saved: Saved, entry: Entry, names: frozenset[str]) -> bool:
    return saved_filters.holds(saved, catalogue, entry, labels.visible_revisions(entry), names)


def _has_status(query: EntriesQuery, entry: Entry) -> bool:
    """Any revision counts: "in review" must find entries that have a published one too."""
    return any(r.status is query.status for r in labels.visible_revisions(entry))


def _mentions(text: str, entry: Entry, shown: Revision) -> bool:
    wanted = normalise(text).split()
    content = shown.content
    place = normalise(" ".join((entry.id, content.title, content.short_code, *content.tags)))
    return all(word in place for word in wanted)
