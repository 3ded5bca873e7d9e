"""Numbers of steps as people write them: 3, 3 in full width, 三, 十二, three."""

from __future__ import annotations

import unicodedata

_HAN = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_ENGLISH = {
    word: value
    for value, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), start=1
    )
}
# To be put into other patterns; three places are more than any guide has.
NUMBER = r"(?:[0-9０-９]{1,3}|[零〇一二两三四五六七八九十百]{1,5})"
NUMBER_EN = rf"(?:[0-9０-９]{{1,3}}|{'|'.join(sorted(_ENGLISH, key=len, reverse=True))})"


def number_of(text: str) -> int:
    """The value of a number written in digits, Chinese numerals up to 999 or English words.

    0 for anything else.
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if plain.isascii() and plain.isdigit():
        return int(plain)
    if plain in _ENGLISH:
        return _ENGLISH[plain]
    return _from_han(plain)


def _from_han(text: str) -> int:
    total, digit = 0, None
    for char in text:
        if char in _HAN:
            digit = _HAN[char]
        elif char == "十":
            total += 10 * (1 if digit is None else digit)
            digit = None
        elif char == "百":
            total += 100 * (1 if digit is None else digit)
            digit = None
        else:
            return 0
    return total + (digit or 0)
