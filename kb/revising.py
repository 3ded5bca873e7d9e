"""New drafts of an entry: by an edit, by rolling back, by a change of many entries at once.

Pure functions; who calls them stores what they give.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kb import lifecycle
from kb.errors import NotAllowed, NotFound
from kb.model import Content, Entry, Revision, Status
from kb.transaction import replaced


def draft(entry_id: str, number: int, content: Content, author: str, now: datetime) -> Revision:
    """A draft of `content`."""
    return Revision(entry_id, number, content, content.digest(), Status.DRAFT, author, now)


def redrafted(entry: Entry, content: Content, author: str, now: datetime) -> tuple[Entry, Revision]:
    """`entry` with a new draft; the author's own draft that it follows is withdrawn."""
    number, before = entry.revisions[-1].number + 1, head(entry)
    if before.status is Status.DRAFT and lifecycle.is_author(before, author):
        entry = replaced(entry, lifecycle.withdraw(before, author, now))
    made = draft(entry.id, number, content, author, now)
    return replaced(entry, made), made


def head(entry: Entry) -> Revision:
    """The revision that further work builds on: the newest that was not taken back, if any."""
    standing = [r for r in entry.revisions if r.status is not Status.WITHDRAWN]
    return (standing or entry.revisions)[-1]


def rolled_back(entry: Entry, number: int, now: datetime) -> Content:
    """The content of an earlier revision as it can be published now.

    It holds from its publishing on, and an end that lies behind is dropped. Raises NotFound, and
    NotAllowed when what stands is that revision already.
    """
    found = entry.revision(number)
    if found is None:
        raise NotFound(f"{entry.id} has no revision {number}")
    if head(entry).number == number and found.status is not Status.WITHDRAWN:
        raise NotAllowed(f"{entry.id} stands at r{number} already; there is nothing to roll back")
    until = found.content.effective_until
    ended = until is not None and until <= now
    return replace(found.content, effective_from=None, effective_until=None if ended else until)
