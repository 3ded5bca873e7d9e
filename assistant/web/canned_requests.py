"""What the routes of canned replies accept."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from assistant.canned.checks import MAX_GROUNDS, MAX_PARAMS, MAX_TEXT
from assistant.canned.model import Scope
from assistant.web.requests import EntryId, Moment, NoQuery, Short, Strict
from kb.model import Channel


class CannedQuery(NoQuery):
    """What was typed after `/`: a code, pinyin or words; nothing shows what is used most.

    `as_of` is the date whose rules count; `scope` narrows to one kind, for managing them.
    """

    q: Short = ""
    channel: Channel | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 20
    as_of: Moment | None = None
    scope: Scope | None = None


class ParamIn(Strict):
    """A name in the text to ask the agent for."""

    name: Short
    label: Short = ""


class CannedIn(Strict):
    """A private or a team's reply.

    ``{{customer.name}}`` is filled from the contact; ``{{?amount}}``, and names among `params`,
    are asked of the agent. It ends with the entries in `rests_on`, or at `expires_at`.
    """

    title: Short
    text: Annotated[str, StringConstraints(max_length=MAX_TEXT)]
    scope: Scope = Scope.PRIVATE
    team: Short = ""
    short_code: Short = ""
    params: Annotated[list[ParamIn], Field(max_length=MAX_PARAMS)] = Field(default_factory=list)
    channels: Annotated[list[Channel], Field(max_length=4)] = Field(default_factory=list)
    rests_on: Annotated[list[EntryId], Field(max_length=MAX_GROUNDS)] = Field(default_factory=list)
    expires_at: Moment | None = None


class TeamIn(Strict):
    """Who belongs to a team, by name as in `/me`; nobody dissolves it."""

    members: Annotated[list[Short], Field(max_length=1_000)]
