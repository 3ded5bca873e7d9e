"""A customer's text in normal form, with the way back to what was written.

People who want to get past a filter write 曝 光, 曝-光, 1 2 3 1 5 or bào光. `undisguised` takes
such separators and tone marks out; each character still knows its place, so that what is found
can be shown as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from indexer.text import aligned

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
# Not the marks that end a clause: 起，诉 is no disguise of 起诉.
_MARKS = "\\s\u00b7\u2022\u30fb\u2027.\\-_*/|~+=^#@&'\"`"
_UNSEEN = "\u200b-\u200f\u2060\ufe0f"
_PICTURES = "\u2600-\u27bf\U0001f300-\U0001faff"
_BETWEEN = _MARKS + _UNSEEN + _PICTURES
_HAN_GAP = re.compile(
    rf"(?<=[{_HAN}])[{_BETWEEN}]{{1,3}}(?=[{_HAN}a-z])|(?<=[a-z])[{_BETWEEN}]{{1,3}}(?=[{_HAN}])"
)
_DIGITS = re.compile(rf"(?<!\d)\d+(?:([{_BETWEEN}])\d+)(?:\1\d+)*(?!\d)")
_LONGEST_NUMBER = 5


@dataclass(frozen=True, slots=True)
class Written:
    """Normalised `text`; `offsets` gives the place in `original` of each character and the end."""

    original: str
    text: str
    offsets: Sequence[int]

    def verbatim(self, start: int, end: int) -> str:
        """What stands in the original from `start` to `end` of the normalised text."""
        last = self.offsets[end - 1] if end > start else self.offsets[start]
        return self.original[self.offsets[start] : max(last + 1, self.offsets[end])].strip()


@lru_cache(maxsize=1024)
def written(text: str) -> Written:
    """A text normalised character by character: simplified, lower case, half width."""
    plain, offsets = aligned(text)
    return Written(text, plain, offsets)


@lru_cache(maxsize=1024)
def undisguised(text: str) -> Written:
    """The same with separators inside Chinese words and short numbers, and tone marks, removed."""
    plain = written(text)
    folded = "".join(map(_without_mark, plain.text))
    gone = bytearray(len(folded))
    for gap in _HAN_GAP.finditer(folded):
        gone[gap.start() : gap.end()] = b"\1" * (gap.end() - gap.start())
    for number in _DIGITS.finditer(folded):
        if sum(char.isdigit() for char in number.group()) == _LONGEST_NUMBER:
            for at in range(*number.span()):
                gone[at] = not folded[at].isdigit()
    kept = [at for at in range(len(folded)) if not gone[at]]
    offsets = [plain.offsets[at] for at in kept] + [plain.offsets[len(folded)]]
    return Written(text, "".join(folded[at] for at in kept), offsets)


def _without_mark(char: str) -> str:
    if char.isascii() or not unicodedata.combining(unicodedata.normalize("NFD", char)[-1]):
        return char
    return unicodedata.normalize("NFD", char)[0]
