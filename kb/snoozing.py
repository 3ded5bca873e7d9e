"""Putting off what the freshness board asks for, until a day and with a reason.

Nothing wakes it: at its date a snooze is over, and a flaw of another state than those it was made
for shows at once. The audit log tells who put off what.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kb import store, tables
from kb.errors import InvalidInput, NotFound, Problem
from kb.reports import expect_storable
from kb.states import Freshness, State
from kb.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine, RowMapping

LONGEST = timedelta(days=366)
_MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class Snooze:
    """`entry_id` is put off until `until` as far as it is in one of `states`."""

    entry_id: str
    until: datetime
    reason: str
    states: frozenset[State]
    at: datetime
    actor: str

    def covers(self, label: Freshness, now: datetime) -> bool:
        """Whether a label is put off at `now`: in time, and nothing new has come up."""
        return now < self.until and {reason.state for reason in label.reasons} <= self.states


class Snoozes:
    """The part of the knowledge base that keeps what was put off."""

    engine: Engine
    clock: Callable[[], datetime]

    def snooze(
        self, entry_id: str, until: datetime, reason: str, states: Iterable[State], actor: str
    ) -> Snooze:
        """Put an entry off for the states it is in; a snooze that there is already is replaced.

        Raises InvalidInput for a date that is not ahead or more than a year off, or no reason;
        NotFound.
        """
        expect_storable(_MAX_REASON, reason=reason)
        with store.write(self.engine) as connection:
            work = Transaction(connection, actor, self.clock())
            _expect_sound(until, reason, work.now)
            entry = work.entry(entry_id)
            made = Snooze(entry.id, until, reason.strip(), frozenset(states), work.now, actor)
            table = tables.snooze
            connection.execute(table.delete().where(table.c.entry_id == entry.id))
            connection.execute(table.insert().values(_row(made)))
            detail = {"until": until.isoformat(), "reason": made.reason}
            work.record("snooze", entry.id, 0, detail)
            return made

    def wake(self, entry_id: str, actor: str) -> None:
        """End a snooze before its date; NotFound when there is none."""
        with store.write(self.engine) as connection:
            work = Transaction(connection, actor, self.clock())
            entry = work.entry(entry_id)
            table = tables.snooze
            gone = connection.execute(table.delete().where(table.c.entry_id == entry.id))
            if gone.rowcount != 1:
                raise NotFound(f"{entry_id} is not put off")
            work.record("wake", entry.id)

    def snoozes(self) -> dict[str, Snooze]:
        """Every snooze by entry, also those whose date has come."""
        with store.read(self.engine) as connection:
            rows = connection.execute(sa.select(tables.snooze)).mappings()
            return {row["entry_id"]: _snooze(row) for row in rows}


def _expect_sound(until: datetime, reason: str, now: datetime) -> None:
    problems = []
    if not now < until <= now + LONGEST:
        problems.append(Problem("", 0, "until", "must be ahead, by a year at most"))
    if not reason.strip():
        problems.append(Problem("", 0, "reason", "must say why"))
    if problems:
        raise InvalidInput(problems)


def _row(snooze: Snooze) -> dict[str, object]:
    return {
        "entry_id": snooze.entry_id,
        "until": snooze.until,
        "reason": snooze.reason,
        "states": json.dumps(sorted(state.value for state in snooze.states)),
        "at": snooze.at,
        "actor": snooze.actor,
    }


def _snooze(row: RowMapping) -> Snooze:
    return Snooze(
        entry_id=row["entry_id"],
        until=row["until"],
        reason=row["reason"],
        states=frozenset(State(state) for state in json.loads(row["states"])),
        at=row["at"],
        actor=row["actor"],
    )
