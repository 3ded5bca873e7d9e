"""Deadlines written in a text that have passed: 截止 10月31日, 即日起至月底, until 30 September.

A date counts only where the words around it make it an end. What merely tells the past (自6月1日起,
2026年6月1日前下单的订单) or comes back every year is no deadline.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from kb.model import Kind, Revision
from kb.quantities import Quantity, quantities
from kb.relative_dates import relative_deadlines
from kb.sections import plain_text
from kb.sentences import split

_BEFORE = re.compile(
    r"(?:截止(?:时间|日期)?(?:为|到|至|是|于)?|截至|即日起至|有效期(?:到|至)|结束于|[至到~—–-]"
    r"|\b(?:until|till|by|through|before|ends?(?:\son)?|expires?(?:\son)?|deadline(?:\sis)?)(?:\sthe)?)[\s::]*$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"^\s*(?:\d{1,2}:\d\d(?::\d\d)?|\d{1,2}\s?点)?\s*(?:[((][^))]{0,8}[))])?\s*"
    r"(?:前|之前|以前|止|为止|结束|截止|到期|失效)"
)
_ITERATED = re.compile(
    r"(?:每年|每月|每个月|次年|第二年|下一(?:自然)?年|翌年|次月|下个?月|every\s\w*\s?)\s*$",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"^[^,,。;;]{0,12}(?:下单|购买|购入|签收|付款|支付|激活|注册|开通|生产|安装|入会|发货)[^,,。;;]{0,6}的"
)
_EXAMPLE = re.compile(
    r"^(?:例如|比如|譬如|举例|如[:：]|for example|for instance|e\.g\.)", re.IGNORECASE
)
_FOREVER = datetime.max.replace(tzinfo=UTC)
_TOLD = re.compile(r"(?:已经?|早已)[^，,。；;]{0,4}$")  # 已于…结束 tells what happened


@dataclass(frozen=True, slots=True)
class PassedDate:
    """A deadline that has passed: the text of the date, the day it meant, and its sentence."""

    text: str
    day: date
    sentence: str = ""


def passed_deadlines(
    text: str, *, written: datetime, now: datetime, tz: ZoneInfo, spoken: bool = False
) -> list[PassedDate]:
    """Deadlines in plain `text` whose day ended before `now` in time zone `tz`.

    A year that is left out is the first that puts the date on or after the day the text was
    `written` (the revision's start of validity, or its publishing). In a `spoken` text, such as a
    canned reply, 今天 and 本周 are those of the day it is said: they count for nothing.
    """
    start = written.astimezone(tz).date()
    deadlines: list[PassedDate] = []
    for sentence in split(text):
        if not _EXAMPLE.match(sentence):
            deadlines += _dated(sentence, start)
            relative = () if spoken else relative_deadlines(sentence, start)
            deadlines += [PassedDate(*found, sentence) for found in relative]
    return [deadline for deadline in deadlines if day_over(deadline.day, tz) <= now]


def deadlines_of(revision: Revision, tz: ZoneInfo) -> tuple[PassedDate, ...]:
    """Every deadline in the text of a revision, passed or not; what a case tells is none."""
    if revision.content.kind is Kind.CASE:
        return ()
    written = revision.valid_from or revision.created_at
    return _deadlines(revision.content.body, written, tz, revision.content.kind is Kind.REPLY)


def open_deadlines(
    revision: Revision, confirmed: datetime | None, tz: ZoneInfo
) -> Iterator[tuple[datetime, PassedDate]]:
    """The deadlines of a revision with the moments they end; those yet to come, too.

    Left out are those that had passed when somebody last found the text right: `confirmed`, which
    says nothing about a revision that was published later.
    """
    if confirmed and revision.published_at and confirmed < revision.published_at:
        confirmed = None
    for deadline in deadlines_of(revision, tz):
        at = day_over(deadline.day, tz)
        if confirmed is None or confirmed < at:
            yield at, deadline


@lru_cache(maxsize=16384)
def _deadlines(body: str, written: datetime, tz: ZoneInfo, spoken: bool) -> tuple[PassedDate, ...]:
    """They depend on nothing that changes."""
    text = plain_text(body)
    return tuple(passed_deadlines(text, written=written, now=_FOREVER, tz=tz, spoken=spoken))


def _dated(sentence: str, start: date) -> Iterator[PassedDate]:
    """Deadlines given by a date."""
    for quantity in quantities(sentence):
        if quantity.kind == "date" and _is_deadline(sentence, quantity):
            day = _resolve(quantity.value, start)
            if day:
                yield PassedDate(quantity.text, day, sentence)


def _is_deadline(line: str, quantity: Quantity) -> bool:
    before, after = line[: quantity.start], line[quantity.end :]
    if _ITERATED.search(before) or _TOLD.search(before):
        return False
    closing = _AFTER.match(after)
    if closing:
        return not _CONDITION.match(after[closing.end() :])
    return bool(_BEFORE.search(before)) and not _CONDITION.match(after)


def _resolve(value: str, start: date) -> date | None:
    """The day a date value means: ``2026-10-31``, ``2026-10``, ``--10-31`` or ``--10``."""
    if value.startswith("---"):
        return None
    if value.startswith("--"):
        for year in (start.year, start.year + 1):
            day = _day(f"{year:04d}-{value[2:]}")
            if day is None or day >= start:
                return day
        return None
    return _day(value)


def _day(value: str) -> date | None:
    parts = [int(part) for part in value.split("-")]
    try:
        if len(parts) == 3:
            return date(*parts)
        if len(parts) == 2:
            return _month_end(*parts)
    except ValueError:
        return None
    return date(parts[0], 12, 31)


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def day_over(day: date, tz: ZoneInfo) -> datetime:
    """The moment at which a day is over in time zone `tz`."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=tz)
