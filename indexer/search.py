"""Search: filter, retrieve, measure, rank by calibrated probability, say why.

The one entrance for every surface. Validity, audience, kind and channel are decided by one mask
before anything is ranked. A search never starts OpenMP threads, so the process may fork.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from pathlib import Path

from indexer.answering import Answering
from indexer.encoder import Encoder
from indexer.features import Candidates, Query
from indexer.generations import CURRENT
from indexer.hits import Words, make_hit
from indexer.opening import Opened, open_live
from indexer.query_vectors import QueryVectors
from indexer.ranking import Ranking
from indexer.reranking import Reranking
from indexer.results import (
    MAX_CONTEXT,
    MAX_LIMIT,
    MAX_QUERY,
    Hit,
    Matched,
    SearchRequest,
    SearchResponse,
)
from kb.clock import Clock, utc_now
from kb.errors import InvalidInput, Problem

__all__ = ["Hit", "Matched", "SearchRequest", "SearchResponse", "Searcher"]
log = logging.getLogger(__name__)
NO_INDEX = "there is no index yet"
_CHECK_EVERY = 0.05
_Stamp = tuple[int, int, int] | None


class Searcher:
    """Searches the live generation under a root; picks up new ones by itself. Thread-safe.

    Nothing is opened before the first search or `reload_if_changed`.

    Args:
        root: Folder of one index: `<data>/index/staff` or `<data>/index/public`.
        encoder: Embeds queries; must be the one the index was built with.
        ranking: Weights; by default `ranking.json` beside the root, else the shipped ones.
        clock: What "now" is.
        reranking: A second opinion on the best entries; None for none.
    """

    def __init__(
        self,
        root: Path,
        encoder: Encoder,
        ranking: Ranking | None = None,
        clock: Clock = utc_now,
        reranking: Reranking | None = None,
    ) -> None:
        self._root, self._encoder = root, encoder
        own = root.parent / "ranking.json"
        weights = ranking or (Ranking.read(own) if own.is_file() else Ranking.read())
        self._queries = QueryVectors(encoder)
        self.answering = Answering(self._queries, weights, clock, reranking)
        self._opened: Opened | None = None
        self._stamp: _Stamp = None
        self._lame: _Stamp = None
        self._checked = float("-inf")
        self._lock = threading.Lock()

    @property
    def ranking(self) -> Ranking:
        """The weights of the ranking."""
        return self.answering.ranking

    @property
    def encoder_name(self) -> str:
        """Name of the model that embeds the queries."""
        return self._encoder.name

    @property
    def generation(self) -> str:
        """Name of the generation that serves; empty without one."""
        return self._opened.name if self._opened else ""

    @property
    def degraded_reason(self) -> str:
        """Why search is not in its best state; empty when it is."""
        return (self._opened.reason or self._queries.trouble) if self._opened else NO_INDEX

    @property
    def degraded(self) -> bool:
        """Whether anything is wrong with the index or the encoder."""
        return bool(self.degraded_reason)

    def reload_if_changed(self) -> bool:
        """Open a newly published generation, if there is one.

        Cheap: looks at one file, at most every 50 ms. While one thread opens the new generation
        the others go on with the old one, or wait where there is none.

        Returns:
            Whether another generation serves now.
        """
        if self._opened is not None and self._has_looked():
            return False
        if not self._lock.acquire(blocking=self._opened is None):
            return False
        try:
            if self._has_looked():
                return False
            self._checked = time.monotonic()
            stamp = _stamp(self._root / CURRENT)
            if stamp == self._stamp:
                return False
            before = self.generation
            fingerprint = self._queries.fingerprint()
            if not fingerprint and stamp == self._lame:
                return False
            try:
                self._opened = open_live(self._root, fingerprint)
            except OSError:
                log.exception("the index in %s cannot be opened now; trying again", self._root)
                return False
            # What was opened without knowing the encoder is opened again as soon as it is known.
            self._stamp, self._lame = (stamp, None) if fingerprint else (self._stamp, stamp)
            if self.degraded:
                log.warning("index in %s: %s", self._root, self.degraded_reason)
            return self.generation != before
        finally:
            self._lock.release()

    def _has_looked(self) -> bool:
        return time.monotonic() - self._checked < _CHECK_EVERY

    def search(self, request: SearchRequest) -> SearchResponse:
        """The entries that answer a query, best first, in force at `as_of`.

        Raises:
            InvalidInput: The query is empty or longer than 2,000 characters, the limit is not
                within 1 to 100, `as_of` has no time zone, the context has more than 100 turns, or
                one of these or the answer has more than 2,000 characters.
        """
        started = time.perf_counter()
        check_request(request)
        self.reload_if_changed()
        opened = self._opened
        if opened is None:
            return SearchResponse(degraded=True, degraded_reason=NO_INDEX)
        found = self.answering.answer(opened, request)
        timings, answers = found.timings, found.answers
        measured = time.perf_counter()
        words = {id(reading): Words.of(reading.query) for reading, _ in found.readings}
        hits = tuple(
            make_hit(opened, words[id(reading)], reading.found, at, chance)
            for chance, reading, at in answers.order[: request.limit]
        )
        finished = time.perf_counter()
        timings["hits"] = (finished - measured) * 1000
        timings["total"] = (finished - started) * 1000
        return SearchResponse(
            hits,
            found.answerable,
            answers.order[0].chance if answers.order else 0.0,
            opened.name,
            bool(found.reason),
            timings,
            found.reason,
            found.used,
            found.corrected,
            answers.any_answers,
        )

    def measure(self, opened: Opened, request: SearchRequest) -> tuple[Query, Candidates]:
        """The query as read and all measured candidates, before ranking: what a fit learns from."""
        return self.answering.measure(opened, request)

    def opened(self) -> Opened | None:
        """The generation that serves now, after looking for a newer one."""
        self.reload_if_changed()
        return self._opened


def check_request(request: SearchRequest) -> None:
    problems = []
    if not request.query.strip():
        problems.append(Problem("request", 0, "query", "must not be empty"))
    if len(request.query) > MAX_QUERY:
        problems.append(Problem("request", 0, "query", f"must not exceed {MAX_QUERY} characters"))
    if not 1 <= request.limit <= MAX_LIMIT:
        problems.append(Problem("request", 0, "limit", f"must be from 1 to {MAX_LIMIT}"))
    if request.as_of is not None and request.as_of.tzinfo is None:
        problems.append(Problem("request", 0, "as_of", "must have a time zone"))
    if len(request.context) > MAX_CONTEXT:
        problems.append(Problem("request", 0, "context", f"must not exceed {MAX_CONTEXT} turns"))
    if len(request.answered) > MAX_QUERY:
        message = f"must not exceed {MAX_QUERY} characters"
        problems.append(Problem("request", 0, "answered", message))
    if any(len(turn) > MAX_QUERY for turn in request.context):
        problems.append(
            Problem("request", 0, "context", f"turns must not exceed {MAX_QUERY} characters")
        )
    if problems:
        raise InvalidInput(problems)


def _stamp(path: Path) -> _Stamp:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
