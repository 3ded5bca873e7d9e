"""Answers about freshness, reports and gaps."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from assistant.web.freshness_responses import SnoozeOut
from assistant.web.responses import ReasonOut


class SaidReasonOut(ReasonOut):
    """A reason with the sentence of the entry that it is about; empty where it is about none."""

    sentence: str


class BoardRowOut(TypedDict):
    """One row of the freshness board; `version` is the entry's, for If-Match."""

    entry_id: str
    version: int
    revision: int | None
    kind: str
    title: str
    owner: str
    state: str
    reasons: list[SaidReasonOut]
    damage: float
    age_days: int
    usage: int
    risk: int
    next_review: str | None
    url: str
    reviewer: str
    products: list[str]
    snooze: SnoozeOut | None


class BoardOut(TypedDict):
    """The freshness board, worst first; `snoozed` are put off among what meets the filters."""

    rows: list[BoardRowOut]
    counts: dict[str, int]
    total: int
    snoozed: int
    at: str | None


class GapOut(TypedDict):
    """A question nobody could answer."""

    query: str
    reason: str
    count: int
    first_at: str | None
    last_at: str | None
    status: str


class GapsOut(TypedDict):
    """Open gaps, most asked first."""

    gaps: list[GapOut]
    total: int


class ReportOut(TypedDict):
    """A hint from the front line that a sentence is outdated."""

    id: int
    entry_id: str
    revision: int
    sentence: str
    note: str
    actor: str
    at: str | None
    url: str


class ReportsOut(TypedDict):
    """Open reports."""

    reports: list[ReportOut]
