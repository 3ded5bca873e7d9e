"""What goes into a suggestion and what comes out. Plain frozen data, nothing but derivation.

A reply is a list of sentences. Empathy (greeting and closing included) is ours and states nothing;
facts, compensation and actions each carry the evidence that they were taken from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from assistant.risk.model import Assessment, Handover, Message
from indexer.search import SearchResponse
from kb.model import Audience, Channel

STAFF = frozenset({Audience.CUSTOMER, Audience.AGENT})


class Part(StrEnum):
    """What a sentence does in a reply, in the order in which the parts are said."""

    EMPATHY = "empathy"
    FACTS = "facts"
    COMPENSATION = "compensation"
    ACTION = "action"


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
class SuggestResponse:
    """Up to three suggestions, or a question back, or neither (no reliable answer).

    `unanswered` lists the customer's questions that nothing reliable was found for; they belong in
    the gap queue. `search` is the search for the whole turn, for the agent's list of results.
    """

    suggestions: tuple[Suggestion, ...]
    clarify: Clarify | None
    risk: Assessment
    handover: Handover
    search: SearchResponse
    unanswered: tuple[str, ...] = ()
