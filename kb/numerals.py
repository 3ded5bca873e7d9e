"""Numbers as people write them: 1,299 · 1.2万 · 两千 · 三十五 · 半 · fifteen."""

from __future__ import annotations

from decimal import Decimal

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
_MULTIPLIERS = {**_SMALL, **_LARGE}

ENGLISH = {
    name: value
    for value, name in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}


def parse(text: str) -> Decimal | None:
    """The value of one number, or None when `text` is none.

    Takes Arabic digits with thousands commas and decimals, optionally followed by 百 千 万 亿;
    Chinese numerals, also digit by digit (二〇二六); 半; and small English number words.
    """
    if text == "半":
        return Decimal("0.5")
    if text[:1].isascii():
        return _arabic(text)
    return _chinese(text)


def canonical(value: Decimal) -> str:
    """One spelling for each value: no exponent, no trailing zeros."""
    return format(value.normalize() + 0, "f")


def _arabic(text: str) -> Decimal | None:
    if text.lower() in ENGLISH:
        return Decimal(ENGLISH[text.lower()])
    factor = 1
    while text and text[-1] in _MULTIPLIERS:
        factor *= _MULTIPLIERS[text[-1]]
        text = text[:-1].rstrip()
    digits = text.replace(",", "")
    if not digits.replace(".", "", 1).isdigit() or not digits.isascii():
        return None
    return Decimal(digits) * factor


def _chinese(text: str) -> Decimal | None:
    if not text or any(char not in _DIGITS and char not in _MULTIPLIERS for char in text):
        return None
    if len(text) > 1 and all(char in _DIGITS for char in text):
        return Decimal("".join(str(_DIGITS[char]) for char in text))
    total = section = digit = 0
    last = 1
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
            last = last if digit else 10  # 一千零五: what follows 零 are single ones
        elif char in _SMALL:
            section += (digit or 1) * _SMALL[char]
            digit, last = 0, _SMALL[char]
        else:
            total = (total + section + digit) * _LARGE[char]
            section = digit = 0
            last = _LARGE[char]
    return Decimal(total + section + digit * (last // 10 if last > 10 else 1))
