"""The domain: entries, revisions and their fields. Plain frozen data, derivations only.

Two times run through everything. *Valid time*: a revision holds in the half-open interval
``[effective_from, effective_until)``. *Record time*: when it was published or withdrawn.
All datetimes in memory are timezone-aware and in UTC.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What an entry is for."""

    POLICY = "policy"
    GUIDE = "guide"
    FAQ = "faq"
    CASE = "case"
    REPLY = "reply"


class Audience(StrEnum):
    """Who may read a revision: customers (so everybody), agents and staff, or staff only."""

    CUSTOMER = "customer"
    AGENT = "agent"
    INTERNAL = "internal"


class Status(StrEnum):
    """Where a revision stands in the lifecycle."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Channel(StrEnum):
    """Where a contact takes place; an empty set on a revision means all of them."""

    CHAT = "chat"
    EMAIL = "email"
    PHONE = "phone"
    APP = "app"


@dataclass(frozen=True, slots=True)
class Slot:
    """A variable of a canned reply, written ``{{name}}`` in its body."""

    name: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """Everything about a revision that a reviewer approves; its hash binds the approval.

    `effective_from` None means "from the moment of publishing"; `effective_until` is exclusive,
    None means "until replaced". `questions` are ways customers ask this (for an FAQ the title is
    the standard question); `counter` are questions it must not answer.
    """

    kind: Kind
    title: str
    body: str
    lang: str = "zh-CN"
    audience: Audience = Audience.CUSTOMER
    effective_from: datetime | None = None
    effective_until: datetime | None = None
    risk: int = 2
    products: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    tags: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    counter: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    short_code: str = ""
    slots: tuple[Slot, ...] = ()

    def canonical(self) -> str:
        """The canonical JSON of all fields: what is stored, and what `digest` is taken of."""
        plain = asdict(self)
        for key in ("effective_from", "effective_until"):
            value = plain[key]
            plain[key] = value.isoformat() if value else None
        return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def digest(self) -> str:
        """SHA-256 (hex) of the canonical form; equal content has an equal digest."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Revision:
    """One immutable version of an entry with its place in the lifecycle and its record times."""

    entry_id: str
    number: int
    content: Content
    content_hash: str
    status: Status
    author: str
    created_at: datetime
    submitted_at: datetime | None = None
    approved_by: str = ""
    approved_at: datetime | None = None
    published_at: datetime | None = None
    withdrawn_at: datetime | None = None

    @property
    def valid_from(self) -> datetime | None:
        """Start of valid time: the declared date, or the moment of publishing."""
        return self.content.effective_from or self.published_at

    @property
    def valid_until(self) -> datetime | None:
        """End of valid time (exclusive), or None for open."""
        return self.content.effective_until


@dataclass(frozen=True, slots=True)
class Stewardship:
    """Who keeps an entry true, and when that was last confirmed; changing it is no revision."""

    owner: str = ""
    reviewer: str = ""
    review_every: int = 0
    reviewed_at: datetime | None = None
    reviewed_by: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry with all its revisions, ascending by number; `version` counts its changes."""

    id: str
    kind: Kind
    stewardship: Stewardship
    version: int
    created_at: datetime
    revisions: tuple[Revision, ...] = field(default_factory=tuple)

    def revision(self, number: int) -> Revision | None:
        """The revision with that number, or None."""
        return next((r for r in self.revisions if r.number == number), None)

    @property
    def published(self) -> tuple[Revision, ...]:
        """Revisions published and not withdrawn, ascending by number."""
        return tuple(r for r in self.revisions if r.status is Status.PUBLISHED)
