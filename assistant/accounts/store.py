"""Tables and queries for people, tokens, set-up links and sign-in sessions.

The tables live in the knowledge base's database and are created by its migrations; times are
unix seconds in UTC. Secrets never reach this module: it sees digests and Argon2 hashes only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine, RowMapping

from kb.store import read, write

metadata = sa.MetaData()

person = sa.Table(
    "person",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("disabled_at", sa.BigInteger),
)

token = sa.Table(
    "token",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
    sa.Column("revoked_at", sa.BigInteger),
)

setup_link = sa.Table(
    "setup_link",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
    sa.Column("used_at", sa.BigInteger),
)

login_session = sa.Table(
    "login_session",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("person_id", sa.Text, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
    sa.Index("ix_login_session_person", "person_id"),
)

# Every request asks one of these: putting a statement together costs more than running it.
_PERSON_OF_SESSION = (
    sa.select(person)
    .join(login_session, login_session.c.person_id == person.c.id)
    .where(login_session.c.digest == sa.bindparam("digest"))
    .where(login_session.c.expires_at > sa.bindparam("now"))
    .where(person.c.disabled_at.is_(None))
)
_LIVE_TOKEN = (
    sa.select(token)
    .where(token.c.digest == sa.bindparam("digest"))
    .where(token.c.expires_at > sa.bindparam("now"))
    .where(token.c.revoked_at.is_(None))
)


class AccountStore:
    """Every SQL statement about accounts; one short transaction per method."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # people

    def add_person(self, row: dict[str, Any]) -> None:
        """Insert a person; raises sqlalchemy IntegrityError when login or name is taken."""
        with write(self._engine) as connection:
            connection.execute(person.insert().values(row))

    def person_by_login(self, login: str) -> RowMapping | None:
        """The person with that login, disabled or not."""
        return self._one(sa.select(person).where(person.c.login == login))

    def people(self) -> Sequence[RowMapping]:
        """Everybody, by login."""
        return self._all(sa.select(person).order_by(person.c.login))

    def any_person(self) -> bool:
        """Whether at least one person exists."""
        return self._one(sa.select(person.c.id).limit(1)) is not None

    def change_person(self, person_id: str, values: dict[str, Any]) -> None:
        """Change columns of a person and end all of that person's sessions."""
        with write(self._engine) as connection:
            connection.execute(person.update().where(person.c.id == person_id).values(values))
            gone = login_session.c.person_id == person_id
            connection.execute(login_session.delete().where(gone))

    # sessions

    def add_session(self, row: dict[str, Any], now: int) -> None:
        """Insert a session; sessions that ran out are swept on the way."""
        with write(self._engine) as connection:
            connection.execute(login_session.delete().where(login_session.c.expires_at <= now))
            connection.execute(login_session.insert().values(row))

    def person_of_session(self, digest: str, now: int) -> RowMapping | None:
        """The enabled person whose live session has that digest."""
        return self._one(_PERSON_OF_SESSION, {"digest": digest, "now": now})

    def end_session(self, digest: str) -> None:
        """Delete a session; an unknown one is no error."""
        with write(self._engine) as connection:
            connection.execute(login_session.delete().where(login_session.c.digest == digest))

    # tokens

    def add_token(self, row: dict[str, Any]) -> None:
        """Insert a token."""
        with write(self._engine) as connection:
            connection.execute(token.insert().values(row))

    def live_token(self, digest: str, now: int) -> RowMapping | None:
        """The token with that digest, unless it expired or was revoked."""
        return self._one(_LIVE_TOKEN, {"digest": digest, "now": now})

    def tokens(self) -> Sequence[RowMapping]:
        """All tokens, newest first."""
        return self._all(sa.select(token).order_by(token.c.created_at.desc(), token.c.id))

    def revoke_token(self, token_id: str, now: int) -> bool:
        """Mark a token revoked; False when there is none with that id."""
        with write(self._engine) as connection:
            hit = connection.execute(
                token.update()
                .where(token.c.id == token_id)
                .values(revoked_at=sa.func.coalesce(token.c.revoked_at, now))
            )
            return hit.rowcount > 0

    # set-up links

    def replace_setup_link(self, row: dict[str, Any]) -> None:
        """Make this the only unused set-up link."""
        with write(self._engine) as connection:
            connection.execute(setup_link.delete().where(setup_link.c.used_at.is_(None)))
            connection.execute(setup_link.insert().values(row))

    def setup_link_live(self, digest: str, now: int) -> bool:
        """Whether that link is unused and not expired."""
        query = (
            sa.select(setup_link.c.digest)
            .where(setup_link.c.digest == digest)
            .where(setup_link.c.used_at.is_(None))
            .where(setup_link.c.expires_at > now)
        )
        return self._one(query) is not None

    def use_setup_link(self, digest: str, now: int, first: dict[str, Any]) -> bool:
        """In one transaction: spend the link and insert the first person.

        False, and nothing changed, when the link is spent or expired or somebody exists already.
        """
        with write(self._engine) as connection:
            spent = connection.execute(
                setup_link.update()
                .where(setup_link.c.digest == digest)
                .where(setup_link.c.used_at.is_(None))
                .where(setup_link.c.expires_at > now)
                .where(~sa.exists(sa.select(person.c.id)))
                .values(used_at=now)
            )
            if spent.rowcount != 1:
                return False
            connection.execute(person.insert().values(first))
            return True

    def _one(
        self, query: sa.Select[Any], values: dict[str, Any] | None = None
    ) -> RowMapping | None:
        with read(self._engine) as connection:
            return connection.execute(query, values).mappings().first()

    def _all(self, query: sa.Select[Any]) -> Sequence[RowMapping]:
        with read(self._engine) as connection:
            return connection.execute(query).mappings().all()
