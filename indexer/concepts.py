"""Words that mean the same to a service desk, in Chinese and English.

`wording/concepts.json` lists groups of them; it may be edited. A query that names a concept by one
word also finds texts that name it by another (邮费: 运费; air conditioner: 空调). Such finds are
counted apart from the query's own words, and the ranking has learned what they are worth.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.keywords import KeywordIndex
from indexer.text import REMEMBERED, normalise, terms

FILE = Path(__file__).parent / "wording" / "concepts.json"
MOST = 12
_LONGEST_PHRASE = 4
Floats = NDArray[np.float32]


class Member(NamedTuple):
    """A word or phrase, and the index terms that a text with it holds."""

    text: str
    needed: tuple[str, ...]


class Thesaurus(NamedTuple):
    """The groups, and how their members are found in a text.

    Attributes:
        groups: The members of each group.
        chinese: Groups of each Chinese member.
        pattern: Finds the longest Chinese members.
        english: Groups of each other member, by its stems.
    """

    groups: tuple[tuple[Member, ...], ...]
    chinese: Mapping[str, tuple[int, ...]]
    pattern: re.Pattern[str]
    english: Mapping[tuple[str, ...], tuple[int, ...]]


@lru_cache(maxsize=1)
def thesaurus() -> Thesaurus:
    """The groups of the file, read once."""
    stored = json.loads(FILE.read_text("utf-8"))["groups"]
    chinese: dict[str, list[int]] = {}
    english: dict[tuple[str, ...], list[int]] = {}
    groups = []
    for at, members in enumerate(stored):
        held = []
        for member in map(normalise, members):
            needed = _needed(member)
            held.append(Member(member, needed))
            if member.isascii():
                english.setdefault(needed, []).append(at)
            else:
                chinese.setdefault(member, []).append(at)
        groups.append(tuple(held))
    ordered = sorted(chinese, key=lambda member: (-len(member), member))
    return Thesaurus(
        tuple(groups),
        {member: tuple(found) for member, found in chinese.items()},
        re.compile("|".join(map(re.escape, ordered)) or r"(?!)"),
        {stems: tuple(found) for stems, found in english.items()},
    )


def _needed(member: str) -> tuple[str, ...]:
    """Index terms that a text with the member holds: pairs of characters, stems of words."""
    if member.isascii():
        return tuple(term.text for term in terms(member) if term.word)
    pairs = [member[at : at + 2] for at in range(len(member) - 1)] or [member]
    return tuple(dict.fromkeys(pair for pair in pairs if not pair.isascii() and " " not in pair))


def named(text: str) -> tuple[int, ...]:
    """Groups whose members stand in a text, in order, at most `MOST`."""
    return _named_in(text) if len(text) <= REMEMBERED else _named_in.__wrapped__(text)


@lru_cache(maxsize=8_192)
def _named_in(text: str) -> tuple[int, ...]:
    found: dict[int, None] = {}
    plain = normalise(text)
    known = thesaurus()
    if not plain.isascii():
        for match in known.pattern.finditer(plain):
            found.update(dict.fromkeys(known.chinese[match.group()]))
    stems = [term.text for term in terms(plain, query=True) if term.word and term.text.isascii()]
    at = 0
    while at < len(stems):
        for size in range(min(_LONGEST_PHRASE, len(stems) - at), 0, -1):
            if groups := known.english.get(tuple(stems[at : at + size])):
                found.update(dict.fromkeys(groups))
                at += size - 1
                break
        at += 1
    return tuple(found)[:MOST]


def other_words(groups: Iterable[int]) -> list[str]:
    """All members of groups as they may be highlighted: Chinese ones, and single Latin words."""
    members = (member for group in groups for member in thesaurus().groups[group])
    return [
        member.needed[0] if member.text.isascii() else member.text
        for member in members
        if not member.text.isascii() or len(member.needed) == 1
    ]


class Holding(NamedTuple):
    """Documents that name a concept: their rows, how much each makes of it, and its rarity."""

    rows: NDArray[np.int64]
    impacts: Floats
    idf: float


@dataclass(frozen=True)
class Concepts:
    """The concepts over one keyword index; what has been looked up is kept."""

    keywords: KeywordIndex
    _known: dict[int, Holding] = field(default_factory=dict)

    def scores(self, groups: Iterable[int]) -> tuple[Floats, float]:
        """Score of every document by the concepts it names, and the sum of their rarities."""
        found = np.zeros(len(self.keywords.masses), dtype=np.float32)
        mass = 0.0
        for group in groups:
            known = self.holding(group)
            found[known.rows] += known.idf * known.impacts
            mass += known.idf
        return found, mass

    def holding(self, group: int) -> Holding:
        """The documents that name a concept; groups are numbered as in `thesaurus`."""
        if group not in self._known:
            self._known[group] = self._look_up(thesaurus().groups[group])
        return self._known[group]

    def _look_up(self, members: Iterable[Member]) -> Holding:
        """The best member counts in each document; the concept is as rare as its documents are."""
        index = self.keywords
        best = np.zeros(len(index.masses), dtype=np.float32)
        for member in members:
            positions = index.positions(member.needed)
            if not len(positions) or (positions < 0).any():
                continue
            rows, impacts = _postings(index, int(positions[0]))
            for position in positions[1:]:
                more, other = _postings(index, int(position))
                common, mine, yours = np.intersect1d(
                    rows, more, assume_unique=True, return_indices=True
                )
                rows = common.astype(np.int32)
                impacts = np.minimum(impacts[mine], other[yours])
            best[rows] = np.maximum(best[rows], impacts)
        held = np.flatnonzero(best)
        count = max(len(best), 1)
        idf = float(np.log1p((count - len(held) + 0.5) / (len(held) + 0.5)))
        return Holding(held, best[held], idf)


def _postings(index: KeywordIndex, position: int) -> tuple[NDArray[np.int32], Floats]:
    span = slice(index.starts[position], index.starts[position + 1])
    return index.rows[span], index.impacts[span]
