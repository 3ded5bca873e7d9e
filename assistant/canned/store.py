"""Queries for private and team replies, who is in which team, and how often a reply was used.

The tables are declared in `kb.tables`. Texts arrive here masked.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, RowMapping

from assistant.canned.model import Draft, Members, OwnReply, Param, Scope, Uses
from kb.errors import Conflict, NotFound
from kb.model import Channel
from kb.store import insert_or_update, read, write
from kb.tables import canned_reply, canned_use, team_member

EVERYBODY = ""


class CannedStore:
    """Every SQL statement about canned replies; one short transaction per method."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def visible(self, person: str, *, all_teams: bool) -> list[tuple[str, int]]:
        """Ids and versions of a person's private replies, their teams' and those for all teams."""
        teams = sa.select(team_member.c.team).where(team_member.c.member == person)
        mine = (canned_reply.c.scope == Scope.PRIVATE) & (canned_reply.c.owner == person)
        ours = canned_reply.c.scope == Scope.TEAM
        if not all_teams:
            ours &= (canned_reply.c.team == EVERYBODY) | canned_reply.c.team.in_(teams)
        query = sa.select(canned_reply.c.id, canned_reply.c.version).where(mine | ours)
        with read(self._engine) as connection:
            return [(row.id, row.version) for row in connection.execute(query)]

    def several(self, reply_ids: Sequence[str]) -> list[OwnReply]:
        """The replies with those ids, in any order; unknown ids are left out."""
        found: list[OwnReply] = []
        with read(self._engine) as connection:
            for start in range(0, len(reply_ids), 500):  # databases limit their parameters
                some = canned_reply.c.id.in_(reply_ids[start : start + 500])
                query = sa.select(canned_reply).where(some)
                found += [_reply(row) for row in connection.execute(query).mappings()]
        return found

    def everything(self) -> list[OwnReply]:
        """Every private and team reply, by id."""
        query = sa.select(canned_reply).order_by(canned_reply.c.id)
        with read(self._engine) as connection:
            return [_reply(row) for row in connection.execute(query).mappings()]

    def get(self, reply_id: str) -> OwnReply:
        """One reply; NotFound."""
        with read(self._engine) as connection:
            return _get(connection, reply_id)

    def add(self, reply: OwnReply, most: int) -> bool:
        """Store a new reply; False when its owner, or its team, has `most` already."""
        with write(self._engine) as connection:
            shelf = sa.select(sa.func.count()).where(_same_shelf(reply))
            if connection.execute(shelf).scalar_one() >= most:
                return False
            connection.execute(canned_reply.insert().values(_row(reply)))
            return True

    def replace(self, reply: OwnReply, expected_version: int | None) -> OwnReply:
        """Store a changed reply; its version goes up. NotFound, Conflict."""
        with write(self._engine) as connection:
            before = _get(connection, reply.id)
            _expect(before, expected_version)
            row = {**_row(reply), "version": before.version + 1}
            connection.execute(
                canned_reply.update().where(canned_reply.c.id == reply.id).values(row)
            )
            return _get(connection, reply.id)

    def remove(self, reply_id: str, expected_version: int | None) -> None:
        """Delete a reply and its use counts. NotFound, Conflict."""
        with write(self._engine) as connection:
            _expect(_get(connection, reply_id), expected_version)
            connection.execute(canned_use.delete().where(canned_use.c.reply_id == reply_id))
            connection.execute(canned_reply.delete().where(canned_reply.c.id == reply_id))

    def code_holder(self, reply: OwnReply) -> str:
        """Another reply of the same owner, or team, with that short code; empty when free."""
        query = sa.select(canned_reply.c.id).where(
            _same_shelf(reply),
            canned_reply.c.short_code == reply.draft.short_code,
            canned_reply.c.id != reply.id,
        )
        with read(self._engine) as connection:
            return connection.execute(query.limit(1)).scalar() or ""

    def count_use(self, person: str, reply_id: str, at: datetime) -> None:
        """Add one to what a person, and everybody, used a reply."""
        with write(self._engine) as connection:
            for who in (person, EVERYBODY):
                _count(connection, {"person": who, "reply_id": reply_id, "uses": 1, "last_at": at})

    def uses(self, person: str, reply_ids: Collection[str]) -> dict[str, Uses]:
        """How often replies were used; those never used are left out."""
        query = sa.select(canned_use).where(canned_use.c.person.in_((person, EVERYBODY)))
        if len(reply_ids) <= 500:  # beyond this reading all is as quick as naming them
            query = query.where(canned_use.c.reply_id.in_(list(reply_ids)))
        found: dict[str, list[int]] = {}
        with read(self._engine) as connection:
            for row in connection.execute(query):
                counts = found.setdefault(row.reply_id, [0, 0])
                counts[row.person == EVERYBODY] = row.uses
        return {reply_id: Uses(*counts) for reply_id, counts in found.items()}

    def teams(self) -> Members:
        """All teams with their members, by name."""
        found: dict[str, list[str]] = {}
        query = sa.select(team_member).order_by(team_member.c.team, team_member.c.member)
        with read(self._engine) as connection:
            for row in connection.execute(query):
                found.setdefault(row.team, []).append(row.member)
        return {team: tuple(members) for team, members in found.items()}

    def set_team(self, team: str, members: Sequence[str]) -> None:
        """Make a team consist of exactly these people; of nobody: dissolve it."""
        with write(self._engine) as connection:
            connection.execute(team_member.delete().where(team_member.c.team == team))
            if members:
                rows = [{"team": team, "member": member} for member in members]
                connection.execute(team_member.insert(), rows)


