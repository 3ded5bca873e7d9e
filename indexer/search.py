"""Search: filter, retrieve, measure, rank by calibrated probability, say why.

The one entrance for every surface. Validity, audience, kind and channel are decided by one mask
before anything is ranked. A search never starts OpenMP threads, so the process may fork.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from indexer.alternatives import Asked, alternatives
from indexer.dialogue import read_context
from indexer.encoder import Encoder
from indexer.features import Candidates, Query
from indexer.follow_ups import Reading, ranked, shares
from indexer.generations import CURRENT
from indexer.hits import Words, make_hit
from indexer.masks import Mask
from indexer.noise import essential
from indexer.opening import Opened, open_live
from indexer.query_vectors import QueryVectors
from indexer.ranking import Model, Ranking
from indexer.reranking import Answers, Reranking
from indexer.results import (
    MAX_CONTEXT,
    MAX_LIMIT,
    MAX_QUERY,
    Hit,
    Matched,
    SearchRequest,
    SearchResponse,
)
from indexer.retrieval import find, read_query
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
        self._root, self._encoder, self._clock = root, encoder, clock
        self._queries, self._reranking = QueryVectors(encoder), reranking
        own = root.parent / "ranking.json"
        self.ranking = ranking or (Ranking.read(own) if own.is_file() else Ranking.read())
        self._opened: Opened | None = None
        self._stamp: _Stamp = None
        self._lame: _Stamp = None
        self._checked = float("-inf")
        self._lock = threading.Lock()

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
        the others go on with the old one.

        Returns:
            Whether another generation serves now.
        """
        if time.monotonic() - self._checked < _CHECK_EVERY:
            return False
        if not self._lock.acquire(blocking=self._opened is None):
            return False
        try:
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

    def search(self, request: SearchRequest) -> SearchResponse:
        """The entries that answer a query, best first, in force at `as_of`.

        Raises:
            InvalidInput: The query is empty or longer than 2,000 characters, the limit is not
                within 1 to 100, `as_of` has no time zone, or the context has more than 100 turns
                or a turn of more than 2,000 characters.
        """
        started = time.perf_counter()
        _check(request)
        self.reload_if_changed()
        opened = self._opened
        if opened is None:
            return SearchResponse(degraded=True, degraded_reason=NO_INDEX)
        request, alone, corrected = self._as_meant(opened, request)
        readings, used = self._readings(opened, request, alone)
        some = sum(share * reading.any_answers for reading, share in readings)
        timings = _added([reading.found.timings for reading, _ in readings])
        first = readings[0][0].query
        answers = Answers(ranked(opened, readings), some)
        answers, reason = self._reconsidered(opened, first, answers, timings)
        measured = time.perf_counter()
        words = {id(reading): Words.of(reading.query) for reading, _ in readings}
        hits = tuple(
            make_hit(opened, words[id(reading)], reading.found, at, chance)
            for chance, reading, at in answers.order[: request.limit]
        )
        finished = time.perf_counter()
        timings["hits"] = (finished - measured) * 1000
        timings["total"] = (finished - started) * 1000
        return SearchResponse(
            hits,
            answers.any_answers >= self._model(first).threshold,
            answers.order[0].chance if answers.order else 0.0,
            opened.name,
            bool(reason),
            timings,
            reason,
            used,
            corrected,
            answers.any_answers,
        )

    def _reconsidered(
        self, opened: Opened, query: Query, plain: Answers, timings: dict[str, float]
    ) -> tuple[Answers, str]:
        """The answers after a second opinion, if one is set, and what they had to do without."""
        reason = opened.reason or ("" if query.vector is not None else self._queries.outage)
        if self._reranking is None:
            return plain, reason
        start = time.perf_counter()
        improved = self._reranking.improved(opened, query.text, plain)
        timings["rerank"] = (time.perf_counter() - start) * 1000
        if improved is not None:
            return improved, reason
        return plain, "; ".join(filter(None, (reason, self._reranking.outage)))

    def _as_meant(
        self, opened: Opened, request: SearchRequest
    ) -> tuple[SearchRequest, Reading, str]:
        """The request as it is, or read otherwise where that finds something surer.

        The last part is the query with its mistakes mended; empty when none were.
        """
        best, corrected = self._read(opened, request), ""
        asked = Asked(
            essential(request.query),
            best.query,
            best.any_answers,
            self._model(best.query).threshold,
            request.audiences,
        )
        value = asked.worth
        for other in alternatives(asked, opened, self._mask(opened, request)):
            changed = replace(request, query=other.text[:MAX_QUERY])
            reading = self._read(opened, changed)
            if reading.any_answers >= other.least and reading.any_answers * other.trust > value:
                value = reading.any_answers * other.trust
                request, best, corrected = changed, reading, other.corrected
        return request, best, corrected

    def _readings(
        self, opened: Opened, request: SearchRequest, alone: Reading
    ) -> tuple[list[tuple[Reading, float]], tuple[str, ...]]:
        """The ways to read a query with their probabilities, and the words of the context used."""
        context = (
            read_context(request.query, request.context, opened.keywords)
            if request.context
            else None
        )
        if context is None:
            return [(alone, 1.0)], ()
        whole = replace(request, query=f"{context.text} {request.query}")
        together = self._read(opened, whole)
        counted = shares(opened, context, alone, together)
        return counted, context.words if len(counted) > 1 else ()

    def _read(self, opened: Opened, request: SearchRequest) -> Reading:
        query, found = self.measure(opened, request)
        judged = self._model(query).judge(found.features)
        return Reading(query, found, judged.chances, judged.any_answers)

    def _model(self, query: Query) -> Model:
        return self.ranking.full if query.vector is not None else self.ranking.keywords

    def measure(self, opened: Opened, request: SearchRequest) -> tuple[Query, Candidates]:
        """The query as read and all measured candidates, before ranking: what a fit learns from."""
        start = time.perf_counter()
        text = essential(request.query)
        vector = None
        if opened.vectors is not None:
            vector = self._queries.of(text)
        encoded = time.perf_counter()
        mask = self._mask(opened, request)
        masked = time.perf_counter()
        query = read_query(text, opened.keywords, vector)
        read = time.perf_counter()
        found = find(opened, mask, query)
        found.timings["encode"] = (encoded - start) * 1000
        found.timings["mask"] = (masked - encoded) * 1000
        found.timings["keywords"] += (read - masked) * 1000
        return query, found

    def _mask(self, opened: Opened, request: SearchRequest) -> Mask:
        as_of = request.as_of or self._clock()
        return opened.masks.at(as_of, request.audiences, request.kinds, request.channel)

    def opened(self) -> Opened | None:
        """The generation that serves now, after looking for a newer one."""
        self.reload_if_changed()
        return self._opened


def _check(request: SearchRequest) -> None:
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
    if any(len(turn) > MAX_QUERY for turn in request.context):
        problems.append(
            Problem("request", 0, "context", f"turns must not exceed {MAX_QUERY} characters")
        )
    if problems:
        raise InvalidInput(problems)


def _added(parts: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Milliseconds by stage, over all readings."""
    total: dict[str, float] = {}
    for part in parts:
        for stage, spent in part.items():
            total[stage] = total.get(stage, 0.0) + spent
    return total


def _stamp(path: Path) -> _Stamp:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
