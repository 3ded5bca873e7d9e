"""From raw rows to records: finding the header, skipping empty rows, keeping within limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kb.formats import limits
from kb.formats.columns import recognised
from kb.formats.records import Head, Record, Refused, Row

RawRow = tuple[Sequence[str], tuple[tuple[int, str], ...]]
_HEADER_WITHIN = 10  # rows with something in them: some templates begin with instructions
_SHOWN = 1_000
_MAX_LINE = 1_048_576  # as many rows as a sheet can have


class Budget:
    """What is left of the limits for one file, over all of its sheets."""

    def __init__(self) -> None:
        self.rows = 0
        self.text = 0

    def spend(self, cells: Sequence[str]) -> None:
        """Count a row; Refused when the file is too much."""
        self.rows += 1
        self.text += sum(map(len, cells))
        if self.rows > limits.MAX_ROWS:
            raise Refused(f"has more than {limits.MAX_ROWS} rows; import it in parts")
        self.spend_text("")

    def spend_text(self, text: str) -> None:
        """Count a text; Refused when the file is too much."""
        self.text += len(text)
        if self.text > limits.MAX_TEXT:
            mib = limits.MAX_TEXT // limits.MIB
            raise Refused(f"holds more than {mib} million characters; import it in parts")


def records_of(sheet: str, raw: Iterable[RawRow], budget: Budget) -> Iterator[Record]:
    """A head and the rows under it; nothing at all for a sheet of no known form."""
    head: Head | None = None
    width = seen = 0
    for line, (cells, problems) in enumerate(raw, 1):
        if line > _MAX_LINE:
            raise Refused(f"has rows beyond number {_MAX_LINE}")
        if not problems and not any(cell and not cell.isspace() for cell in cells):
            continue
        if head is not None:
            yield _row(line, cells, problems, width, budget)
            continue
        seen += 1
        form = recognised(cells)
        if form:
            last = max(place for place, cell in enumerate(cells) if cell.strip()) + 1
            head = Head(sheet, form.name, tuple(cell.strip() for cell in cells[:last]))
            width = limits.MAX_COLUMNS if form.goes_on else last
            yield head
        elif seen >= _HEADER_WITHIN:
            return


def _row(
    line: int,
    cells: Sequence[str],
    problems: tuple[tuple[int, str], ...],
    width: int,
    budget: Budget,
) -> Row:
    found = list(problems)
    kept: list[str] = []
    for place, cell in enumerate(cells):
        if place >= width:
            if cell.strip():
                found.append((place, "stands in a column without a header"))
                break
        elif len(cell) > limits.MAX_CELL // 4 and len(cell.encode(errors="replace")) > (
            limits.MAX_CELL
        ):
            size = f"{limits.MAX_CELL // 1024} KiB"
            found.append((place, f"holds {len(cell)} characters; a cell may hold {size}"))
            kept.append(f"{cell[:_SHOWN]}…")
        else:
            kept.append(cell)
    while kept and not kept[-1]:
        kept.pop()
    budget.spend(kept)
    return Row(line, tuple(kept), tuple(found))
