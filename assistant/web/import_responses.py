"""Answers about imports."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12


class ReasonOut(TypedDict):
    """What is wrong with a row: in which column, and why, in the reader's language."""

    column: str
    message: str


class DuplicateOut(TypedDict):
    """Where a row's question or content stands already: a row of the file, or an entry."""

    what: str
    row: int
    entry_id: str
    title: str
    url: str


class ImportedRow(TypedDict):
    """One row, page or file: where it stood and what becomes, or became, of it."""

    number: int
    place: str
    line: int
    entry_id: str
    title: str
    revision: int | None
    outcome: str
    problems: list[ReasonOut]
    duplicates: list[DuplicateOut]


class ImportRun(TypedDict):
    """An import; `done` of `total` rows are read, or carried out, as `state` says."""

    id: str
    name: str
    size: int
    state: str
    reason: str
    interrupted: bool
    created_at: str | None
    created_by: str
    applied_by: str
    publish: bool
    done: int
    total: int
    counts: dict[str, int]
    duplicates: int
    forms: list[str]
    notes: list[str]
    url: str
    failed_url: str


class ImportRunOut(ImportRun):
    """An import with some of its rows; `next_after` continues the list, null at its end."""

    rows: list[ImportedRow]
    next_after: int | None


class ImportRunsOut(TypedDict):
    """The newest imports."""

    imports: list[ImportRun]
