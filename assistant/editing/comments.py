"""Comments on a revision: threads about some of its words, until they are resolved.

A thread stays with the revision it was begun on. Open ones are shown on later revisions, too, as
long as the words that they quote still stand there: what was not answered is not forgotten.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from itertools import groupby
from typing import Any

from sqlalchemy.engine import Engine

from assistant.editing.model import Comment
from assistant.editing.store import CommentStore
from kb.clock import Clock
from kb.errors import InvalidInput, NotAllowed, Problem
from kb.lifecycle import same_person
from kb.model import Content, Entry, Revision, Slot
from kb.reports import expect_storable
from kb.sections import plain_text

MAX_TEXT = 2_000
MAX_QUOTE = 1_000
MAX_COMMENTS = 2_000  # on one entry
FIELDS = tuple(field.name for field in fields(Content))
_SPACE = re.compile(r"[\s|\u200b\ufeff]+")  # cells of a table are apart on a page, too


@dataclass(frozen=True, slots=True)
class Shown:
    """A comment as one revision shows it; `carried` when it was begun on an earlier one."""

    comment: Comment
    carried: bool


class Comments:
    """Keeps what people say about revisions."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._store = CommentStore(engine)
        self._clock = clock

    def on(self, entry: Entry, revision: Revision) -> list[Shown]:
        """The comments that a revision shows, thread by thread, oldest first."""
        known = self._store.of_entry(entry.id)
        threads = {
            comment.id: comment.revision != revision.number
            for comment in known
            if comment.opens and belongs(comment, revision)
        }
        shown = [Shown(c, threads[c.thread]) for c in known if c.thread in threads]
        return sorted(shown, key=lambda one: (one.comment.thread, one.comment.id))

    def get(self, comment_id: int) -> Comment:
        """One comment; NotFound."""
        return self._store.get(comment_id)

    def add(
        self,
        revision: Revision,
        author: str,
        text: str,
        *,
        quote: str = "",
        field: str = "",
        reply_to: int | None = None,
    ) -> Comment:
        """Say something about a revision, or in answer to another comment on its entry.

        Raises InvalidInput for no text, too much of it, or a quote that does not stand there;
        NotFound when there is no comment to reply to; NotAllowed for too many.
        """
        expect_storable(MAX_TEXT, text=text)
        expect_storable(MAX_QUOTE, quote=quote)
        _expect_sound(revision, text, quote, field, reply_to)
        made = Comment(
            0, revision.entry_id, revision.number, reply_to or 0, author, self._clock(),
            text.strip(), quote.strip(), field,
        )  # fmt: skip
        return self._store.add(made, MAX_COMMENTS)

    def resolve(self, comment_id: int, actor: str) -> Comment:
        """Settle the thread that a comment begins; doing it twice is the same as once."""
        return self._store.settle(comment_id, actor, self._clock(), resolved=True)

    def reopen(self, comment_id: int, actor: str) -> Comment:
        """Open a settled thread again."""
        return self._store.settle(comment_id, actor, self._clock(), resolved=False)

    def take_back(self, comment_id: int, actor: str) -> Comment:
        """Delete a comment of one's own that nobody answered.

        Raises NotFound, and NotAllowed for anybody else's and for one that was answered.
        """
        if not same_person(self._store.get(comment_id).author, actor):
            raise NotAllowed("only who wrote a comment can take it back")
        return self._store.remove(comment_id, actor, self._clock())

    def open_threads(self) -> list[list[Comment]]:
        """All threads that nobody has settled, on whatever entry; each from its first comment."""
        found = groupby(self._store.of_open_threads(), key=lambda comment: comment.thread)
        return [list(thread) for _id, thread in found]


def stands(quote: str, content: Content, field: str = "") -> bool:
    """Whether quoted words stand in a field (empty: the body), as written or as they are read.

    White space does not count, nor do the edges of table cells.
    """
    wanted = _letters(quote)
    if not wanted:
        return False
    texts = [_text(content, field)]
    if field in ("", "body"):
        texts.append(plain_text(content.body))
    return any(wanted in _letters(text) for text in texts)


def belongs(opened: Comment, revision: Revision) -> bool:
    """Whether the thread that a comment begins is shown on a revision."""
    if opened.revision == revision.number:
        return True
    earlier = opened.revision < revision.number and not opened.resolved
    return earlier and bool(opened.quote) and stands(opened.quote, revision.content, opened.field)


def _expect_sound(
    revision: Revision, text: str, quote: str, field: str, reply_to: int | None
) -> None:
    problems = []
    if not text.strip():
        problems.append(Problem("", 0, "text", "is missing"))
    if field and field not in FIELDS:
        problems.append(Problem("", 0, "field", f"{field[:40]!r} is no field of an entry"))
    elif quote and reply_to:
        problems.append(Problem("", 0, "quote", "stands with the comment that is replied to"))
    elif quote and not stands(quote, revision.content, field):
        problems.append(Problem("", 0, "quote", "does not stand in this revision"))
    if problems:
        raise InvalidInput(problems)


def _letters(text: str) -> str:
    return _SPACE.sub("", text)


def _text(content: Content, field: str) -> str:
    value: Any = getattr(content, field or "body")
    if isinstance(value, tuple):
        return "\n".join(
            item.label or item.name if isinstance(item, Slot) else item for item in value
        )
    return str(value or "")
