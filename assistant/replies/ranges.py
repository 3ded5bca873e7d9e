"""Ranges that rules state (7 天内, 满 2,000 元, over 48 hours) and figures that customers give.

Both are read as intervals of one unit, so that a rule can be told to apply to a figure or not.
Durations and counts of days since something are one measure each: 签收后 7 天内 says nothing about
an order that is ten days late. What a range measures is read from the words around it; a duration
without such words (3 个工作日内出具报告) is our own promise rather than a condition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from assistant.replies.intervals import Range
from assistant.replies.measures import DURATIONS, LATE, MONEY, SECONDS, measure, own_measure
from kb.quantities import Quantity, quantities

_DAY = Decimal(86400)
_MONTH = Decimal("30.4375") * _DAY

# Half and full width: sentences are read as they are written.
_EDGE = re.compile(r"[,\uff0c;\uff1b。\uff01\uff1f!?\n]|\.(?!\d)")
_BEFORE = 24
_AFTER = 16
_AT_MOST = re.compile(
    r"(?:不超过|不多于|不高于|至多|\b(?:within|up to|at most|no more than|not more than)(?: the)?"
    r"(?: first)?)\s*$",
    re.IGNORECASE,
)
_BELOW = re.compile(
    r"(?:不足|不到|不满|低于|少于|未满|未达到?|\b(?:less than|fewer than|under|below))\s*$",
    re.IGNORECASE,
)
_AT_LEAST = re.compile(
    r"(?:(?<!不)(?<!未)满|(?<!未)达到?|不低于|不少于|至少"
    r"|\b(?:at least|no less than|from|minimum of))"
    r"\s*(?:约|RMB|CNY)?\s*$",
    re.IGNORECASE,
)
_ABOVE = re.compile(
    r"(?:(?<!不)超过[^,\uff0c;\uff1b。\d]{0,10}|超出|超|(?<!不)大于|(?<!不)高于|(?<!不)多于|不止"
    r"|\b(?<!no )(?<!not )(?:more than|longer than|over|after|beyond|exceed(?:s|ing)?|above|past))"
    r"(?: day)?\s*$",
    re.IGNORECASE,
)
_INSIDE = re.compile(r"(?:[以之](?:内|下)|内(?![容部存外])|\s*or (?:less|fewer|earlier)\b)")
_ONWARDS = re.compile(
    r"(?:及?以上|及以后|起(?![来诉])|开始"
    r"|\s*(?:or|and) (?:more|longer|above|later|up)\b|\s*(?:onwards?|upwards?))"
)
_LATER = re.compile(r"(?:[以之]后|后(?![续台天面])|\s*later\b)")
_LINK = re.compile(r"\s*(?:[-–—~～]|至|到|to|and|through)\s*(?:第|day)?\s*", re.IGNORECASE)
_DAY_NUMBER = re.compile(r"\bday\s*$", re.IGNORECASE)
# A capital makes a number behind it part of a name (Mira 5), not so at the start of a sentence.
_CAPITAL = re.compile(r"\b(?:Between|From|Within|After|Over|Day)\b")
_JOINED = 4

_RULE_NAME = re.compile(r"\s*(?:无理由|包[退换]|保[修价]|质保|免息)")
_PER = re.compile(r"(?:每|限|减|返|抵|赔|补偿?|得|送|第|加|多|少|差|再)\s*$")
_COLLOQUIAL = {"块": MONEY}
_CONDITIONS = frozenset({"money", "area", "length", "mass", "volume", "temperature", "capacity"})
_FLOORS = "层"


@lru_cache(maxsize=16384)
def ranges(text: str, context: str = "") -> tuple[Range, ...]:
    """The ranges that a sentence or the first cell of a row states, in order.

    `context` (a column's name) says what is measured where the sentence itself does not.
    """
    found: list[tuple[Range, int, int]] = []
    for bound, start, end in _bounds(text):
        bound = replace(bound, measure=bound.measure or measure(context, bound.unit))
        if found and _limits(found[-1], bound, text[found[-1][2] : start]):
            lower = found[-1][0]
            both = replace(lower, high=bound.high, high_in=bound.high_in)
            found[-1] = (both, found[-1][1], end)
        else:
            found.append((bound, start, end))
    return tuple(each for each, _, _ in found)


@lru_cache(maxsize=512)
def customer_figures(question: str) -> tuple[Range, ...]:
    """What the customer says of the own case: 买了十天, 花了 2,500 元, 50 hours late.

    A duration counts only where the question says what it measures, money only where it was spent.
    The name of a rule (七天无理由) is no figure. What is 48 hours late is so by more than 48 hours.
    """
    found = []
    stated = {start: bound for bound, start, _ in _bounds(question)}
    for quantity in quantities(question):
        point = _point(quantity)
        if point is None or _RULE_NAME.match(question, quantity.end):
            continue
        if point.unit not in DURATIONS and _PER.search(question[: quantity.start]):
            continue
        if point.unit != MONEY:  # 满 2,000 元 in a question is what was spent
            point = stated.get(quantity.start, point)
        around = _clause(question, quantity.start, quantity.end)
        measured = own_measure(point.unit, around, question)
        if measured == LATE and point.low == point.high:  # it is not there yet: a little longer
            point = replace(point, low_in=False, high=point.low + point.step)
        if measured:
            found.append(replace(point, measure=measured))
    return tuple(found)


def _bounds(text: str) -> Iterator[tuple[Range, int, int]]:
    """Every quantity that the words around it make a bound, or two that make an interval."""
    items = quantities(_CAPITAL.sub(lambda word: word[0].lower(), text))
    skip = -1
    for index, quantity in enumerate(items):
        if index == skip:
            continue
        after = items[index + 1] if index + 1 < len(items) else None
        link = text[quantity.end : after.start] if after else ""
        pair = bool(after and _LINK.fullmatch(link))
        numbered = bool(_DAY_NUMBER.search(text[: quantity.start]))
        first = _point(quantity, after if pair else None, day=numbered)
        if first is None:
            continue
        end = quantity.end
        bound: Range | None
        if pair and after and (last := _point(after, day=numbered)) and last.unit == first.unit:
            skip, end = index + 1, after.end
            bound = replace(first, high=last.high, high_in=True)
        else:
            bound = _bound(first, text[: quantity.start], text[quantity.end :], quantity)
        if bound:
            around = _clause(text, quantity.start, end)
            yield replace(bound, measure=measure(around, bound.unit)), quantity.start, end


def _bound(point: Range, before: str, after: str, quantity: Quantity) -> Range | None:
    """What the words before and after a single figure make of it."""
    before = before[-_BEFORE:]
    top = point.high
    zero = Decimal(0)
    if _BELOW.search(before):
        return replace(point, low=zero, low_in=False, high_in=False)
    capped = point.unit != MONEY and _AT_MOST.search(before)  # 不超过 50 元 caps a benefit
    if _INSIDE.match(after) or capped:
        return replace(point, low=zero, low_in=False, high_in=True)
    if _ABOVE.search(before) or _LATER.match(after):
        return replace(point, low=top or zero, high=None, low_in=False)
    if _ONWARDS.match(after) or _AT_LEAST.search(before):
        return replace(point, high=None)
    ordinal = quantity.kind == "ordinal" and not _PER.search(before[:-1])
    return point if ordinal and quantity.base[0].startswith("第秒") else None


def _point(quantity: Quantity, after: Quantity | None = None, *, day: bool = False) -> Range | None:
    """A figure as an interval of its own; the 8th day is everything over 7 up to 8 days.

    A bare number takes the unit of the figure that it is linked to (8 to 15 days).
    """
    value = Decimal(quantity.value) if _is_decimal(quantity.value) else None
    if value is None:
        return None
    if quantity.kind == "number" and day:
        return Range(SECONDS, (value - 1) * _DAY, value * _DAY, False, True, _DAY)
    named = after if quantity.kind == "number" and after else quantity
    if named.kind == "ordinal":
        step = _factor(named)
        return Range(SECONDS, value * step - step, value * step, False, True, step)
    base = _COLLOQUIAL.get(named.base[0], named.base[0])
    known = named.kind == "duration" or named.kind in _CONDITIONS or base in (MONEY, _FLOORS)
    if not known:
        return None
    step = _factor(named)
    unit = SECONDS if base == "月" else base
    return Range(unit, value * step, value * step, True, True, step)


def _factor(quantity: Quantity) -> Decimal:
    """How much of the base unit one of a quantity's own unit is."""
    value, base = Decimal(quantity.value), Decimal(quantity.base[1])
    factor = base / value if value else Decimal(1)
    return factor * _MONTH if quantity.base[0].removeprefix("第") == "月" else factor


def _limits(lower: tuple[Range, int, int], upper: Range, between: str) -> bool:
    """Whether an upper limit belongs to the lower one before it (满 2,000 元、不足 4,000 元)."""
    low = lower[0]
    return (
        low.high is None
        and upper.unit == low.unit
        and upper.high is not None
        and upper.low == 0
        and upper.high > low.low
        and len(between) <= 2 * _JOINED
    )


def _clause(text: str, start: int, end: int) -> str:
    """The clause around ``text[start:end]``."""
    left = max((m.end() for m in _EDGE.finditer(text, 0, start)), default=0)
    right = _EDGE.search(text, end)
    return text[left : right.start() if right else len(text)]


def _is_decimal(value: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(?:\.\d+)?", value))
