"""The rows that could not be taken, as a CSV file to mend and import again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kb.formats.columns import REASON_COLUMNS
from kb.formats.delimited import csv_bytes
from kb.formats.planning import PlannedRow
from kb.formats.records import Head
from kb.formats.wording import said


def failed_csv(heads: Sequence[Head], failed: Iterable[PlannedRow], lang: str) -> Iterator[bytes]:
    """CSV with the rows' own columns, then sheet, row number and reason in the language.

    Rows of several header rows share columns of the same name. Mended, it is imported as the
    original was: the columns added are not looked at.
    """
    return csv_bytes(_lines(heads, failed, lang))


def _lines(
    heads: Sequence[Head], failed: Iterable[PlannedRow], lang: str
) -> Iterator[Sequence[str]]:
    names: dict[str, int] = {}
    for head in heads:
        for name in head.columns:
            names.setdefault(name, len(names))
    yield [*names, *REASON_COLUMNS["en" if lang == "en" else "zh-CN"]]
    for row in failed:
        cells = [""] * len(names)
        if row.head is not None:
            columns = heads[row.head].columns
            for name, cell in zip(columns, row.cells, strict=False):
                cells[names[name]] = cell
        yield [*cells, row.place, str(row.line or ""), reasons(row, lang)]


def reasons(row: PlannedRow, lang: str) -> str:
    """Why a row failed, every reason with its column, in one line."""
    parts = (
        f"{problem.field}: {said(problem.message, lang)}"
        if problem.field
        else said(problem.message, lang)
        for problem in row.problems
    )
    return ("; " if lang == "en" else "；").join(parts)
