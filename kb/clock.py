"""Time at the edges: aware UTC inside, the site's local time in files and on screens."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from kb.errors import InvalidInput, Problem

Clock = Callable[[], datetime]

_FORM = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"(?:[T ](?P<hour>\d\d):(?P<minute>\d\d)"
    r"(?::(?P<second>\d\d)(?:\.(?P<fraction>\d{1,6}))?)?"
    r"(?P<offset>Z|[+-]\d\d:\d\d)?)?",
    re.ASCII,
)
_YEARS = range(1970, 9999)  # what every zone can turn into UTC and back


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def parse_local(text: str, tz: ZoneInfo) -> datetime:
    """The UTC moment that a local date (its midnight) or date-time stands for.

    Accepts ``2026-06-01``, ``2026-06-01T20:00``, with seconds and fractions, and an explicit
    ``Z`` or ``+08:00`` that overrides `tz`. Raises InvalidInput for anything else, for days that
    do not exist and for local times that a clock change skips.
    """
    found = _FORM.fullmatch(text.strip())
    if not found:
        raise _refusal(f"{text!r} is not a date such as 2026-06-01 or 2026-06-01T20:00")
    parts = found.groupdict()
    zone = _offset(parts["offset"]) if parts["offset"] else tz
    try:
        local = datetime(
            year=int(parts["year"]),
            month=int(parts["month"]),
            day=int(parts["day"]),
            hour=int(parts["hour"] or 0),
            minute=int(parts["minute"] or 0),
            second=int(parts["second"] or 0),
            microsecond=int((parts["fraction"] or "0").ljust(6, "0")),
            tzinfo=zone,
        )
    except ValueError as error:
        raise _refusal(f"{text!r} does not exist: {error}") from None
    if local.year not in _YEARS:
        raise _refusal(f"{text!r}: the year must lie between 1970 and 9998")
    moment = local.astimezone(UTC)
    if parts["hour"] and moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise _refusal(f"{text!r} does not exist: the clock change on that day skips it")
    return moment


def format_local(moment: datetime, tz: ZoneInfo) -> str:
    """The canonical local form: the date alone at midnight, else minutes; finer only if needed.

    `parse_local` gives the same moment back. An hour that a clock change repeats is written with
    its offset, so that it stays unambiguous.
    """
    local = moment.astimezone(tz)
    if local.microsecond:
        text = local.strftime("%Y-%m-%dT%H:%M:%S.") + f"{local.microsecond:06d}".rstrip("0")
    elif local.second:
        text = local.strftime("%Y-%m-%dT%H:%M:%S")
    elif local.hour or local.minute or local.fold:
        text = local.strftime("%Y-%m-%dT%H:%M")
    else:
        text = local.strftime("%Y-%m-%d")
    if not local.fold:
        return text
    offset = local.utcoffset() or timedelta(0)
    sign, minutes = ("-" if offset < timedelta(0) else "+"), abs(offset) // timedelta(minutes=1)
    return f"{text}{sign}{minutes // 60:02d}:{minutes % 60:02d}"


def spoken_local(moment: datetime, tz: ZoneInfo) -> str:
    """A moment as people read it: the date alone at midnight, else with hour and minute."""
    local = moment.astimezone(tz)
    return local.strftime("%Y-%m-%d %H:%M" if local.hour or local.minute else "%Y-%m-%d")


def _offset(text: str) -> tzinfo:
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 14 or minutes > 59:
        raise _refusal(f"{text!r} is no offset from UTC")
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(-span if text[0] == "-" else span)


def _refusal(message: str) -> InvalidInput:
    return InvalidInput([Problem("", 0, "", message)])
