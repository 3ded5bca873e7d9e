"""Opening hours: when somebody is there to take over from the assistant.

Written as ``Mon-Fri 09:00-21:00; Sat,Sun 10:00-18:00`` and meant in the zone of the installation.
A span that ends before it begins goes on after midnight. Nothing at all means always, ``never``
that nobody is ever there. Public holidays are not known here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kb.errors import InvalidInput, Problem

NEVER = "never"
MAX_LENGTH = 500
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d"
_DAY = f"(?:{'|'.join(_DAYS)})"
_RULE = re.compile(
    rf"(?P<days>{_DAY}(?:-{_DAY})?(?:\s*,\s*{_DAY}(?:-{_DAY})?)*)\s+"
    rf"(?P<spans>{_TIME}-(?:{_TIME}|24:00)(?:\s*,\s*{_TIME}-(?:{_TIME}|24:00))*)"
)
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch of every week: of the day `weekday` (Monday 0), in minutes after its midnight."""

    weekday: int
    start: int
    end: int  # above 1440: on the following day


class Hours:
    """The opening hours of one site.

    Args:
        text: As above.
        zone: Where these hours hold.

    Raises:
        InvalidInput: the text is not in that form.
    """

    def __init__(self, text: str, zone: ZoneInfo) -> None:
        self._always = not text.strip()
        self._spans = () if self._always else _parsed(text)
        self._zone = zone

    def is_open(self, now: datetime) -> bool:
        """Whether somebody is there at `now`."""
        return self._always or any(start <= now < end for start, end in self._around(now))

    def opens_at(self, now: datetime) -> datetime | None:
        """When somebody will be there next, in the site's zone; None if they are, or never are."""
        if self.is_open(now):
            return None
        return min((start for start, _end in self._around(now) if start > now), default=None)

    def _around(self, now: datetime) -> list[tuple[datetime, datetime]]:
        """Every span that begins from yesterday until a week from now."""
        today = now.astimezone(self._zone).date()
        return [
            (self._moment(day, span.start), self._moment(day, span.end))
            for day in (today + _A_DAY * ahead for ahead in range(-1, 9))
            for span in self._spans
            if span.weekday == day.weekday()
        ]

    def _moment(self, day: date, minutes: int) -> datetime:
        # By the clock on the wall: a day on which clocks are changed is shorter or longer.
        later, rest = divmod(minutes, 24 * 60)
        wall = time(rest // 60, rest % 60)
        return datetime.combine(day + _A_DAY * later, wall, self._zone)


def _parsed(text: str) -> tuple[_Span, ...]:
    if len(text) > MAX_LENGTH:
        raise _refused(f"is longer than {MAX_LENGTH} characters")
    if text.strip().lower() == NEVER:
        return ()
    found: list[_Span] = []
    for part in text.replace("；", ";").replace("，", ",").split(";"):  # Chinese keyboards
        rule = part.strip().lower()
        match = _RULE.fullmatch(rule)
        if match:
            spans = [_minutes(span) for span in match["spans"].split(",")]
            found += [_Span(day, *span) for day in _days(match["days"]) for span in spans]
        elif rule:
            raise _refused(f"{part.strip()!r} is not like 'Mon-Fri 09:00-21:00'")
    if not found:
        raise _refused("names no hours")
    return tuple(found)


def _days(text: str) -> list[int]:
    found: dict[int, None] = {}
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        start = _DAYS.index(first)
        length = (_DAYS.index(last or first) - start) % 7
        found.update(dict.fromkeys((start + step) % 7 for step in range(length + 1)))
    return list(found)


def _minutes(text: str) -> tuple[int, int]:
    start, end = (int(part[:2]) * 60 + int(part[3:]) for part in text.strip().split("-"))
    if start == end:
        raise _refused(f"{text.strip()!r} begins and ends at once")
    return start, end if end > start else end + 24 * 60


def _refused(reason: str) -> InvalidInput:
    return InvalidInput([Problem("", 0, "hours", reason)])
