"""Answers about cases written from a contact."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from assistant.web.responses import FreshnessOut


class CaseBasisOut(TypedDict):
    """A rule behind the handling: `adopted` with a reply, or `found` by a search."""

    entry_id: str
    revision: int
    title: str
    quotes: list[str]
    source: str
    freshness: FreshnessOut
    url: str


class CaseEntryOut(TypedDict):
    """Where the case stands in the knowledge base."""

    id: str
    revision: int
    status: str
    version: int


class CaseOut(TypedDict):
    """A case: prefilled from the conversation (then `entry` is null), or as saved last."""

    contact_id: str
    title: str
    scene: str
    cause: str
    handling: str
    policy_basis: str
    outcome: str
    lang: str
    tags: list[str]
    products: list[str]
    rests_on: list[str]
    basis: list[CaseBasisOut]
    entry: CaseEntryOut | None
