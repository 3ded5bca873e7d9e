"""What a change does to the answer of each question: pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from assistant.impact.model import TOP, Asked, Outcome
from indexer.what_if import Answer, Leader


@dataclass(frozen=True, slots=True)
class Effects:
    """What becomes of the questions; each stands in one of the three lists, or in none.

    Attributes:
        total: Questions asked.
        gained: The changed entry became the answer, or a question is answered that was not.
        lost: Answered before and not after, or the entry that should answer has left the best.
        swapped: Another entry answers.
        broken: Those that must hit, did, and do not any more; they stand in another list too,
            unless only a lower place was lost, or they break at a later moment.
    """

    total: int
    gained: tuple[Outcome, ...] = ()
    lost: tuple[Outcome, ...] = ()
    swapped: tuple[Outcome, ...] = ()
    broken: tuple[Outcome, ...] = ()

    @property
    def unchanged(self) -> int:
        """How many questions are answered as before."""
        return self.total - len(self.gained) - len(self.lost) - len(self.swapped)


@dataclass
class _Lists:
    gained: list[Outcome] = field(default_factory=list)
    lost: list[Outcome] = field(default_factory=list)
    swapped: list[Outcome] = field(default_factory=list)
    broken: list[Outcome] = field(default_factory=list)


def effects(rows: Iterable[tuple[Asked, Answer, Answer]], entry_id: str) -> Effects:
    """What becomes of questions, each with its answer before and after a change of an entry."""
    lists, total = _Lists(), 0
    for asked, before, after in rows:
        total += 1
        outcome = Outcome(asked, top(before), top(after))
        turn = _turn(asked, before, after, entry_id)
        if turn:
            getattr(lists, turn).append(outcome)
        if asked.must_hit and hits(asked, before) and not hits(asked, after):
            lists.broken.append(outcome)
    for found in (lists.gained, lists.lost, lists.swapped, lists.broken):
        found.sort(key=_weight)
    return Effects(
        total,
        tuple(lists.gained),
        tuple(lists.lost),
        tuple(lists.swapped),
        tuple(lists.broken),
    )


def with_later(found: Effects, later: Effects) -> Effects:
    """The effects of a moment, with those questions that break only at a later one."""
    broken = [*found.broken, *later.broken]
    return replace(found, broken=tuple(sorted(broken, key=_weight)))


def top(answer: Answer) -> Leader | None:
    """The entry that answers, if anything does surely enough."""
    return answer.leaders[0] if answer.answerable and answer.leaders else None


def hits(asked: Asked, answer: Answer) -> bool:
    """Whether a question is answered, by one of the entries that should if any should."""
    return answer.answerable and _among(asked, answer)


def _among(asked: Asked, answer: Answer) -> bool:
    expects = asked.question.expects
    best = {leader.entry_id for leader in answer.leaders[:TOP]}
    return not expects or bool(best & set(expects))


def _turn(asked: Asked, before: Answer, after: Answer, entry_id: str) -> str:
    was, is_now = top(before), top(after)
    if was is None:
        return "gained" if is_now is not None else ""
    if is_now is None or (_among(asked, before) and not _among(asked, after)):
        return "lost"
    if was.entry_id == is_now.entry_id:
        return ""
    return "gained" if is_now.entry_id == entry_id else "swapped"


def _weight(outcome: Outcome) -> tuple[bool, int, float]:
    """Orders questions: those that must hit first, saved ones before others, then the surest."""
    place = ("saved", "own", "asked").index(outcome.asked.source)
    sure = max((one.confidence for one in (outcome.before, outcome.after) if one), default=0.0)
    return not outcome.asked.must_hit, place, -sure
