"""Answers about impact previews, saved questions and hit tests."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from assistant.web.answer_responses import MatchedOut
from assistant.web.responses import Effective, FreshnessOut, ProblemOut


class LeaderOut(TypedDict):
    """An entry that answers; without id, title and address where the caller may not know it."""

    entry_id: str
    revision: int
    title: str
    url: str
    confidence: float


class EffectOut(TypedDict):
    """A question with what answers it before and after; `source`: ``saved``, ``asked``, ``own``.

    `titles` are those of the expected entries, by id.
    """

    question_id: str
    text: str
    source: str
    must_hit: bool
    audience: str
    as_of: str | None
    before: LeaderOut | None
    after: LeaderOut | None
    expects: list[str]
    titles: dict[str, str]


class EffectsOut(TypedDict):
    """What becomes of the questions."""

    total: int
    unchanged: int
    gained: list[EffectOut]
    lost: list[EffectOut]
    swapped: list[EffectOut]


class DuplicateOut(TypedDict):
    """An entry that asks (`what` is ``question``) or says (``body``) the same."""

    entry_id: str
    title: str
    url: str
    kind: str
    what: str
    similarity: float
    quote: str
    mine: str


class ClashOut(TypedDict):
    """An entry that says otherwise: both sentences, and the words in which they differ."""

    entry_id: str
    title: str
    url: str
    kind: str
    mine: str
    theirs: str
    what: list[str]
    disagree_in: str
    new: bool


class MarkedOut(TypedDict):
    """Something that goes stale with the step; `proposed` is its sentence with the new figure."""

    entry_id: str
    kind: str
    title: str
    url: str | None
    owner: str
    scope: str
    why: list[str]
    sentence: str
    proposed: str | None


class UnresolvedOut(TypedDict):
    """Something named that is not there; `why` is ``unknown`` or ``not_in_force``."""

    field: str
    target: str
    why: str


class ImpactOut(TypedDict):
    """What a step would do. `to_look_at` counts what merely links to the entry or names it."""

    took_ms: float
    generation: str
    as_of: str | None
    questions: EffectsOut
    must_hit_broken: list[EffectOut]
    blocked: bool
    duplicates: list[DuplicateOut]
    conflicts: list[ClashOut]
    marked: list[MarkedOut]
    to_look_at: int
    unresolved: list[UnresolvedOut]
    timings: dict[str, float]


class QuestionOut(TypedDict):
    """A saved question; `source` is ``import`` until somebody changes it, then ``desk``."""

    id: str
    text: str
    as_of: str | None
    audience: str
    channel: str | None
    expects: list[str]
    titles: dict[str, str]
    must_hit: bool
    source: str
    version: int
    updated_by: str
    updated_at: str | None


class QuestionsOut(TypedDict):
    """A page of saved questions."""

    questions: list[QuestionOut]
    total: int


class QuestionsImportOut(TypedDict):
    """What an import of questions did, or would do; `kept`: as editors left them."""

    dry_run: bool
    new: int
    changed: int
    unchanged: int
    kept: int
    failed: list[ProblemOut]


class Removed(TypedDict):
    """Something is gone."""

    removed: bool


class TestedHitOut(TypedDict):
    """A result with its scores."""

    rank: int
    entry_id: str
    revision: int
    kind: str
    title: str
    url: str
    snippet: str
    heading: str
    confidence: float
    scores: dict[str, float]
    matched: list[MatchedOut]
    freshness: FreshnessOut
    effective: Effective
    audience: str


class FilteredOut(TypedDict):
    """A revision that was filtered out, why, and where it would have stood."""

    entry_id: str
    revision: int
    kind: str
    title: str
    url: str
    reason: str
    detail: str
    confidence: float
    would_rank: int


class HitTestOut(TypedDict):
    """What one question finds; `read_as` is the query as it was understood, where it differs."""

    answerable: bool
    any_answers: float
    threshold: float
    read_as: str
    as_of: str | None
    results: list[TestedHitOut]
    filtered: list[FilteredOut]
    generation: str
    degraded: bool
    took_ms: float


class HitRunOut(TypedDict):
    """A run with its figures; the hits are among the `judged`, those with expected entries."""

    id: str
    name: str
    at: str | None
    by: str
    generation: str
    total: int
    judged: int
    hit1: int
    hit3: int
    answered: int
    mrr: float


class HitRunsOut(TypedDict):
    """A page of runs, the newest first."""

    runs: list[HitRunOut]
    total: int


class HitRowOut(TypedDict):
    """A question of a run: its best three, and the place of the first expected one (0: none)."""

    number: int
    text: str
    as_of: str | None
    audience: str
    channel: str | None
    expects: list[str]
    titles: dict[str, str]
    answered: bool
    any_answers: float
    rank: int
    top: list[LeaderOut]


class HitRunRowsOut(TypedDict):
    """A run with its rows."""

    run: HitRunOut
    rows: list[HitRowOut]


class RunChangeOut(TypedDict):
    """A question that two runs answer differently; `why`: rank, answered, confidence or top."""

    text: str
    expects: list[str]
    why: str
    before: HitRowOut
    after: HitRowOut


class FiguresOut(TypedDict):
    """The figures of both runs."""

    before: HitRunOut
    after: HitRunOut


class ComparisonOut(TypedDict):
    """What changed between two runs, for the questions that both asked."""

    better: list[RunChangeOut]
    worse: list[RunChangeOut]
    moved: list[RunChangeOut]
    same: int
    only_before: int
    only_after: int
    figures: FiguresOut
