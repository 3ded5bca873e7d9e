"""Numbers with their meaning, as found in text: durations, money, dates, times, counts.

What tells two rules apart is a number and its unit. This module finds them in Chinese and
English text, in Arabic or Chinese numerals, and gives each one spelling, so that 七天, 7 日 and
168 小时 are seen to be equal and 3 天 and 3 个工作日 are not. Product names (KFR-35GW, Wi-Fi 6),
addresses and slots are no quantities.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kb import numerals, units
from kb.dates import DatePattern

_WIDE = {0xFF01 + i: 0x21 + i for i in range(94) if chr(0xFF01 + i).isalnum()}
_SIGNS = {"％": "%", "：": ":", "￥": "¥", "－": "-", "～": "~", "＋": "+"}
_FLAT: dict[int, int | str] = {**_WIDE, **{ord(sign): flat for sign, flat in _SIGNS.items()}}

_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_HAN = r"[零〇一二两三四五六七八九十][零〇一二两三四五六七八九十百千万亿]*"
_NUMBER = rf"(?:(?:{_ARABIC})(?:\s?[百千万亿]+)?|{_HAN}|半)"
_RANGE = r"\s?(?:[-–—~/、+]|至|到|或|to|or)\s?"
_LIST = re.compile(rf"{_NUMBER}(?:{_RANGE}{_NUMBER}){{0,5}}")  # bounded: so is the work
_EACH = re.compile(_NUMBER)
_TOKEN = re.compile(
    r"(?P<skip>https?://[^\s)>，。；、]+"
    r"|[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}|\{\{[^{}]{0,80}\}\}"
    r"|双\s?(?:1[12]|十[一二])|618(?=\s?(?:大促|活动|期间|年中))|(?:星期|礼拜|周)[一二三四五六日天](?!天))"
    r"|(?P<phone>(?<![\d-])(?:\d{3,4}-\d{3,4}-\d{3,4}|1\d{10})(?![\d-]))"
    r"|(?P<time>(?:(?:凌晨|早上|早|上午|中午|下午|傍晚|晚上|晚|夜里)\s?)?"
    r"(?<![\d:])\d{1,2}:[0-5]\d(?::[0-5]\d)?(?![\d:])(?:\s?[aApP]\.?[mM]\b\.?)?"
    r"|(?<![\d.])\d{1,2}\s?[aApP]\.?[mM]\b\.?"
    r"|(?:凌晨|早上|早|上午|中午|下午|傍晚|晚上|晚|夜里)\s?\d{1,2}\s?[点时](?:半|整|\d{1,2}分)?"
    r"|(?<![\d.])\d{1,2}\s?点(?:半|整|\d{1,2}分|(?=\s?(?:前|后|之|至|到|[-–—~])))"
    r"|(?<![\d.])\d{1,2}\s?时(?=\s?(?:前|后|之前|至|到|整)))"
    r"|(?P<share>百分之(?:百|" + _NUMBER + r")|" + _HAN + r"分之" + _HAN + r")"
    r"|(?P<tenths>(?:[一二三四五六七八九]|(?<![\d.])[1-9])\s?成(?![功为立本长员品色分交就熟果]))"
    r"|(?P<currency>(?:US\$|HK\$|S\$|RM|USD|HKD|SGD|MYR|CNY|RMB|[¥$€])\s?(?:" + _ARABIC + r")"
    r"(?:\s?[万亿])?)"
    r"|(?P<word>[A-Za-z]+(?:[-_/.+&']?[A-Za-z0-9]+)*)"
    r"|(?P<ordinal>第\s?" + _NUMBER + r")"
    r"|(?P<number>(?:零下\s?|(?<![\w)）%℃-])[-−]\s?)?" + _NUMBER + r")"
)  # fmt: skip
_SYMBOLS = {"¥": "元", "CNY": "元", "RMB": "元", "US$": "美元", "USD": "美元", "$": "美元",
            "HK$": "港元", "HKD": "港元", "S$": "新元", "SGD": "新元", "RM": "令吉",
            "MYR": "令吉", "€": "欧元"}  # fmt: skip
_LATER_HALF = ("下午", "傍晚", "晚上", "晚", "夜里")


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity at ``text[start:end]`` of the text it was found in.

    `value` is a decimal in canonical spelling (for dates ISO, a left-out year as ``--06-01``; for
    times ``HH:MM``); `unit` is canonical, empty for a bare number; `kind` is one of duration,
    money, percent, discount, temperature, count, date, time, ordinal, phone, number, or a
    physical one such as length or power.
    """

    value: str
    unit: str
    kind: str
    start: int
    end: int
    text: str
    base: tuple[str, str]

    @property
    def key(self) -> tuple[str, str]:
        """(base unit, value in it): equal keys mean equal quantities."""
        return self.base


