"""Runs of imports in the database: what was read, what is planned, what is done."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from kb import tables
from kb.errors import Problem
from kb.formats.duplicates import Duplicate
from kb.formats.planning import Outcome, PlannedRow
from kb.formats.proposals import ImportOptions, restored, stored
from kb.formats.records import Head
from kb.model import Audience, Kind

_RUN, _ROW = tables.import_run, tables.import_row
_QUIET = timedelta(seconds=60)  # without a sign of life nobody works on a run any more


class RunState(StrEnum):
    """How far a run is."""

    READING = "reading"
    REFUSED = "refused"
    READY = "ready"
    APPLYING = "applying"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """How a plan is to be carried out.

    With `approved_by` good rows are published, approved by that person, else they are drafts.
    With `skip_duplicates` rows are left out that repeat a question or content. `noted` is what the
    audit log tells of each published entry besides: plain JSON.
    """

    approved_by: str = ""
    skip_duplicates: bool = False
    noted: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """One import from the upload to its end.

    `done` of `total` rows are read, or carried out, as `state` says. `reason` is why a file was
    refused. `duplicates` counts rows that repeat something.
    """

    id: str
    name: str
    size: int
    created_at: datetime
    created_by: str
    trusted: bool
    options: ImportOptions
    state: RunState
    reason: str
    heads: tuple[Head, ...]
    notes: tuple[str, ...]
    done: int
    total: int
    how: ApplyOptions
    applied_by: str
    updated_at: datetime
    counts: dict[Outcome, int]
    duplicates: int = 0

    def interrupted(self, now: datetime) -> bool:
        """Whether work on it began and nobody goes on with it."""
        working = self.state in (RunState.READING, RunState.APPLYING)
        return working and now - self.updated_at > _QUIET

    @property
    def summary(self) -> str:
        """What became of the rows in one line, such as ``3 new, 1 failed``."""
        return ", ".join(f"{n} {name}" for name, n in self.counts.items() if n) or "nothing"


def add(connection: Connection, run: Run) -> None:
    """Keep a new run."""
    values = {
        "id": run.id,
        "name": run.name,
        "size": run.size,
        "created_at": run.created_at,
        "created_by": run.created_by,
        "trusted": int(run.trusted),
        "options": json.dumps(asdict(run.options)),
        "state": run.state.value,
        "reason": run.reason,
        "heads": "[]",
        "notes": "[]",
        "done": run.done,
        "total": run.total,
        "how": json.dumps(asdict(run.how)),
        "applied_by": "",
        "updated_at": run.updated_at,
    }
    connection.execute(_RUN.insert().values(values))


def change(connection: Connection, run_id: str, now: datetime, **values: Any) -> None:  # noqa: ANN401
    """Set columns of a run; `heads`, `notes` and `how` are given as they are in `Run`."""
    if "heads" in values:
        values["heads"] = json.dumps([asdict(head) for head in values["heads"]])
    if "notes" in values:
        values["notes"] = json.dumps(values["notes"])
    if "how" in values:
        values["how"] = json.dumps(asdict(values["how"]))
    update = _RUN.update().where(_RUN.c.id == run_id).values(updated_at=now, **values)
    connection.execute(update)


def find(connection: Connection, run_id: str) -> Run | None:
    """The run with its counts; None when there is none."""
    found = connection.execute(sa.select(_RUN).where(_RUN.c.id == run_id)).mappings().first()
    return _run(connection, found) if found else None


def newest(connection: Connection, limit: int) -> list[Run]:
    """The newest runs, newest first."""
    query = sa.select(_RUN).order_by(_RUN.c.created_at.desc(), _RUN.c.id).limit(limit)
    return [_run(connection, row) for row in connection.execute(query).mappings().all()]


def _run(connection: Connection, row: RowMapping) -> Run:
    counts = dict.fromkeys(Outcome, 0)
    repeated = sa.func.sum(sa.case((_ROW.c.duplicates != "[]", 1), else_=0))
    query = (
        sa.select(_ROW.c.outcome, sa.func.count(), repeated)
        .where(_ROW.c.run_id == row["id"])
        .group_by(_ROW.c.outcome)
    )
    duplicates = 0
    for outcome, number, again in connection.execute(query):
        counts[Outcome(outcome)] = number
        duplicates += again
    options = json.loads(row["options"])
    options |= {"audience": Audience(options["audience"]), "kind": Kind(options["kind"])}
    return Run(
        id=row["id"],
        name=row["name"],
        size=row["size"],
        created_at=row["created_at"],
        created_by=row["created_by"],
        trusted=bool(row["trusted"]),
        options=ImportOptions(**options),
        state=RunState(row["state"]),
        reason=row["reason"],
        heads=tuple(
            Head(head["sheet"], head["form"], tuple(head["columns"]))
            for head in json.loads(row["heads"])
        ),
        notes=tuple(json.loads(row["notes"])),
        done=row["done"],
        total=row["total"],
        how=ApplyOptions(**json.loads(row["how"])),
        applied_by=row["applied_by"],
        updated_at=row["updated_at"],
        counts=counts,
        duplicates=duplicates,
    )


def clear_rows(connection: Connection, run_id: str) -> None:
    """Forget the rows of a run."""
    connection.execute(_ROW.delete().where(_ROW.c.run_id == run_id))


def add_rows(connection: Connection, run_id: str, planned: Sequence[PlannedRow]) -> None:
    """Keep planned rows."""
    if planned:
        values = [{"run_id": run_id, "applied": 0, **_values(row)} for row in planned]
        connection.execute(_ROW.insert(), values)


def _values(row: PlannedRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "turn": row.turn,
        "place": _shown(row.place),
        "line": row.line,
        "head": row.head,
        "entry_id": _shown(row.entry_id),
        "title": _shown(row.title),
        "revision": row.revision,
        "outcome": row.outcome.value,
        "problems": json.dumps([asdict(problem) for problem in row.problems]),
        "duplicates": json.dumps([asdict(duplicate) for duplicate in row.duplicates]),
        "cells": json.dumps(row.cells),
        "proposed": stored(row.proposed) if row.proposed else None,
    }


def _shown(text: str) -> str:
    """Text of a file as any database can keep it and a line can show it."""
    return "".join(char if char.isprintable() else " " for char in text[:300])


def rows(
    connection: Connection,
    run_id: str,
    outcomes: Sequence[Outcome] = (),
    *,
    duplicates_only: bool = False,
    limit: int = 100,
    after: int = 0,
) -> list[PlannedRow]:
    """Rows of a run by number, those after number `after`; of certain outcomes if given."""
    query = sa.select(_ROW).where(_ROW.c.run_id == run_id, _ROW.c.number > after)
    if outcomes:
        query = query.where(_ROW.c.outcome.in_([outcome.value for outcome in outcomes]))
    if duplicates_only:
        query = query.where(_ROW.c.duplicates != "[]")
    query = query.order_by(_ROW.c.number).limit(limit)
    return [_planned(row) for row in connection.execute(query).mappings()]


def waiting(connection: Connection, run_id: str, turns: int) -> list[list[PlannedRow]]:
    """The rows of the next `turns` turns that are not carried out, grouped by turn."""
    open_rows = (_ROW.c.run_id == run_id, _ROW.c.applied == 0)
    first = connection.execute(sa.select(sa.func.min(_ROW.c.turn)).where(*open_rows)).scalar()
    if first is None:
        return []
    query = (
        sa.select(_ROW)
        .where(*open_rows, _ROW.c.turn >= first, _ROW.c.turn < first + turns)
        .order_by(_ROW.c.turn, _ROW.c.number)
    )
    groups: dict[int, list[PlannedRow]] = {}
    for row in connection.execute(query).mappings():
        groups.setdefault(row["turn"], []).append(_planned(row))
    return list(groups.values())


def carried_out(connection: Connection, run_id: str, done: Iterable[PlannedRow]) -> None:
    """Note what became of rows; they are not `waiting` any more."""
    values = [
        {
            "of": run_id,
            "at": row.number,
            "became": row.outcome.value,
            "number_now": row.revision,
            "wrong": json.dumps([asdict(problem) for problem in row.problems]),
        }
        for row in done
    ]
    update = (
        _ROW.update()
        .where(_ROW.c.run_id == sa.bindparam("of"), _ROW.c.number == sa.bindparam("at"))
        .values(
            applied=1,
            outcome=sa.bindparam("became"),
            revision=sa.bindparam("number_now"),
            problems=sa.bindparam("wrong"),
        )
    )
    connection.execute(update, values)


def work_left(connection: Connection, run_id: str) -> tuple[int, int]:
    """How many rows are carried out, and how many there are to carry out in all."""
    query = sa.select(
        sa.func.count(), sa.func.coalesce(sa.func.sum(_ROW.c.applied), 0)
    ).where(_ROW.c.run_id == run_id, _ROW.c.turn.is_not(None))  # fmt: skip
    total, done = connection.execute(query).one()
    return int(done), int(total)


def forget(connection: Connection, before: datetime) -> list[str]:
    """Delete runs made before a moment; gives their ids."""
    old = list(connection.execute(sa.select(_RUN.c.id).where(_RUN.c.created_at < before)).scalars())
    for run_id in old:
        clear_rows(connection, run_id)
        connection.execute(_RUN.delete().where(_RUN.c.id == run_id))
    return old


def _planned(row: RowMapping) -> PlannedRow:
    return PlannedRow(
        number=row["number"],
        place=row["place"],
        line=row["line"],
        head=row["head"],
        entry_id=row["entry_id"],
        title=row["title"],
        revision=row["revision"],
        outcome=Outcome(row["outcome"]),
        problems=tuple(Problem(**problem) for problem in json.loads(row["problems"])),
        duplicates=tuple(Duplicate(**found) for found in json.loads(row["duplicates"])),
        cells=tuple(json.loads(row["cells"])),
        proposed=restored(row["proposed"]) if row["proposed"] else None,
        turn=row["turn"],
    )
