"""The saved filters of the list of entries: what people come to the desk for, by one word each."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from assistant.catalogue import Catalogue
from kb.freshness import State
from kb.lifecycle import is_author
from kb.model import Entry, Revision, Status

SOON = timedelta(days=30)
OPEN = (Status.DRAFT, Status.IN_REVIEW, Status.APPROVED)


class Saved(StrEnum):
    """A saved filter."""

    MINE = "mine"
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    ENDING = "ending"
    CONFLICT = "conflict"
    OUTDATED = "outdated"


# Who may read no draft has no use for lists of drafts.
FOR_READERS = (Saved.ENDING, Saved.CONFLICT, Saved.OUTDATED)
_BY_STATUS = {
    Saved.DRAFT: Status.DRAFT,
    Saved.IN_REVIEW: Status.IN_REVIEW,
    Saved.APPROVED: Status.APPROVED,
}
_BY_STATE = {Saved.CONFLICT: State.CONFLICT, Saved.OUTDATED: State.REPORTED_OUTDATED}


def holds(
    saved: Saved,
    catalogue: Catalogue,
    entry: Entry,
    readable: tuple[Revision, ...],
    names: frozenset[str],
) -> bool:
    """Whether an entry belongs to a saved filter.

    `readable` are the revisions that the caller may read, `names` the caller's name and those of
    their teams.
    """
    if saved is Saved.MINE:
        return _concerns(entry, readable, names)
    if saved in _BY_STATUS:
        return any(r.status is _BY_STATUS[saved] for r in readable)
    if saved in _BY_STATE:
        label = catalogue.freshness.get(entry.id)
        return any(r.state is _BY_STATE[saved] for r in label.reasons) if label else False
    if saved is Saved.SCHEDULED:
        return any(is_scheduled(catalogue, revision) for revision in readable)
    return _ends_soon(catalogue, entry)


def open_revision(readable: tuple[Revision, ...], saved: Saved | None = None) -> Revision | None:
    """The newest revision that is being worked on, of the status asked for; None if there is none.

    A draft that a newer publication has left behind is nobody's present work.
    """
    wanted = (_BY_STATUS[saved],) if saved in _BY_STATUS else OPEN
    newest = next((r for r in reversed(readable) if r.status in wanted), None)
    if newest is None or saved in _BY_STATUS:
        return newest
    later = (r for r in readable if r.number > newest.number and r.status is Status.PUBLISHED)
    return None if next(later, None) else newest


def is_scheduled(catalogue: Catalogue, revision: Revision) -> bool:
    """Whether a revision is published and comes into force later."""
    return revision.status is Status.PUBLISHED and any(
        span.start is not None and span.start > catalogue.at
        for span in catalogue.spans(revision.entry_id, revision.number)
    )


def _concerns(entry: Entry, readable: tuple[Revision, ...], names: frozenset[str]) -> bool:
    """Kept or reviewed by the caller or their teams, or written by them and still open."""
    keeper = entry.stewardship
    if {keeper.owner, keeper.reviewer} & names:
        return True
    found = open_revision(readable)
    return found is not None and any(is_author(found, name) for name in names)


def _ends_soon(catalogue: Catalogue, entry: Entry) -> bool:
    """What is in force ends within `SOON` and nothing of its own follows at once."""
    spans = catalogue.timeline.spans(entry.id)
    now = next((span for span in spans if span.holds(catalogue.at)), None)
    if now is None or now.end is None or now.end > catalogue.at + SOON:
        return False
    return all(span.start != now.end for span in spans)
