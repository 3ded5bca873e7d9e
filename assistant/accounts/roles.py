"""Roles, and the principal: who is asking."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kb.model import Audience


class Role(StrEnum):
    """What somebody is trusted with, from least to most.

    A customer is somebody who uses self-service, and never a member of staff.
    """

    CUSTOMER = "customer"
    AGENT = "agent"
    EDITOR = "editor"
    REVIEWER = "reviewer"
    ADMIN = "admin"


STAFF_ROLES = tuple(role for role in Role if role is not Role.CUSTOMER)


class PrincipalKind(StrEnum):
    """How the caller proved who it is."""

    ANONYMOUS = "anonymous"
    PERSON = "person"
    TOKEN = "token"
    VISIT = "visit"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of one request or command.

    `name` is what stands in the audit log as author or approver; it is unique among people, and
    tokens carry their id in it, so the four-eyes rule cannot be met by one person twice.
    """

    kind: PrincipalKind
    id: str
    name: str
    role: Role | None
    login: str = ""

    @property
    def audiences(self) -> frozenset[Audience]:
        """Audiences whose text this caller may read; empty for anonymous callers."""
        return audiences_of(self.role)


ANONYMOUS = Principal(PrincipalKind.ANONYMOUS, "", "", None)
SYSTEM = Principal(PrincipalKind.SYSTEM, "system", "system", Role.ADMIN)

_STAFF = frozenset(Audience)
_AUDIENCES = {
    Role.CUSTOMER: frozenset({Audience.CUSTOMER}),
    Role.AGENT: frozenset({Audience.CUSTOMER, Audience.AGENT}),
}


def audiences_of(role: Role | None) -> frozenset[Audience]:
    """Audiences a role may read: customers their own, agents all but internal text, others all."""
    if role is None:
        return frozenset()
    return _AUDIENCES.get(role, _STAFF)
