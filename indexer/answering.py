"""Answers requests in one generation: reads the query, measures, ranks by calibrated probability.

Which generation is the caller's business: the live one (`indexer.search`), or one that exists in
memory only (`indexer.what_if`). Both answer alike, since both answer here.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from indexer.alternatives import Asked, alternatives
from indexer.dialogue import read_context
from indexer.features import Candidates, Query
from indexer.follow_ups import Reading, ranked, shares
from indexer.masks import Mask
from indexer.noise import essential
from indexer.opening import Opened
from indexer.query_vectors import QueryVectors
from indexer.ranking import Model, Ranking
from indexer.reranking import Answers, Reranking
from indexer.results import MAX_QUERY, SearchRequest
from indexer.retrieval import find, read_query
from kb.clock import Clock, utc_now


class Answered(NamedTuple):
    """What a request comes to in one generation, before anything is made of it.

    Attributes:
        readings: The ways in which the query was read, with their probabilities.
        answers: The entries by falling probability, and the probability that any answers.
        threshold: From which probability on a query is answerable.
        reason: What had to be done without; empty when nothing.
        used: The words of the context that counted.
        corrected: The query with its mistakes mended; empty when none were.
        timings: Milliseconds by stage.
    """

    readings: list[tuple[Reading, float]]
    answers: Answers
    threshold: float
    reason: str
    used: tuple[str, ...]
    corrected: str
    timings: dict[str, float]

    @property
    def answerable(self) -> bool:
        """Whether anything answers surely enough."""
        return self.answers.any_answers >= self.threshold


class Answering:
    """Answers requests in any generation. Thread-safe.

    Args:
        queries: Vectors of queries.
        ranking: Weights.
        clock: What "now" is.
        reranking: A second opinion on the best entries; None for none.
    """

    def __init__(
        self,
        queries: QueryVectors,
        ranking: Ranking,
        clock: Clock = utc_now,
        reranking: Reranking | None = None,
    ) -> None:
        self.queries, self.ranking = queries, ranking
        self._clock, self._reranking = clock, reranking

    def answer(self, opened: Opened, request: SearchRequest) -> Answered:
        """All entries that may answer a request, which must be a sound one."""
        request, alone, corrected = self._as_meant(opened, request)
        readings, used = self._readings(opened, request, alone)
        some = sum(share * reading.any_answers for reading, share in readings)
        timings = _added([reading.found.timings for reading, _ in readings])
        first = readings[0][0].query
        answers = Answers(ranked(opened, readings), some)
        answers, reason = self._reconsidered(opened, first, answers, timings)
        threshold = self._model(first).threshold
        return Answered(readings, answers, threshold, reason, used, corrected, timings)

    def _reconsidered(
        self, opened: Opened, query: Query, plain: Answers, timings: dict[str, float]
    ) -> tuple[Answers, str]:
        """The answers after a second opinion, if one is set, and what they had to do without."""
        reason = opened.reason or ("" if query.vector is not None else self.queries.outage)
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
            read_context(request.query, request.context, opened.keywords, request.answered)
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
            vector = self.queries.of(text)
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


def _added(parts: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Milliseconds by stage, over all readings."""
    total: dict[str, float] = {}
    for part in parts:
        for stage, spent in part.items():
            total[stage] = total.get(stage, 0.0) + spent
    return total
