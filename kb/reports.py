"""What people say about entries: "this is outdated", and "these two do not contradict".

Such words change no entry: its version stays, so that nobody's edit is refused because of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kb import store, tables
from kb.errors import InvalidInput, NotAllowed, NotFound, Problem
from kb.rows import Report, report_of
from kb.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

_MAX_TEXT = 2000
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Dismissal:
    """Somebody looked at a contradiction and found it to be none."""

    key: str
    entry_id: str
    at: datetime
    actor: str
    note: str


class Reports:
    """The part of the knowledge base that keeps reports and dismissed contradictions."""

    engine: Engine
    clock: Callable[[], datetime]

    def report_outdated(
        self, entry_id: str, revision: int, sentence: str, note: str, actor: str
    ) -> Report:
        """Say that a revision is out of date; `sentence` is the wrong one, empty for all of it."""
        _expect_short(sentence=sentence, note=note)
        with store.write(self.engine) as connection:
            work = Transaction(connection, actor, self.clock())
            entry = work.entry(entry_id)
            if entry.revision(revision) is None:
                raise NotFound(f"{entry_id} has no revision {revision}")
            last = connection.execute(sa.select(sa.func.max(tables.report.c.id))).scalar() or 0
            report = Report(last + 1, entry_id, revision, sentence, note, actor, work.now)
            values = asdict(report)
            connection.execute(tables.report.insert().values(values))
            detail = {"report": report.id, "sentence": sentence, "note": note}
            work.record("report", entry.id, revision, detail)
            return report

    def resolve_report(self, report_id: int, actor: str, resolution: str = "") -> Report:
        """Close an open report; NotFound, or NotAllowed when it is closed already."""
        _expect_short(resolution=resolution)
        with store.write(self.engine) as connection:
            work = Transaction(connection, actor, self.clock())
            report = _report(connection, report_id)
            if report.resolved_at is not None:
                raise NotAllowed(f"report {report_id} was resolved by {report.resolved_by}")
            connection.execute(
                tables.report.update()
                .where(tables.report.c.id == report_id)
                .values(resolved_at=work.now, resolved_by=actor, resolution=resolution)
            )
            detail = {"report": report_id, "resolution": resolution}
            work.record("resolve", report.entry_id, report.revision, detail)
            return _report(connection, report_id)

    def reports(self, entry_id: str | None = None, open_only: bool = True) -> list[Report]:
        """Reports, oldest first: of one entry or all, open ones or all."""
        query = sa.select(tables.report).order_by(tables.report.c.id)
        if entry_id is not None:
            query = query.where(tables.report.c.entry_id == entry_id)
        if open_only:
            query = query.where(tables.report.c.resolved_at.is_(None))
        with store.read(self.engine) as connection:
            return [report_of(row) for row in connection.execute(query).mappings()]

    def dismiss_conflict(self, key: str, entry_id: str, actor: str, note: str = "") -> None:
        """Note that a found contradiction is none; `key` as `kb.freshness.conflict_key` gives it.

        Doing it twice is the same as once.
        """
        _expect_short(key=key, note=note)
        with store.write(self.engine) as connection:
            work = Transaction(connection, actor, self.clock())
            entry = work.entry(entry_id)
            known = sa.select(tables.dismissal.c.key).where(tables.dismissal.c.key == key)
            if connection.execute(known).first():
                return
            connection.execute(
                tables.dismissal.insert().values(
                    key=key, entry_id=entry_id, at=work.now, actor=actor, note=note
                )
            )
            work.record("dismiss", entry.id, 0, {"key": key, "note": note})

    def restore_conflict(self, key: str, actor: str, note: str = "") -> None:
        """Take a dismissal back: the contradiction shows again. NotFound when there is none."""
        _expect_short(key=key, note=note)
        with store.write(self.engine) as connection:
            work = Transaction(connection, actor, self.clock())
            known = sa.select(tables.dismissal).where(tables.dismissal.c.key == key)
            row = connection.execute(known).mappings().first()
            if row is None:
                raise NotFound("there is no such dismissal")
            connection.execute(tables.dismissal.delete().where(tables.dismissal.c.key == key))
            work.record("restore", row["entry_id"], 0, {"key": key, "note": note})

    def dismissals(self) -> list[Dismissal]:
        """All contradictions that were found to be none, newest first."""
        query = sa.select(tables.dismissal).order_by(
            tables.dismissal.c.at.desc(), tables.dismissal.c.key
        )
        with store.read(self.engine) as connection:
            return [Dismissal(**row) for row in connection.execute(query).mappings()]

    def dismissed_conflicts(self) -> frozenset[str]:
        """The keys of all contradictions that somebody has looked at and found to be none."""
        with store.read(self.engine) as connection:
            return frozenset(connection.execute(sa.select(tables.dismissal.c.key)).scalars())


def _report(connection: Connection, report_id: int) -> Report:
    if report_id > _LARGEST_ID:
        raise NotFound("there is no such report")  # nor can a database be asked for it
    query = sa.select(tables.report).where(tables.report.c.id == report_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(f"there is no report {report_id}")
    return report_of(row)


def _expect_short(**texts: str) -> None:
    expect_storable(_MAX_TEXT, **texts)


def expect_storable(longest: int, **texts: str) -> None:
    """Refuse texts, by name, that are longer than `longest` or that no database takes."""
    problems = [
        Problem("", 0, name, f"is longer than {longest} characters")
        for name, text in texts.items()
        if len(text) > longest
    ]
    problems += [
        Problem("", 0, name, "holds a NUL or unpaired surrogate")
        for name, text in texts.items()
        if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text)
    ]
    if problems:
        raise InvalidInput(problems)
