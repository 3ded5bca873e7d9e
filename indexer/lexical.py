"""The terms of a query as the keyword index counts them, in families that are scored apart.

Single characters find what is said in other words of the same stems, pairs of characters find
phrases however they are cut, words of a dictionary are the most exact. Which of them tells most
depends on the text, so the ranking weighs them. Words in Latin letters are in every family.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.concepts import named
from indexer.keywords import K1, KeywordIndex
from indexer.text import REMEMBERED, STOP_WORDS, normalise, terms

FAMILIES = ("char", "pair", "word")
MAX_TERMS = 240
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class QueryTerms:
    """Distinct terms of a query.

    Attributes:
        positions: Position of each term in the keyword index, -1 where no document holds it.
        weights: What each counts: its idf times the root of how often it is said, because a
            message that tells a story twice does not ask twice.
        families: One row for each of `FAMILIES`: which terms belong to it.
        idf: The idf of each term.
        concepts: Groups of the thesaurus that the query names.
    """

    positions: NDArray[np.int64]
    weights: Floats
    families: NDArray[np.bool_]
    idf: Floats
    concepts: tuple[int, ...] = ()

    @property
    def masses(self) -> Floats:
        """The highest score that a document can have, by family."""
        found: Floats = (self.families @ self.weights) * (K1 + 1)
        return found


def read_terms(text: str, keywords: KeywordIndex) -> QueryTerms:
    """The terms of a query; of very long ones the rarest are kept."""
    said = _said(text) if len(text) <= REMEMBERED else _said.__wrapped__(text)
    positions = keywords.positions(said.names)
    idf = keywords.weights(positions)
    weights, families = idf * said.roots, said.families
    if len(said.names) > MAX_TERMS:
        kept = np.sort(np.argsort(-idf, kind="stable")[:MAX_TERMS])
        positions, weights, families, idf = (
            positions[kept], weights[kept], families[:, kept], idf[kept],
        )  # fmt: skip
    return QueryTerms(positions, weights.astype(np.float32), families, idf, named(text))


class _Said(NamedTuple):
    """What a query says, whatever index it is asked of; never changed."""

    names: tuple[str, ...]
    roots: Floats
    families: NDArray[np.bool_]


@lru_cache(maxsize=1_024)
def _said(text: str) -> _Said:
    plain = normalise(text)
    counts: Counter[str] = Counter()
    member: dict[str, list[bool]] = {}
    for term in terms(plain, query=True):
        if term.text in STOP_WORDS:
            continue
        counts[term.text] += 1
        han = not term.text[0].isascii()
        pair = not han or len(term.text) == 2
        found = member.setdefault(term.text, [False, False, False])
        found[0] |= not han
        found[1] |= pair
        found[2] |= term.word
    for char in map(intern, plain):
        if _is_han(char) and char not in STOP_WORDS:
            counts[char] += 1
            member.setdefault(char, [False, False, False])[0] = True
    names = tuple(counts)
    roots = np.sqrt(np.array([counts[name] for name in names], dtype=np.float32))
    families = np.array([member[name] for name in names], dtype=np.bool_).reshape(-1, 3).T
    return _Said(names, roots, families)


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"
