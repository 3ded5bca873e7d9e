"""The two records of writes: the audit log, chained by hashes, and the change feed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from kb import tables

_FIRST = "0" * 64
_HEAD_KEY = "audit_head"


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Who did what to which revision (0: the entry as a whole), and the chain hash of the row."""

    seq: int
    at: datetime
    actor: str
    action: str
    entry_id: str
    revision: int
    detail: dict[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """How many rows were checked and what is wrong with them."""

    rows: int
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


def append(
    connection: Connection,
    at: datetime,
    actor: str,
    action: str,
    entry_id: str,
    revision: int = 0,
    detail: dict[str, Any] | None = None,
) -> None:
    """Add one audit row and one change row; call inside the write transaction it records."""
    note(connection, at, actor, action, entry_id, revision, detail)
    number = connection.execute(sa.select(sa.func.max(tables.change.c.seq))).scalar() or 0
    connection.execute(
        tables.change.insert().values(seq=number + 1, entry_id=entry_id, at=at.astimezone(UTC))
    )


def note(
    connection: Connection,
    at: datetime,
    actor: str,
    action: str,
    entry_id: str,
    revision: int = 0,
    detail: dict[str, Any] | None = None,
) -> None:
    """Add one audit row of a step that changes nothing anybody could find or read by searching.

    Call inside the write transaction it records.
    """
    seq, previous = _head(connection)
    row = {
        "seq": seq + 1,
        "at": at.astimezone(UTC),
        "actor": actor,
        "action": action,
        "entry_id": entry_id,
        "revision": revision,
        "detail": json.dumps(detail or {}, ensure_ascii=False, sort_keys=True),
        "previous": previous,
    }
    row["hash"] = _hash(row)
    connection.execute(tables.audit.insert().values(row))
    _set_head(connection, seq + 1, str(row["hash"]), first=seq == 0)


def _head(connection: Connection) -> tuple[int, str]:
    """Number and hash of the newest row."""
    newest = connection.execute(
        sa.select(tables.audit.c.seq, tables.audit.c.hash)
        .order_by(tables.audit.c.seq.desc())
        .limit(1)
    ).first()
    return (newest.seq, newest.hash) if newest else (0, _FIRST)


def _set_head(connection: Connection, seq: int, digest: str, *, first: bool) -> None:
    """Remember the newest row elsewhere too, so that cutting off the log's end shows."""
    value = f"{seq}:{digest}"
    if first:
        connection.execute(tables.kb_meta.delete().where(tables.kb_meta.c.key == _HEAD_KEY))
        connection.execute(tables.kb_meta.insert().values(key=_HEAD_KEY, value=value))
        return
    connection.execute(
        tables.kb_meta.update().where(tables.kb_meta.c.key == _HEAD_KEY).values(value=value)
    )


def _hash(row: dict[str, Any] | RowMapping) -> str:
    """SHA-256 over the previous row's hash and everything this row says."""
    at = row["at"].isoformat(timespec="microseconds")
    rest = [row[name] for name in ("actor", "action", "entry_id", "revision", "detail")]
    said = [row["previous"], row["seq"], at, *rest]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def rows(connection: Connection, entry_id: str | None, limit: int | None) -> list[AuditRow]:
    """The newest `limit` rows (None: all) about `entry_id` (None: any), oldest first."""
    query = sa.select(tables.audit).order_by(tables.audit.c.seq.desc())
    if entry_id is not None:
        query = query.where(tables.audit.c.entry_id == entry_id)
    found = connection.execute(query.limit(limit) if limit else query).mappings().all()
    return [
        AuditRow(
            seq=row["seq"],
            at=row["at"],
            actor=row["actor"],
            action=row["action"],
            entry_id=row["entry_id"],
            revision=row["revision"],
            detail=json.loads(row["detail"]),
            hash=row["hash"],
        )
        for row in reversed(found)
    ]


def verify(connection: Connection) -> AuditCheck:
    """Follow the whole chain: numbers without gaps, every hash right, the end where it was."""
    query = sa.select(tables.audit).order_by(tables.audit.c.seq)
    return AuditCheck(*_follow(connection.execute(query).mappings(), _remembered(connection)))


def _remembered(connection: Connection) -> str:
    query = sa.select(tables.kb_meta.c.value).where(tables.kb_meta.c.key == _HEAD_KEY)
    return connection.execute(query).scalar() or f"0:{_FIRST}"


def _follow(found: Iterable[RowMapping], remembered: str) -> tuple[int, tuple[str, ...]]:
    problems: list[str] = []
    count, previous = 0, _FIRST
    for row in found:
        count += 1
        if row["seq"] != count:
            problems.append(f"audit row {count} is missing; {row['seq']} follows")
            count = row["seq"]
        if row["previous"] != previous:
            problems.append(f"audit row {row['seq']} does not continue the row before it")
        if row["hash"] != _hash(row):
            problems.append(f"audit row {row['seq']} was altered")
        previous = row["hash"]
    if remembered != f"{count}:{previous}":
        problems.append(f"the audit log should end with row {remembered.partition(':')[0]}")
    return count, tuple(problems)
