"""What a case consists of before it is an entry. Plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kb.model import Status


class Source(StrEnum):
    """How a rule came to be proposed as the basis of a case."""

    ADOPTED = "adopted"  # a reply that rests on it was sent in this contact
    FOUND = "found"  # a search for the customer's question found it
    KEPT = "kept"  # the case names it


@dataclass(frozen=True, slots=True)
class Basis:
    """A rule that the handling rested on, with its own words."""

    entry_id: str
    revision: int
    title: str
    quotes: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class CaseFields:
    """The text of a case; personal data is masked. `rests_on` are ids of entries."""

    title: str
    scene: str
    cause: str = ""
    handling: str = ""
    policy_basis: str = ""
    outcome: str = ""
    lang: str = "zh-CN"
    tags: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SavedAs:
    """Where a case stands in the knowledge base."""

    entry_id: str
    revision: int
    status: Status
    version: int


@dataclass(frozen=True, slots=True)
class Returned:
    """A supervisor sent the case back, and why."""

    by: str
    comment: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """A case as somebody writes it: prefilled, or as saved last.

    `returned` is set when a supervisor sent it back and it was not handed in again since.
    """

    contact_id: str
    fields: CaseFields
    basis: tuple[Basis, ...] = ()
    saved: SavedAs | None = None
    returned: Returned | None = None
