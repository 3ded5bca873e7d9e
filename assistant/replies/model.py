"""What goes into a suggestion and what comes out. Plain frozen data, nothing but derivation.

A reply is a list of sentences. Empathy (greeting and closing included) is ours and states nothing;
facts, compensation and actions each carry the evidence that they were taken from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from indexer.search import SearchResponse
from kb.model import Audience, Channel

STAFF = frozenset({Audience.CUSTOMER, Audience.AGENT})


class Part(StrEnum):
    """What a sentence does in a reply, in the order in which the parts are said."""

    EMPATHY = "empathy"
    FACTS = "facts"
    COMPENSATION = "compensation"
    ACTION = "action"


class Mood(StrEnum):
    """How the customer sounds."""

    CALM = "calm"
    WORRIED = "worried"
    ANGRY = "angry"


class HandoverReason(StrEnum):
    """Why a person, or another group, should take the contact."""

    ASKED_FOR_PERSON = "asked_for_person"
    NO_KNOWLEDGE = "no_knowledge"
    SEVERAL_DEPARTMENTS = "several_departments"
    UPSET = "upset"
    SENSITIVE = "sensitive"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a contact; `role` is ``customer``, or anything else for our own side."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class SuggestRequest:
    """A contact so far.

    `messages` are oldest first; the trailing run of customer messages is the turn to answer.
    `slots` are the contact's own data (``customer.name`` → 李女士). `as_of` None means now.
    `audiences` bounds what is searched and shown to the agent; what goes into a reply is bounded
    further (see `assistant.replies.grounding`).
    """

    messages: tuple[Message, ...]
    slots: Mapping[str, str] = field(default_factory=dict)
    channel: Channel = Channel.CHAT
    as_of: datetime | None = None
    audiences: frozenset[Audience] = STAFF


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a sentence was taken from: `quote` is verbatim text of that revision.

    "Verbatim" means a substring of `kb.sections.plain_text(revision.content.body)`.
    """

    entry_id: str
    revision: int
    quote: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a reply.

    Everything but empathy has at least one piece of evidence. `slots_missing` names the variables
    that the contact could not fill; they stand visibly in `text` as ``{{order.no}}``.
    """

    text: str
    part: Part
    evidence: tuple[Evidence, ...] = ()
    slots_missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A reply ready to send. `text` contains the text of every sentence, in order.

    Suggestions come by falling confidence; a reply to several questions at once comes first, made
    only of answers about as sure as the surest, which leads.

    `confidence` is the calibrated probability that the entry answers the question (with several
    questions: the least certain of them). `entry_id`, `revision` and `title` name the main source,
    `lang` is the language of the text.
    """

    text: str
    sentences: tuple[Sentence, ...]
    confidence: float
    entry_id: str
    revision: int
    title: str
    lang: str = "zh"

    @property
    def slots_missing(self) -> tuple[str, ...]:
        """Every unfilled variable once, in the order of the text."""
        return tuple(dict.fromkeys(name for s in self.sentences for name in s.slots_missing))


@dataclass(frozen=True, slots=True)
class ClarifyOption:
    """One way the question can be meant; choosing it can be sent back as the customer's answer."""

    text: str
    entry_id: str
    revision: int


@dataclass(frozen=True, slots=True)
class Clarify:
    """A question back to the customer with two to four options."""

    question: str
    options: tuple[ClarifyOption, ...]


@dataclass(frozen=True, slots=True)
class Complexity:
    """How many hands a contact needs.

    `departments` are the owning groups involved, `questions` how many were asked at once,
    `repeated` is true when the customer says that this is not the first time.
    """

    departments: tuple[str, ...] = ()
    questions: int = 1
    repeated: bool = False

    @property
    def level(self) -> str:
        """``low``, ``medium`` or ``high``: one point for each of the three that stands out."""
        points = (len(self.departments) > 1) + (self.questions > 1) + self.repeated
        return ("low", "medium", "high", "high")[points]


@dataclass(frozen=True, slots=True)
class Escalation:
    """Early warning: to whom, within how many minutes, and the steps in order."""

    group: str
    minutes: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Risk:
    """What to watch for in this contact, each with the words that show it."""

    mood: Mood = Mood.CALM
    mood_words: tuple[str, ...] = ()
    sensitive_words: tuple[str, ...] = ()
    complexity: Complexity = Complexity()
    escalation: Escalation | None = None


@dataclass(frozen=True, slots=True)
class Handover:
    """Whether a person or another group should take over, why, and which group fits the topic."""

    needed: bool = False
    reason: HandoverReason | None = None
    skill_group: str = ""


@dataclass(frozen=True, slots=True)
class SuggestResponse:
    """Up to three suggestions, or a question back, or neither (no reliable answer).

    `unanswered` lists the customer's questions that nothing reliable was found for; they belong in
    the gap queue. `search` is the search for the whole turn, for the agent's list of results.
    """

    suggestions: tuple[Suggestion, ...]
    clarify: Clarify | None
    risk: Risk
    handover: Handover
    search: SearchResponse
    unanswered: tuple[str, ...] = ()
