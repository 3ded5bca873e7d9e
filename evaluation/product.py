"""The product's own search over any documents: its indexer, encoder and ranking, no database.

Documents become published entries in memory, so that what is measured is what is served.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from evaluation.asking import with_context
from evaluation.beir import Asked, Passage, language_of
from evaluation.halves import by_keywords, by_vectors
from indexer.build import STAFF, Indexer
from indexer.encoder import Encoder
from indexer.opening import Opened
from indexer.ranking import Ranking
from indexer.results import MAX_LIMIT, MAX_QUERY
from indexer.search import Searcher, SearchRequest
from kb.errors import ZhikeError
from kb.model import Audience, Content, Entry, Kind, Revision, Status, Stewardship

Progress = Callable[[int, int], None]
Found = list[tuple[str, float]]
PUBLISHED = datetime(2020, 1, 1, tzinfo=UTC)
ASKED = datetime(2026, 1, 1, tzinfo=UTC)
# Staff text: a second, public index of the same documents would be built and never asked.
_AUDIENCE = Audience.AGENT
_MARKUP = re.compile(r"([\\*_{}\[\]()#+\-.!|>~<])")


def entry_of(passage: Passage, number: int, language: str) -> Entry:
    """A document as a published entry.

    Its id is one that no query holds, since ids are searched too. The text is escaped: it is
    plain, while a body is Markdown. A document without a title has an empty one, which adds
    nothing to the index. The kind is the one to which the ranking gives no bonus.

    Args:
        passage: The document.
        number: Its place in the corpus.
        language: What it is written in when it has no letters.
    """
    content = Content(
        kind=Kind.FAQ,
        title=" ".join(passage.title.split()),
        body=_escaped(passage.text),
        lang="zh-CN" if language_of(passage.whole, language) == "zh" else "en",
        audience=_AUDIENCE,
    )
    identity = entry_id(number)
    revision = Revision(
        identity, 1, content, content.digest(), Status.PUBLISHED, "evaluation", PUBLISHED,
        published_at=PUBLISHED,
    )  # fmt: skip
    return Entry(identity, Kind.FAQ, Stewardship(), 1, PUBLISHED, (revision,))


def entry_id(number: int) -> str:
    """The entry id of the document at a place; `number_of` is its inverse."""
    return f"x{number:08d}"


def number_of(identity: str) -> int:
    """The place of the document with an entry id."""
    return int(identity[1:])


def _escaped(text: str) -> str:
    lines = "\n".join(text.splitlines()).replace("`", "'")  # a sign of code cannot be escaped
    return _MARKUP.sub(r"\\\1", lines)


class Collection:
    """Documents as the source of an index."""

    def __init__(self, documents: Sequence[Passage], language: str) -> None:
        self._entries = [entry_of(p, at, language) for at, p in enumerate(documents)]

    def snapshot(self) -> Sequence[Entry]:
        """All documents as entries."""
        return self._entries

    def last_change(self) -> int:
        """Documents never change."""
        return 1


class Product:
    """Search over a collection: as served, by vectors alone, by keywords alone.

    All three return documents with scores, best first, never `asked.self_id`.

    Args:
        searcher: A searcher over an index of a `Collection`.
        encoder: The encoder of that index.
        ids: The documents' ids in the order of the collection.
    """

    def __init__(self, searcher: Searcher, encoder: Encoder, ids: Sequence[str]) -> None:
        self._searcher, self._encoder, self._ids = searcher, encoder, ids
        opened = searcher.opened()
        if opened is None or opened.reason:
            reason = opened.reason if opened else "it was not built"
            raise ZhikeError(f"the index of the documents cannot be searched: {reason}")
        self._opened: Opened = opened
        self._mask = opened.masks.at(ASKED, frozenset({_AUDIENCE}))

    def hybrid(self, asked: Asked, count: int) -> Found:
        """What the service would answer, with its confidences."""
        query = asked.text[:MAX_QUERY]
        if not query.strip():
            return []
        limit = min(count + bool(asked.self_id), MAX_LIMIT)
        request = SearchRequest(query, limit, ASKED, frozenset({_AUDIENCE}))
        request = with_context(request, asked.context, asked.answered)
        found = self._searcher.search(request)
        ranked = [(hit.entry_id, hit.confidence) for hit in found.hits]
        return self._documents(asked, ranked, count)

    def measured(self, asked: Asked) -> tuple[list[str], NDArray[np.float32]]:
        """All candidates of the service with their features, before ranking."""
        request = SearchRequest(asked.text[:MAX_QUERY], 10, ASKED, frozenset({_AUDIENCE}))
        _, found = self._searcher.measure(self._opened, request)
        revisions = self._opened.catalogue.revisions
        names = [self._ids[number_of(revisions[row].entry_id)] for row in found.revisions]
        kept = [at for at, name in enumerate(names) if name != asked.self_id]
        return [names[at] for at in kept], found.features[kept]

    def dense(self, asked: Asked, count: int) -> Found:
        """Documents by the inner product of the query with their best chunk."""
        found = by_vectors(self._opened, self._encoder, self._mask, asked.text, count + 1)
        return self._documents(asked, found, count)

    def keyword(self, asked: Asked, count: int) -> Found:
        """Documents by the keyword score of their best chunk."""
        found = by_keywords(self._opened, self._mask, asked.text, count + 1)
        return self._documents(asked, found, count)

    def _documents(self, asked: Asked, found: Found, count: int) -> Found:
        """Documents for entry ids, without the query itself."""
        named = [(self._ids[number_of(identity)], score) for identity, score in found]
        return [(document, score) for document, score in named if document != asked.self_id][:count]


@contextmanager
def product(
    documents: Sequence[Passage],
    language: str,
    encoder: Encoder,
    progress: Progress | None = None,
    ranking: Ranking | None = None,
) -> Iterator[Product]:
    """Index documents in a temporary folder and search them; nothing is left behind.

    Args:
        documents: What to index.
        language: What documents without letters are written in: `zh` or `en`.
        encoder: What embeds them.
        progress: Called with the texts encoded so far and their number in all.
        ranking: Weights to rank by; by default the shipped ones.
    """
    with TemporaryDirectory(prefix="zhike-evaluation-") as folder:
        Indexer(Collection(documents, language), encoder, Path(folder)).build(progress)
        yield Product(
            Searcher(Path(folder) / STAFF, encoder, ranking),
            encoder,
            [passage.id for passage in documents],
        )
