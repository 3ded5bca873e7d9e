"""What the editor desk keeps besides entries: working drafts and comments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class WorkingDraft:
    """What `owner` is still writing under `key`: an entry's id, or one made up for a new entry.

    `state` is the form as the editor keeps it. `base_revision` and `base_version` are what the
    writing began from, 0 for a new entry. `saved_at` rises with each save, whatever the clock does.
    """

    owner: str
    key: str
    title: str
    base_revision: int
    base_version: int
    state: dict[str, Any]
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class WorkingRow:
    """A working draft in a list, without its state."""

    key: str
    title: str
    base_revision: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Comment:
    """Something said about a revision; one that begins a thread has its own id as `thread`.

    `quote` are words of the text it is about, `field` the part of the content they stand in (empty:
    the body). Resolved threads keep by whom and when.
    """

    id: int
    entry_id: str
    revision: int
    thread: int
    author: str
    at: datetime
    text: str
    quote: str = ""
    field: str = ""
    resolved_by: str = ""
    resolved_at: datetime | None = None

    @property
    def opens(self) -> bool:
        """Whether it begins a thread."""
        return self.thread == self.id

    @property
    def resolved(self) -> bool:
        """Whether the thread it begins is settled."""
        return self.resolved_at is not None


class NewerDraft(Exception):
    """A working draft was saved elsewhere since it was last seen; nothing was changed."""

    def __init__(self, draft: WorkingDraft) -> None:
        super().__init__(f"{draft.key} was saved elsewhere at {draft.saved_at}")
        self.draft = draft