def quantities(text: str) -> list[Quantity]:
    """Every quantity in `text`, in order. Offsets count in `text` itself."""
    return _Scan(text).run()


def same_quantities(sentence: str, quote: str) -> bool:
    """Whether every number and date of `sentence` also stands in `quote`, however spelled.

    A date is backed by a fuller one (6月1日 by 2026-06-01), a bare number by the same number with
    any unit; never the other way round.
    """
    backing = quantities(quote)
    return all(is_backed(quantity, backing) for quantity in quantities(sentence))


def is_backed(claim: Quantity, backing: Iterable[Quantity]) -> bool:
    """Whether one of the quantities in `backing` says the same; see `same_quantities`."""
    return any(other.key == claim.key or _backs(other, claim) for other in backing)


def _backs(quote: Quantity, claim: Quantity) -> bool:
    if claim.kind == "number":
        return quote.value == claim.value
    if claim.kind == quote.kind == "date":
        wanted, given = _date_parts(claim.value), _date_parts(quote.value)
        return all(w is None or w == g for w, g in zip(wanted, given, strict=True))
    return False


def same_day(one: str, other: str) -> bool:
    """Whether two date values can mean one day: what both tell is equal (12月12日, 2026-12-12)."""
    parts = list(zip(_date_parts(one), _date_parts(other), strict=True))
    shared = [(mine, theirs) for mine, theirs in parts if mine and theirs]
    return bool(shared) and all(mine == theirs for mine, theirs in shared)


def _date_parts(value: str) -> tuple[str | None, str | None, str | None]:
    """Year, month, day of a date value such as ``2026-06``, ``--06-01`` or ``---05``."""
    if value.startswith("---"):
        return None, None, value[3:]
    year, rest = (None, value[2:]) if value.startswith("--") else (value[:4], value[5:])
    month, _, day = rest.partition("-")
    return year, month or None, day or None


