"""Measures pairs of a query and a revision: by meaning, by words, by plain facts.

A pair is measured over all visible chunks of the revision, so its features are the same in every
search of a generation with the same filter.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from indexer.chunking import ASKED, BODY, FIELDS
from indexer.keywords import K1
from indexer.masks import Mask
from indexer.opening import Opened
from indexer.ranking import FEATURES
from indexer.text import Term
from kb.model import Kind

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
_ASKED = np.array([name in ASKED for name in FIELDS])
_BODY = np.array([name in BODY for name in FIELDS])
_COUNTER = FIELDS.index("counter")


@dataclass(frozen=True, slots=True)
class Query:
    """A query made ready: its terms with their weights, and its vector unless keywords only."""

    terms: tuple[Term, ...]
    positions: NDArray[np.int64]
    idf: Floats
    key: int
    chinese: bool
    vector: Floats | None

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


class Measure:
    """Features of the chosen revisions, computed over all their chunks at once."""

    def __init__(
        self, opened: Opened, mask: Mask, query: Query, chosen: Rows, bm25: Floats, shared: Floats
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
        mass = float(query.idf.sum()) or 1.0
        self._near = self._similarities()
        self._said = bm25[self._rows] / (mass * (K1 + 1))
        total = opened.keywords.masses[self._rows] + mass
        self._overlap = 2 * shared[self._rows] / total
        self._equal = self._equalities()

    def candidates(self) -> Candidates:
        """Everything about the chosen revisions."""
        columns = {**self._by_meaning(), **self._by_words(), **self._facts()}
        _, asked = self._best(self._near + self._overlap, self._asked)
        _, body = self._best(self._near + self._said, self._body)
        _, exact = self._best(self._equal, ~self._counter)
        exact[columns["exact"] < 0.5] = -1
        features = np.stack([columns[name] for name in FEATURES], axis=1)
        features = features.astype(np.float32)
        return Candidates(self._chosen, self._spans, features, asked, body, exact)

    def _by_meaning(self) -> dict[str, Floats]:
        asked, _ = self._best(self._near, self._asked)
        body, _ = self._best(self._near, self._body)
        counter, _ = self._best(self._near, self._counter)
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
        asked, _ = self._best(self._said, self._asked)
        body, _ = self._best(self._said, self._body)
        overlap, _ = self._best(self._overlap, self._asked)
        exact, _ = self._best(self._equal, ~self._counter)
        against, _ = self._best(self._equal, self._counter)
        return {
            "keyword_asked": asked,
            "keyword_body": body,
            "overlap": overlap,
            "exact": exact,
            "exact_counter": against,
            **self._coverage(),
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

    def _held(self) -> Floats:
        """Whether each revision holds each term of the query, in any visible chunk."""
        slots = np.full(len(self._opened.keywords.masses), -1, dtype=np.int32)
        slots[self._rows] = self._owner
        held = np.zeros((len(self._chosen), len(self._query.terms)), dtype=np.float32)
        for column, position in enumerate(self._query.positions):
            if position >= 0:
                slot = slots[self._opened.keywords.postings(int(position))]
                held[slot[slot >= 0], column] = 1.0
        return held

    def _facts(self) -> dict[str, Floats]:
        catalogue = self._opened.catalogue
        kinds = np.asarray(catalogue.arrays["kinds"])[self._chosen]
        flags = {
            f"is_{kind.value}": (kinds == at).astype(np.float32)
            for at, kind in enumerate(Kind)
            if f"is_{kind.value}" in FEATURES
        }
        langs = [catalogue.revisions[row].lang.startswith("zh") for row in self._chosen]
        same = (np.array(langs, dtype=bool) == self._query.chinese).astype(np.float32)
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

    def _best(self, values: Floats, among: NDArray[np.bool_]) -> tuple[Floats, Rows]:
        """Highest value and its chunk for each revision, 0 and -1 where it has none."""
        highest = np.zeros(len(self._chosen), dtype=np.float32)
        chunk = np.full(len(self._chosen), -1, dtype=np.int64)
        at = np.flatnonzero(among)
        order = at[np.lexsort((-at, values[at], self._owner[at]))]
        # Ascending by owner, then by value: the last write for each owner is its best.
        highest[self._owner[order]] = values[order]
        chunk[self._owner[order]] = self._rows[order]
        return highest, chunk


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
