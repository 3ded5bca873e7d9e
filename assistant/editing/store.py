"""Queries for working drafts and comments. The tables are declared in `kb.tables`."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, RowMapping

from assistant.editing.model import Comment, NewerDraft, WorkingDraft, WorkingRow
from kb import ledger
from kb.errors import NotAllowed, NotFound
from kb.store import read, write
from kb.tables import revision_comment, working_draft

_TICK = timedelta(microseconds=1)
_LARGEST_ID = 2**63 - 1
_STANDS = revision_comment.c.text != ""  # not taken back


class WorkingStore:
    """Every SQL statement about working drafts; one short transaction per method."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def rows(self, owner: str) -> list[WorkingRow]:
        """The working drafts of one person, the one saved last first."""
        columns = working_draft.c
        query = (
            sa.select(columns.key, columns.title, columns.base_revision, columns.saved_at)
            .where(columns.owner == owner)
            .order_by(columns.saved_at.desc(), columns.key)
        )
        with read(self._engine) as connection:
            return [
                WorkingRow(row.key, json.loads(row.title), row.base_revision, row.saved_at)
                for row in connection.execute(query)
            ]

    def get(self, owner: str, key: str) -> WorkingDraft:
        """One working draft; NotFound."""
        with read(self._engine) as connection:
            found = _draft(connection, owner, key)
        if found is None:
            raise NotFound(f"{owner} is writing nothing under {key}")
        return found

    def put(self, draft: WorkingDraft, seen: datetime | None, most: int) -> WorkingDraft:
        """Save a working draft over the one that was seen last; gives it as it was saved.

        Raises NewerDraft when another one stands there, NotAllowed for more than `most` drafts.
        """
        with write(self._engine) as connection:
            before = _draft(connection, draft.owner, draft.key)
            if before is None:
                if _count(connection, draft.owner) >= most:
                    raise NotAllowed(f"{draft.owner} has {most} working drafts already")
            elif before.saved_at != seen:
                raise NewerDraft(before)
            elif draft.saved_at <= before.saved_at:
                draft = replace(draft, saved_at=before.saved_at + _TICK)
            connection.execute(working_draft.delete().where(_is(draft.owner, draft.key)))
            connection.execute(working_draft.insert().values(_values(draft)))
            return draft

    def remove(self, owner: str, key: str, seen: datetime | None = None) -> bool:
        """Throw a working draft away; whether there was one.

        With `seen`, raises NewerDraft when another one than the one saved then stands there.
        """
        with write(self._engine) as connection:
            before = _draft(connection, owner, key) if seen else None
            if before is not None and before.saved_at != seen:
                raise NewerDraft(before)
            gone = connection.execute(working_draft.delete().where(_is(owner, key)))
            return gone.rowcount > 0


