"""Which changes of an entry's basis (what it depends on) came after the entry's last review."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from kb.model import Entry, Revision, Stewardship
from kb.validity import Span, Timeline

_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class BasisChange:
    """What happened to `entry_id` at `at`: started, ended, superseded or withdrawn.

    `revision` is the one that started or was withdrawn, else 0; `by` the superseding entry.
    """

    entry_id: str
    what: str
    at: datetime
    revision: int = 0
    by: str = ""


def last_review(keeper: Stewardship, in_force: Revision) -> datetime:
    """When somebody last vouched for the text that is in force.

    The latest of: its confirmation, its publishing, and the start of its validity (it was made
    for the state of things at that date).
    """
    moments = (keeper.reviewed_at, in_force.published_at, in_force.valid_from)
    return max((moment for moment in moments if moment), default=_EVER)


def changes_after(
    review: datetime, dependency: Entry, timeline: Timeline, now: datetime
) -> list[BasisChange]:
    """What happened to `dependency` after `review`, up to and including `now`, oldest first."""
    found = [
        *_starts(dependency, timeline),
        *_ends(dependency, timeline),
        *_withdrawals(dependency),
    ]
    return sorted((c for c in found if review < c.at <= now), key=lambda change: change.at)


def _starts(entry: Entry, timeline: Timeline) -> Iterator[BasisChange]:
    """A revision comes into force: from its valid time on, but not before it was known."""
    for span in timeline.spans(entry.id):
        revision = entry.revision(span.revision)
        known = revision.published_at if revision else None
        moments = [moment for moment in (span.start, known) if moment]
        if moments:
            yield BasisChange(entry.id, "started", max(moments), span.revision)


def _ends(entry: Entry, timeline: Timeline) -> Iterator[BasisChange]:
    """A span ends and nothing follows on it."""
    spans: tuple[Span | None, ...] = (*timeline.spans(entry.id), None)
    superseded = timeline.superseded.get(entry.id)
    for span, following in pairwise(spans):
        if span is None or span.end is None or (following and following.start == span.end):
            continue
        if superseded and superseded.at == span.end:
            yield BasisChange(entry.id, "superseded", span.end, by=superseded.by)
        else:
            yield BasisChange(entry.id, "ended", span.end)


def _withdrawals(entry: Entry) -> Iterator[BasisChange]:
    for revision in entry.revisions:
        if revision.withdrawn_at and revision.published_at:
            yield BasisChange(entry.id, "withdrawn", revision.withdrawn_at, revision.number)


def dependents(entries: Mapping[str, Entry]) -> dict[str, tuple[str, ...]]:
    """For each entry id the ids of entries whose newest published revision depends on it."""
    found: dict[str, list[str]] = {}
    for entry in entries.values():
        if entry.published:
            for target in entry.published[-1].content.depends_on:
                found.setdefault(target, []).append(entry.id)
    return {target: tuple(sorted(ids)) for target, ids in found.items()}
