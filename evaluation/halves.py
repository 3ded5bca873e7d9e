"""The two halves of search asked alone: vectors only, keywords only, each by its best chunk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from indexer.encoder import Encoder
from indexer.masks import Mask
from indexer.opening import Opened
from indexer.results import MAX_QUERY
from indexer.retrieval import read_query
from indexer.text import fold

Ranked = list[tuple[str, float]]


def by_vectors(opened: Opened, encoder: Encoder, mask: Mask, query: str, count: int) -> Ranked:
    """Entries by the inner product of the query with their best chunk; none without vectors."""
    if opened.vectors is None:
        return []
    vector = encoder.encode([fold(query[:MAX_QUERY])], query=True)[0]
    pool = 4 * count
    while True:
        rows, scores = opened.vectors.search(vector, pool, mask.dense)
        found: dict[str, float] = {}
        for owner, score in zip(_owners(opened, rows), scores, strict=True):
            found.setdefault(owner, float(score))
        if len(found) >= count or len(rows) < pool:
            return list(found.items())[:count]
        pool *= 4


def by_keywords(opened: Opened, mask: Mask, query: str, count: int) -> Ranked:
    """Entries by the keyword score of their best chunk; only those that share a term."""
    read = read_query(query[:MAX_QUERY], opened.keywords, None)
    by_chunk, _ = opened.keywords.scores(read.said.positions, read.said.weights, read.said.families)
    by_chunk = by_chunk.sum(axis=0)
    best = np.zeros(len(opened.catalogue.revisions), dtype=np.float32)
    owners = np.asarray(opened.catalogue.arrays["chunk_revisions"], dtype=np.int64)
    np.maximum.at(best, owners, np.where(mask.searchable, by_chunk, np.float32(0)))
    order = np.argsort(-best, kind="stable")[:count]
    revisions = opened.catalogue.revisions
    return [(revisions[row].entry_id, float(best[row])) for row in order if best[row] > 0]


def _owners(opened: Opened, chunks: Iterable[int]) -> Iterator[str]:
    owners = np.asarray(opened.catalogue.arrays["chunk_revisions"], dtype=np.int64)
    for chunk in chunks:
        yield opened.catalogue.revisions[owners[chunk]].entry_id
