"""People: creating, signing in, sessions, and the set-up link for the first one."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError

from assistant.accounts import credentials, passwords
from assistant.accounts.roles import STAFF_ROLES, Principal, PrincipalKind, Role
from assistant.accounts.store import AccountStore
from kb.clock import Clock
from kb.errors import InvalidInput, NotFound, Problem

SETUP_LINK_LIFE = timedelta(hours=24)
SESSION_LIFE = timedelta(hours=12)
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in. Times are UTC."""

    id: str
    login: str
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None


class People:
    """Accounts of people. Passwords and session secrets are stored as hashes only."""

    def __init__(self, store: AccountStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def none_yet(self) -> bool:
        """Whether nobody was ever created, so that a set-up link is due."""
        return not self._store.any_person()

    def list(self) -> tuple[Person, ...]:
        """Everybody, disabled people included, by login."""
        return tuple(_person(row) for row in self._store.people())

    def create(self, login: str, name: str, password: str, role: Role) -> Person:
        """Create a person.

        Raises:
            InvalidInput: naming every field that is missing, weak or taken.
        """
        row = self._new_row(login, name, password, role)
        try:
            self._store.add_person(row)
        except IntegrityError as error:
            known = self._store.person_by_login(str(row["login"]))
            raise _invalid("login" if known else "name", "taken") from error
        return self._find(row["login"])

    def set_password(self, login: str, password: str) -> None:
        """Replace a password and end that person's sessions.

        Raises:
            NotFound: nobody has that login.
            InvalidInput: the password is too weak.
        """
        person = self._find(login)
        weakness = passwords.weakness(password, person.login, person.name)
        if weakness:
            raise _invalid("password", weakness)
        self._store.change_person(person.id, {"password_hash": passwords.hash_password(password)})

    def disable(self, login: str) -> None:
        """Lock a person out at once, sessions included; NotFound when nobody has that login."""
        self._store.change_person(self._find(login).id, {"disabled_at": self._now()})

    def authenticate(self, login: str, password: str) -> Principal | None:
        """The person with that login and password, or None; takes equally long either way."""
        row = self._store.person_by_login(_normal_login(login))
        genuine = passwords.matches(row["password_hash"] if row else None, password)
        if row is None or not genuine or row["disabled_at"] is not None:
            return None
        return _principal(row)

    # sessions

    def open_session(self, principal: Principal) -> str:
        """A new session secret for a person who has just signed in; valid twelve hours."""
        secret = credentials.new_secret()
        now = self._now()
        row = {
            "digest": credentials.digest(secret),
            "person_id": principal.id,
            "created_at": now,
            "expires_at": now + int(SESSION_LIFE.total_seconds()),
        }
        self._store.add_session(row, now)
        return secret

    def by_session(self, secret: str) -> Principal | None:
        """The enabled person behind a session secret, or None."""
        row = self._store.person_of_session(credentials.digest(secret), self._now())
        return _principal(row) if row else None

    def close_session(self, secret: str) -> None:
        """End a session; the secret is worthless afterwards."""
        self._store.end_session(credentials.digest(secret))

    # the first person

    def new_setup_link(self) -> str:
        """A fresh set-up secret valid for 24 hours; every earlier unused one stops working."""
        secret = credentials.new_secret()
        now = self._now()
        self._store.replace_setup_link(
            {
                "digest": credentials.digest(secret),
                "created_at": now,
                "expires_at": now + int(SETUP_LINK_LIFE.total_seconds()),
                "used_at": None,
            }
        )
        return secret

    def setup_possible(self, secret: str) -> bool:
        """Whether this set-up secret would still be accepted."""
        live = self._store.setup_link_live(credentials.digest(secret), self._now())
        return live and self.none_yet()

    def set_up(self, secret: str, login: str, name: str, password: str) -> Principal:
        """Spend the set-up link and create the first administrator, both or neither.

        Raises:
            NotFound: the link is unknown, spent or expired, or somebody exists already.
            InvalidInput: naming every field that is missing or weak.
        """
        row = self._new_row(login, name, password, Role.ADMIN)
        if not self._store.use_setup_link(credentials.digest(secret), self._now(), row):
            raise NotFound("this set-up link is not valid any more")
        person = self._find(row["login"])
        return Principal(
            PrincipalKind.PERSON, person.id, person.name, person.role, login=person.login
        )

    def _new_row(self, login: str, name: str, password: str, role: Role) -> dict[str, object]:
        login, name = _normal_login(login), unicodedata.normalize("NFKC", name).strip()
        problems = _problems(login, name, password)
        if role not in STAFF_ROLES:
            problems.append(Problem("", 0, "role", "invalid"))
        if problems:
            raise InvalidInput(problems)
        return {
            "id": credentials.new_id(),
            "login": login,
            "name": name,
            "role": role.value,
            "password_hash": passwords.hash_password(password),
            "created_at": self._now(),
            "disabled_at": None,
        }

    def _find(self, login: object) -> Person:
        row = self._store.person_by_login(_normal_login(str(login)))
        if row is None:
            raise NotFound(f"nobody has the login {login!r}")
        return _person(row)

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _problems(login: str, name: str, password: str) -> list[Problem]:
    found = []
    if not _LOGIN.fullmatch(login):
        found.append(Problem("", 0, "login", "invalid_login"))
    if not 1 <= len(name) <= 64 or not name.isprintable():
        found.append(Problem("", 0, "name", "missing" if not name else "invalid"))
    weakness = passwords.weakness(password, login, name)
    if weakness:
        found.append(Problem("", 0, "password", weakness))
    return found


def _invalid(field: str, message: str) -> InvalidInput:
    return InvalidInput([Problem("", 0, field, message)])


def _normal_login(login: str) -> str:
    return unicodedata.normalize("NFKC", login).strip().casefold()


def _person(row: RowMapping) -> Person:
    disabled = row["disabled_at"]
    return Person(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        role=Role(row["role"]),
        created_at=datetime.fromtimestamp(row["created_at"], UTC),
        disabled_at=None if disabled is None else datetime.fromtimestamp(disabled, UTC),
    )


def _principal(row: RowMapping) -> Principal:
    return Principal(
        PrincipalKind.PERSON, row["id"], row["name"], Role(row["role"]), login=row["login"]
    )
