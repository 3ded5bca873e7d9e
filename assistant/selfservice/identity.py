"""Who a customer is, when their site vouches for them with a signed token (a JWT).

Only HS256 with the site's own secret is accepted, for that site, for ten minutes at most, and each
token once. Claims: ``sub``, ``aud`` (the site's id), ``exp`` and ``jti`` are required; ``name`` and
``grade`` may be there; ``iat`` and ``nbf`` may not lie ahead. All others are ignored.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import jwt
from jwt.types import Options
from sqlalchemy.engine import Engine

from assistant.insights.masking import mask
from assistant.selfservice import store
from assistant.selfservice.model import Site, Visit
from assistant.selfservice.sites import Sites
from kb.clock import Clock
from kb.errors import NotFound, ZhikeError
from kb.store import write

MAX_TOKEN = 4096  # characters
MAX_SUBJECT = 200
MAX_NAME = 100
MAX_LIFE = timedelta(minutes=10)
CLOCK_SKEW = timedelta(seconds=60)  # how far ahead a site's clock may be when it signs
_OPTIONS: Options = {
    "require": ["aud"],
    "strict_aud": True,  # for this site and no other one
    # These are checked below: by our clock, with limits of our own.
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_sub": False,
    "verify_jti": False,
}


class Fault(StrEnum):
    """Why an identity was refused; tells whoever builds the site what to mend."""

    FORM = "form"
    SIGNATURE = "signature"
    AUDIENCE = "audience"
    EXPIRED = "expired"
    TOO_LONG = "too_long"
    NOT_YET = "not_yet"
    CLAIMS = "claims"
    USED = "used"
    OTHER = "other"  # the visit is somebody else's already


class IdentityRefused(ZhikeError):
    """The token proves nothing; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"the identity was refused: {fault.value}")
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Identity:
    """A customer as their site names them; not masked yet. `jti` names the token."""

    subject: str
    name: str
    grade: str
    jti: str
    expires_at: datetime


class Identities:
    """Checks identities and attaches them to visits.

    Args:
        engine: The knowledge base's database.
        clock: The present moment.
        sites: Whose secrets sign.
    """

    def __init__(self, engine: Engine, clock: Clock, sites: Sites) -> None:
        self._engine = engine
        self._clock = clock
        self._sites = sites

    def attach(self, token: str, visit: Visit, site: Site) -> Visit:
        """Use a token up, and have the visit be that customer's.

        Raises:
            IdentityRefused: it proves nothing, was used before, or the visit is somebody else's.
            NotFound: the visit has ended meanwhile.
        """
        now = self._clock()
        found = verify(token, self._sites.secret(site), site, now)
        customer = {"id": found.subject, "name": found.name, "grade": found.grade}
        masked = {name: mask(value) for name, value in customer.items() if value}
        digest = hashlib.sha256(found.jti.encode()).hexdigest()
        subject = self._sites.subject(site, visit.id, found.subject)
        with write(self._engine) as connection:
            current = store.find_visit(connection, visit.id)
            if current is None or current.ended_at is not None:
                raise NotFound("there is no such visit")
            if store.identity_used(connection, site.id, digest):
                raise IdentityRefused(Fault.USED)
            if current.verified and not _is_theirs(current, found, subject):
                raise IdentityRefused(Fault.OTHER)
            store.drop_expired(connection, now)
            store.use_identity(connection, site.id, digest, found.expires_at)
            changed = replace(current, customer=masked, subject=subject, last_at=now)
            store.save_visit(connection, changed)
        return changed


def _is_theirs(visit: Visit, found: Identity, subject: str) -> bool:
    """Whether a visit with a customer is that of who was found, whose digest is `subject`."""
    if visit.subject:
        return hmac.compare_digest(visit.subject, subject)
    return visit.customer["id"] == found.subject  # of an earlier version, and nothing was masked


def verify(token: str, secret: str, site: Site, now: datetime) -> Identity:
    """What a token proves about a customer of `site` at `now`, apart from being used only once.

    Raises:
        IdentityRefused: with the first fault that was found.
    """
    claims = _signed_claims(token, secret, site)
    expires_at = _moment(claims, "exp")
    if expires_at is None:
        raise IdentityRefused(Fault.CLAIMS)
    if expires_at <= now:
        raise IdentityRefused(Fault.EXPIRED)
    if expires_at > now + MAX_LIFE:
        raise IdentityRefused(Fault.TOO_LONG)
    for begins in (_moment(claims, "iat"), _moment(claims, "nbf")):
        if begins is not None and begins > now + CLOCK_SKEW:
            raise IdentityRefused(Fault.NOT_YET)
    return Identity(
        subject=_text(claims, "sub", MAX_SUBJECT, needed=True),
        name=_text(claims, "name", MAX_NAME),
        grade=_text(claims, "grade", MAX_NAME),
        jti=_text(claims, "jti", MAX_SUBJECT, needed=True),
        expires_at=expires_at,
    )


def _signed_claims(token: str, secret: str, site: Site) -> Mapping[str, Any]:
    if len(token) > MAX_TOKEN or not token.isascii():
        raise IdentityRefused(Fault.FORM)
    try:
        claims: Mapping[str, Any] = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            audience=site.id,
            options=_OPTIONS,
        )
    except (jwt.InvalidAudienceError, jwt.MissingRequiredClaimError) as error:
        raise IdentityRefused(Fault.AUDIENCE) from error
    except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError) as error:
        raise IdentityRefused(Fault.SIGNATURE) from error
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise IdentityRefused(Fault.FORM) from error
    return claims


def _moment(claims: Mapping[str, Any], name: str) -> datetime | None:
    """A claim that is a time in seconds, whole or not; None when it is not there."""
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise IdentityRefused(Fault.CLAIMS)
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):  # not a number, or beyond all calendars
        raise IdentityRefused(Fault.CLAIMS) from None


def _text(claims: Mapping[str, Any], name: str, most: int, *, needed: bool = False) -> str:
    value = claims.get(name, "")
    if not isinstance(value, str) or len(value) > most or not value.isprintable():
        raise IdentityRefused(Fault.CLAIMS)
    text = value.strip()
    if needed and not text:
        raise IdentityRefused(Fault.CLAIMS)
    return text
