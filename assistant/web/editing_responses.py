"""Answers of the editor desk: previews, working drafts, merges, bulk, comments, pictures."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from assistant.web.entry_responses import ContentOut
from assistant.web.responses import ProblemOut


class HeadingOut(TypedDict):
    """One line of a table of contents."""

    level: int
    text: str
    anchor: str


class PreviewOut(TypedDict):
    """Content as its readers would see it, and what has to be put right before it can be saved."""

    html: str
    toc: list[HeadingOut]
    problems: list[ProblemOut]


class WorkingRowOut(TypedDict):
    """A working draft in a list."""

    key: str
    title: str
    base_revision: int
    saved_at: str


class WorkingRowsOut(TypedDict):
    """The caller's working drafts, the one saved last first."""

    drafts: list[WorkingRowOut]


class WorkingOut(WorkingRowOut):
    """A working draft in full."""

    base_version: int
    state: dict[str, Any]


class SavedOut(TypedDict):
    """When a working draft was saved; the next save names it as seen."""

    key: str
    saved_at: str


class FieldMergeOut(TypedDict):
    """A field that either side changed; `merged` of one that is not clean is theirs."""

    field: str
    base: Any
    mine: Any
    theirs: Any
    merged: Any
    clean: bool


class HunkOut(TypedDict):
    """Whole lines with line ends: ``same``, ``mine``, ``theirs``, ``both`` or ``conflict``."""

    kind: str
    base: str
    mine: str
    theirs: str


class MergeOut(TypedDict):
    """My change and what was written meanwhile, put together.

    `version` is for the If-Match of the edit that follows; `latest` the revision merged with, by
    `author` at `changed_at`. What is not clean holds theirs until the writer decides.
    """

    version: int
    latest: int
    clean: bool
    content: ContentOut
    fields: list[FieldMergeOut]
    body: list[HunkOut]
    author: str
    changed_at: str | None


class BulkRowOut(TypedDict):
    """What becomes of one entry: ``changed``, ``unchanged`` or ``refused``, and why."""

    id: str
    title: str
    outcome: str
    reason: str
    revision: int | None


class BulkOut(TypedDict):
    """What a change of many entries does, or would do."""

    dry_run: bool
    rows: list[BulkRowOut]
    counts: dict[str, int]


class CommentOut(TypedDict):
    """A comment; `from_revision` where it was begun on an earlier revision than the one shown.

    `reply_to` is the comment that begins its thread, null for that one itself.
    """

    id: int
    entry_id: str
    revision: int
    from_revision: int | None
    author: str
    at: str | None
    text: str
    quote: str
    field: str
    reply_to: int | None
    resolved_by: str
    resolved_at: str | None
    own: bool


class CommentsOut(TypedDict):
    """The comments of a revision, thread by thread."""

    comments: list[CommentOut]


class ImageOut(TypedDict):
    """A picture that was taken into the store, and how to write it in a body."""

    name: str
    url: str
    markdown: str
    width: int
    height: int
    bytes: int
