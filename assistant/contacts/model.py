"""What a contact is. Plain frozen data, nothing but derivation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kb.model import Channel

MAX_TEXT = 10_000  # characters of one message: an e-mail, not a book
MAX_MESSAGES = 1_000  # of one contact; whoever needs more opens another


class Status(StrEnum):
    """Whether a contact still goes on."""

    OPEN = "open"
    CLOSED = "closed"


class Speaker(StrEnum):
    """Who a message comes from.

    What the assistant of self-service said before a person took over is neither a customer's turn
    nor an answer that stops a clock.
    """

    CUSTOMER = "customer"
    AGENT = "agent"
    ASSISTANT = "assistant"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Message:
    """One stored message: masked, numbered from 1 within its contact. `author` is who sent it in.

    `external_id` is the sender's own name for it; a second message under one is the same message.
    """

    number: int
    role: Speaker
    text: str
    at: datetime
    author: str
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message on its way in; `text` may be raw, it is masked before it is stored.

    `at` is when it was said; None means now.
    """

    role: Speaker
    text: str
    external_id: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact on its way in; texts may be raw, they are masked before they are stored."""

    channel: Channel
    customer: Mapping[str, str] = field(default_factory=dict)
    slots: Mapping[str, str] = field(default_factory=dict)
    messages: tuple[NewMessage, ...] = ()
    external_id: str | None = None
    skill_group: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact as stored. Times are UTC; everything a customer said in it is masked.

    `version` grows with every change. `assigned_to` is the name of who handles it, None while it
    waits for somebody to take it. `waiting_since` is when the customer's first message arrived
    that nobody answered yet. `customer_count` is how many messages the customer sent.
    `risk` is the assessment of the conversation so far, as JSON.
    """

    id: str
    channel: Channel
    status: Status
    customer: Mapping[str, str]
    slots: Mapping[str, str]
    as_of: str | None
    assigned_to: str | None
    skill_group: str
    outcome: str
    risk: Mapping[str, object]
    created_by: str
    version: int
    message_count: int
    customer_count: int
    created_at: datetime
    updated_at: datetime
    last_message_at: datetime | None
    waiting_since: datetime | None
    closed_at: datetime | None
    external_id: str | None = None

    @property
    def known(self) -> dict[str, str]:
        """What is known by slot name: the customer's data as ``customer.name``, and the slots."""
        customer = {f"customer.{name}": value for name, value in self.customer.items()}
        return customer | dict(self.slots)


@dataclass(frozen=True, slots=True)
class Seen:
    """A contact as one person sees it: `unread` of the customer's messages are new to them.

    `last` is its newest message, None where it was not asked for or nothing was said.
    """

    contact: Contact
    unread: int
    last: Message | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change of a contact; None leaves a part as it is.

    `slots` are merged into what is known, an empty value removes a slot. `as_of` empty means now;
    `assigned_to` empty means nobody.
    """

    slots: Mapping[str, str] | None = None
    as_of: str | None = None
    channel: Channel | None = None
    assigned_to: str | None = None


class EventKind(StrEnum):
    """What a feed tells."""

    CONTACT = "contact"
    MESSAGE = "message"
    KNOWLEDGE = "knowledge"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, with what it is about as it stands when the event is read.

    `seq` orders events without gaps. `contact` is None for `knowledge`, and when the contact is
    gone; `message` is set for `message`, and for a contact that begins with some. `moved_from` is
    who had the contact before ("" nobody), None when it did not change hands. `detail` is the
    index generation for `knowledge`.
    """

    seq: int
    kind: EventKind
    contact_id: str
    contact: Contact | None
    message: Message | None
    moved_from: str | None
    detail: str
    seen: Mapping[str, int] = field(default_factory=dict)

    def unread(self, reader: str) -> int:
        """How many of the customer's messages are new to `reader`."""
        return self.contact.customer_count - self.seen.get(reader, 0) if self.contact else 0
