"""Writing another figure into a sentence in the style of the one that stands there.

Chinese numerals stay Chinese (七天 → 十五天), the spelling of the unit stays (7 日 → 15 日), so do
spaces, currency signs and English number words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from kb import numerals, units
from kb.quantities import Quantity, quantities

_NUMBER = re.compile(
    r"(?P<arabic>\d[\d,]*(?:\.\d+)?(?:\s?[百千万亿]+)?)"
    r"|(?P<han>[零〇一二两三四五六七八九十百千万亿半]+)|(?P<word>[A-Za-z]+)"
)
_SIGN = re.compile(r"^(?:US\$|HK\$|S\$|RM|USD|HKD|SGD|MYR|CNY|RMB|[¥￥$€])\s?")
_DIGITS = "零一二三四五六七八九"
_WORDS = {value: name for name, value in numerals.ENGLISH.items()}
_LARGEST_HAN = 99_999_999
_THOUSAND = 1000


def rewritten(sentence: str, replaced: Mapping[tuple[str, str], Quantity]) -> str | None:
    """`sentence` with every figure whose key `replaced` has written anew; None when it has none."""
    pieces, place, changed = [], 0, False
    for quantity in quantities(sentence):
        new = replaced.get(quantity.key)
        if new is None:
            continue
        pieces += [sentence[place : quantity.start], restyled(quantity, new)]
        place, changed = quantity.end, True
    return "".join([*pieces, sentence[place:]]) if changed else None


def restyled(old: Quantity, new: Quantity) -> str:
    """The figure `new`, spelled as `old` is where that can be done, else as it is written."""
    found = _NUMBER.search(old.text)
    if found is None or new.kind in ("date", "time", "ordinal", "fraction"):
        return new.text
    value, same_unit = _in_unit_of(old, new)
    number = _number(value, found, new)
    if number is None:
        return new.text
    if _SIGN.match(old.text):
        return old.text[: found.start()] + number if same_unit else new.text
    tail = old.text[found.end() :] if same_unit else _gap(old, found) + _unit_of(new)
    return old.text[: found.start()] + number + _plural(tail, value)


def _in_unit_of(old: Quantity, new: Quantity) -> tuple[Decimal, bool]:
    """The new value, in the old one's unit if it is a whole number (or money) there."""
    value = Decimal(new.value)
    if old.unit == new.unit:
        return value, True
    if old.base[0] != new.base[0] or not Decimal(old.value):
        return value, False
    factor = Decimal(old.base[1]) / Decimal(old.value)
    converted = Decimal(new.base[1]) / factor
    whole = converted == converted.to_integral_value()
    return (converted, True) if whole else (value, False)


def _number(value: Decimal, found: re.Match[str], new: Quantity) -> str | None:
    whole = value == value.to_integral_value()
    if found["han"]:
        return han(int(value)) if whole and 0 <= value <= _LARGEST_HAN else None
    if found["word"] and found["word"].lower() in numerals.ENGLISH:
        word = _WORDS.get(int(value)) if whole else None
        return word.capitalize() if word and found["word"][0].isupper() else word
    if found["arabic"] is None:
        return None
    if whole and abs(value) >= _THOUSAND and ("," in found[0] or "," in new.text):
        return f"{int(value):,}"
    return numerals.canonical(value)


def _gap(old: Quantity, found: re.Match[str]) -> str:
    rest = old.text[found.end() :]
    return rest[: len(rest) - len(rest.lstrip())]


def _unit_of(quantity: Quantity) -> str:
    found = _NUMBER.search(quantity.text)
    return quantity.text[found.end() :].strip() if found else quantity.unit


def _plural(tail: str, value: Decimal) -> str:
    """An English unit in the number that fits the value; Chinese ones have none."""
    word = tail.strip()
    if not word.isascii() or not word[-1:].isalpha() or len(word) < len("day"):
        return tail
    if value == 1 and word.endswith("s"):
        return tail.rstrip()[:-1]
    plural = units.match(f"{word}s", 0)
    return f"{tail}s" if value != 1 and not word.endswith("s") and plural else tail


def han(value: int) -> str:
    """A whole number in Chinese numerals, as people write it: 十五, 两百, 一千零五十."""
    if value == 2:
        return "两"
    if value >= 10_000:
        high, low = divmod(value, 10_000)
        rest = han(low) if low != 2 else "二"
        gap = "零" if 0 < low < _THOUSAND else ""
        return f"{han(high)}万{gap}{rest if low else ''}"
    text, pending = "", False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, power)
        if digit == 0:
            pending = bool(text)
            continue
        text += ("零" if pending else "") + (
            "两" if digit == 2 and power >= 100 else _DIGITS[digit]
        )
        text, pending = text + name, False
    return text.removeprefix("一") if text.startswith("一十") else text or "零"
