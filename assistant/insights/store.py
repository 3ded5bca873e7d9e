"""Tables and queries for feedback, usage per entry and day, and the gap queue.

Every text that comes from a customer is masked by `Insights` before it arrives here.
Times are unix seconds in UTC; days are dates in the site's time zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, RowMapping

from kb.store import insert_or_update, read, write

_AT_ONCE = 200  # rows that are forgotten in one transaction
metadata = sa.MetaData()

feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("entry_id", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("sent", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Index("ix_feedback_entry", "entry_id", "at"),
)

usage_count = sa.Table(
    "usage_count",
    metadata,
    sa.Column("entry_id", sa.Text, primary_key=True),
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("uses", sa.Integer, nullable=False),
)

gap = sa.Table(
    "gap",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("first_at", sa.BigInteger, nullable=False),
    sa.Column("last_at", sa.BigInteger, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Index("ix_gap_open", "status", "count"),
)


class InsightStore:
    """Every SQL statement about insights; one short transaction per method."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add_feedback(self, row: dict[str, Any], usage_day: str | None) -> None:
        """Insert feedback and, when `usage_day` is given, count one use of its entry that day."""
        with write(self._engine) as connection:
            connection.execute(feedback.insert().values(row))
            if usage_day is not None:
                _count_use(connection, row["entry_id"], usage_day)

    def usage_since(self, day: str) -> dict[str, int]:
        """Uses per entry on and after `day` (ISO date)."""
        query = (
            sa.select(usage_count.c.entry_id, sa.func.sum(usage_count.c.uses).label("uses"))
            .where(usage_count.c.day >= day)
            .group_by(usage_count.c.entry_id)
        )
        return {row["entry_id"]: int(row["uses"]) for row in self._all(query)}

    def count_gap(self, key: str, query: str, reason: str, now: int) -> None:
        """Add one to the gap with that key, or open it."""
        first = {
            "key": key, "query": query, "reason": reason, "count": 1,
            "first_at": now, "last_at": now, "status": "open",
        }  # fmt: skip
        again = {"count": gap.c.count + 1, "last_at": now, "reason": reason}
        with write(self._engine) as connection:
            insert_or_update(connection, gap, first, again)

    def gaps(self, limit: int, offset: int) -> tuple[Sequence[RowMapping], int]:
        """Open gaps, most asked first, and how many there are."""
        is_open = gap.c.status == "open"
        query = (
            sa.select(gap)
            .where(is_open)
            .order_by(gap.c.count.desc(), gap.c.last_at.desc(), gap.c.key)
            .limit(limit)
            .offset(offset)
        )
        with read(self._engine) as connection:
            total = connection.execute(
                sa.select(sa.func.count()).select_from(gap).where(is_open)
            ).scalar_one()
            return connection.execute(query).mappings().all(), int(total)

    def asked(self, limit: int) -> list[tuple[int, str]]:
        """The newest distinct questions of feedback and of open gaps, with when they were asked."""
        at = sa.func.max(feedback.c.at).label("at")
        said = sa.select(feedback.c.query, at).where(feedback.c.query != "")
        said = said.group_by(feedback.c.query).order_by(at.desc(), feedback.c.query)
        missed = sa.select(gap.c.query, gap.c.last_at.label("at")).where(gap.c.status == "open")
        missed = missed.order_by(gap.c.last_at.desc(), gap.c.key)
        rows = [row for query in (said, missed) for row in self._all(query.limit(limit))]
        return sorted(((int(row["at"]), row["query"]) for row in rows), reverse=True)[:limit]

    def forget_gaps(self, before: int) -> bool:
        """Delete some gaps that a search noted once, before a time; False when there are none."""
        old = sa.select(gap.c.key).where(
            gap.c.status == "open",
            gap.c.count == 1,
            gap.c.reason == "no_answer",
            gap.c.last_at < before,
        )
        keys = [row["key"] for row in self._all(old.limit(_AT_ONCE))]
        if keys:
            with write(self._engine) as connection:
                again = gap.c.count == 1  # it may have been asked again meanwhile
                connection.execute(gap.delete().where(gap.c.key.in_(keys), again))
        return bool(keys)

    def forget_words(self, before: int, actors: str) -> bool:
        """Empty the texts of some feedback from before a time; False when there is none.

        Args:
            before: The time.
            actors: How the names of those begin who gave it.
        """
        old = sa.select(feedback.c.id).where(
            feedback.c.at < before,
            feedback.c.actor.startswith(actors, autoescape=True),
            (feedback.c.query != "") | (feedback.c.sent != ""),
        )
        ids = [row["id"] for row in self._all(old.limit(_AT_ONCE))]
        if ids:
            with write(self._engine) as connection:
                these = feedback.c.id.in_(ids)
                connection.execute(feedback.update().where(these).values(query="", sent=""))
        return bool(ids)

    def _all(self, query: sa.Select[Any]) -> Sequence[RowMapping]:
        with read(self._engine) as connection:
            return connection.execute(query).mappings().all()


def _count_use(connection: Connection, entry_id: str, day: str) -> None:
    first = {"entry_id": entry_id, "day": day, "uses": 1}
    insert_or_update(connection, usage_count, first, {"uses": usage_count.c.uses + 1})
