"""What the API accepts: pydantic models of bodies and queries. Unknown fields are refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from assistant.desk.saved_filters import Saved
from assistant.insights.insights import FeedbackKind
from indexer.results import MAX_CONTEXT, MAX_QUERY
from kb.freshness import State
from kb.model import Audience, Channel, Kind, Status
from kb.validation import ID, MAX_BYTES, MAX_LINE

LARGEST = 2**63 - 1  # what a database can count to
EntryId = Annotated[str, StringConstraints(pattern=f"^{ID.pattern}$", min_length=3, max_length=80)]
Short = Annotated[str, StringConstraints(max_length=200)]
Moment = Annotated[str, StringConstraints(max_length=40)]
Text = Annotated[str, StringConstraints(max_length=MAX_QUERY)]
Names = Annotated[list[Short], Field(max_length=200)]
# What a contact may hold: its customer's data, named "customer.…", and its slots.
SlotName = Annotated[str, StringConstraints(max_length=250)]
SlotValue = Annotated[str, StringConstraints(max_length=1_000)]


class Strict(BaseModel):
    """Base of all requests."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)


class SearchIn(Strict):
    """A search. `as_of` is a date or time, in the site's time zone unless it has an offset.

    `context` are earlier turns of the one who asks, oldest first, and `answered` what was last
    said to them; these count only if needed.
    """

    query: Annotated[str, StringConstraints(min_length=1, max_length=MAX_QUERY)]
    limit: Annotated[int, Field(ge=1, le=50)] = 10
    as_of: Moment | None = None
    kinds: list[Kind] | None = None
    channel: Channel | None = None
    context: Annotated[list[Text], Field(max_length=MAX_CONTEXT)] = []
    answered: Annotated[str, StringConstraints(max_length=MAX_QUERY)] = ""


class MessageIn(Strict):
    """One message of a contact; `at` is when it came, now unless given. Clocks run from it."""

    role: Literal["customer", "agent", "assistant", "system"]
    text: Text
    at: Moment | None = None


class SuggestIn(Strict):
    """A contact so far, oldest message first; `slots` are what is known about it.

    With `draft` the newest message is still being typed: no knowledge gap is noted.
    """

    messages: Annotated[list[MessageIn], Field(min_length=1, max_length=100)]
    slots: Annotated[dict[SlotName, SlotValue], Field(max_length=150)] = {}
    channel: Channel = Channel.CHAT
    as_of: Moment | None = None
    draft: bool = False


class FeedbackIn(Strict):
    """What became of a suggestion. `sent` is the text as sent, `sentence` what is outdated."""

    kind: FeedbackKind
    entry_id: EntryId
    revision: Annotated[int, Field(ge=1)]
    query: Text = ""
    sent: Annotated[str, StringConstraints(max_length=10_000)] = ""
    sentence: Text = ""
    note: Text = ""


class GapIn(Strict):
    """A question that somebody misses an answer to."""

    query: Annotated[str, StringConstraints(min_length=1, max_length=MAX_QUERY)]
    channel: Channel | None = None


class SlotIn(Strict):
    """A variable of a canned reply."""

    name: Short
    label: Short = ""


class ContentIn(Strict):
    """Everything a reviewer approves. Times are dates or date-times in the site's time zone."""

    kind: Kind
    title: Annotated[str, StringConstraints(min_length=1, max_length=MAX_LINE)]
    body: Annotated[str, StringConstraints(max_length=MAX_BYTES)]
    lang: Short = "zh-CN"
    audience: Audience = Audience.CUSTOMER
    effective_from: Moment | None = None
    effective_until: Moment | None = None
    risk: Annotated[int, Field(ge=1, le=3)] = 2
    products: Names = []
    channels: Annotated[list[Channel], Field(max_length=4)] = []
    tags: Names = []
    questions: Annotated[list[Text], Field(max_length=200)] = []
    counter: Annotated[list[Text], Field(max_length=200)] = []
    depends_on: Annotated[list[EntryId], Field(max_length=200)] = []
    supersedes: Annotated[list[EntryId], Field(max_length=200)] = []
    short_code: Short = ""
    slots: Annotated[list[SlotIn], Field(max_length=50)] = []


class StewardshipIn(Strict):
    """Who keeps an entry true; what is left out stays as it is."""

    owner: Short | None = None
    reviewer: Short | None = None
    review_every: Annotated[int, Field(ge=0, le=3650)] | None = None


class EntryIn(Strict):
    """A new entry with its first draft."""

    id: EntryId
    content: ContentIn
    stewardship: StewardshipIn = StewardshipIn()


class EditIn(Strict):
    """A new draft of an entry."""

    content: ContentIn


class NoteIn(Strict):
    """A step of the lifecycle, with a note for the audit log."""

    note: Text = ""


class VerifyIn(NoteIn):
    """A confirmation; `revision` is the one that was read, and no other may be in force."""

    revision: Annotated[int, Field(ge=1, le=LARGEST)] | None = None


class ApproveIn(NoteIn):
    """An approval; `content_hash` is the content that was read, and the only one it holds for."""

    content_hash: Short = ""


class FileIn(Strict):
    """One Markdown file of an import."""

    name: Short
    text: Annotated[str, StringConstraints(max_length=MAX_BYTES)]


class ImportIn(Strict):
    """Markdown files to import; with `dry_run` (the default) nothing is written."""

    files: Annotated[list[FileIn], Field(min_length=1, max_length=1_000)]
    dry_run: bool = True


class NoQuery(Strict):
    """No parameters but the language of messages."""

    lang: Short = ""


class AsOfQuery(NoQuery):
    """Which revision to read: by number, or the one in force at a time; default: now."""

    revision: Annotated[int, Field(ge=1)] | None = None
    as_of: Moment | None = None


class DiffQuery(NoQuery):
    """Two revision numbers to compare."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    before: Annotated[int, Field(ge=1, alias="from")]
    after: Annotated[int, Field(ge=1, alias="to")]


class PageQuery(NoQuery):
    """Paging."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0


class EntriesQuery(PageQuery):
    """Filters of the list of entries; all given ones must hold. `saved` is one of the desk's."""

    kind: Kind | None = None
    status: Status | None = None
    owner: Short | None = None
    audience: Audience | None = None
    state: State | None = None
    language: Short | None = None
    tag: Short | None = None
    product: Short | None = None
    saved: Saved | None = None
    q: Short | None = None


class ImportQuery(NoQuery):
    """For an import of one Markdown text as the body."""

    dry_run: bool = True
    name: Short = "body.md"
