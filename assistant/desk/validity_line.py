"""The validity of an entry as one line drawn to scale: past, present and scheduled versions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kb.validity import Span

_LEAST = timedelta(days=30)  # a line of less would make hours look like ages
_MARGIN = 0.06  # room at both ends, where open spans fade out
_MOST_TICKS = 4
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)


@dataclass(frozen=True, slots=True)
class Segment:
    """A version in force; `left` and `width` in per cent of the line."""

    number: int
    start: datetime | None
    end: datetime | None
    tone: str  # past, present or scheduled
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the scale, `at` per cent from its beginning."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """The segments now and after a step, on one scale; `now` in per cent."""

    now: float
    segments: tuple[Segment, ...]
    proposed: tuple[Segment, ...]
    ticks: tuple[Tick, ...]


def line(spans: Sequence[Span], proposed: Sequence[Span], now: datetime, tz: ZoneInfo) -> Line:
    """`spans` as they are and, where a step is ahead, as they would be after it."""
    first, last = _range([*spans, *proposed], now)
    whole = (last - first).total_seconds()

    def place(moment: datetime) -> float:
        return round(100 * min(1.0, max(0.0, (moment - first).total_seconds() / whole)), 2)

    def segments(found: Iterable[Span]) -> tuple[Segment, ...]:
        return tuple(_segment(span, now, place(span.start or first), place(span.end or last))
                     for span in found)  # fmt: skip

    ticks = tuple(Tick(place(day), label) for day, label in _ticks(first, last, tz))
    return Line(place(now), segments(spans), segments(proposed), ticks)


def _range(spans: Sequence[Span], now: datetime) -> tuple[datetime, datetime]:
    moments = [now, *(m for span in spans for m in (span.start, span.end) if m is not None)]
    first, last = min(moments), max(moments)
    missing = max(timedelta(0), _LEAST - (last - first)) / 2
    margin = (last - first) * _MARGIN + missing
    return first - margin, last + margin


def _segment(span: Span, now: datetime, left: float, right: float) -> Segment:
    if span.holds(now):
        tone = "present"
    else:
        tone = "scheduled" if span.start and span.start > now else "past"
    width = round(max(right - left, 0.8), 2)  # an hour's version can still be seen
    return Segment(
        span.revision, span.start, span.end, tone, round(min(left, 100 - width), 2), width
    )


def _ticks(first: datetime, last: datetime, tz: ZoneInfo) -> list[tuple[datetime, str]]:
    """First days of months, as many as read well."""
    begin = first.astimezone(tz)
    months = (last - first).days / 30.4
    step = next((n for n in _MONTHS if months / n <= _MOST_TICKS), _MONTHS[-1])
    count = begin.year * 12 + begin.month  # the month after the first one, counted from zero
    count += -count % step
    found: list[tuple[datetime, str]] = []
    while count // 12 < 9_999:
        day = datetime(count // 12, count % 12 + 1, 1, tzinfo=tz)
        if day >= last:
            break
        found.append((day, f"{day:%Y}" if step >= 12 else f"{day:%Y-%m}"))
        count += step
    return found
