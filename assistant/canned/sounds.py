"""Titles by their sound, many at once: initials (thk), whole pinyin (tuihuo), and in between.

Every syllable may be shortened to any of its beginnings, as people type in an input method, so
`tuihk`, `thk` and `tuihuok` all find 退货款.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate, islice, product

from indexer.characters import readings
from indexer.text import normalise

_TOKEN = re.compile(r"[a-z0-9]+|[^\W_]")
_MOST_READINGS = 16
_MOST_LETTERS = 40
_TYPED = re.compile(r"[a-z0-9]+")
_APART = re.compile(r"[ '\u2019]+")
_START = "\t"


@lru_cache(maxsize=20_000)
def spoken(title: str) -> tuple[str, ...]:
    """The syllables of a title in its readings, each a blank before every syllable."""
    said: list[Sequence[str]] = [_said(token) for token in _TOKEN.findall(normalise(title))]
    known = [each for each in said if each]
    if not known:
        return ()
    found = (
        "".join(f" {syllable}" for syllable in way)
        for way in islice(product(*known), _MOST_READINGS)
    )
    return tuple(dict.fromkeys(found))


def initials(title: str) -> str:
    """The first letters of a title in its usual reading: 赠送快递 gives zskd."""
    return "".join(part[0] for part in spoken(title)[0].split()) if spoken(title) else ""


def letters(query: str) -> str:
    """What was typed as letters and digits without blanks; empty when it is no pinyin."""
    typed = _APART.sub("", normalise(query))
    fits = len(typed) <= _MOST_LETTERS and _TYPED.fullmatch(typed) and not typed.isdigit()
    return typed if fits else ""


class Sounds:
    """Titles ready to be found by sound; one scan of one text for all of them."""

    def __init__(self, titles: Iterable[str]) -> None:
        lines, self._owners = list[str](), list[int]()
        for at, title in enumerate(titles):
            for way in spoken(title):
                lines.append(f"{_START}{way}\n")
                self._owners.append(at)
        self._text = "".join(lines)
        self._ends = list(accumulate(map(len, lines)))

    def find(self, typed: str) -> dict[int, bool]:
        """Places of the titles that sound like `letters` of a query, and whether from the start.

        One letter alone is looked for at the start only.
        """
        if not typed:
            return {}
        pattern = re.compile((_START if len(typed) == 1 else "") + " " + _abbreviated(typed))
        found: dict[int, bool] = {}
        place = 0
        while hit := pattern.search(self._text, place):
            line = bisect_right(self._ends, hit.start())
            owner = self._owners[line]
            at_start = self._text[hit.start() - 1] == _START or hit[0][0] == _START
            found[owner] = found.get(owner, False) or at_start
            place = self._ends[line]
        return found


@lru_cache(maxsize=4096)
def _abbreviated(typed: str) -> str:
    # Between two letters: either both are of one syllable, or the first one's rest is left out.
    return "(?:[a-z0-9]* )?".join(map(re.escape, typed))


def _said(token: str) -> Sequence[str]:
    return (token,) if token.isascii() else readings(token)
