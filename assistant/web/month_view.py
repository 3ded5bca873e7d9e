"""Days as months of weeks, for a small calendar."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a month: how much happens on it, and whether it lies in the stretch shown."""

    iso: str
    number: int
    count: int
    inside: bool
    today: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month as weeks from Monday to Sunday; None stands for the days of its neighbours."""

    name: str
    weeks: tuple[tuple[Day | None, ...], ...]


def months(since: str, until: str, events: Mapping[str, Collection[object]]) -> list[Month]:
    """Every month from the day `since` to the day `until`, with how many `events` each day has."""
    first, last = date.fromisoformat(since), date.fromisoformat(until)
    found = []
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        weeks = tuple(
            tuple(_day(year, month, number, (first, last), events) for number in week)
            for week in calendar.Calendar().monthdayscalendar(year, month)
        )
        found.append(Month(f"{year:04d}-{month:02d}", weeks))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def _day(
    year: int,
    month: int,
    number: int,
    stretch: tuple[date, date],
    events: Mapping[str, Collection[object]],
) -> Day | None:
    if not number:
        return None
    day = date(year, month, number)
    iso = day.isoformat()
    inside = stretch[0] <= day <= stretch[1]
    return Day(iso, number, len(events.get(iso, ())), inside, day == stretch[0])