class _Scan:
    """One pass over a text; `place` only moves forward."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.flat = text.translate(_FLAT)
        self.found: list[Quantity] = []
        self.dates = DatePattern()

    def run(self) -> list[Quantity]:
        place = 0
        while token := _TOKEN.search(self.flat, place):
            date = self.dates.find(self.flat, place, token.end())
            if date and date.start <= token.start():
                self._add(date.value, "date", "date", date.start, date.end, ("date", date.value))
                place = date.end
                continue
            place = max(self._take(token), token.start() + 1)
        return self.found

    def _take(self, token: re.Match[str]) -> int:
        """Record what the token is; return where scanning goes on."""
        name = token.lastgroup or "skip"
        if name in ("number", "ordinal"):
            return self._number(token, ordinal=name == "ordinal")
        if name == "word":
            return self._word(token)
        if name == "phone":
            digits = token[0].replace("-", "")
            self._add(digits, "", "phone", *token.span(), ("phone", digits))
        elif name == "time":
            clock = _clock(token[0])
            self._add(clock, "time", "time", *token.span(), ("time", clock))
        elif name == "share":
            self._share(token)
        elif name == "tenths":
            value = (numerals.parse(token[0].rstrip("成 ")) or Decimal(0)) * 10
            self._plain(value, "%", "percent", *token.span())
        elif name == "currency":
            self._currency(token)
        return token.end()

    def _number(self, token: re.Match[str], *, ordinal: bool) -> int:
        sign = -1 if not ordinal and token[0][0] in "-−零" and not token[0][:2].isdigit() else 1
        start = token.start() + _lead(token[0])
        if token[0].startswith("零下"):
            sign = -1
        listed = _LIST.match(self.flat, start)
        if listed is None:
            return token.end()
        stop = listed.end()
        unit = self._unit(stop, start)
        while unit is None and stop > start:  # "3 天、5" may end in a number of another clause
            shorter = _shorten(self.flat, start, stop)
            if shorter is None:
                break
            stop = shorter
            unit = self._unit(stop, start)
        if unit is None:
            return self._bare(start, ordinal)
        return self._with_unit(token, start, stop, unit, sign, ordinal)

    def _with_unit(
        self, token: re.Match[str], start: int, stop: int, unit: tuple[units.Unit, int],
        sign: int, ordinal: bool,
    ) -> int:  # fmt: skip
        kind, end = unit
        numbers = list(_EACH.finditer(self.flat, start, stop))
        for index, number in enumerate(numbers):
            last = index == len(numbers) - 1
            value = numerals.parse(number[0].replace(" ", ""))
            if value is None or self._is_article(number[0], kind, number.start(), end):
                continue
            if kind.name == "折":
                value = value / 10 if value >= 10 else value
            if last:
                value, end = self._half(value, kind, stop, end)
            signed = value if kind.kind != "temperature" else value * sign
            begin = token.start() if signed < 0 and index == 0 else number.start()
            name = "ordinal" if ordinal else kind.kind
            base = (f"第{kind.base}" if ordinal else kind.base, numerals.canonical(
                signed * kind.factor))  # fmt: skip
            self._add(numerals.canonical(signed), kind.name, name, begin,
                      end if last else number.end(), base)  # fmt: skip
        return end

    def _unit(self, place: int, start: int) -> tuple[units.Unit, int] | None:
        """The unit at `place`, behind the number or list of numbers that begins at `start`."""
        half = re.compile(r"\s?个半").match(self.flat, place)  # 一个半小时
        if half:
            unit = units.match(self.flat, half.end())
            if self.flat.startswith("月", half.end()):
                return units.match("个月", 0)[0], half.end() + 1  # type: ignore[index]
            return unit if unit and unit[0].kind == "duration" else None
        found = units.match(self.flat, place)
        if found and self.flat[place : found[1]].strip() == "分" and self._goes_on(start):
            return units.match("分钟", 0)[0], found[1]  # type: ignore[index]  # 1小时30分
        return found

    def _goes_on(self, start: int) -> bool:
        """Whether the quantity right before `start` is in hours: what follows are its minutes."""
        last = self.found[-1] if self.found else None
        return last is not None and last.unit == "小时" and not self.flat[last.end : start].strip()

    def _half(self, value: Decimal, unit: units.Unit, stop: int, end: int) -> tuple[Decimal, int]:
        if "个半" in self.flat[stop:end]:
            return value + Decimal("0.5"), end
        if unit.kind == "duration" and self.flat.startswith("半", end):
            return value + Decimal("0.5"), end + 1
        return value, end

    def _is_article(self, number: str, unit: units.Unit, start: int, end: int) -> bool:
        """Whether Chinese numerals here only look like a figure: 一台, 十分, 统一, 一次性."""
        if number.isascii() or number[0].isascii():
            return False
        before, after = self.flat[max(start - 1, 0) : start], self.flat[end : end + 1]
        if number == "零" and unit.kind == "count":  # 零部件
            return True
        if number == "一" and (before in tuple("统唯之万逐") or after == "性"):
            return True
        if number == "一" and unit.kind == "count":
            return unit.name not in units.COUNTED_ONE
        return number in ("十", "一") and unit.name == "分"

    def _bare(self, start: int, ordinal: bool) -> int:
        number = _EACH.match(self.flat, start)
        if number is None:
            return start + 1
        tail = re.compile(r"[A-Za-z][\w-]*").match(self.flat, number.end())
        if tail:  # 4K, 5G, 1080P: a name
            return tail.end()
        value = numerals.parse(number[0].replace(" ", ""))
        spelled = number[0][0].isascii() or re.search("[百千万亿]", number[0])
        if value is not None and spelled and not ordinal:
            text = numerals.canonical(value)
            self._add(text, "", "number", *number.span(), ("", text))
        return number.end()

    def _word(self, token: re.Match[str]) -> int:
        word = token[0]
        if word.lower() in numerals.ENGLISH:
            unit = units.match(self.flat, token.end())
            if unit and unit[0].kind != "count":
                value = Decimal(numerals.ENGLISH[word.lower()])
                self._plain(value, unit[0].name, unit[0].kind, token.start(), unit[1], unit[0])
                return unit[1]
        if any(char.isupper() for char in word) or any(char.isdigit() for char in word):
            return self._past_name(token.end())
        return token.end()

    def _past_name(self, place: int) -> int:
        """Past a bare number that belongs to a product name: Wi-Fi 6, Mira 5, iOS 15+."""
        number = re.compile(r"\s(?:\d+(?:\.\d+)?)\+?(?![\d,.:-]*\d)").match(self.flat, place)
        if number is None or units.match(self.flat, number.end()):
            return place
        return number.end()

    def _share(self, token: re.Match[str]) -> None:
        whole, _, part = token[0].partition("分之")
        top = Decimal(100) if part == "百" else numerals.parse(part)
        bottom = Decimal(100) if whole == "百" else numerals.parse(whole)
        if not top or not bottom:
            return
        if (top * 100) % bottom == 0:
            self._plain(top * 100 / bottom, "%", "percent", *token.span())
        else:
            share = f"{numerals.canonical(top)}/{numerals.canonical(bottom)}"
            self._add(share, "", "fraction", *token.span(), ("fraction", share))

    def _currency(self, token: re.Match[str]) -> None:
        symbol = next(s for s in sorted(_SYMBOLS, key=len, reverse=True) if token[0].startswith(s))
        value = numerals.parse(token[0][len(symbol) :].strip().replace(" ", ""))
        end = token.end()
        if self.flat.startswith("元", end) and _SYMBOLS[symbol] == "元":
            end += 1
        self._plain(value or Decimal(0), _SYMBOLS[symbol], "money", token.start(), end)

    def _plain(
        self, value: Decimal, name: str, kind: str, start: int, end: int,
        unit: units.Unit | None = None,
    ) -> None:  # fmt: skip
        factor = unit.factor if unit else 1
        base = (unit.base if unit else name, numerals.canonical(value * factor))
        self._add(numerals.canonical(value), name, kind, start, end, base)

    def _add(
        self, value: str, unit: str, kind: str, start: int, end: int, base: tuple[str, str]
    ) -> None:
        self.found.append(Quantity(value, unit, kind, start, end, self.text[start:end], base))


def _lead(number: str) -> int:
    """How many characters of sign, 第 or 零下 stand before the digits."""
    found = re.match(r"(?:零下|第|[-−])?\s?", number)
    return found.end() if found else 0


def _shorten(text: str, start: int, stop: int) -> int | None:
    """The end of the list in ``text[start:stop]`` without its last number, or None if single."""
    numbers = list(_EACH.finditer(text, start, stop))
    return numbers[-2].end() if len(numbers) > 1 else None


def _clock(text: str) -> str:
    """``HH:MM`` of a time of day in any of its spellings."""
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    hour = numbers[0]
    minute = numbers[1] if len(numbers) > 1 else 30 if "半" in text else 0
    later = any(text.startswith(word) for word in _LATER_HALF) or re.search(r"[pP]\.?[mM]", text)
    if later and hour < 12:
        hour += 12
    if re.search(r"[aA]\.?[mM]", text) and hour == 12:
        hour = 0
    return f"{hour:02d}:{minute:02d}"
