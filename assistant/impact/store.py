"""Tables and queries for saved questions, and for runs of many questions with what they found.

Texts arrive here masked. `key` tells equal questions, `origin` is the key under which an import
brought one, whatever it has become since, and `imported` the values of that import: a row that
still has them was touched by nobody. A deleted row stays, so that no import brings it back.
Neither of both keys has an index: they may be longer than a row of one, and the rows are few.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, RowMapping

from assistant.impact.model import KnownAlready, Question, SavedQuestion
from assistant.impact.runs import HitRow, HitRun
from indexer.what_if import Leader
from kb.errors import Conflict, NotFound
from kb.model import Audience, Channel
from kb.store import read, write
from kb.tables import UtcDateTime

metadata = sa.MetaData()

saved_question = sa.Table(
    "saved_question",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("imported", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("as_of", UtcDateTime),
    sa.Column("audience", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("expects", sa.Text, nullable=False),
    sa.Column("must_hit", sa.Integer, nullable=False),
    sa.Column("deleted", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("updated_by", sa.Text, nullable=False),
)

hit_run = sa.Table(
    "hit_run",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("generation", sa.Text, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("judged", sa.Integer, nullable=False),
    sa.Column("hit1", sa.Integer, nullable=False),
    sa.Column("hit3", sa.Integer, nullable=False),
    sa.Column("answered", sa.Integer, nullable=False),
    sa.Column("mrr", sa.Float, nullable=False),
    sa.Index("ix_hit_run_at", "at"),
)

hit_row = sa.Table(
    "hit_row",
    metadata,
    sa.Column("run_id", sa.Text, sa.ForeignKey("hit_run.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("as_of", UtcDateTime),
    sa.Column("audience", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("expects", sa.Text, nullable=False),
    sa.Column("answered", sa.Integer, nullable=False),
    sa.Column("any_answers", sa.Float, nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("top", sa.Text, nullable=False),
)

_KEPT = saved_question.c.deleted == 0
_SPAN = 500  # databases limit the number of parameters


@dataclass(frozen=True, slots=True)
class Counts:
    """How many questions of an import became what."""

    new: int
    changed: int
    unchanged: int
    kept: int
    left_out: int = 0


class QuestionStore:
    """Every SQL statement about saved questions; one short transaction per method."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[SavedQuestion]:
        """Every saved question: the ones that must hit first, then by their words."""
        query = sa.select(saved_question).where(_KEPT)
        query = query.order_by(saved_question.c.must_hit.desc(), saved_question.c.key)
        with read(self._engine) as connection:
            return [_question(row) for row in connection.execute(query).mappings()]

    def get(self, question_id: str) -> SavedQuestion:
        """One question; NotFound."""
        with read(self._engine) as connection:
            return _question(_get(connection, question_id))

    def add(self, new: SavedQuestion, most: int) -> bool:
        """Store a new question; False when there are `most` already. KnownAlready."""
        with write(self._engine) as connection:
            count = sa.select(sa.func.count()).select_from(saved_question).where(_KEPT)
            if connection.execute(count).scalar_one() >= most:
                return False
            _expect_new(connection, new)
            connection.execute(saved_question.insert().values(_row(new)))
            return True

    def replace(self, new: SavedQuestion, expected_version: int | None) -> SavedQuestion:
        """Store a changed question; its version goes up. NotFound, Conflict, KnownAlready."""
        with write(self._engine) as connection:
            before = _get(connection, new.id)
            _expect_version(before, expected_version)
            _expect_new(connection, new)
            row = {**_row(new), "version": before["version"] + 1}
            for name in ("origin", "imported"):
                row[name] = before[name]
            _update(connection, new.id, row)
            return _question(_get(connection, new.id))

    def remove(self, question_id: str, by: str, at: datetime, expected_version: int | None) -> None:
        """Delete a question; NotFound, Conflict."""
        with write(self._engine) as connection:
            before = _get(connection, question_id)
            _expect_version(before, expected_version)
            row = {"deleted": 1, "version": before["version"] + 1, "updated_by": by}
            _update(connection, question_id, {**row, "updated_at": at})

    def bring(self, wanted: Sequence[SavedQuestion], most: int, *, dry_run: bool) -> Counts:
        """Store what an import brings, or say what it would do; all in one transaction.

        What somebody changed or deleted stays. Of new questions those are left out that would be
        more than `most` together.

        Args:
            wanted: The questions, no two with one key.
            most: How many are kept at most.
            dry_run: Whether nothing is to be written.
        """
        with read(self._engine) if dry_run else write(self._engine) as connection:
            standing = _standing(connection, [one.question.key for one in wanted])
            count = sa.select(sa.func.count()).select_from(saved_question).where(_KEPT)
            room = max(most - int(connection.execute(count).scalar_one()), 0)
            new, changed, kept, unchanged = [], [], 0, 0
            for one in wanted:
                row = standing.get(one.question.key)
                if row is None:
                    new.append(one)
                elif not _untouched(row):
                    kept += 1
                elif values_of(one) == values_of(_question(row)):
                    unchanged += 1
                else:
                    changed.append(replace(one, id=row["id"], version=row["version"] + 1))
            left_out = max(len(new) - room, 0)
            del new[room:]
            if not dry_run:
                _store(connection, new, changed)
        return Counts(len(new), len(changed), unchanged, kept, left_out)


