"""Measures pairs of a query and a revision: by meaning, by words, by plain facts.

A pair is measured over all visible chunks of the revision, so its features are the same in every
search of a generation with the same filter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.chunking import ASKED, BODY, FIELDS
from indexer.concepts import named
from indexer.keywords import K1
from indexer.lexical import FAMILIES, QueryTerms
from indexer.masks import Mask
from indexer.neighbours import nearness_to_best, support
from indexer.opening import Opened
from indexer.ranking import FEATURES
from indexer.subject import Noun
from indexer.text import Term
from kb.model import Kind

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
_ASKED = np.array([name in ASKED for name in FIELDS])
_BODY = np.array([name in BODY for name in FIELDS])
_COUNTER = FIELDS.index("counter")
_NOTHING = np.empty(0, dtype=np.int32)
_ALIKE = np.float32(0.8)  # how far another word for the same counts as the word itself
_LONG = np.float32(5)  # about the logarithm of a long passage's words
_USUAL = np.float32(30)  # about what a good match scores: keeps raw scores near one


@dataclass(frozen=True, slots=True)
class Query:
    """A query made ready: its terms with their weights, and its vector unless keywords only."""

    terms: tuple[Term, ...]
    positions: NDArray[np.int64]
    idf: Floats
    key: int
    chinese: bool
    vector: Floats | None
    said: QueryTerms
    text: str
    nouns: tuple[Noun, ...]

    @property
    def weights(self) -> dict[str, float]:
        """Weight of each term, by its text."""
        return {term.text: float(idf) for term, idf in zip(self.terms, self.idf, strict=True)}


@dataclass(frozen=True, slots=True)
class Candidates:
    """Measured candidates, one row each.

    Attributes:
        revisions: Row of the revision in the catalogue.
        spans: Row of the span in which it is in force.
        features: One column for each of `FEATURES`.
        asked: Chunk of the title or question that fits best, -1 without.
        body: Chunk of the body that fits best, -1 without.
        exact: Chunk that equals the query, -1 without.
        timings: Milliseconds by stage.
    """

    revisions: Rows
    spans: Rows
    features: Floats
    asked: Rows
    body: Rows
    exact: Rows
    timings: dict[str, float] = field(default_factory=dict)


class Scored(NamedTuple):
    """What the keyword index says of every chunk.

    Attributes:
        bm25: BM25 by each of `FAMILIES`, one row for each.
        shared: Sum of the idf of the terms shared with the query.
        meant: Score by the concepts that the query names.
        mass: The rarities of these concepts summed up.
    """

    bm25: Floats
    shared: Floats
    meant: Floats
    mass: float


class _Group(NamedTuple):
    """Some of the chunks by the revision they belong to.

    Attributes:
        at: Which chunks, as places among those that are measured.
        first: Where in `at` each revision's begin.
        owners: The revision of each of these beginnings.
    """

    at: Rows
    first: Rows
    owners: Rows


class Measure:
    """Features of the chosen revisions, computed over all their chunks at once."""

    def __init__(
        self, opened: Opened, mask: Mask, query: Query, chosen: Rows, scored: Scored
    ) -> None:
        self._opened, self._query, self._chosen = opened, query, chosen
        self._spans = mask.spans[chosen]
        starts = opened.catalogue.starts
        sizes = starts[chosen + 1] - starts[chosen]
        owner = np.repeat(np.arange(len(chosen)), sizes)
        first = np.repeat(starts[chosen] - np.cumsum(sizes) + sizes, sizes)
        rows = first + np.arange(len(owner))
        visible = mask.chunks[rows]
        self._rows, self._owner = rows[visible], owner[visible]
        fields = np.asarray(opened.catalogue.arrays["chunk_fields"])[self._rows]
        self._asked, self._body = _ASKED[fields], _BODY[fields]
        self._counter = fields == _COUNTER
        self._in_asked, self._in_body, self._in_counter, self._in_rest = (
            self._group(among) for among in (self._asked, self._body, self._counter, ~self._counter)
        )
        self._near = self._similarities()
        self._raw = scored.bm25[:, self._rows]
        self._said = self._raw / np.maximum(query.said.masses, 1e-6)[:, None]
        self._meant = scored.meant[self._rows]
        self._mass = np.float32(max(scored.mass * (K1 + 1), 1e-6))
        both = opened.keywords.masses[self._rows] + float(query.said.idf.sum())
        self._overlap = 2 * scored.shared[self._rows] / np.maximum(both, 1e-6)
        self._equal = self._equalities()
        self._slots = np.full(len(opened.keywords.masses), -1, dtype=np.int32)
        self._slots[self._rows] = self._owner

    def candidates(self) -> Candidates:
        """Everything about the chosen revisions."""
        columns = {**self._by_meaning(), **self._by_words(), **self._facts()}
        asked = self._best(self._near + self._overlap, self._asked)
        body = self._best(
            self._near + self._said.mean(axis=0) + self._meant / self._mass / 2, self._body
        )
        exact = self._best(self._equal, ~self._counter)
        exact[columns["exact"] < 0.5] = -1
        columns |= self._by_interaction(asked, body)
        columns |= self._by_neighbours(columns, asked, body)
        features = np.stack([columns[name] for name in FEATURES], axis=1).astype(np.float32)
        return Candidates(self._chosen, self._spans, features, asked, body, exact)

    def _by_meaning(self) -> dict[str, Floats]:
        asked = self._highest(self._near, self._in_asked)
        body = self._highest(self._near, self._in_body)
        counter = self._highest(self._near, self._in_counter)
        has_body = body != 0
        (asked_mean, asked_spread), (body_mean, body_spread) = self._background()
        return {
            "dense_asked": asked,
            "dense_body": body,
            "dense_best": np.maximum(asked, body),
            "dense_mean": np.where(has_body, (asked + body) / 2, asked),
            # By how many standard deviations the query is closer than to anything at all.
            "dense_asked_z": (asked - asked_mean) / asked_spread,
            "dense_body_z": (body - body_mean) / body_spread,
            # How much closer the query is to a question that this entry must not answer.
            "dense_counter": np.maximum(counter - asked, 0),
        }

    def _by_words(self) -> dict[str, Floats]:
        found: dict[str, Floats] = {}
        by_asked = self._highest(
            np.vstack((self._said, self._meant, self._overlap)), self._in_asked
        )
        by_body = self._highest(np.vstack((self._said, self._meant)), self._in_body)
        by_any = self._highest(np.vstack((self._raw, self._equal)), self._in_rest)
        for at, name in enumerate(FAMILIES):
            found |= {
                f"{name}_asked": by_asked[at],
                f"{name}_body": by_body[at],
                f"{name}_raw": by_any[at] / _USUAL,
            }
        asked, body, overlap = by_asked[-2], by_body[-1], by_asked[-1]
        best: Floats = np.maximum(asked, body)
        found["meant_asked"], found["meant_body"] = asked / self._mass, body / self._mass
        found["meant_raw"] = best / _USUAL
        against = self._highest(self._equal, self._in_counter)
        return {
            **found,
            "overlap": overlap,
            "exact": by_any[-1],
            "exact_counter": against,
            **self._coverage(),
            **self._subject(),
        }

    def _by_interaction(self, asked: Rows, body: Rows) -> dict[str, Floats]:
        """How the words of the query are met in the best question and in the best passage."""
        interaction = self._opened.interaction
        chunks = np.concatenate([asked, body])
        held = np.flatnonzero(chunks >= 0)
        met = interaction.meet(self._query.text, chunks[held])
        found: dict[str, Floats] = {}
        half = len(asked)
        for name in ("alike", "same", "near", "back"):
            values = np.zeros(len(chunks), dtype=np.float32)
            values[held] = getattr(met, name)
            found[f"{name}_asked"], found[f"{name}_body"] = values[:half], values[half:]
        sizes = interaction.starts[body + 1] - interaction.starts[np.maximum(body, 0)]
        found["size_body"] = np.where(body >= 0, np.log1p(sizes), 0).astype(np.float32) / _LONG
        return found

    def _by_neighbours(
        self, columns: dict[str, Floats], asked: Rows, body: Rows
    ) -> dict[str, Floats]:
        """What the other candidates say about each."""
        rows, vector = self._opened.rows, self._query.vector
        if rows is None or vector is None or len(asked) < 2:
            return dict.fromkeys(("support", "centre"), np.zeros(len(asked), dtype=np.float32))
        by_question = (body < 0) | ((columns["dense_asked"] > columns["dense_body"]) & (asked >= 0))
        chunk = np.where(by_question, asked, body)
        vectors = rows[np.maximum(chunk, 0)].astype(np.float32)
        vectors[chunk < 0] = 0
        first = columns["dense_best"] + columns["char_raw"] + columns["pair_raw"]
        return {
            "support": support(vectors, first),
            "centre": nearness_to_best(vectors, first, vector),
        }

    def _coverage(self) -> dict[str, Floats]:
        """How much of the query's words the revision holds, wherever they stand."""
        terms, idf = self._query.terms, self._query.idf
        held = self._held()
        words = [at for at, term in enumerate(terms) if term.word] or list(range(len(terms)))
        nothing = np.zeros(len(self._chosen), dtype=np.float32)
        if not words:
            return dict.fromkeys(("coverage", "unknown", "code_found", "code_missing"), nothing)
        degree = held[:, words]
        for column, at in enumerate(words):
            inner = _inside(terms, at)
            if inner:  # a word cut otherwise in the text is there by its pairs of characters
                degree[:, column] = np.maximum(degree[:, column], held[:, inner].mean(axis=1))
            for group in named(terms[at].text):  # or another word for it is
                other = _ALIKE * self._any(self._opened.concepts.holding(group).rows)
                degree[:, column] = np.maximum(degree[:, column], other)
        weight = idf[words]
        codes = [column for column, at in enumerate(words) if _is_code(terms[at].text)]
        found = degree[:, codes].mean(axis=1) if codes else nothing
        coverage: Floats = degree @ weight / weight.sum()
        return {
            "coverage": coverage,
            "unknown": ((1 - degree) * weight).max(axis=1) / self._opened.keywords.rarest,
            "code_found": found,
            "code_missing": 1 - found if codes else nothing,
        }

    def _subject(self) -> dict[str, Floats]:
        """How much of what the query is about the revision names, and how much nothing does."""
        found = self._query.nouns
        held = np.ones(len(self._chosen), dtype=np.float32)
        if not found:
            return {"nouns_held": held, "nouns_unknown": 1 - held}
        index, weights = self._opened.keywords, np.array([noun.weight for noun in found])
        by_noun = np.zeros((len(found), len(self._chosen)), dtype=np.float32)
        unknown = np.zeros(len(found))
        for row, noun in enumerate(found):
            positions = index.positions(noun.needed)
            holding = [index.postings(int(p)) if p >= 0 else _NOTHING for p in positions]
            parts: Floats = np.stack([self._any(rows) for rows in holding])
            by_noun[row] = parts.mean(axis=0, dtype=np.float32)
            unknown[row] = float((positions < 0).mean())
            for group in noun.concepts:
                rows = self._opened.concepts.holding(group).rows
                by_noun[row] = np.maximum(by_noun[row], self._any(rows))
                unknown[row] = min(unknown[row], float(not len(rows)))
        share = weights / weights.sum()
        nowhere = np.full(len(self._chosen), share @ unknown, dtype=np.float32)
        return {"nouns_held": (share @ by_noun).astype(np.float32), "nouns_unknown": nowhere}

    def _any(self, rows: NDArray[np.integer[Any]]) -> Floats:
        """Whether each revision has any of these chunks visible."""
        found = np.zeros(len(self._chosen), dtype=np.float32)
        slot = self._slots[rows]
        found[slot[slot >= 0]] = 1.0
        return found

    def _held(self) -> Floats:
        """Whether each revision holds each term of the query, in any visible chunk."""
        held = np.zeros((len(self._chosen), len(self._query.terms)), dtype=np.float32)
        for column, position in enumerate(self._query.positions):
            if position >= 0:
                held[:, column] = self._any(self._opened.keywords.postings(int(position)))
        return held

    def _facts(self) -> dict[str, Floats]:
        catalogue = self._opened.catalogue
        kinds = np.asarray(catalogue.arrays["kinds"])[self._chosen]
        flags = {
            f"is_{kind.value}": (kinds == at).astype(np.float32)
            for at, kind in enumerate(Kind)
            if f"is_{kind.value}" in FEATURES
        }
        same = (catalogue.chinese[self._chosen] == self._query.chinese).astype(np.float32)
        words = sum(term.word for term in self._query.terms)
        length = np.full(len(self._chosen), np.log1p(min(words, 8)), dtype=np.float32)
        return {**flags, "same_language": same, "length": length}

    def _similarities(self) -> Floats:
        rows, vector = self._opened.rows, self._query.vector
        if rows is None or vector is None or not len(self._rows):
            return np.zeros(len(self._rows), dtype=np.float32)
        found: Floats = rows[self._rows].astype(np.float32) @ vector
        return found

    def _background(self) -> list[tuple[float, float]]:
        """Mean and spread of the query's similarity to any question, and to any body."""
        vector, samples = self._query.vector, self._opened.background
        if vector is None or samples is None:
            return [(0.0, 1.0), (0.0, 1.0)]
        near = [sample @ vector if len(sample) else np.zeros(1) for sample in samples]
        return [(float(values.mean()), float(values.std()) + 1e-3) for values in near]

    def _equalities(self) -> Floats:
        """1 for each chunk that is the query itself, but for signs and spaces; else 0."""
        keys = np.asarray(self._opened.catalogue.arrays["chunk_keys"])[self._rows]
        equal = (keys == np.uint64(self._query.key)) & (keys != 0)
        exact: Floats = equal.astype(np.float32)
        return exact

    def _group(self, among: NDArray[np.bool_]) -> _Group:
        at = np.flatnonzero(among)
        owner = self._owner[at]
        # Owners ascend: each begins where it differs from the one before.
        first = np.flatnonzero(np.concatenate([owner[:1] >= 0, owner[1:] != owner[:-1]]))
        return _Group(at, first, owner[first])

    def _highest(self, values: Floats, among: _Group) -> Floats:
        """Highest value for each revision, 0 where it has none; of each row, if there are rows."""
        highest = np.zeros((*values.shape[:-1], len(self._chosen)), dtype=np.float32)
        if len(among.at):
            found = np.maximum.reduceat(values[..., among.at], among.first, axis=-1)
            highest[..., among.owners] = found
        return highest

    def _best(self, values: Floats, among: NDArray[np.bool_]) -> Rows:
        """The first chunk with the highest value for each revision, -1 where it has none."""
        chunk = np.full(len(self._chosen), -1, dtype=np.int64)
        at = np.flatnonzero(among)
        order = at[np.lexsort((-at, values[at], self._owner[at]))]
        # Ascending by owner, then by value: the last write for each owner is its best.
        chunk[self._owner[order]] = self._rows[order]
        return chunk


def _inside(terms: tuple[Term, ...], at: int) -> list[int]:
    """Pairs of characters inside a longer Chinese word."""
    whole = terms[at]
    if whole.text.isascii() or len(whole.text) < 3:
        return []
    return [
        i
        for i, term in enumerate(terms)
        if not term.word and whole.start <= term.start and term.end <= whole.end
    ]


def _is_code(text: str) -> bool:
    return text.isascii() and text.isalnum() and not text.isalpha() and not text.isdigit()
