"""What the routes of the editor desk accept."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from assistant.web.requests import (
    LARGEST,
    EntryId,
    Moment,
    Names,
    NoQuery,
    Short,
    SlotIn,
    Strict,
    Text,
)
from kb.model import Audience, Channel, Kind
from kb.validation import MAX_BYTES, MAX_LINE

Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Title = Annotated[str, StringConstraints(max_length=2_000)]
_HALF = re.compile("[\ud800-\udfff]")
_HALVES_AROUND = re.compile("^[\ud800-\udfff]+|[\ud800-\udfff]+$")


def _whole_signs(value: object) -> object:
    """A selection may begin and end in the middle of an emoji; these halves are left out."""
    return _HALVES_AROUND.sub("", value) if isinstance(value, str) else value


def _any_sign(value: object) -> object:
    """What is being typed is kept whatever it is; half an emoji becomes the sign for none."""
    return _HALF.sub("\ufffd", value) if isinstance(value, str) else value


Loose = Annotated[list[Text], Field(max_length=1_000)]


class UnfinishedIn(Strict):
    """Content that is still being written: anything may be missing, or not right yet."""

    kind: Kind
    title: Title = ""
    body: Annotated[str, StringConstraints(max_length=MAX_BYTES)] = ""
    lang: Short = "zh-CN"
    audience: Audience = Audience.CUSTOMER
    effective_from: Moment | None = None
    effective_until: Moment | None = None
    risk: int = 2
    products: Loose = Field(default_factory=list)
    channels: Annotated[list[Channel], Field(max_length=20)] = Field(default_factory=list)
    tags: Loose = Field(default_factory=list)
    questions: Loose = Field(default_factory=list)
    counter: Loose = Field(default_factory=list)
    depends_on: Loose = Field(default_factory=list)
    supersedes: Loose = Field(default_factory=list)
    short_code: Text = ""
    slots: Annotated[list[SlotIn], Field(max_length=200)] = Field(default_factory=list)


class PreviewIn(Strict):
    """What to show as its readers would see it; `entry_id` where the entry exists."""

    content: UnfinishedIn
    entry_id: EntryId | None = None


class WorkingIn(Strict):
    """The form as the editor keeps it, and which saved state it was built on.

    `seen` is `saved_at` as last received under this key, empty when nothing was.
    """

    state: dict[str, Any]
    title: Annotated[Title, BeforeValidator(_any_sign)] = ""
    base_revision: Count = 0
    base_version: Count = 0
    seen: Moment = ""


class SeenQuery(NoQuery):
    """Which saved state is meant: `seen` is `saved_at` as last received; empty means any."""

    seen: Moment = ""


class MergeIn(Strict):
    """My change, and the number of the revision that it began from."""

    base: Annotated[int, Field(ge=1, le=LARGEST)]
    content: UnfinishedIn


class BulkChangeIn(Strict):
    """What to change; what is left out or null stays. An empty date opens the validity there."""

    owner: Short | None = None
    reviewer: Short | None = None
    review_every: Annotated[int, Field(ge=0, le=3650)] | None = None
    add_tags: Names = Field(default_factory=list)
    remove_tags: Names = Field(default_factory=list)
    effective_from: Moment | None = None
    effective_until: Moment | None = None


class BulkIn(Strict):
    """One change of many entries; with `dry_run` (the default) nothing is written.

    Tags and validity become a new draft of each entry; `submit` hands these in for review.
    """

    ids: Annotated[list[EntryId], Field(min_length=1, max_length=500)]
    change: BulkChangeIn
    dry_run: bool = True
    submit: bool = False


class CommentIn(Strict):
    """Something said about a revision: a thread about words of a field, or a reply to one.

    `field` empty is the body. Words are quoted as they are read or as they are written.
    """

    text: Annotated[str, StringConstraints(max_length=2_000)]
    quote: Annotated[str, BeforeValidator(_whole_signs), StringConstraints(max_length=1_000)] = ""
    field: Annotated[str, StringConstraints(max_length=MAX_LINE)] = ""
    reply_to: Annotated[int, Field(ge=1, le=LARGEST)] | None = None
