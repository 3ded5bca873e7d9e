"""An assessment as JSON: what the API answers and what is kept with a contact.

Times are ISO 8601 in UTC; moods, grades, colours and reasons are codes.
"""

from __future__ import annotations

from datetime import UTC, datetime

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from assistant.risk.model import Assessment, Clock, Complaint, Complexity, Handover


class ComplexityOut(TypedDict):
    """How many hands a contact needs; `number` is 1 to 3 for `level` low, medium, high."""

    level: str
    number: int
    reasons: list[str]
    departments: list[str]
    questions: int
    repeated: bool


class EscalationOut(TypedDict):
    """Early warning; `path_en` is empty where nobody translated the steps."""

    group: str
    minutes: int
    path: list[str]
    path_en: list[str]


class SensitiveOut(TypedDict):
    """A sensitive word as written, the entry of the list it matched, and what to do."""

    word: str
    listed: str
    topic: str
    advice: str
    advice_en: str


class ClockOut(TypedDict):
    """When an answer and a result are due; `responded_at` null means that an answer is owed."""

    since: str
    respond_by: str
    resolve_by: str
    responded_at: str | None


class ComplaintOut(ClockOut):
    """A complaint with its clock."""

    colour: str
    reason: str
    words: list[str]


class HandoverOut(TypedDict):
    """Whether somebody else should take over."""

    needed: bool
    reason: str | None
    skill_group: str


class RiskOut(TypedDict):
    """What to watch for in a contact.

    `grade` is A, B or C, null before the customer has said anything; `grade_reason` is a code and
    `clock` the grade's.
    """

    mood: str
    mood_words: list[str]
    sensitive_words: list[str]
    sensitive: list[SensitiveOut]
    complexity: ComplexityOut
    escalation: EscalationOut | None
    grade: str | None
    grade_reason: str | None
    grade_words: list[str]
    clock: ClockOut | None
    complaint: ComplaintOut | None
    handover: HandoverOut


def as_json(found: Assessment) -> RiskOut:
    """An assessment as plain data."""
    escalation, graded = found.escalation, found.graded
    return {
        "mood": found.mood.value,
        "mood_words": list(found.mood_words),
        "sensitive_words": list(found.sensitive_words),
        "sensitive": [
            {
                "word": one.word,
                "listed": one.listed,
                "topic": one.topic,
                "advice": one.advice,
                "advice_en": one.advice_en,
            }
            for one in found.sensitive
        ],
        "complexity": _complexity(found.complexity),
        "escalation": {
            "group": escalation.group,
            "minutes": escalation.minutes,
            "path": list(escalation.path),
            "path_en": list(escalation.path_en),
        }
        if escalation
        else None,
        "grade": graded.grade.value if graded else None,
        "grade_reason": graded.reason.value if graded else None,
        "grade_words": list(graded.words) if graded else [],
        "clock": _clock(graded.clock) if graded else None,
        "complaint": _complaint(found.complaint) if found.complaint else None,
        "handover": handover_json(found.handover),
    }


def handover_json(handover: Handover) -> HandoverOut:
    """A hand-over as plain data."""
    return {
        "needed": handover.needed,
        "reason": handover.reason.value if handover.reason else None,
        "skill_group": handover.skill_group,
    }


def _complexity(complexity: Complexity) -> ComplexityOut:
    return {
        "level": complexity.level,
        "number": complexity.number,
        "reasons": [reason.value for reason in complexity.reasons],
        "departments": list(complexity.departments),
        "questions": complexity.questions,
        "repeated": complexity.repeated,
    }


def _complaint(complaint: Complaint) -> ComplaintOut:
    return {
        "colour": complaint.colour.value,
        "reason": complaint.reason.value,
        "words": list(complaint.words),
        **_clock(complaint.clock),
    }


def _clock(clock: Clock) -> ClockOut:
    return {
        "since": _moment(clock.since),
        "respond_by": _moment(clock.respond_by),
        "resolve_by": _moment(clock.resolve_by),
        "responded_at": _moment(clock.responded_at) if clock.responded_at else None,
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
