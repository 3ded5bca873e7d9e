"""CSV files in and out."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from kb.formats import limits
from kb.formats.columns import known_forms, recognised
from kb.formats.decoding import decoded
from kb.formats.records import Bad, Note, Record, Refused, Total
from kb.formats.rows_in import Budget, RawRow, records_of

_DELIMITERS = (",", "\t", ";", "|")
_HEADER_WITHIN = 20
# Spreadsheet programs run a cell that begins like this as a formula, also from a CSV file.
_ACTIVE = re.compile(r"'*[=+\-@\t\r]")


def quoted(cell: str) -> str:
    """The cell as it is safe to open in a spreadsheet program; `unquoted` gives it back."""
    return f"'{cell}" if _ACTIVE.match(cell) else cell


def unquoted(cell: str) -> str:
    """The cell without the sign that `quoted` put before it."""
    return cell[1:] if cell.startswith("'") and _ACTIVE.match(cell) else cell


def csv_bytes(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The rows as CSV that spreadsheet programs open with the right characters, row by row."""
    yield b"\xef\xbb\xbf"
    sink = io.StringIO(newline="")
    writer = csv.writer(sink)
    for row in rows:
        writer.writerow([quoted(cell) for cell in row])
        yield sink.getvalue().encode()
        sink.seek(0)
        sink.truncate()


def read_csv(data: bytes) -> Iterator[Record]:
    """The records of a CSV file of a known form."""
    text, encoding = decoded(data)
    csv.field_size_limit(limits.MAX_FILE)
    delimiter = _delimiter(text)
    if encoding != "utf-8":
        yield Note(f"read as {encoding.upper()}")
    yield Total(max(text.count("\n") - 1, 1))
    rows = _Rows(text, delimiter)
    yield from records_of("", rows, Budget())
    if rows.broken:
        yield Bad("", rows.count + 1, rows.broken)


class _Rows:
    """The rows of a CSV text, up to the first place where it is none."""

    def __init__(self, text: str, delimiter: str) -> None:
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        self.count = 0
        self.broken = ""

    def __iter__(self) -> Iterator[RawRow]:
        while True:
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                self.broken = f"is no CSV from here on ({error}); a quotation mark is out of place"
                return
            self.count += 1
            yield [unquoted(cell) for cell in cells], ()


def _delimiter(text: str) -> str:
    """The sign between cells, which makes the header row one of a known form."""
    start = text[: 64 * 1024]
    for delimiter in _DELIMITERS:
        rows = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
        try:
            for cells in islice(rows, _HEADER_WITHIN):
                if recognised(cells):
                    return delimiter
        except csv.Error:
            continue
    first = next((line for line in start.splitlines() if line.strip()), "")[:200]
    raise Refused(
        f"has no header row of a known form; it begins {first!r}, known are: {known_forms()}"
    )
