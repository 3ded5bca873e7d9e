"""Calendar dates as written in text, Chinese and English, with or without the year."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb import numerals

_MONTHS = "january february march april may june july august september october november december"
_MONTH_NUMBERS = {name[:3]: number for number, name in enumerate(_MONTHS.split(), 1)}
_MONTH_NAME = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_HAN_MONTH = r"(?:十[一二]?|[一二三四五六七八九])"
_HAN_DAY = r"(?:[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_DATE = re.compile(
    r"(?<![\d.])(?:"
    r"(?P<y1>\d{4})\s?年\s?(?P<m1>\d{1,2})\s?月(?:\s?(?P<d1>\d{1,2})\s?[日号])?"
    r"|(?P<y2>(?:19|20)\d\d)(?P<sep>[-/.])(?P<m2>\d{1,2})(?P=sep)(?P<d2>\d{1,2})(?!\d)"
    r"|(?P<m3>\d{1,2})\s?月\s?(?P<d3>\d{1,2})\s?[日号]"
    r"|(?P<m4>\d{1,2})\s?月(?!\s?\d)"
    rf"|(?P<m5>{_HAN_MONTH})月(?P<d5>{_HAN_DAY})[日号]"
    r"|(?P<y6>(?:19|20)\d\d)\s?年"
    r"|每(?:个)?月\s?(?P<d7>\d{1,2})\s?[日号]"
    rf"|(?P<m8>\b{_MONTH_NAME})\s(?P<d8>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s?(?:[:%]|[ap]\.?m))"
    r"(?:,?\s(?P<y8>(?:19|20)\d\d)\b)?"
    rf"|(?P<d9>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<m9>{_MONTH_NAME})(?![A-Za-z])"
    r"(?:,?\s(?P<y9>(?:19|20)\d\d)\b)?"
    rf"|(?P<m10>\b{_MONTH_NAME})\s(?P<y10>(?:19|20)\d\d)\b"
    r")"
)
_TAIL = re.compile(r"\s?(?:[-–—~]|至|到)\s?(?P<day>\d{1,2})\s?[日号]")
_BETWEEN = re.compile(
    r"\s?(?:\d{1,2}:\d\d(?::\d\d)?)?\s?(?:[-–—~]|至|到|to|until|through)\s?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Written:
    """A date in a text: `value` is ISO, with ``--`` for the year when it is left out."""

    value: str
    start: int
    end: int


class DatePattern:
    """Finds dates from left to right; the end of a range takes over what its start said."""

    def __init__(self) -> None:
        self._searched: re.Match[str] | None = None
        self._exhausted = False
        self._last: tuple[str, str, int] | None = None  # year, month, end of the last date

    def find(self, text: str, start: int, stop: int) -> Written | None:
        """The first date that begins in ``text[start:stop]``; calls must move forward."""
        tail = self._range_end(text, start)
        if tail:
            return tail
        if self._exhausted:
            return None
        if self._searched is None or self._searched.start() < start:
            self._searched = _DATE.search(text, start)
            self._exhausted = self._searched is None
        if self._searched is None or self._searched.start() >= stop:
            return None
        return self._written(text, self._searched)

    def _range_end(self, text: str, start: int) -> Written | None:
        """11月1日至11日: the second day has the first one's month."""
        if self._last is None or self._last[2] != start:
            return None
        tail = _TAIL.match(text, start)
        if tail is None:
            return None
        year, month, _ = self._last
        self._last = None
        return Written(_iso(year, month, tail["day"]), tail.start("day"), tail.end())

    def _written(self, text: str, found: re.Match[str]) -> Written | None:
        parts = {name[0]: value for name, value in found.groupdict().items()
                 if value and name != "sep"}  # fmt: skip
        month = _month(parts.get("m", ""))
        if (month and not 1 <= int(month) <= 12) or not _is_day(_day(parts.get("d", ""))):
            self._searched = None
            return None
        year = parts.get("y", "") or self._inherited_year(text, found.start(), month)
        self._last = (year, month, found.end())
        return Written(_iso(year, month, _day(parts.get("d", ""))), *found.span())

    def _inherited_year(self, text: str, start: int, month: str) -> str:
        """2025年12月20日至1月5日: the year of the range's start, or the one after."""
        if self._last is None or not self._last[0] or not month:
            return ""
        year, first_month, end = self._last
        if not _BETWEEN.fullmatch(text, end, start):
            return ""
        return str(int(year) + (1 if first_month and int(month) < int(first_month) else 0))


def _month(text: str) -> str:
    if not text:
        return ""
    if text[0].isdigit() and text.isascii():
        return text
    known = _MONTH_NUMBERS.get(text[:3].lower())
    return str(known if known else numerals.parse(text))


def _day(text: str) -> str:
    return text if text.isascii() else str(numerals.parse(text))


def _is_day(text: str) -> bool:
    return not text or 1 <= int(text) <= 31


def _iso(year: str, month: str, day: str) -> str:
    if not month:
        return year or f"---{int(day):02d}"
    rest = f"-{int(month):02d}" + (f"-{int(day):02d}" if day else "")
    return year + rest if year else "-" + rest
