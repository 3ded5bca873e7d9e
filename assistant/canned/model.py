"""What a canned reply is, whoever it belongs to. Plain frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from kb.model import Channel, Revision
from kb.states import State


class Scope(StrEnum):
    """Whose a canned reply is, from the nearest to the widest."""

    PRIVATE = "private"
    TEAM = "team"
    COMPANY = "company"


class Found(IntEnum):
    """By what a reply was found, best first; `ANY` when nothing was typed."""

    CODE = 0
    CODE_PREFIX = 1
    SOUND = 2
    TITLE = 3
    MEANING = 4
    ANY = 5


@dataclass(frozen=True, slots=True)
class Param:
    """Something to ask the agent for; it stands in the text as ``{{name}}``."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Holes:
    """What a text leaves open: `slots` the contact's data fills, `params` the agent is asked for.

    Both in the order of the text, each once.
    """

    slots: tuple[str, ...] = ()
    params: tuple[Param, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody writes of a private or a team's reply.

    `team` is empty for everybody's; `rests_on` are ids of entries; no channels mean all of them;
    `expires_at` is exclusive, None means for as long as the entries hold.
    """

    scope: Scope
    title: str
    text: str
    short_code: str = ""
    team: str = ""
    params: tuple[Param, ...] = ()
    channels: tuple[Channel, ...] = ()
    rests_on: tuple[str, ...] = ()
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OwnReply:
    """A private or a team's reply as stored; `version` counts its changes. Times are UTC."""

    id: str
    owner: str
    draft: Draft
    version: int
    created_at: datetime
    updated_at: datetime
    updated_by: str


@dataclass(frozen=True, slots=True)
class Ground:
    """One entry that a reply rests on, as it stands at the moment asked for.

    `revision` is the one in force, None when there is none: then it carries nothing any more.
    `until` is when that ends (None: open); `changed_at` when it last changed after the reply was
    written, and `was` the revision that it was written for then (0: unchanged, or there was none);
    `then` the other revision that held at the date asked for, 0 when it was this one.
    """

    entry_id: str
    revision: int | None
    until: datetime | None = None
    changed_at: datetime | None = None
    then: int = 0
    was: int = 0

    @property
    def carries(self) -> bool:
        """Whether a reply may still rest on it."""
        return self.revision is not None and not self.then


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a reply may be used and how far it can be trusted.

    `ended_at` is when the reply itself ended, where it did; `expires_at` when it will, by its own
    date or with the first of its grounds.
    """

    usable: bool
    state: State
    grounds: tuple[Ground, ...] = ()
    expires_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A reply as the search sees it: a company's revision or somebody's own, never both.

    `terms` are further words it goes by: ways of asking and tags.
    """

    id: str
    scope: Scope
    short_code: str
    title: str
    text: str
    holes: Holes
    lang: str = "zh-CN"
    terms: tuple[str, ...] = ()
    own: OwnReply | None = None
    revision: Revision | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """How well an item fits what was typed; a lower `bucket` is better among the same `by`."""

    by: Found
    bucket: int = 0

    def __lt__(self, other: Match) -> bool:
        return (self.by, self.bucket) < (other.by, other.bucket)


@dataclass(frozen=True, slots=True)
class Uses:
    """How often a reply was used: by the one who asks, and by everybody."""

    mine: int = 0
    all: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """One row of what `/` shows."""

    item: Item
    match: Match
    standing: Standing
    uses: Uses = field(default_factory=Uses)
    may_edit: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the search: words typed after `/`, where, how many, and for which date.

    `scope` None means all three.
    """

    query: str = ""
    channel: Channel | None = None
    limit: int = 20
    as_of: datetime | None = None
    scope: Scope | None = None


Members = Mapping[str, tuple[str, ...]]
