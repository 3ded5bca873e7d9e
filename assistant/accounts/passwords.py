"""Password hashing with Argon2id, and the rules a new password has to meet."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MINIMUM_LENGTH = 10
MAXIMUM_LENGTH = 256  # bounds the work one request can ask for

# RFC 9106, second recommended option scaled to a shared machine: 64 MiB would let 32 threads of
# sign-in attempts claim 2 GiB, so memory is 19 MiB with two passes (the OWASP equivalent).
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """Argon2id hash in its standard string form, with parameters and a random salt."""
    return _HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether `password` belongs to `stored`.

    With `stored` None (no such person) the same work is done against a decoy, so the time taken
    does not tell whether a login exists.
    """
    try:
        genuine = _HASHER.verify(stored or _decoy(), password[:MAXIMUM_LENGTH])
    except (VerificationError, InvalidHashError):
        return False
    return genuine and stored is not None


def weakness(password: str, login: str = "", name: str = "") -> str:
    """Why a new password is refused: `short`, `long`, `same_as_login`, `repetitive`; "" if fine."""
    if len(password) < MINIMUM_LENGTH:
        return "short"
    if len(password) > MAXIMUM_LENGTH:
        return "long"
    if password.casefold() in {login.casefold(), name.casefold()}:
        return "same_as_login"
    if len(set(password)) < 4:
        return "repetitive"
    return ""


@cache
def _decoy() -> str:
    return _HASHER.hash("a decoy that nobody can sign in with")
