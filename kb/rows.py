"""Database rows ⇄ domain objects. Content is stored as the canonical JSON that its hash is of."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import RowMapping

from kb.model import (
    Audience,
    Channel,
    Content,
    Entry,
    Kind,
    Revision,
    Slot,
    Status,
    Stewardship,
)

_TUPLES = ("products", "tags", "questions", "counter", "depends_on", "supersedes")


@dataclass(frozen=True, slots=True)
class Report:
    """Somebody says that an entry is out of date; open until `resolved_at` is set."""

    id: int
    entry_id: str
    revision: int
    sentence: str
    note: str
    actor: str
    at: datetime
    resolved_at: datetime | None = None
    resolved_by: str = ""
    resolution: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """Something about `entry_id` changed; `seq` counts up without gaps in order of commits."""

    seq: int
    entry_id: str
    at: datetime


def content_of(text: str) -> Content:
    """The content whose `Content.canonical` form `text` is."""
    plain: dict[str, Any] = json.loads(text)
    for key in _TUPLES:
        plain[key] = tuple(plain[key])
    for key in ("effective_from", "effective_until"):
        plain[key] = datetime.fromisoformat(plain[key]) if plain[key] else None
    plain["kind"] = Kind(plain["kind"])
    plain["audience"] = Audience(plain["audience"])
    plain["channels"] = tuple(Channel(name) for name in plain["channels"])
    plain["slots"] = tuple(Slot(**slot) for slot in plain["slots"])
    return Content(**plain)


def entry_values(entry: Entry) -> dict[str, Any]:
    """The entry's own row."""
    keeper = entry.stewardship
    return {
        "id": entry.id,
        "kind": entry.kind.value,
        "owner": keeper.owner,
        "reviewer": keeper.reviewer,
        "review_every": keeper.review_every,
        "reviewed_at": keeper.reviewed_at,
        "reviewed_by": keeper.reviewed_by,
        "version": entry.version,
        "created_at": entry.created_at,
    }


def record_values(revision: Revision) -> dict[str, Any]:
    """The columns of a revision's row that lifecycle steps change."""
    return {
        "status": revision.status.value,
        "author": revision.author,
        "created_at": revision.created_at,
        "submitted_at": revision.submitted_at,
        "approved_by": revision.approved_by,
        "approved_at": revision.approved_at,
        "published_at": revision.published_at,
        "withdrawn_at": revision.withdrawn_at,
    }


def revision_values(revision: Revision) -> dict[str, Any]:
    """A revision's whole row."""
    return {
        "entry_id": revision.entry_id,
        "number": revision.number,
        "short_code": revision.content.short_code,
        "content": revision.content.canonical(),
        "content_hash": revision.content_hash,
        **record_values(revision),
    }


def revision_of(row: RowMapping) -> Revision:
    """The revision in a row."""
    return Revision(
        entry_id=row["entry_id"],
        number=row["number"],
        content=content_of(row["content"]),
        content_hash=row["content_hash"],
        status=Status(row["status"]),
        author=row["author"],
        created_at=row["created_at"],
        submitted_at=row["submitted_at"],
        approved_by=row["approved_by"],
        approved_at=row["approved_at"],
        published_at=row["published_at"],
        withdrawn_at=row["withdrawn_at"],
    )


def entries_of(
    entry_rows: Iterable[RowMapping], revision_rows: Iterable[RowMapping]
) -> list[Entry]:
    """Entries with their revisions; both in the order given, revisions by number."""
    by_entry: dict[str, list[Revision]] = {}
    for row in revision_rows:
        by_entry.setdefault(row["entry_id"], []).append(revision_of(row))
    return [
        _entry_of(row, tuple(sorted(by_entry.get(row["id"], ()), key=lambda r: r.number)))
        for row in entry_rows
    ]


def _entry_of(row: RowMapping, revisions: tuple[Revision, ...]) -> Entry:
    keeper = Stewardship(
        owner=row["owner"],
        reviewer=row["reviewer"],
        review_every=row["review_every"],
        reviewed_at=row["reviewed_at"],
        reviewed_by=row["reviewed_by"],
    )
    return Entry(row["id"], Kind(row["kind"]), keeper, row["version"], row["created_at"], revisions)


def report_of(row: RowMapping) -> Report:
    """The report in a row."""
    return Report(**{str(name): value for name, value in row.items()})
