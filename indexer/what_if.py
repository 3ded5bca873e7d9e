"""What an index would answer if other revisions were published: the same index, in memory.

A state is built from entries exactly as `indexer.build` builds a generation from them, and is
answered from by the same code, so it answers what a full rebuild would; a test holds the two equal.
Chunks, terms and vectors of revisions are kept, so that a state costs what has changed, plus the
sums over everything (rarity, mean lengths, vocabulary), which change with every revision.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from indexer.answering import Answering
from indexer.build import STAFF
from indexer.catalogue import Catalogue
from indexer.encoder import Encoder, Vectors
from indexer.features import Candidates
from indexer.interaction import Interaction
from indexer.keywords import KeywordIndex
from indexer.masks import microseconds
from indexer.opening import Opened, assemble
from indexer.preparation import Preparer, facts_of, in_force
from indexer.query_vectors import QueryVectors
from indexer.ranking import Ranking
from indexer.reranking import Reranking
from indexer.results import SearchRequest
from indexer.search import check_request
from indexer.vocabulary import Vocabulary
from kb.clock import Clock, utc_now
from kb.model import Entry, Revision, Status
from kb.validity import Span

_KEPT_QUERIES = 5_000
_KEPT_STATES = 2  # what is in force, and everything unfiltered


@dataclass(frozen=True, slots=True)
class Leader:
    """An entry that answers a question, with the probability that it does."""

    entry_id: str
    revision: int
    title: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a state answers to a question.

    Attributes:
        leaders: The best entries, best first.
        answerable: Whether anything answers surely enough.
        any_answers: Probability that any entry answers.
        threshold: From which of these on a question is answerable.
    """

    leaders: tuple[Leader, ...]
    answerable: bool
    any_answers: float
    threshold: float


@dataclass(frozen=True, slots=True)
class State:
    """An index in memory.

    Attributes:
        key: Equal keys mean equal revisions in force at equal times.
        opened: The index itself.
        revisions: The revisions in it, by row.
    """

    key: str
    opened: Opened
    revisions: tuple[Revision, ...]

    def interval(self, moment: datetime) -> int:
        """Which stretch of time without any change a moment lies in."""
        return self.opened.masks.interval(moment)


class WhatIf:
    """Builds states and answers in them. Thread-safe; one state is built at a time.

    Args:
        encoder: What embeds texts and questions; must be that of the index.
        root: Folder of the indexes, where known vectors are taken from.
        ranking: Weights, those of the service.
        clock: What "now" is.
        reranking: A second opinion on the best entries; None for none.
    """

    def __init__(
        self,
        encoder: Encoder,
        root: Path,
        ranking: Ranking,
        clock: Clock = utc_now,
        reranking: Reranking | None = None,
    ) -> None:
        self._encoder, self._root = encoder, root
        self._answering = Answering(KeptVectors(encoder), ranking, clock, reranking)
        self._preparer = Preparer(encoder)
        self._recalled = False
        self._kept: set[tuple[str, int, str]] = set()
        self._states: OrderedDict[str, State] = OrderedDict()
        self._lock = threading.Lock()

    def state(self, entries: Sequence[Entry], *, keep: bool = False) -> State:
        """The index of what is published among entries, as a build of them would make it.

        Args:
            entries: All entries.
            keep: Whether it will be asked for again: it is kept then until others are.

        Raises:
            Unavailable: A remote encoder did not answer.
        """
        return self._state(*in_force(entries), keep)

    def unfiltered(self, entries: Sequence[Entry]) -> State:
        """An index of everything that was ever published, also what no filter lets through.

        Every revision counts as in force at any time, so that a search without a filter finds it.
        """
        everything = [
            replace(revision, status=Status.PUBLISHED)
            for entry in entries
            for revision in entry.revisions
            if revision.published_at is not None
        ]
        everything.sort(key=lambda r: (r.entry_id, r.number))
        spans = [Span(r.entry_id, r.number, None, None) for r in everything]
        return self._state(everything, spans, keep=True)

    def answer(self, state: State, request: SearchRequest) -> Answer:
        """What a state answers to a question; raises InvalidInput like a search."""
        check_request(request)
        opened = state.opened
        found = self._answering.answer(opened, request)
        leaders = [
            _leader(opened, ranked.reading.found, ranked.at, ranked.chance)
            for ranked in found.answers.order[: request.limit]
        ]
        return Answer(tuple(leaders), found.answerable, found.answers.any_answers, found.threshold)

    def prepare(self, entries: Sequence[Entry], pause: Callable[[], None]) -> None:
        """Make revisions ready before anybody waits for them, pausing after each few."""
        revisions, _ = in_force(entries)
        for start in range(0, len(revisions), 8):
            with self._lock:
                self._recall()
                self._preparer.prepare(revisions[start : start + 8])
            pause()

    def vectors_of(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts, one row each, as documents have them."""
        return self._encoder.encode(list(texts))

    def _recall(self) -> None:
        if not self._recalled:
            self._preparer.recall(self._root / STAFF, facts_of(self._encoder))
            self._recalled = True

    def _state(self, revisions: Sequence[Revision], spans: Sequence[Span], keep: bool) -> State:
        key = _key(revisions, spans)
        with self._lock:
            known = self._states.get(key)
            if known is not None:
                self._states.move_to_end(key)
                return known
            made = self._made(key, revisions, spans)
            if keep:
                self._states[key] = made
                while len(self._states) > _KEPT_STATES:
                    self._states.popitem(last=False)
            return made

    def _made(self, key: str, revisions: Sequence[Revision], spans: Sequence[Span]) -> State:
        self._recall()
        prepared = self._preparer.prepare(revisions)
        stored = self._preparer.vectors(prepared)
        self._forget(revisions)
        chunks = [p.stored for p in prepared]
        opened = assemble(
            key,
            Catalogue.of(revisions, chunks, spans),
            KeywordIndex.build([document for p in prepared for document in p.documents]),
            stored,
            Vocabulary.of(
                (r.content.audience, p.forms) for r, p in zip(revisions, prepared, strict=True)
            ),
            Interaction.of([words for p in prepared for words in p.tokens]),
        )
        return State(key, opened, tuple(revisions))

    def _forget(self, revisions: Sequence[Revision]) -> None:
        """Drop what neither this state nor the one before it needs."""
        wanted = {(r.entry_id, r.number, r.content_hash) for r in revisions}
        self._preparer.keep_only(wanted | self._kept)
        self._kept = wanted


class KeptVectors(QueryVectors):
    """Vectors of queries that are asked again and again: each is worked out once."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self._known: dict[str, Vectors] = {}

    def of(self, text: str) -> Vectors | None:
        """See `QueryVectors.of`."""
        known = self._known.get(text)
        if known is None:
            known = super().of(text)
            if known is not None:
                if len(self._known) >= _KEPT_QUERIES:
                    self._known.clear()
                self._known[text] = known
        return known


def _leader(opened: Opened, found: Candidates, at: int, confidence: float) -> Leader:
    row = opened.catalogue.revisions[int(found.revisions[at])]
    return Leader(row.entry_id, row.number, row.title, float(confidence))


def _key(revisions: Sequence[Revision], spans: Sequence[Span]) -> str:
    digest = hashlib.sha256()
    for revision in revisions:
        digest.update(f"{revision.entry_id} {revision.number} {revision.content_hash}\n".encode())
    for span in spans:
        start, end = (microseconds(edge) if edge else "" for edge in (span.start, span.end))
        digest.update(f"{span.entry_id} {span.revision} {start} {end}\n".encode())
    return digest.hexdigest()