class CommentStore:
    """Every SQL statement about comments; one short transaction per method.

    Each step stands in the audit log, committed with it; what was said does not. A comment that
    was taken back keeps its number, so that nobody is answered in its place, and loses its words.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_entry(self, entry_id: str) -> list[Comment]:
        """All comments on an entry's revisions, oldest first."""
        table = revision_comment
        query = sa.select(table).where(table.c.entry_id == entry_id, _STANDS).order_by(table.c.id)
        with read(self._engine) as connection:
            return [Comment(**row) for row in connection.execute(query).mappings()]

    def get(self, comment_id: int) -> Comment:
        """One comment; NotFound."""
        with read(self._engine) as connection:
            return _comment(connection, comment_id)

    def of_open_threads(self) -> list[Comment]:
        """The comments of all threads that nobody has settled, thread by thread, oldest first."""
        table = revision_comment
        opened = sa.select(table.c.id).where(
            table.c.id == table.c.thread, table.c.resolved_at.is_(None)
        )
        query = sa.select(table).where(table.c.thread.in_(opened), _STANDS)
        with read(self._engine) as connection:
            rows = connection.execute(query.order_by(table.c.thread, table.c.id)).mappings()
            return [Comment(**row) for row in rows]

    def add(self, comment: Comment, most: int) -> Comment:
        """Keep a comment under a new id; a `thread` of 0 begins one.

        Raises NotFound when there is no such thread on the entry, NotAllowed for more than `most`
        comments on it.
        """
        table = revision_comment
        with write(self._engine) as connection:
            of_entry = sa.select(sa.func.count()).where(table.c.entry_id == comment.entry_id)
            if connection.execute(of_entry).scalar_one() >= most:
                raise NotAllowed(f"{comment.entry_id} has {most} comments already")
            number = (connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0) + 1
            thread = number
            if comment.thread:
                opened = _comment(connection, comment.thread)
                if opened.entry_id != comment.entry_id:
                    raise NotFound(f"comment {comment.thread} is on another entry")
                thread = opened.thread
            kept = replace(comment, id=number, thread=thread)
            connection.execute(table.insert().values(asdict(kept)))
            _note(connection, kept, "comment" if kept.opens else "reply", kept.author, kept.at)
            return kept

    def settle(self, comment_id: int, by: str, at: datetime, *, resolved: bool) -> Comment:
        """Mark the thread that a comment begins as resolved, or as open again."""
        table = revision_comment
        with write(self._engine) as connection:
            found = _comment(connection, comment_id)
            if not found.opens:
                raise NotAllowed("only the comment that begins a thread can be resolved")
            if found.resolved != resolved:
                found = replace(
                    found, resolved_by=by if resolved else "", resolved_at=at if resolved else None
                )
                connection.execute(
                    table.update()
                    .where(table.c.id == comment_id)
                    .values(resolved_by=found.resolved_by, resolved_at=found.resolved_at)
                )
                _note(connection, found, "settle" if resolved else "reopen", by, at)
            return found

    def remove(self, comment_id: int, by: str, at: datetime) -> Comment:
        """Take a comment back that nobody answered; NotFound, NotAllowed."""
        table = revision_comment
        with write(self._engine) as connection:
            found = _comment(connection, comment_id)
            later = sa.select(table.c.id).where(
                table.c.thread == found.thread, table.c.id > comment_id, _STANDS
            )
            if connection.execute(later.limit(1)).first():
                raise NotAllowed("the comment was answered already")
            gone = {"text": "", "quote": "", "field": ""}
            connection.execute(table.update().where(table.c.id == comment_id).values(gone))
            _note(connection, found, "take_back", by, at)
            return found


def _note(connection: Connection, on: Comment, action: str, by: str, at: datetime) -> None:
    detail = {"comment": on.id, "thread": on.thread}
    ledger.note(connection, at, by, action, on.entry_id, on.revision, detail)


def _is(owner: str, key: str) -> sa.ColumnElement[bool]:
    return (working_draft.c.owner == owner) & (working_draft.c.key == key)


def _draft(connection: Connection, owner: str, key: str) -> WorkingDraft | None:
    row = connection.execute(sa.select(working_draft).where(_is(owner, key))).mappings().first()
    return _draft_of(row) if row else None


def _draft_of(row: RowMapping) -> WorkingDraft:
    return WorkingDraft(
        owner=row["owner"],
        key=row["key"],
        title=json.loads(row["title"]),
        base_revision=row["base_revision"],
        base_version=row["base_version"],
        state=json.loads(row["state"]),
        saved_at=row["saved_at"],
    )


def _values(draft: WorkingDraft) -> dict[str, object]:
    return {
        "owner": draft.owner,
        "key": draft.key,
        "title": json.dumps(draft.title),
        "base_revision": draft.base_revision,
        "base_version": draft.base_version,
        "state": json.dumps(draft.state, separators=(",", ":")),
        "saved_at": draft.saved_at,
    }


def _count(connection: Connection, owner: str) -> int:
    query = sa.select(sa.func.count()).where(working_draft.c.owner == owner)
    return connection.execute(query).scalar_one()


def _comment(connection: Connection, comment_id: int) -> Comment:
    if comment_id > _LARGEST_ID:
        raise NotFound("there is no such comment")  # nor can a database be asked for it
    table = revision_comment
    query = sa.select(table).where(table.c.id == comment_id, _STANDS)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(f"there is no comment {comment_id}")
    return Comment(**row)
