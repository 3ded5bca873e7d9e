"""How characters sound and what they are made of: by this, mistyped words are recognised.

The table (`models/characters.tsv`: character, readings without tones, parts) is made by
`indexer.training.characters` and read on first use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import product
from pathlib import Path

FILE = Path(__file__).parent / "models" / "characters.tsv"
_MOST_READINGS = 8  # of one word: those of 长行 are four
_SAME, _NEAR = 1.0, 0.6
_LOOK_LEAST = 0.3

# What southern speakers and fast typists do not tell apart.
_CONFUSED = (
    (re.compile(r"^([zcs])h"), r"\1"),
    (re.compile(r"^n(?!g)"), "l"),
    (re.compile(r"(?<=[aei])ng$"), "n"),
)


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[tuple[str, ...], frozenset[str]]]:
    rows = (line.split("\t") for line in FILE.read_text("utf-8").splitlines())
    return {
        char: (tuple(filter(None, said.split(","))), frozenset(parts)) for char, said, parts in rows
    }


@lru_cache(maxsize=1)
def syllables() -> frozenset[str]:
    """All syllables of Mandarin in pinyin without tones, ü written v."""
    return frozenset(said for readings, _ in _table().values() for said in readings)


def readings(char: str) -> tuple[str, ...]:
    """How a character is read, the usual reading first; empty when it is unknown."""
    return _table().get(char, ((), frozenset()))[0]


@lru_cache(maxsize=20_000)
def word_readings(word: str) -> list[tuple[str, ...]]:
    """The syllables of a word in each of its readings; empty when a character is unknown."""
    each: Sequence[tuple[str, ...]] = [readings(char) for char in word]
    if not all(each):
        return []
    found = []
    for combination in product(*each):
        found.append(combination)
        if len(found) == _MOST_READINGS:
            break
    return found


@lru_cache(maxsize=2048)
def blurred(syllable: str) -> str:
    """A syllable without the differences that many speakers do not make (zh/z, n/l, ang/an)."""
    for pattern, kept in _CONFUSED:
        syllable = pattern.sub(kept, syllable)
    return syllable


@lru_cache(maxsize=20_000)
def blurred_sounds(word: str) -> tuple[str, ...]:
    """How a word sounds, in each of its readings, without what many speakers do not tell apart."""
    return tuple(dict.fromkeys(blurred_sound(said) for said in word_readings(word)))


def blurred_sound(spoken: Iterable[str]) -> str:
    """Syllables in a row, without what many speakers do not tell apart."""
    return "".join(map(blurred, spoken))


def initials(word: str) -> frozenset[str]:
    """The first letters of a word's syllables, in each of its readings."""
    return frozenset("".join(syllable[0] for syllable in said) for said in word_readings(word))


@lru_cache(maxsize=20_000)
def likeness(typed: str, meant: str, *, slurred: bool = True) -> float:
    """How easily one character is typed for another, from 0 (never) to 1.

    Equal sound counts 1, nearly equal sound 0.6, and like shape by the share of common parts.

    Args:
        typed: The character that stands there.
        meant: The character that may belong there.
        slurred: Whether nearly equal sound counts.
    """
    said, wanted = readings(typed), readings(meant)
    if typed == meant or set(said) & set(wanted):
        return _SAME
    looks = _looks(typed, meant)
    if slurred and {blurred(s) for s in said} & {blurred(s) for s in wanted}:
        return max(_NEAR, looks)
    return looks


def _looks(one: str, other: str) -> float:
    parts = [_table().get(char, ((), frozenset()))[1] | {char} for char in (one, other)]
    shared = len(parts[0] & parts[1]) / max(len(parts[0] | parts[1]) - 2, 1)
    return min(shared, 1.0) * 0.9 if shared >= _LOOK_LEAST else 0.0
