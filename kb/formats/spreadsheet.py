"""XLSX files in and out, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any

from kb.formats import limits
from kb.formats.columns import known_forms
from kb.formats.records import Head, Note, Record, Refused, Total
from kb.formats.rows_in import Budget, RawRow, records_of

MAX_CELL_TEXT = 32_767  # characters of one cell, by the format
_MAX_SCANNED = 10_000_000
_ACTIVE = ("=", "+", "-", "@")
# What XML cannot hold is written as _xHHHH_, and so is the sign that begins such a writing.
_ENCODED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NEEDS_CODE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")


def read_xlsx(path: Path) -> Iterator[Record]:
    """The records of every visible sheet of a known form.

    Formulas and error values have no text that could be relied on: their rows carry a problem.
    """
    with path.open("rb") as file:  # openpyxl judges a path by its name, which is not known here
        yield from _sheets(file)


def _sheets(file: IO[bytes]) -> Iterator[Record]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(file, read_only=True, keep_links=False)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        message = "is damaged: Excel's own parts inside do not fit together"
        raise Refused(f"{message} ({type(error).__name__})") from None
    budget, found, seen = Budget(), False, list[str]()
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if len(sheets) < len(book.worksheets):
        yield Note("hidden sheets were left out")
    yield Total(sum(_rows_stated(sheet) for sheet in sheets))
    for sheet in sheets:
        before = budget.rows
        sheet.reset_dimensions()  # what a sheet says of its size is not to be relied on
        known = False
        try:
            for record in records_of(sheet.title, _raw_rows(sheet), budget):
                known = known or isinstance(record, Head)
                yield record
        except (KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
            message = f"is damaged: sheet {sheet.title!r} after row {budget.rows - before}"
            raise Refused(f"{message} ({type(error).__name__})") from None
        found = found or known
        if not known:
            seen.append(sheet.title)
    if not found:
        raise Refused(f"has no sheet with a header row of a known form; known: {known_forms()}")
    if seen:
        yield Note(f"sheets without a header row of a known form were left out: {', '.join(seen)}")


def _rows_stated(sheet: Any) -> int:  # noqa: ANN401 - openpyxl's read-only sheet has no public type
    return min(max((sheet.max_row or 1) - 1, 0), limits.MAX_ROWS)


def _raw_rows(sheet: Any) -> Iterator[RawRow]:  # noqa: ANN401
    scanned = 0
    for row in sheet.iter_rows():
        scanned += len(row)
        if scanned > _MAX_SCANNED:
            raise Refused(f"has too many cells in sheet {sheet.title!r}; delete empty columns")
        if not row:
            yield (), ()
            continue
        problems: list[tuple[int, str]] = []
        cells = [_text(cell, place, problems) for place, cell in enumerate(row)]
        yield cells, tuple(problems)


def _text(cell: Any, place: int, problems: list[tuple[int, str]]) -> str:  # noqa: ANN401
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        problems.append((place, "holds a formula; paste its value instead"))
        return str(value) if isinstance(value, str) else "="
    if cell.data_type == "e":
        problems.append((place, f"holds the error value {value}"))
        return str(value)
    if isinstance(value, str):
        return _decoded(value)
    return _plain(value)


def _plain(value: object) -> str:
    """A number, truth value or time as people write it in text."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        day_only = value.time() == time(0)
        return value.date().isoformat() if day_only else value.isoformat(timespec="minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def _decoded(text: str) -> str:
    return _ENCODED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def encoded(text: str) -> str:
    """The text as a cell can hold it; reading gives it back, as Excel does."""
    return _NEEDS_CODE.sub(lambda m: f"_x{ord(m[0]):04X}_", text)


def write_xlsx(rows: Iterable[Sequence[str]], sink: IO[bytes], sheet_name: str) -> None:
    """Write rows, the first of them the header, as one sheet; every cell is text, never a formula.

    Texts may be up to MAX_CELL_TEXT characters long, as they are after `encoded`.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet(sheet_name)
    sheet.freeze_panes = "A2"
    wrap, bold = Alignment(wrap_text=False, vertical="top"), Font(bold=True)

    def cell(text: str, header: bool) -> Any:  # noqa: ANN401
        made = WriteOnlyCell(sheet)
        made.value = encoded(text)
        made.data_type = "s"  # also where it begins with a sign that would make it a formula
        if header:
            made.font = bold
        elif text.startswith(_ACTIVE):
            made.quotePrefix = True
        if not header:
            made.alignment = wrap
        return made

    for number, row in enumerate(rows):
        sheet.append([cell(text, number == 0) if text else None for text in row])
    book.save(sink)
