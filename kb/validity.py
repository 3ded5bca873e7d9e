"""Valid time: which revision of an entry is the one in force at a moment. Evaluated, never stored.

Two rules. Among the published revisions of an entry whose interval holds a moment, the one that
began last is in force (on a tie the higher number). And from the moment a revision comes into
force that lists another entry under `supersedes`, that other entry is in force no more.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise

from kb.model import Entry, Revision

_BEGINNING = datetime.min.replace(tzinfo=UTC)
_END = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """A revision is the one in force in ``[start, end)``; None means without limit."""

    entry_id: str
    revision: int
    start: datetime | None
    end: datetime | None

    def holds(self, moment: datetime) -> bool:
        """Whether `moment` lies in the span."""
        return (self.start is None or self.start <= moment) and (
            self.end is None or moment < self.end
        )


@dataclass(frozen=True, slots=True)
class Supersession:
    """From `at` on, `entry_id` is in force no more, because of `by`."""

    entry_id: str
    by: str
    at: datetime


class Timeline:
    """All spans of a set of entries, ready for look-ups by entry and moment."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = {entry.id: entry for entry in entries}
        own = {entry_id: _own_spans(entry) for entry_id, entry in self._entries.items()}
        self.superseded = _supersessions(self._entries, own)
        self._spans = {
            entry_id: _cut(spans, self.superseded.get(entry_id)) for entry_id, spans in own.items()
        }
        self._starts = {
            entry_id: [span.start or _BEGINNING for span in spans]
            for entry_id, spans in self._spans.items()
        }

    def spans(self, entry_id: str) -> tuple[Span, ...]:
        """The spans of one entry in order of time; empty for an unknown one."""
        return self._spans.get(entry_id, ())

    def all_spans(self) -> list[Span]:
        """Every span, by entry in the order given, then by time."""
        return [span for spans in self._spans.values() for span in spans]

    def at(self, entry_id: str, moment: datetime) -> Revision | None:
        """The revision of the entry in force at `moment`, or None."""
        place = bisect_right(self._starts.get(entry_id, []), moment) - 1
        if place < 0 or not self._spans[entry_id][place].holds(moment):
            return None
        return self._entries[entry_id].revision(self._spans[entry_id][place].revision)


def spans(entries: Iterable[Entry]) -> list[Span]:
    """When each published revision of `entries` is the one in force.

    A revision appears more than once when a shorter one interrupts it. Give all entries: an
    entry left out supersedes nothing.
    """
    return Timeline(entries).all_spans()


def _own_spans(entry: Entry) -> tuple[Span, ...]:
    """Spans by the entry's own revisions alone, before others supersede it."""
    intervals = [
        (r.valid_from or _BEGINNING, r.valid_until or _END, r.number) for r in entry.published
    ]
    edges = sorted({edge for start, end, _ in intervals for edge in (start, end)})
    result: list[Span] = []
    for start, end in pairwise(edges):
        holding = [(i[0], i[2]) for i in intervals if i[0] <= start < i[1]]
        if not holding:
            continue
        number = max(holding)[1]
        if result and result[-1].revision == number and result[-1].end == start:
            result[-1] = replace(result[-1], end=_open(end, _END))
        else:
            result.append(Span(entry.id, number, _open(start, _BEGINNING), _open(end, _END)))
    return tuple(result)


def _open(edge: datetime, limit: datetime) -> datetime | None:
    return None if edge == limit else edge


def _supersessions(
    entries: Mapping[str, Entry], own: Mapping[str, tuple[Span, ...]]
) -> dict[str, Supersession]:
    """The first moment each entry is superseded, following time.

    Time order settles cycles: whoever comes into force first ends the other, and what has been
    ended can end nothing any more.
    """
    events = sorted(
        (span.start or _BEGINNING, entry_id, target)
        for entry_id, spans_ in own.items()
        for span in spans_
        for target in _targets(entries[entry_id], span.revision)
    )
    done: dict[str, Supersession] = {}
    for at, by, target in events:
        ended = done.get(by)
        if target != by and target not in done and (ended is None or ended.at > at):
            done[target] = Supersession(target, by, at)
    return done


def _targets(entry: Entry, number: int) -> tuple[str, ...]:
    revision = entry.revision(number)
    return revision.content.supersedes if revision else ()


def _cut(spans_: tuple[Span, ...], end: Supersession | None) -> tuple[Span, ...]:
    if end is None:
        return spans_
    kept = (span for span in spans_ if (span.start or _BEGINNING) < end.at)
    return tuple(
        replace(span, end=end.at) if (span.end or _END) > end.at else span for span in kept
    )
