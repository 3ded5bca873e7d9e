"""One write to the knowledge base: load, change, save with compare-and-swap, record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb import ledger, rows, tables
from kb.errors import Conflict, InvalidInput, NotAllowed, NotFound, Problem
from kb.model import Entry, Revision, Status
from kb.validation import line_problem


def load(connection: Connection, entry_ids: Sequence[str] | None = None) -> list[Entry]:
    """The entries with those ids (None: all), by id; unknown ids are left out."""
    entry_query = sa.select(tables.entry).order_by(tables.entry.c.id)
    revision_query = sa.select(tables.revision)
    if entry_ids is None:
        return rows.entries_of(
            connection.execute(entry_query).mappings(),
            connection.execute(revision_query).mappings(),
        )
    found: list[Entry] = []
    for start in range(0, len(entry_ids), 500):  # databases limit the number of parameters
        some = list(entry_ids[start : start + 500])
        found += rows.entries_of(
            connection.execute(entry_query.where(tables.entry.c.id.in_(some))).mappings(),
            connection.execute(
                revision_query.where(tables.revision.c.entry_id.in_(some))
            ).mappings(),
        )
    return found


class Transaction:
    """A write in progress on an open write transaction; everything at one moment, by one actor."""

    def __init__(self, connection: Connection, actor: str, now: datetime) -> None:
        if not actor.strip():
            raise NotAllowed("every change needs somebody who makes it")
        if message := line_problem(actor):
            raise InvalidInput([Problem("", 0, "actor", message)])
        self.connection = connection
        self.actor = actor
        self.now = now

    def entry(self, entry_id: str, expected_version: int | None = None) -> Entry:
        """The entry as it is; NotFound, or Conflict when it is at another version."""
        found = load(self.connection, [entry_id])
        if not found:
            raise NotFound(f"there is no entry {entry_id!r}")
        if expected_version is not None and found[0].version != expected_version:
            raise Conflict(
                f"{entry_id} was changed meanwhile: version {found[0].version}, "
                f"not {expected_version}",
                found[0].version,
            )
        return found[0]

    def add(
        self, entry: Entry, action: str, revision: int = 0, detail: dict[str, Any] | None = None
    ) -> Entry:
        """Store a new entry; its version becomes 1."""
        stored = replace(entry, version=1)
        self.connection.execute(tables.entry.insert().values(rows.entry_values(stored)))
        self._insert(stored.revisions)
        self.record(action, entry.id, revision, detail)
        return stored

    def save(
        self,
        before: Entry,
        after: Entry,
        action: str,
        revision: int = 0,
        detail: dict[str, Any] | None = None,
    ) -> Entry:
        """Store what differs between `before` and `after`; the version goes up by one."""
        stored = replace(after, version=before.version + 1)
        swapped = self.connection.execute(
            tables.entry.update()
            .where(tables.entry.c.id == before.id, tables.entry.c.version == before.version)
            .values(rows.entry_values(stored))
        )
        if swapped.rowcount != 1:
            raise Conflict(f"{before.id} was changed meanwhile", before.version)
        known = {r.number: r for r in before.revisions}
        self._insert([r for r in stored.revisions if r.number not in known])
        for changed in stored.revisions:
            if changed.number in known and changed != known[changed.number]:
                self._update(changed)
        self.record(action, before.id, revision, detail)
        return stored

    def record(
        self, action: str, entry_id: str, revision: int = 0, detail: dict[str, Any] | None = None
    ) -> None:
        """Write the audit row and the change row of this step."""
        ledger.append(self.connection, self.now, self.actor, action, entry_id, revision, detail)

    def holder_of(self, short_code: str, besides: str) -> str:
        """Another entry with a published revision under this short code, or an empty string."""
        query = (
            sa.select(tables.revision.c.entry_id)
            .where(
                tables.revision.c.short_code == short_code,
                tables.revision.c.status == Status.PUBLISHED.value,
                tables.revision.c.entry_id != besides,
            )
            .limit(1)
        )
        return (self.connection.execute(query).scalar() or "") if short_code else ""

    def _insert(self, revisions: Sequence[Revision]) -> None:
        if revisions:
            values = [rows.revision_values(revision) for revision in revisions]
            self.connection.execute(tables.revision.insert(), values)

    def _update(self, revision: Revision) -> None:
        self.connection.execute(
            tables.revision.update()
            .where(
                tables.revision.c.entry_id == revision.entry_id,
                tables.revision.c.number == revision.number,
            )
            .values(rows.record_values(revision))
        )


def replaced(entry: Entry, revision: Revision) -> Entry:
    """`entry` with `revision` in place of the one with its number, or added."""
    others = (r for r in entry.revisions if r.number != revision.number)
    ordered = sorted([*others, revision], key=lambda r: r.number)
    return replace(entry, revisions=tuple(ordered))
