"""Answers about imports."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from assistant.web.entry_responses import WordChange


class ReasonOut(TypedDict):
    """What is wrong with a row: in which column, and why, in the reader's language.

    `line` is that of a text with many; 0 for a row of a table.
    """

    column: str
    line: int
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


class CellOut(TypedDict):
    """One cell of a row, under its header."""

    header: str
    text: str


class FieldOut(TypedDict):
    """A field of the entry, as it is and as the row would make it; lists stand one item a line."""

    field: str
    before: str
    after: str


class BesideOut(TypedDict):
    """What asks or says the same: a row of the file (`row`, else 0) or an entry, in full."""

    what: str
    row: int
    entry_id: str
    title: str
    url: str
    questions: list[str]
    body: str


class ImportedRowOut(ImportedRow):
    """One row in full: its cells where it failed, else what it changes, and what repeats it.

    `known` is the revision it was compared with, null for a new entry; `words` are the body's.
    """

    cells: list[CellOut]
    known: int | None
    url: str
    fields: list[FieldOut]
    words: list[WordChange]
    beside: list[BesideOut]


class ColumnOut(TypedDict):
    """A column of a table: its header, and the field it was understood as (empty: not used)."""

    header: str
    field: str


class HeadOut(TypedDict):
    """A header row: the sheet it stands on, the form it was recognised as, its columns."""

    sheet: str
    form: str
    columns: list[ColumnOut]


class ImportRun(TypedDict):
    """An import; `done` of `total` rows are read, or carried out, as `state` says.

    `may_publish` tells whether the caller may have its entries published at once.
    """

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
    may_publish: bool
    done: int
    total: int
    counts: dict[str, int]
    duplicates: int
    forms: list[str]
    heads: list[HeadOut]
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
