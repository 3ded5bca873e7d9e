"""What the API accepts about contacts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from assistant.contacts.model import MAX_TEXT, Speaker, Status
from assistant.contacts.rules import MAX_SLOTS
from assistant.web.requests import LARGEST, Moment, NoQuery, Strict
from kb.model import Channel

# One line without control characters: names and identifiers, which end up in columns of their own.
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Value = Annotated[str, StringConstraints(max_length=1_000)]
Slots = Annotated[dict[Name, Value], Field(max_length=MAX_SLOTS)]


class ContactMessageIn(Strict):
    """A message; sent again under the same `external_id` it is the same message."""

    role: Speaker
    text: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT)]
    external_id: Name | None = None


class ContactIn(Strict):
    """A new contact; opened again under the same `external_id` it is the same contact."""

    channel: Channel
    customer: Annotated[dict[Name, Value], Field(default_factory=dict, max_length=50)]
    slots: Annotated[Slots, Field(default_factory=dict)]
    messages: Annotated[list[ContactMessageIn], Field(default_factory=list, max_length=100)]
    external_id: Name | None = None


class ContactChangeIn(Strict):
    """What to change; what is left out stays.

    `slots` are merged into the known ones, an empty value removes one. An empty `as_of` means now.
    `assigned_to` is a login or name; "me" is the caller, empty is nobody.
    """

    slots: Slots | None = None
    as_of: Moment | None = None
    channel: Channel | None = None
    assigned_to: Annotated[str, StringConstraints(max_length=200)] | None = None


class CloseIn(Strict):
    """The end of a contact, with what came of it."""

    outcome: Annotated[str, StringConstraints(max_length=2_000)] = ""


class NothingIn(Strict):
    """Nothing but the wish."""


class HandoverIn(Strict):
    """To which skill group a contact goes, and why."""

    skill_group: Name
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    note: Annotated[str, StringConstraints(max_length=2_000)] = ""


class ContactsQuery(NoQuery):
    """Which contacts to list; `mine` are those assigned to the caller."""

    status: Status | Literal["all"] = Status.OPEN
    mine: bool = False


class ContactQuery(NoQuery):
    """Which messages to read: those after a number."""

    after: Annotated[int, Field(ge=0, le=LARGEST)] = 0


class EventsQuery(NoQuery):
    """Where to go on, for a first connection; later ones say it in `Last-Event-ID`."""

    after: Annotated[int, Field(ge=0, le=LARGEST)] | None = None
