"""Other ways to read a query, tried where the plain one finds nothing sure.

A reading costs a search of its own, so there are few: mistyped words as the index writes them,
and of a long message the question alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indexer.asking import question_in
from indexer.corrections import corrections
from indexer.dialogue import content_words
from indexer.features import Query
from indexer.keywords import KeywordIndex
from indexer.masks import Mask
from indexer.opening import Opened
from indexer.text import analyse_query, normalise
from indexer.vocabulary import Words
from kb.model import Audience

_CERTAIN = 0.97
_SURE_TRUST = 1.0
_DOUBTFUL_TRUST = 0.85
_FOCUS_TRUST = 0.9
_PLAINLY = 0.5  # confidence that a reading must reach which the words do not suggest
_TOPICS = 2
_MOSTLY = 0.5


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another text for a query.

    Attributes:
        text: What to search for instead.
        trust: What the confidence of its results is worth beside that of the query as it is.
        least: The confidence that its results must reach to count at all.
        corrected: What to tell the one who asks, where words were replaced; else empty.
    """

    text: str
    trust: float
    least: float = 0.0
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with what its plain reading found.

    Attributes:
        text: The query without noise.
        query: The same, analysed.
        confidence: The best confidence of its results.
        threshold: From which confidence on a query is answerable.
        audiences: Audiences that the caller may read.
    """

    text: str
    query: Query
    confidence: float
    threshold: float
    audiences: frozenset[Audience]

    @property
    def worth(self) -> float:
        """What the confidence is worth as it stands.

        The less of its words the index knows, the less: what it found by the rest is chance.
        """
        return self.confidence * min(1.0, 2 * self.known)

    @property
    def known(self) -> float:
        """Share of the query's terms that the index knows."""
        positions = self.query.positions
        return float((positions >= 0).mean()) if len(positions) else 0.0


def alternatives(asked: Asked, opened: Opened, mask: Mask) -> list[Alternative]:
    """Readings that may find something surer, the likeliest first.

    Args:
        asked: The query and what it found.
        opened: The index.
        mask: What the caller may read; words of anything else are never suggested.
    """
    if asked.worth >= _CERTAIN:
        return []
    words = opened.vocabulary.for_readers(asked.audiences)
    found = _corrected(asked, words, opened, mask)
    if asked.confidence < asked.threshold and (question := _focus(asked.text, words)):
        found.append(Alternative(question, _FOCUS_TRUST, _plainly(asked)))
    return found


def is_readable(word: str, keywords: KeywordIndex, mask: Mask) -> bool:
    """Whether some document that may be read holds the word, all of its terms at once."""
    positions = keywords.positions([term.text for term in analyse_query(word)])
    if not len(positions) or (positions < 0).any():
        return False
    holding = keywords.postings(int(positions[0]))
    for position in positions[1:]:
        holding = np.intersect1d(holding, keywords.postings(int(position)), assume_unique=True)
    return bool(mask.searchable[holding].any())


def _corrected(asked: Asked, words: Words, opened: Opened, mask: Mask) -> list[Alternative]:
    terms = zip(asked.query.terms, asked.query.positions, strict=True)
    unknown = frozenset(term.text for term, at in terms if at < 0)
    found = corrections(
        asked.text,
        unknown,
        words,
        lambda word: is_readable(word, opened.keywords, mask),
        doubtful=asked.confidence < asked.threshold,
    )
    least = asked.threshold / 2 if asked.known >= _MOSTLY else 0.0
    return [
        Alternative(c.text, _SURE_TRUST, least, c.text)
        if c.sure
        else Alternative(c.text, _DOUBTFUL_TRUST, _plainly(asked), c.text)
        for c in found
    ]


def _plainly(asked: Asked) -> float:
    return max(asked.threshold, _PLAINLY)


def _focus(text: str, words: Words) -> str:
    """The question of a long message behind the commonest things that the rest speaks of."""
    question, rest = question_in(text)
    if not question:
        return ""
    spoken_of = dict.fromkeys(word for word in content_words(normalise(rest)) if len(word) > 1)
    known = [form for word in spoken_of if word not in question and (form := words.form(word))]
    known.sort(key=lambda form: -form.weight)
    return " ".join([*(form.text for form in known[:_TOPICS]), question])
