"""Runs of many questions: what each found, the figures over all, and what changed between two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.impact.model import Question
from indexer.what_if import Answer, Leader

_MUCH = 0.15  # of confidence: less is no change worth telling of


@dataclass(frozen=True, slots=True)
class HitRow:
    """One question of a run.

    Attributes:
        number: Its place in the run, from 1.
        question: What was asked.
        answered: Whether anything answered surely enough.
        any_answers: Probability that anything does.
        rank: Place of the first expected entry among the first ten; 0: not there, or none expected.
        top: The best three entries.
    """

    number: int
    question: Question
    answered: bool
    any_answers: float
    rank: int
    top: tuple[Leader, ...]


@dataclass(frozen=True, slots=True)
class HitRun:
    """A run with its figures.

    Attributes:
        total: Questions asked.
        judged: Those with expected entries; the hits are among these.
        hit1: An expected entry came first.
        hit3: An expected entry came among the first three.
        answered: Questions, of all, that were answered surely enough.
        mrr: Mean over the judged questions of one through the rank; 0 without any.
    """

    id: str
    name: str
    at: datetime
    by: str
    generation: str
    total: int
    judged: int
    hit1: int
    hit3: int
    answered: int
    mrr: float


@dataclass(frozen=True, slots=True)
class Change:
    """A question that two runs answer differently; `why` names what is better or worse."""

    before: HitRow
    after: HitRow
    why: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs question by question: better, worse, and how many are neither.

    `moved` are other top answers where nothing says which is right; `only_before` and `only_after`
    count questions that the other run did not ask.
    """

    better: tuple[Change, ...]
    worse: tuple[Change, ...]
    moved: tuple[Change, ...]
    same: int
    only_before: int
    only_after: int


def row_of(number: int, question: Question, answer: Answer) -> HitRow:
    """What a question came to."""
    places = [
        place
        for place, leader in enumerate(answer.leaders, 1)
        if leader.entry_id in question.expects
    ]
    return HitRow(
        number,
        question,
        answer.answerable,
        round(answer.any_answers, 4),
        min(places, default=0),
        answer.leaders[:3],
    )


def figures(
    run_id: str, name: str, at: datetime, by: str, generation: str, rows: Sequence[HitRow]
) -> HitRun:
    """The run over these rows."""
    judged = [row for row in rows if row.question.expects]
    found = [row.rank for row in judged if row.rank]
    return HitRun(
        id=run_id,
        name=name,
        at=at,
        by=by,
        generation=generation,
        total=len(rows),
        judged=len(judged),
        hit1=sum(rank == 1 for rank in found),
        hit3=sum(rank <= 3 for rank in found),
        answered=sum(row.answered for row in rows),
        mrr=round(sum(1 / rank for rank in found) / len(judged), 4) if judged else 0.0,
    )


def compare(before: Sequence[HitRow], after: Sequence[HitRow]) -> Comparison:
    """What changed between two runs, for the questions that both asked."""
    known = {row.question.key: row for row in before}
    changes: dict[str, list[Change]] = {"better": [], "worse": [], "moved": []}
    same = common = 0
    for row in after:
        earlier = known.get(row.question.key)
        if earlier is None:
            continue
        common += 1
        turn, why = _turn(earlier, row)
        if turn:
            changes[turn].append(Change(earlier, row, why))
        else:
            same += 1
    return Comparison(
        tuple(changes["better"]),
        tuple(changes["worse"]),
        tuple(changes["moved"]),
        same,
        len(before) - common,
        len(after) - common,
    )


def _turn(before: HitRow, after: HitRow) -> tuple[str, str]:
    """Which way a question went, and in what: ``rank``, ``answered``, ``confidence``, ``top``."""
    if before.question.expects and after.question.expects:
        places = [row.rank or 11 for row in (before, after)]
        if places[0] != places[1]:
            return ("better" if places[1] < places[0] else "worse"), "rank"
    if before.answered != after.answered:
        return ("better" if after.answered else "worse"), "answered"
    tops = [row.top[0].entry_id if row.top else "" for row in (before, after)]
    if tops[0] != tops[1]:
        return "moved", "top"
    gain = _confidence(after) - _confidence(before)
    if abs(gain) >= _MUCH:
        return ("better" if gain > 0 else "worse"), "confidence"
    return "", ""


def _confidence(row: HitRow) -> float:
    return row.top[0].confidence if row.top else 0.0