class RunStore:
    """Every SQL statement about hit runs; one short transaction per method."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, run: HitRun, rows: Sequence[HitRow], most: int) -> None:
        """Store a run with its rows; beyond `most` runs the oldest are forgotten."""
        with write(self._engine) as connection:
            connection.execute(hit_run.insert().values(_run_row(run)))
            values = [_hit_values(run.id, row) for row in rows]
            for start in range(0, len(values), _SPAN):
                connection.execute(hit_row.insert(), values[start : start + _SPAN])
            old = sa.select(hit_run.c.id).order_by(hit_run.c.at.desc(), hit_run.c.id).offset(most)
            for gone in connection.execute(old.limit(1_000)).scalars().all():
                connection.execute(hit_row.delete().where(hit_row.c.run_id == gone))
                connection.execute(hit_run.delete().where(hit_run.c.id == gone))

    def newest(self, limit: int, offset: int) -> tuple[list[HitRun], int]:
        """Runs, the newest first, and how many there are."""
        query = sa.select(hit_run).order_by(hit_run.c.at.desc(), hit_run.c.id)
        with read(self._engine) as connection:
            total = connection.execute(sa.select(sa.func.count()).select_from(hit_run)).scalar_one()
            found = connection.execute(query.limit(limit).offset(offset)).mappings()
            return [_run(row) for row in found], int(total)

    def run(self, run_id: str) -> HitRun:
        """One run; NotFound."""
        with read(self._engine) as connection:
            query = sa.select(hit_run).where(hit_run.c.id == run_id)
            row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFound(f"there is no run {run_id!r}")
        return _run(row)

    def rows(self, run_id: str) -> list[HitRow]:
        """The rows of a run, in order."""
        query = sa.select(hit_row).where(hit_row.c.run_id == run_id).order_by(hit_row.c.number)
        with read(self._engine) as connection:
            return [_hit(row) for row in connection.execute(query).mappings()]


def values_of(saved: SavedQuestion) -> str:
    """What an import says of a question, in comparable form."""
    question = saved.question
    return json.dumps([question.key, question.text, question.expects, saved.must_hit])


def _untouched(row: RowMapping) -> bool:
    """Whether a row still is as an import brought it."""
    return not row["deleted"] and row["imported"] == values_of(_question(row))


def _standing(connection: Connection, keys: Sequence[str]) -> dict[str, RowMapping]:
    """The rows, deleted ones too, that were imported under these keys or have them now."""
    found: dict[str, RowMapping] = {}
    for column in (saved_question.c.key, saved_question.c.origin):
        for start in range(0, len(keys), _SPAN):
            some = column.in_(keys[start : start + _SPAN])
            for row in connection.execute(sa.select(saved_question).where(some)).mappings():
                found[row[column.name]] = row
    return found


def _store(
    connection: Connection, new: Sequence[SavedQuestion], changed: Sequence[SavedQuestion]
) -> None:
    for one in new:
        values = {"origin": one.question.key, "imported": values_of(one)}
        connection.execute(saved_question.insert().values({**_row(one), **values}))
    for one in changed:
        row = {**_row(one), "origin": one.question.key, "imported": values_of(one)}
        _update(connection, one.id, row)


def _get(connection: Connection, question_id: str) -> RowMapping:
    query = sa.select(saved_question).where(saved_question.c.id == question_id, _KEPT)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(f"there is no saved question {question_id!r}")
    return row


def _expect_version(row: RowMapping, version: int | None) -> None:
    if version is not None and row["version"] != version:
        raise Conflict("the question was changed meanwhile", row["version"])


def _expect_new(connection: Connection, new: SavedQuestion) -> None:
    query = sa.select(saved_question.c.version).where(
        saved_question.c.key == new.question.key, saved_question.c.id != new.id, _KEPT
    )
    if connection.execute(query.limit(1)).first() is not None:
        raise KnownAlready("the same question is kept already")


def _update(connection: Connection, question_id: str, values: dict[str, Any]) -> None:
    connection.execute(
        saved_question.update().where(saved_question.c.id == question_id).values(values)
    )


def _row(saved: SavedQuestion) -> dict[str, Any]:
    question = saved.question
    return {
        "id": saved.id,
        "key": question.key,
        "origin": "",
        "imported": "",
        **_asked(question),
        "must_hit": int(saved.must_hit),
        "deleted": 0,
        "version": saved.version,
        "updated_at": saved.updated_at,
        "updated_by": saved.updated_by,
    }


def _asked(question: Question) -> dict[str, Any]:
    return {
        "text": question.text,
        "as_of": question.as_of,
        "audience": question.audience.value,
        "channel": question.channel.value if question.channel else "",
        "expects": json.dumps(question.expects),
    }


def _asked_of(row: RowMapping) -> Question:
    return Question(
        text=row["text"],
        as_of=row["as_of"],
        audience=Audience(row["audience"]),
        channel=Channel(row["channel"]) if row["channel"] else None,
        expects=tuple(json.loads(row["expects"])),
    )


def _question(row: RowMapping) -> SavedQuestion:
    found = SavedQuestion(
        id=row["id"],
        question=_asked_of(row),
        must_hit=bool(row["must_hit"]),
        source="desk",
        version=row["version"],
        updated_at=row["updated_at"],
        updated_by=row["updated_by"],
    )
    return found if row["imported"] != values_of(found) else _imported(found)


def _imported(found: SavedQuestion) -> SavedQuestion:
    return SavedQuestion(
        found.id,
        found.question,
        found.must_hit,
        "import",
        found.version,
        found.updated_at,
        found.updated_by,
    )


def _run_row(run: HitRun) -> dict[str, Any]:
    return {
        "id": run.id,
        "name": run.name,
        "at": run.at,
        "actor": run.by,
        "generation": run.generation,
        "total": run.total,
        "judged": run.judged,
        "hit1": run.hit1,
        "hit3": run.hit3,
        "answered": run.answered,
        "mrr": run.mrr,
    }


def _run(row: RowMapping) -> HitRun:
    return HitRun(
        id=row["id"],
        name=row["name"],
        at=row["at"],
        by=row["actor"],
        generation=row["generation"],
        total=row["total"],
        judged=row["judged"],
        hit1=row["hit1"],
        hit3=row["hit3"],
        answered=row["answered"],
        mrr=row["mrr"],
    )


def _hit_values(run_id: str, row: HitRow) -> dict[str, Any]:
    top: Iterable[list[object]] = (
        [one.entry_id, one.revision, one.title, round(one.confidence, 4)] for one in row.top
    )
    return {
        "run_id": run_id,
        "number": row.number,
        **_asked(row.question),
        "answered": int(row.answered),
        "any_answers": row.any_answers,
        "rank": row.rank,
        "top": json.dumps(list(top), ensure_ascii=False),
    }


def _hit(row: RowMapping) -> HitRow:
    return HitRow(
        number=row["number"],
        question=_asked_of(row),
        answered=bool(row["answered"]),
        any_answers=row["any_answers"],
        rank=row["rank"],
        top=tuple(Leader(*one) for one in json.loads(row["top"])),
    )
