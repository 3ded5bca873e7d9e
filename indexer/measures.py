"""Numbers with units in normalised text, each in one spelling: 七天 = 7日 = 一周, 两千块 = 2000元.

This is for finding, where writing differs and a miss costs more than a confusion;
`kb.quantities` is for telling rules apart. Normalised text is lower case (5L is 5l, 35㎡ is 35m2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from kb.numerals import canonical, parse

# Unit as it is kept: spellings, each with how many of the unit it makes.
_UNITS: dict[str, dict[str, str]] = {
    "天": {"天": "1", "日": "1", "自然日": "1", "周": "7", "星期": "7", "礼拜": "7"},
    "小时": {"小时": "1", "钟头": "1", "h": "1"},
    "分钟": {"分钟": "1", "min": "1"},
    "秒": {"秒": "1", "秒钟": "1"},
    "工作日": {"工作日": "1"},
    "月": {"月": "1"},
    "个月": {"年": "12"},
    "元": {"元": "1", "块": "1", "rmb": "1"},
    "%": {"%": "1", "成": "10"},
    "折": {"折": "1"},
    "平方米": {"平方米": "1", "平方": "1", "平米": "1", "平": "1", "m2": "1"},
    "升": {"升": "1", "l": "1", "毫升": ".001", "ml": ".001"},
    "公斤": {"公斤": "1", "千克": "1", "kg": "1", "斤": ".5"},
    "米": {"米": "1", "m": "1", "厘米": ".01", "公分": ".01", "cm": ".01",
          "毫米": ".001", "mm": ".001"},
    "寸": {"寸": "1", "英寸": "1"},
    "匹": {"匹": "1", "p": "1"},
    "瓦": {"瓦": "1", "w": "1", "千瓦": "1000", "kw": "1000"},
    "度": {"度": "1", "°c": "1", "摄氏度": "1"},
    "层": {"层": "1", "楼": "1"},
    "次": {"次": "1", "回": "1"},
    "期": {"期": "1"},
    "倍": {"倍": "1"},
}  # fmt: skip
_KNOWN = {said: (unit, Decimal(n)) for unit, all_ in _UNITS.items() for said, n in all_.items()}
_SPELLED = sorted(_KNOWN, key=len, reverse=True)
_LATIN = "|".join(re.escape(s) for s in _SPELLED if s.isascii() and s != "%")
_WRITTEN = "|".join(re.escape(s) for s in _SPELLED if not s.isascii() or s == "%")
_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_HAN = "[零〇一二两三四五六七八九十][零〇一二两三四五六七八九十百千万]*"
_QUANTITY = re.compile(
    rf"百分之(?P<percent>{_ARABIC}|{_HAN})"
    rf"|[¥￥]\s?(?P<money>{_ARABIC})"
    rf"|(?<![\da-z.,])(?<![a-z]-)(?P<number>(?:{_ARABIC})万?|{_HAN}|半)\s?"
    rf"(?P<each>个(?=[月工小钟星礼半])(?P<half>半)?)?"
    rf"(?P<unit>(?:{_LATIN})(?![a-z0-9])|(?:{_WRITTEN})(?![功板安台均]))"
    rf"|(?P<bare>[一二两三四五六七八九十][零〇一二两三四五六七八九十]*[百千万]"
    rf"[零〇一二两三四五六七八九十百千万]*|(?<![\da-z.,-])\d+(?:\.\d+)?万)"
)
_MAY_HOLD = re.compile(r"[\d半零〇一二两三四五六七八九十]")
_HALF = Decimal("0.5")
_MOST_YEARS = 100  # beyond, it is a date


class Measured(NamedTuple):
    """A quantity in its common spelling, with its place in the text."""

    text: str
    start: int
    end: int


def measured(text: str) -> Iterator[Measured]:
    """The quantities of a normalised text, and its Chinese numbers from 一百 up, in order."""
    if not _MAY_HOLD.search(text):
        return
    for found in _QUANTITY.finditer(text):
        if common := _common(found):
            yield Measured(common, found.start(), found.end())


def _common(found: re.Match[str]) -> str:
    if found["unit"]:
        unit, factor = _KNOWN[found["unit"]]
        value = _HALF if found["number"] == "半" else parse(found["number"])
        if value is None:
            return ""
        if unit == "个月" and value > _MOST_YEARS:
            return f"{canonical(value)}年"
        unit = "个月" if unit == "月" and (found["each"] or value == _HALF) else unit
        return _in_days((value + (_HALF if found["half"] else 0)) * factor, unit)
    for group, unit in (("percent", "%"), ("money", "元"), ("bare", "")):
        if found[group]:
            value = parse(found[group])
            return "" if value is None else f"{canonical(value)}{unit}"
    return ""


def _in_days(value: Decimal, unit: str) -> str:
    """48小时 as 2天 and half a month as 15天; everything else as it is."""
    if unit == "小时" and value and value % 24 == 0:
        value, unit = value / 24, "天"
    elif unit == "个月" and value == _HALF:
        value, unit = Decimal(15), "天"
    return f"{canonical(value)}{unit}"
