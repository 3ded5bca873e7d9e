"""Reading the knowledge base: entries, the cached snapshot, the audit log, the change feed."""

from __future__ import annotations

import threading

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from kb import ledger, store, tables
from kb.errors import NotFound
from kb.ledger import AuditCheck, AuditRow
from kb.model import Audience, Entry, Kind, Revision, Status
from kb.rows import Change
from kb.transaction import load

_LAST_CHANGE = sa.select(sa.func.max(tables.change.c.seq))  # asked by every request: made once


class Reading:
    """Every question that can be asked of the knowledge base; nothing here writes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._lock = threading.Lock()
        self._seen = -1
        self._cached: dict[str, Entry] = {}
        self._listed: tuple[Entry, ...] = ()

    def entry(self, entry_id: str) -> Entry:
        """The entry with all its revisions; NotFound."""
        with store.read(self.engine) as connection:
            found = load(connection, [entry_id])
        if not found:
            raise NotFound(f"there is no entry {entry_id!r}")
        return found[0]

    def revision(self, entry_id: str, number: int) -> Revision:
        """One revision; NotFound."""
        found = self.entry(entry_id).revision(number)
        if found is None:
            raise NotFound(f"{entry_id} has no revision {number}")
        return found

    def snapshot(self) -> list[Entry]:
        """All entries, by id, as of now. Cheap when little has changed since the last call."""
        with self._lock:
            with store.read(self.engine) as connection:
                self._refresh(connection)
            return list(self._listed)

    def entries(
        self,
        kind: Kind | None = None,
        status: Status | None = None,
        owner: str | None = None,
        audience: Audience | None = None,
    ) -> list[Entry]:
        """The entries, by id, for which all that is given holds.

        `status` and `audience` hold for an entry when they hold for one and the same revision.
        """
        return [
            entry
            for entry in self.snapshot()
            if (kind is None or entry.kind is kind)
            and (owner is None or entry.stewardship.owner == owner)
            and any(
                (status is None or revision.status is status)
                and (audience is None or revision.content.audience is audience)
                for revision in entry.revisions
            )
        ]

    def changes(self, after: int = 0, limit: int = 1000) -> list[Change]:
        """Up to `limit` changes that follow number `after`, oldest first."""
        query = (
            sa.select(tables.change)
            .where(tables.change.c.seq > after)
            .order_by(tables.change.c.seq)
            .limit(limit)
        )
        with store.read(self.engine) as connection:
            return [Change(row.seq, row.entry_id, row.at) for row in connection.execute(query)]

    def last_change(self) -> int:
        """The number of the newest change; 0 when nothing was ever written."""
        with store.read(self.engine) as connection:
            return _last_change(connection)

    def audit(self, entry_id: str | None = None, limit: int | None = None) -> list[AuditRow]:
        """The newest `limit` rows of the audit log (None: all), oldest first."""
        with store.read(self.engine) as connection:
            return ledger.rows(connection, entry_id, limit)

    def verify_audit(self) -> AuditCheck:
        """Follow the audit log's hash chain from its first row to its last."""
        with store.read(self.engine) as connection:
            return ledger.verify(connection)

    def verify_contents(self) -> list[str]:
        """Revisions whose stored content does not match their hash, as readable problems."""
        return [
            f"{revision.entry_id} r{revision.number}: the content does not match its hash"
            for entry in self.snapshot()
            for revision in entry.revisions
            if revision.content.digest() != revision.content_hash
        ]

    def _refresh(self, connection: Connection) -> None:
        """Bring the cache up to the newest change, reading only what changed."""
        newest = _last_change(connection)
        if newest == self._seen:
            return
        if self._seen < 0 or newest < self._seen:  # first read, or a backup was restored
            self._cached = {entry.id: entry for entry in load(connection)}
        else:
            query = sa.select(tables.change.c.entry_id).where(tables.change.c.seq > self._seen)
            changed = sorted(set(connection.execute(query).scalars()))
            self._cached |= {entry.id: entry for entry in load(connection, changed)}
        self._listed = tuple(self._cached[entry_id] for entry_id in sorted(self._cached))
        self._seen = newest


def _last_change(connection: Connection) -> int:
    return connection.execute(_LAST_CHANGE).scalar() or 0
