"""What takes effect or ends in a stretch of time, and which dates in texts pass in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from kb.dates_in_text import open_deadlines
from kb.model import Entry, Revision
from kb.validity import Span, Timeline


class Turn(StrEnum):
    """What happens to an entry at a moment."""

    STARTS = "starts"  # it comes into force
    CHANGES = "changes"  # another revision takes over
    ENDS = "ends"  # nothing of it is in force any more


@dataclass(frozen=True, slots=True)
class Appointment:
    """`revision` starts, takes over or is the last one to end, at `at`.

    `by` is the entry that takes its place when it ends by that.
    """

    at: datetime
    turn: Turn
    revision: Revision
    by: str = ""


@dataclass(frozen=True, slots=True)
class TextDate:
    """A deadline that the text of a revision in force names: its words, sentence and day."""

    day: date
    text: str
    sentence: str
    revision: Revision


def agenda(
    entries: Mapping[str, Entry], timeline: Timeline, since: datetime, until: datetime
) -> list[Appointment]:
    """Everything after `since` up to and including `until`, in order of time."""
    found = [
        one for entry in entries.values() for one in _of(entry, timeline) if since < one.at <= until
    ]
    return sorted(found, key=lambda one: (one.at, one.revision.entry_id))


def text_dates(
    entries: Mapping[str, Entry], timeline: Timeline, now: datetime, until: datetime, tz: ZoneInfo
) -> list[TextDate]:
    """The deadlines in texts in force at `now` that have passed or will by `until`, by day.

    A text that was confirmed after its deadline had passed is right all the same.
    """
    found = [
        TextDate(deadline.day, deadline.text, deadline.sentence, revision)
        for entry in entries.values()
        if (revision := timeline.at(entry.id, now)) is not None
        for at, deadline in open_deadlines(revision, entry.stewardship.reviewed_at, tz)
        if at <= until
    ]
    return sorted(found, key=lambda one: (one.day, one.revision.entry_id))


def _of(entry: Entry, timeline: Timeline) -> Iterator[Appointment]:
    spans: tuple[Span | None, ...] = (None, *timeline.spans(entry.id), None)
    superseded = timeline.superseded.get(entry.id)
    for before, after in pairwise(spans):
        follows = before is not None and after is not None and before.end == after.start
        if before and before.end and not follows:
            by = superseded.by if superseded and superseded.at == before.end else ""
            yield from _at(entry, before.end, Turn.ENDS, before.revision, by)
        if after and after.start:
            turn = Turn.CHANGES if follows else Turn.STARTS
            yield from _at(entry, after.start, turn, after.revision)


def _at(entry: Entry, at: datetime, turn: Turn, number: int, by: str = "") -> Iterator[Appointment]:
    revision = entry.revision(number)
    if revision:
        yield Appointment(at, turn, revision, by)
