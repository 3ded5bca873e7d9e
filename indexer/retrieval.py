"""Finds candidate revisions for a query under a mask.

Candidates are the owners of the best chunks by vector, of the best by keyword and of exact matches.
Their number is fixed, never the caller's limit.
"""

from __future__ import annotations

import time

import numpy as np

from indexer.features import Candidates, Floats, Measure, Query, Rows, Scored
from indexer.keywords import KeywordIndex, term_hash
from indexer.lexical import read_terms
from indexer.masks import Mask
from indexer.opening import Opened
from indexer.subject import nouns
from indexer.text import analyse_query, key

POOL = 90
MAX_TERMS = 64


def read_query(text: str, keywords: KeywordIndex, vector: Floats | None) -> Query:
    """Analyse a query; of very long ones the rarest terms are kept."""
    found = analyse_query(text)
    positions = keywords.positions([term.text for term in found])
    weights = keywords.weights(positions)
    if len(found) > MAX_TERMS:
        kept = np.sort(np.argsort(-weights, kind="stable")[:MAX_TERMS])
        found = [found[at] for at in kept]
        positions, weights = positions[kept], weights[kept]
    plain = key(text)
    return Query(
        tuple(found),
        positions,
        weights,
        term_hash(plain) if plain else 0,
        any(char > "\u2e7f" for char in plain),
        vector,
        read_terms(text, keywords),
        text,
        nouns(text),
    )


def find(opened: Opened, mask: Mask, query: Query) -> Candidates:
    """Candidates for the query among what the mask lets through, measured."""
    clock = _Stopwatch()
    near = np.empty(0, dtype=np.int64)
    if opened.vectors is not None and query.vector is not None:
        near, _ = opened.vectors.search(query.vector, POOL, mask.dense)
    clock.lap("vectors")
    said = query.said
    bm25, shared = opened.keywords.scores(said.positions, said.weights, said.families)
    meant, mass = opened.concepts.scores(said.concepts)
    best = _top(np.where(mask.searchable, bm25.sum(axis=0) + meant, 0.0))
    clock.lap("keywords")
    keys = opened.catalogue.arrays["chunk_keys"]
    equal = np.flatnonzero((keys == np.uint64(query.key)) & mask.searchable) if query.key else near
    owners = opened.catalogue.arrays["chunk_revisions"]
    chosen = np.unique(np.asarray(owners)[np.concatenate([near, best, equal])]).astype(np.int64)
    found = Measure(opened, mask, query, chosen, Scored(bm25, shared, meant, mass)).candidates()
    clock.lap("fuse")
    found.timings.update(clock.laps)
    return found


def _top(scores: Floats) -> Rows:
    """Rows of the highest positive scores."""
    rows = np.flatnonzero(scores > 0)
    if len(rows) <= POOL:
        return rows
    best: Rows = rows[np.argpartition(scores[rows], -POOL)[-POOL:]]
    return best


class _Stopwatch:
    """Milliseconds since the last lap, by name."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = (now - self._last) * 1000
        self._last = now
