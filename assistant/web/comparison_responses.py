"""Answers about two versions side by side."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from assistant.web.entry_responses import WordChange
from assistant.web.responses import Effective


class SideOut(TypedDict):
    """One of two versions; `effective` is when it really is, or was, the one in force."""

    entry_id: str
    title: str
    kind: str
    revision: int
    effective: Effective
    url: str


class PairOut(TypedDict):
    """A sentence in both versions; empty where one of them has none. `words` is how they differ."""

    before: str
    after: str
    words: list[WordChange]


class ComparisonOut(TypedDict):
    """Two versions side by side.

    `state` is why: `conflict` (the entry, another entry), `basis_changed` (what the basis said when
    the entry was last reviewed, what it says now; `own` are sentences of the entry with a figure
    that the basis gave up), `superseded` (the entry, what took its place), or `current` (two
    revisions). A side is null where nothing holds, or nothing that the caller may read.
    """

    state: str
    message: str
    at: str | None
    left: SideOut | None
    right: SideOut | None
    pairs: list[PairOut]
    own: list[str]


class VersionsOut(TypedDict):
    """Everything of an entry that has two versions, worst first."""

    entry_id: str
    title: str
    comparisons: list[ComparisonOut]
