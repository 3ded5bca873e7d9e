"""What self-service works with. Plain frozen data, nothing but derivation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from assistant.accounts.roles import Principal, PrincipalKind, Role
from assistant.replies.model import Evidence
from assistant.risk.model import HandoverReason
from kb.model import Kind

HELP_SITE = "help"  # the built-in site: the help centre's own pages, and no others


class Position(StrEnum):
    """The corner of the page that the widget stands in."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Site:
    """A place that embeds the widget. Times are UTC.

    `origins` are those of its pages, as browsers write them; empty: nobody may embed it. `title`
    empty means the widget's own; `color` is ``#rrggbb`` or empty. `hours` are when somebody is
    there (see `assistant.selfservice.hours`). `webhook_url` is told of what is handed over; empty:
    nobody is. `identity_version` names the secret that this site vouches for customers with.
    """

    id: str
    name: str
    origins: tuple[str, ...]
    title: str
    color: str
    position: Position
    hours: str
    webhook_url: str
    identity_version: int
    created_at: datetime
    disabled_at: datetime | None = None


class Mode(StrEnum):
    """Who a visit talks to."""

    BOT = "bot"
    WAITING = "waiting"
    AGENT = "agent"
    TICKET = "ticket"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Visit:
    """One anonymous session and its conversation. Times are UTC.

    `customer` is what the site has vouched for (``id``, ``name``, ``grade``), masked; empty: they
    are anybody. `misses` counts turns in a row without a useful answer; `rejected` are the entries
    that did not help. `contact_id` is set once it was handed over. `subject` is a keyed digest of
    the customer's unmasked id: masked ones may be the same for many.
    """

    id: str
    site_id: str
    lang: str
    mode: Mode
    customer: Mapping[str, str]
    contact_id: str | None
    misses: int
    rejected: tuple[str, ...]
    started_at: datetime
    last_at: datetime
    ended_at: datetime | None = None
    subject: str = ""

    @property
    def verified(self) -> bool:
        """Whether the site has vouched for this customer."""
        return bool(self.customer)

    @property
    def principal(self) -> Principal:
        """Who acts in this visit."""
        return Principal(PrincipalKind.VISIT, self.id, f"visit:{self.id}", Role.CUSTOMER)


class VisitSpeaker(StrEnum):
    """Who a message of a visit comes from."""

    CUSTOMER = "customer"
    ASSISTANT = "assistant"
    AGENT = "agent"
    SYSTEM = "system"


class MessageKind(StrEnum):
    """What a message of a visit is for."""

    SAID = "said"
    ANSWER = "answer"
    CLARIFY = "clarify"
    ABSTAIN = "abstain"
    OFFER = "offer"
    HANDOVER = "handover"
    TICKET = "ticket"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class VisitMessage:
    """One stored message: masked, numbered from 1 within its visit.

    `payload` is what it carries besides its text, as JSON (answers, options). `external_id` is
    the widget's own name for a customer's message; a second one under it is the same message.
    """

    number: int
    role: VisitSpeaker
    kind: MessageKind
    text: str
    at: datetime
    payload: Mapping[str, object] = field(default_factory=dict)
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a customer left while nobody was there. `text` is masked.

    `name` and `reach` (a number or an address) are as they gave them: for who may see the contact.
    """

    id: str
    contact_id: str
    visit_id: str
    name: str
    reach: str
    text: str
    created_at: datetime
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One article's answer to one question.

    `short` are its sentences as they are said, a line each where there are steps or cases; all of
    them stand on `evidence`. `question` is what was asked, masked. `valid_since` and `valid_until`
    (exclusive) bound the time in which this revision is the one in force. `confidence` is the
    calibrated probability that the article answers; customers are never told it.
    """

    entry_id: str
    revision: int
    kind: Kind
    title: str
    question: str
    short: tuple[str, ...]
    confidence: float = 0.0
    valid_since: datetime | None = None
    valid_until: datetime | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """How a visit stands. `offer` is why a person is suggested, None when that is not the case.

    `opens_at` is when somebody is there next, None while somebody is, or never is. `with_agent`:
    a person has the conversation.
    """

    mode: Mode
    offer: HandoverReason | None
    open: bool
    opens_at: datetime | None
    with_agent: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """What a step of a conversation added: the customer's message first, then ours; and the state.

    `answers` are those of the newest message with their evidence. `repeated`: it was asked before
    under the same name, and this is what was answered then.
    """

    messages: tuple[VisitMessage, ...]
    state: State
    answers: tuple[Answer, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something for a site's webhook. `next_at` is when to try (again), None when all is done.

    `kind` is ``handover``, ``ticket`` or ``closed``; `failed_at` is set once nobody tries any more.
    """

    id: str
    site_id: str
    kind: str
    payload: Mapping[str, object]
    attempts: int
    next_at: datetime | None
    delivered_at: datetime | None
    failed_at: datetime | None
    created_at: datetime
