"""API tokens: one role each, stored hashed, expiring, revocable at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.engine import RowMapping

from assistant.accounts import credentials
from assistant.accounts.roles import STAFF_ROLES, Principal, PrincipalKind, Role
from assistant.accounts.store import AccountStore
from kb.clock import Clock
from kb.errors import InvalidInput, NotFound, Problem

DEFAULT_DAYS = 90
MAXIMUM_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Token:
    """What is known about a token; the token itself is shown once, when it is made."""

    id: str
    name: str
    role: Role
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class Tokens:
    """The API tokens of this installation."""

    def __init__(self, store: AccountStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def create(self, role: Role, name: str = "", days: int = DEFAULT_DAYS) -> tuple[str, Token]:
        """Make a token; the string returned first is never shown again.

        Raises:
            InvalidInput: `days` is not between 1 and 3650, or the role is not one of staff.
        """
        if role not in STAFF_ROLES:
            raise InvalidInput([Problem("", 0, "role", "must be a role of staff")])
        if not 1 <= days <= MAXIMUM_DAYS:
            reason = f"must be between 1 and {MAXIMUM_DAYS}, not {days}"
            raise InvalidInput([Problem("", 0, "days", reason)])
        secret, token_id, now = credentials.new_token(), credentials.new_id(), self._clock()
        row: dict[str, Any] = {
            "id": token_id,
            "digest": credentials.digest(secret),
            "name": name.strip() or f"{role.value}-{token_id[:4]}",
            "role": role.value,
            "created_at": int(now.timestamp()),
            "expires_at": int((now + timedelta(days=days)).timestamp()),
            "revoked_at": None,
        }
        self._store.add_token(row)
        return secret, _token(row)

    def list(self) -> tuple[Token, ...]:
        """All tokens, newest first, expired and revoked ones included."""
        return tuple(_token(row) for row in self._store.tokens())

    def revoke(self, token_id: str) -> None:
        """Make a token worthless at once; NotFound when there is none with that id."""
        if not self._store.revoke_token(token_id, int(self._clock().timestamp())):
            raise NotFound(f"there is no token with the id {token_id!r}")

    def principal(self, secret: str) -> Principal | None:
        """Who a presented token stands for, or None when it is unknown, expired or revoked."""
        if not secret.startswith(credentials.TOKEN_PREFIX):
            return None
        now = int(self._clock().timestamp())
        row = self._store.live_token(credentials.digest(secret), now)
        if row is None:
            return None
        name = f"{row['name']}#{row['id'][:6]}"
        return Principal(PrincipalKind.TOKEN, row["id"], name, Role(row["role"]))


def _token(row: RowMapping | dict[str, Any]) -> Token:
    revoked = row["revoked_at"]
    return Token(
        id=row["id"],
        name=row["name"],
        role=Role(row["role"]),
        created_at=datetime.fromtimestamp(row["created_at"], UTC),
        expires_at=datetime.fromtimestamp(row["expires_at"], UTC),
        revoked_at=None if revoked is None else datetime.fromtimestamp(revoked, UTC),
    )
