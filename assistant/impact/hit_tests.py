"""Hit testing: what a question finds, and what it would have found but for the filter."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy.engine import Engine

from assistant.impact.model import READERS, Question
from assistant.impact.runs import Comparison, HitRow, HitRun, compare, figures, row_of
from assistant.impact.store import RunStore
from assistant.insights.masking import mask
from indexer.results import SearchRequest, SearchResponse
from indexer.what_if import State, WhatIf
from kb.clock import Clock
from kb.knowledge import KnowledgeBase
from kb.model import Audience, Channel, Entry, Kind, Revision, Status
from kb.validity import Timeline

MOST_IN_RUN = 1_000
_KEPT_RUNS = 200
_JUDGED_AMONG = 10
_WORTH_TELLING = 0.05  # confidence below which nobody misses a revision
_BREATH = 0.0002


class Reason(StrEnum):
    """Why a revision that fits a question is not among its results."""

    NOT_YET_EFFECTIVE = "not_yet_effective"
    EXPIRED = "expired"
    AUDIENCE = "audience"
    KIND = "kind"
    CHANNEL = "channel"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Filtered:
    """A revision that the filter kept back.

    Attributes:
        revision: Which one.
        reason: What kept it back first: time, then readers, kind and channel.
        at: Since or until when that is so, where time decides.
        by: Entry and revision number of what is in force in its place; empty and 0: nothing.
        confidence: How surely it would answer.
        would_rank: Its place among the results if it alone had been let through.
    """

    revision: Revision
    reason: Reason
    at: datetime | None
    by: tuple[str, int]
    confidence: float
    would_rank: int


@dataclass(frozen=True, slots=True)
class HitTest:
    """What a question found; `request` is the search as it was asked."""

    request: SearchRequest
    response: SearchResponse
    threshold: float
    filtered: tuple[Filtered, ...]


class HitTests:
    """Asks questions and explains what comes; keeps runs of many. Thread-safe."""

    def __init__(
        self,
        engine: Engine,
        kb: KnowledgeBase,
        what_if: WhatIf,
        search: Callable[[SearchRequest], SearchResponse],
        clock: Clock,
    ) -> None:
        self._kb, self._what_if, self._search, self._clock = kb, what_if, search, clock
        self._runs = RunStore(engine)

    def test(self, question: Question, kinds: frozenset[Kind] | None, limit: int) -> HitTest:
        """What the service answers to a question, with everything that was filtered out.

        Raises:
            InvalidInput: The question is no sound search.
            Unavailable: A remote encoder did not answer.
        """
        moment = question.as_of or self._clock()
        request = replace(question.request(moment, limit), kinds=kinds)
        response = self._search(request)
        entries = self._kb.snapshot()
        everything = self._what_if.unfiltered(entries)
        open_request = replace(
            request, audiences=frozenset(Audience), kinds=None, channel=None, limit=100
        )
        answer = self._what_if.answer(everything, open_request)
        shown = {(hit.entry_id, hit.revision) for hit in response.hits}
        judge = _Judge(entries, question, kinds, moment)
        rank = 1
        found: list[Filtered] = []
        least = min((hit.confidence for hit in response.hits), default=0.0)
        for leader in answer.leaders:
            if (leader.entry_id, leader.revision) in shown:
                rank += 1
                continue
            kept_back = judge.reason(leader.entry_id, leader.revision)
            if kept_back is None:
                continue  # let through, and below the limit
            room = len(response.hits) < limit or leader.confidence > least
            unlikely = leader.confidence < _WORTH_TELLING
            if unlikely or not room or rank > limit or len(found) >= limit:
                break
            found.append(Filtered(*kept_back, confidence=leader.confidence, would_rank=rank))
        return HitTest(request, response, answer.threshold, tuple(found))

    def run(self, name: str, questions: Sequence[Question], generation: str, actor: str) -> HitRun:
        """Ask many questions of what is in force now, and keep what they found."""
        state = self._what_if.state(self._kb.snapshot(), keep=True)
        now = self._clock()
        rows = [self._row(number, one, state, now) for number, one in enumerate(questions, 1)]
        run = figures(secrets.token_hex(6), name, now, actor, generation, rows)
        self._runs.add(run, rows, _KEPT_RUNS)
        return run

    def runs(self, limit: int, offset: int) -> tuple[list[HitRun], int]:
        """Kept runs, the newest first, and how many there are."""
        return self._runs.newest(limit, offset)

    def read(self, run_id: str) -> tuple[HitRun, list[HitRow]]:
        """A kept run and its rows; NotFound."""
        return self._runs.run(run_id), self._runs.rows(run_id)

    def compare(self, before: str, after: str) -> tuple[HitRun, HitRun, Comparison]:
        """Two kept runs and what changed between them; NotFound."""
        one, other = self.read(before), self.read(after)
        return one[0], other[0], compare(one[1], other[1])

    def _row(self, number: int, question: Question, state: State, now: datetime) -> HitRow:
        masked = replace(question, text=mask(question.text))
        answer = self._what_if.answer(state, masked.request(now, _JUDGED_AMONG))
        time.sleep(_BREATH)
        return row_of(number, masked, answer)


class _Judge:
    """Says what keeps a revision back from somebody at a moment."""

    def __init__(
        self,
        entries: Sequence[Entry],
        question: Question,
        kinds: frozenset[Kind] | None,
        moment: datetime,
    ) -> None:
        self._entries = {entry.id: entry for entry in entries}
        self._timeline = Timeline(entries)
        self._readers, self._channel = READERS[question.audience], question.channel
        self._kinds, self._moment = kinds, moment

    def reason(
        self, entry_id: str, number: int
    ) -> tuple[Revision, Reason, datetime | None, tuple[str, int]] | None:
        """The revision, what keeps it back, since or until when, and what is in its place."""
        entry = self._entries.get(entry_id)
        revision = entry.revision(number) if entry else None
        if entry is None or revision is None:
            return None
        in_time = self._in_time(entry, revision)
        if in_time is not None:
            return revision, *in_time
        content = revision.content
        if content.audience not in self._readers:
            return revision, Reason.AUDIENCE, None, ("", 0)
        if self._kinds is not None and content.kind not in self._kinds:
            return revision, Reason.KIND, None, ("", 0)
        if not _open_on(self._channel, content.channels):
            return revision, Reason.CHANNEL, None, ("", 0)
        return None

    def _in_time(
        self, entry: Entry, revision: Revision
    ) -> tuple[Reason, datetime | None, tuple[str, int]] | None:
        nobody = ("", 0)
        if revision.status is Status.WITHDRAWN:
            return Reason.WITHDRAWN, revision.withdrawn_at, nobody
        current = self._timeline.at(entry.id, self._moment)
        if current is not None and current.number == revision.number:
            return None
        start, end = revision.valid_from, revision.valid_until
        if start is not None and start > self._moment:
            return Reason.NOT_YET_EFFECTIVE, start, nobody
        if current is not None:
            return Reason.SUPERSEDED, current.valid_from, (entry.id, current.number)
        ended = self._timeline.superseded.get(entry.id)
        if ended is not None and ended.at <= self._moment:
            by = self._timeline.at(ended.by, self._moment)
            return Reason.SUPERSEDED, ended.at, (ended.by, by.number if by else 0)
        return Reason.EXPIRED, end, nobody


def _open_on(channel: Channel | None, allowed: Sequence[Channel]) -> bool:
    return channel is None or not allowed or channel in allowed
