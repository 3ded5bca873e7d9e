"""What a query is about: its nouns, and how telling each of them is.

A question that no entry answers mostly names a thing that no entry names: another company, a
product that is not sold, a benefit that does not exist. Verbs and particles tell much less, since
customers say them in many ways.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from indexer.concepts import named
from indexer.interaction import shipped
from indexer.text import REMEMBERED, STOP_WORDS, normalise, terms

MOST = 16
_NOUNS = ("n", "j", "eng", "vn")  # tags of ICTCLAS: nouns, abbreviations, Latin words


class Noun(NamedTuple):
    """One noun.

    Attributes:
        text: The noun.
        weight: How telling it is: the length of its vector, which training left it.
        needed: Index terms of a text that holds it.
        concepts: Groups of the thesaurus that it names.
    """

    text: str
    weight: float
    needed: tuple[str, ...]
    concepts: tuple[int, ...]


def nouns(text: str) -> tuple[Noun, ...]:
    """The distinct nouns of a text in order, at most `MOST`; numbers and single characters none."""
    return _nouns_of(text) if len(text) <= REMEMBERED else _nouns_of.__wrapped__(text)


@lru_cache(maxsize=1_024)
def _nouns_of(text: str) -> tuple[Noun, ...]:
    import rjieba

    found: dict[str, Noun] = {}
    for word, tag in rjieba.tag(normalise(text), True):
        wanted = tag.startswith(_NOUNS) and len(word) > 1 and not word.isdigit()
        if wanted and word not in found and word not in STOP_WORDS:
            found[word] = _noun(word)
            if len(found) == MOST:
                break
    return tuple(found.values())


@lru_cache(maxsize=20_000)
def _noun(word: str) -> Noun:
    table = shipped()
    ids = table.tokens([word])[0]
    weight = float(np.mean(table.lengths[ids])) if ids else 0.1
    if word.isascii():
        needed = tuple(term.text for term in terms(word, query=True) if term.word) or (word,)
    else:
        needed = tuple(word[at : at + 2] for at in range(len(word) - 1))
    return Noun(word, weight, needed, named(word))
