"""Queries with their measured candidates, as the ranking learns from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluation import beir, judged
from evaluation.product import product
from evaluation.runs import readers
from evaluation.workspace import Workspace, workspace
from indexer.encoder import Encoder, load_encoder
from indexer.ranking import Model, Ranking, trees_of
from indexer.results import SearchRequest
from indexer.search import Searcher
from kb.clock import parse_local

Floats = NDArray[np.float32]
# Candidates are measured before they are ranked, so the weights do not matter here.
UNFITTED = Ranking(Model(trees_of([])), Model(trees_of([])))


@dataclass(frozen=True, slots=True)
class Query:
    """A query with its measured candidates.

    Attributes:
        id: Its id.
        group: Queries of one group are never split between fitting and checking.
        features: One row for each candidate.
        grades: Grade of each candidate, 0 for those that do not answer.
        ideal: Grades of everything that answers, found or not, best first.
    """

    id: str
    group: str
    features: Floats
    grades: NDArray[np.int64]
    ideal: tuple[int, ...]

    @property
    def answerable(self) -> bool:
        """Whether anything answers it."""
        return bool(self.ideal)


@dataclass(frozen=True, slots=True)
class Task:
    """Queries over one collection.

    Attributes:
        name: Of the collection.
        queries: All of them.
        own: Whether it is our own content, from which the calibration is fitted.
    """

    name: str
    queries: tuple[Query, ...]
    own: bool = False


def all_tasks(
    content: Path, folders: Sequence[Path], limit: int, say: Callable[[str], None]
) -> list[Task]:
    """Our own dev queries and those of every folder, measured."""
    with workspace(content, UNFITTED) as copy:
        encoder = load_encoder(copy.settings)
        own = own_task(copy, "dev")
        say(f"own content: {len(own.queries)} queries")
    return [own, *(public_task(folder, encoder, limit, say) for folder in folders)]


def own_task(copy: Workspace, split: str, path: Path = judged.DEFAULT_FILE) -> Task:
    """The judged queries over our own content.

    Left out are follow-ups, which are read with their context, and typing mistakes, which are
    mended before they are ranked: both would teach features of texts that are never ranked.
    """
    wanted = [
        item
        for item in judged.load(path, split)
        if not item.history and not {"typo", "pinyin"} & set(item.tags)
    ]
    tz = copy.settings.site_tz
    found = []
    for item in wanted:
        request = SearchRequest(item.query, 10, parse_local(item.as_of, tz), readers(item))
        best = max(item.relevant, key=lambda entry: (item.relevant[entry], entry), default=item.id)
        entries, features = _measured(copy.searcher, request)
        found.append(_query(item.id, best, entries, features, dict(item.relevant)))
    return Task("own", tuple(found), own=True)


def public_task(
    folder: Path, encoder: Encoder, limit: int, say: Callable[[str], None] = lambda text: None
) -> Task:
    """The queries of a folder in BEIR form, at most `limit` of them."""
    dataset = beir.load(folder).limited(limit)
    say(f"{dataset.name}: {len(dataset.documents)} documents, {len(dataset.queries)} queries")
    found = []
    with product(dataset.documents, dataset.language, encoder, ranking=UNFITTED) as measured:
        for asked in dataset.queries:
            documents, features = measured.measured(asked)
            found.append(_query(asked.id, asked.id, documents, features, dict(asked.relevant)))
    return Task(dataset.name, tuple(found))


def _measured(searcher: Searcher, request: SearchRequest) -> tuple[list[str], Floats]:
    opened = searcher.opened()
    if opened is None:
        raise ValueError("there is no index to measure on")
    _, found = searcher.measure(opened, request)
    return [opened.catalogue.revisions[row].entry_id for row in found.revisions], found.features


def _query(
    identity: str,
    group: str,
    documents: Sequence[str],
    features: Floats,
    relevant: dict[str, int],
) -> Query:
    grades = np.array([max(relevant.get(name, 0), 0) for name in documents], dtype=np.int64)
    ideal = tuple(sorted((grade for grade in relevant.values() if grade > 0), reverse=True))
    return Query(identity, group, features, grades, ideal)


def folds(queries: Sequence[Query], count: int) -> Iterator[NDArray[np.bool_]]:
    """For each fold, which queries are held out; groups stay together, by a stable hash."""
    from zlib import crc32

    of = np.array([crc32(query.group.encode()) % count for query in queries])
    for fold in range(count):
        yield of == fold
