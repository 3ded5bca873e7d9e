"""Turns a measured candidate into a hit that says why it matched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from indexer.catalogue import ChunkRow
from indexer.concepts import other_words
from indexer.features import Candidates, Query
from indexer.masks import moment
from indexer.opening import Opened
from indexer.ranking import FEATURES
from indexer.results import Hit, Matched
from indexer.snippets import limit_for, snippet, surfaces
from indexer.text import STOP_WORDS
from kb.model import Audience, Kind

_TELLING = 0.4
_KINDS, _AUDIENCES = tuple(Kind), tuple(Audience)


@dataclass(frozen=True, slots=True)
class Words:
    """What of a query may stand in a text; the same for all of its hits.

    Attributes:
        weights: Weight of each term, and of other words for the same.
        telling: Those that are worth pointing at.
    """

    weights: dict[str, float]
    telling: list[str]

    @classmethod
    def of(cls, query: Query) -> Words:
        """The words of a query."""
        weights = _found_weights(query)
        return cls(weights, _telling(query, weights))


def make_hit(opened: Opened, words: Words, found: Candidates, at: int, confidence: float) -> Hit:
    """The hit for the candidate in row `at`, found with a query of these words."""
    catalogue = opened.catalogue
    row = int(found.revisions[at])
    revision = catalogue.revisions[row]
    parts = dict(zip(FEATURES, found.features[at].tolist(), strict=True))
    body = _chunk(opened, int(found.body[at]))
    passage = snippet(body.quote, words.weights, limit_for(revision.lang)) if body else ""
    matched = _matched(opened, found, at, parts, body, passage)
    start, end = catalogue.span(int(found.spans[at]))
    return Hit(
        entry_id=revision.entry_id,
        revision=revision.number,
        kind=_KINDS[int(catalogue.arrays["kinds"][row])],
        title=revision.title,
        snippet=passage or revision.title,
        confidence=confidence,
        matched=Matched(
            matched.field,
            matched.text,
            _highlights(words.telling, matched.text, passage, revision.title),
        ),
        heading=body.heading if body else "",
        anchor=body.anchor if body else "",
        score_parts=parts,
        effective_from=moment(start),
        effective_until=moment(end),
        audience=_AUDIENCES[int(catalogue.arrays["audiences"][row])],
        lang=revision.lang,
    )


def _matched(
    opened: Opened,
    found: Candidates,
    at: int,
    parts: dict[str, float],
    body: ChunkRow | None,
    passage: str,
) -> Matched:
    """The exact match, else whichever of question and passage is closer to the query."""
    if exact := _chunk(opened, int(found.exact[at])):
        return Matched(exact.field, exact.quote)
    asked = _chunk(opened, int(found.asked[at]))
    question = max(parts["dense_asked"], parts["overlap"])
    answer = max(parts["dense_body"], parts["word_body"])
    if asked and (body is None or question >= answer):
        return Matched(asked.field, asked.quote)
    return Matched(body.field, passage) if body else Matched("tags", "")


def _found_weights(query: Query) -> dict[str, float]:
    """Weights of the terms that may stand in a text: others stand nowhere."""
    known = zip(query.terms, query.idf, query.positions, strict=True)
    found = {term.text: float(idf) for term, idf, position in known if position >= 0}
    usual = sum(found.values()) / len(found) if found else 1.0
    # Another word for what was asked is a reason too.
    return dict.fromkeys(other_words(query.said.concepts), usual) | found


def _telling(query: Query, weights: dict[str, float]) -> list[str]:
    """The terms worth pointing at: not common ones (能, 不), nor pairs with a particle (货的)."""
    words = {term.text for term in query.terms if term.word}
    # Pairs across two words are rare by chance, so they do not set the scale.
    scale = [weight for text, weight in weights.items() if text in words] or weights.values()
    least = _TELLING * max(scale, default=0.0)
    joints = {term.text for term in query.terms if not term.word and _joins(term.text)}
    return [text for text, weight in weights.items() if weight >= least and text not in joints]


def _joins(pair: str) -> bool:
    return pair[0] in STOP_WORDS or pair[-1] in STOP_WORDS


def _highlights(telling: list[str], *texts: str) -> tuple[str, ...]:
    """The parts of the texts to highlight; single characters only where nothing longer stands."""
    longer = [term for term in telling if len(term) > 1]
    return _standing(longer, texts) or _standing(telling, texts)


def _standing(wanted: list[str], texts: Iterable[str]) -> tuple[str, ...]:
    distinct = dict.fromkeys(texts)
    return tuple(dict.fromkeys(part for text in distinct for part in surfaces(text, wanted)))


def _chunk(opened: Opened, row: int) -> ChunkRow | None:
    return opened.catalogue.chunk(row) if row >= 0 else None