def _same_shelf(reply: OwnReply) -> sa.ColumnElement[bool]:
    if reply.draft.scope is Scope.PRIVATE:
        return (canned_reply.c.scope == Scope.PRIVATE) & (canned_reply.c.owner == reply.owner)
    return (canned_reply.c.scope == Scope.TEAM) & (canned_reply.c.team == reply.draft.team)


def _get(connection: Connection, reply_id: str) -> OwnReply:
    query = sa.select(canned_reply).where(canned_reply.c.id == reply_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(f"there is no canned reply {reply_id!r}")
    return _reply(row)


def _expect(reply: OwnReply, version: int | None) -> None:
    if version is not None and reply.version != version:
        raise Conflict(f"{reply.id} was changed meanwhile", reply.version)


def _row(reply: OwnReply) -> dict[str, Any]:
    draft = reply.draft
    return {
        "id": reply.id,
        "scope": draft.scope.value,
        "owner": reply.owner,
        "team": draft.team,
        "short_code": draft.short_code,
        "title": draft.title,
        "text": draft.text,
        "params": json.dumps([[p.name, p.label] for p in draft.params], ensure_ascii=False),
        "channels": json.dumps([channel.value for channel in draft.channels]),
        "rests_on": json.dumps(draft.rests_on),
        "expires_at": draft.expires_at,
        "version": reply.version,
        "created_at": reply.created_at,
        "updated_at": reply.updated_at,
        "updated_by": reply.updated_by,
    }


def _reply(row: RowMapping) -> OwnReply:
    draft = Draft(
        scope=Scope(row["scope"]),
        title=row["title"],
        text=row["text"],
        short_code=row["short_code"],
        team=row["team"],
        params=tuple(Param(name, label) for name, label in json.loads(row["params"])),
        channels=tuple(Channel(name) for name in json.loads(row["channels"])),
        rests_on=tuple(json.loads(row["rests_on"])),
        expires_at=row["expires_at"],
    )
    return OwnReply(
        id=row["id"],
        owner=row["owner"],
        draft=draft,
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        updated_by=row["updated_by"],
    )


def _count(connection: Connection, first: dict[str, Any]) -> None:
    again = {"uses": canned_use.c.uses + 1, "last_at": first["last_at"]}
    insert_or_update(connection, canned_use, first, again)
