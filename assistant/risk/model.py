"""What is watched for in a contact. Plain frozen data, nothing but derivation.

Reasons are codes, so that every face of the product can say them in its own language; the words
that led to them are given verbatim, as the customer wrote them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

_TWO = 2


class Mood(StrEnum):
    """How the customer sounds."""

    CALM = "calm"
    WORRIED = "worried"
    ANGRY = "angry"


class Grade(StrEnum):
    """How soon a contact needs its answer, A first."""

    A = "A"
    B = "B"
    C = "C"


class Colour(StrEnum):
    """How serious a complaint is."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


class Reason(StrEnum):
    """Why a contact has its grade, its complaint its colour, or its complexity its level.

    Of several with the same effect the one listed first is given.
    """

    SAFETY = "safety"
    SENSITIVE = "sensitive"
    EMERGENCY = "emergency"
    VALUED_CUSTOMER = "valued_customer"
    COMPLAINT = "complaint"
    FAULT = "fault"
    MONEY = "money"
    LATE = "late"
    UPSET = "upset"
    INQUIRY = "inquiry"
    REPEATED = "repeated"
    COMPENSATION = "compensation"
    FIRST_COMPLAINT = "first_complaint"
    DEPARTMENTS = "departments"
    QUESTIONS = "questions"


class HandoverReason(StrEnum):
    """Why a person, or another group, should take the contact."""

    ASKED_FOR_PERSON = "asked_for_person"
    NO_KNOWLEDGE = "no_knowledge"
    SEVERAL_DEPARTMENTS = "several_departments"
    UPSET = "upset"
    REPEATED = "repeated"
    SENSITIVE = "sensitive"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a contact; `role` is ``customer``, or anything else for our own side.

    `at` is when it came, with a time zone; None means that nobody knows, and counts as now.
    """

    role: str
    text: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Complexity:
    """How many hands a contact needs.

    `departments` are the groups involved, `questions` how many were asked at once, `repeated` is
    true when the customer says that this is not the first time.
    """

    departments: tuple[str, ...] = ()
    questions: int = 1
    repeated: bool = False

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """What makes it more than simple: several departments, several questions, repetition."""
        found = {
            Reason.DEPARTMENTS: len(self.departments) > 1,
            Reason.QUESTIONS: self.questions > 1,
            Reason.REPEATED: self.repeated,
        }
        return tuple(reason for reason, holds in found.items() if holds)

    @property
    def number(self) -> int:
        """1 (simple), 2 or 3: one more for each reason, and for more than two departments."""
        return min(3, 1 + len(self.reasons) + (len(self.departments) > _TWO))

    @property
    def level(self) -> str:
        """``low``, ``medium`` or ``high``, for 1, 2 and 3."""
        return ("low", "medium", "high")[self.number - 1]


@dataclass(frozen=True, slots=True)
class Escalation:
    """Early warning: to whom, within how many minutes, and the steps in order.

    `path_en` says the steps in English; empty where the table has no translation.
    """

    group: str
    minutes: int
    path: tuple[str, ...]
    path_en: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SensitiveWord:
    """A word that raises an early warning.

    `word` is verbatim, `listed` the entry of the list that it matched, `topic` what it is about
    (a key of the table) and `advice` what to do then, `advice_en` the same in English or empty.
    """

    word: str
    listed: str
    topic: str
    advice: str
    advice_en: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """When a first answer and a result are due.

    `since` is when the customer first gave a ground, `responded_at` when our side first wrote after
    the newest one; None means that an answer is still owed by `respond_by`.
    """

    since: datetime
    respond_by: datetime
    resolve_by: datetime
    responded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Graded:
    """The grade of a contact, why, the words that show it, and its clock."""

    grade: Grade
    reason: Reason
    words: tuple[str, ...]
    clock: Clock


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint's colour, why, the words that show it, and its clock."""

    colour: Colour
    reason: Reason
    words: tuple[str, ...]
    clock: Clock


@dataclass(frozen=True, slots=True)
class Handover:
    """Whether a person or another group should take over, why, and which group fits the topic."""

    needed: bool = False
    reason: HandoverReason | None = None
    skill_group: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What to watch for in a contact, each with the words that show it."""

    mood: Mood = Mood.CALM
    mood_words: tuple[str, ...] = ()
    sensitive: tuple[SensitiveWord, ...] = ()
    complexity: Complexity = Complexity()
    escalation: Escalation | None = None
    graded: Graded | None = None
    complaint: Complaint | None = None
    handover: Handover = Handover()

    @property
    def sensitive_words(self) -> tuple[str, ...]:
        """The entries of the list that were found, each once, in the order of the messages."""
        return tuple(dict.fromkeys(found.listed for found in self.sensitive))

    def with_handover(self, handover: Handover) -> Assessment:
        """The same with another decision on who takes over."""
        return replace(self, handover=handover)
