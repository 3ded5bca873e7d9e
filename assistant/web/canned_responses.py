"""Answers about canned replies and teams."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from assistant.web.entry_responses import SlotOut
from assistant.web.responses import FreshnessOut, ReasonOut


class GroundOut(TypedDict):
    """An entry that a reply rests on; `usable` is whether it still carries the reply.

    `was` is the revision that a private or team reply was written for, where it changed since.
    """

    entry_id: str
    title: str
    revision: int | None
    was: int | None
    usable: bool
    until: str | None
    freshness: FreshnessOut
    url: str


class UsesOut(TypedDict):
    """How often a reply was inserted: by the caller, and by everybody."""

    mine: int
    all: int


class CannedOut(TypedDict):
    """A canned reply as it stands.

    One that is not `usable` is no current answer: in a search it has no text, and `reasons` say
    why. `by` is how it was found: `code`, `code_prefix`, `sound`, `title`, `meaning` or `any`.
    The names in `slots` and `params` stand in the text in double braces.
    """

    id: str
    scope: str
    team: str
    short_code: str
    title: str
    text: str
    lang: str
    slots: list[str]
    params: list[SlotOut]
    initials: str
    channels: list[str]
    by: str
    usable: bool
    state: str
    reasons: list[ReasonOut]
    expires_at: str | None
    rests_on: list[GroundOut]
    entry_id: str | None
    revision: int | None
    url: str
    uses: UsesOut
    may_edit: bool
    version: int | None


class CannedListOut(TypedDict):
    """Canned replies, best first."""

    replies: list[CannedOut]
    took_ms: float


class DeletedOut(TypedDict):
    """Whether something was there and is gone now."""

    deleted: bool


class TeamOut(TypedDict):
    """A team with its members' names."""

    team: str
    members: list[str]


class TeamsOut(TypedDict):
    """All teams."""

    teams: list[TeamOut]
