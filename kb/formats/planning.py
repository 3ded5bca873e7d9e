"""What an import would do, row by row: pure, so that a dry run and the real run agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from kb.errors import InvalidInput, Problem
from kb.exchange import ShortCodes
from kb.formats.duplicates import Duplicate, Duplicates
from kb.formats.forms import TableReader, page_proposed, text_proposed
from kb.formats.proposals import ImportOptions, Proposed
from kb.formats.records import Bad, Head, Note, Page, Record, Row, Text, Total
from kb.merging import HolderOf, ImportRow, Merge, Sourced
from kb.model import Entry

Progress = Callable[[int, int], None]
_EVERY = 200


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(slots=True)
class PlannedRow:
    """One row, page or file with its plan.

    `place` is its sheet or file and `line` its number there (0: none); `head` is the number of
    the header row it stands under. `cells` are kept for rows that failed. `turn` says when it is
    carried out, None when there is nothing to do.
    """

    number: int
    place: str
    line: int
    head: int | None = None
    entry_id: str = ""
    title: str = ""
    revision: int | None = None
    outcome: Outcome = Outcome.FAILED
    problems: tuple[Problem, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    cells: tuple[str, ...] = ()
    proposed: Proposed | None = None
    turn: int | None = None

    def fail(self, problems: Sequence[Problem]) -> None:
        """Note that the row cannot be taken."""
        self.outcome, self.problems, self.turn = Outcome.FAILED, tuple(problems), None


@dataclass(slots=True)
class Plan:
    """All rows in order, the header rows they stand under, and what there is to tell besides."""

    rows: list[PlannedRow] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def planned(
    records: Iterable[Record],
    entries: Sequence[Entry],
    options: ImportOptions,
    tz: ZoneInfo,
    now: datetime,
    *,
    trusted: bool,
    progress: Progress | None = None,
) -> Plan:
    """The plan for the records of one file beside `entries` as they are; nothing is changed."""
    plan = _read(records, options, tz, progress)
    known = {entry.id: entry for entry in entries}
    duplicates = Duplicates(entries)
    _settle_clashes(plan.rows)
    codes = ShortCodes(entries)
    for turn, group in enumerate(_groups(plan.rows)):
        before = known.get(group[0].entry_id)
        after = merged(before, group, now, "import", codes.holder_of, trusted=trusted)
        codes.note(after)
        if any(row.outcome in (Outcome.NEW, Outcome.CHANGED) for row in group):
            for row in group:
                row.turn = turn if row.outcome is not Outcome.FAILED else None
    for row in plan.rows:
        if row.proposed is not None and not row.duplicates:
            content = row.proposed.document.content
            row.duplicates = duplicates.found(row.number, row.entry_id, content)
    return plan


def merged(
    before: Entry | None,
    group: Sequence[PlannedRow],
    now: datetime,
    author: str,
    holder_of: HolderOf,
    *,
    trusted: bool,
) -> Entry | None:
    """The entry after the rows of one group; each row is told its outcome and revision."""
    sourced: list[Sourced] = []
    by_source = {str(row.number): row for row in group}
    for row in group:
        assert row.proposed is not None
        try:
            document = row.proposed.beside(before, trusted=trusted)
        except InvalidInput as error:
            row.fail([replace(problem, line=row.line) for problem in error.problems])
            continue
        sourced.append(Sourced(str(row.number), document, {"id": row.line}))
    # A row of another product says nothing of owners and dates; it cannot be trusted to.
    whole = all(row.proposed is not None and row.proposed.stated is None for row in group)
    merge = Merge(before, now, author, trusted and whole, holder_of)
    after = merge.run(sourced)
    for result in merge.rows:
        _take(by_source[result.source], result)
    return after


def _take(row: PlannedRow, result: ImportRow) -> None:
    row.outcome = Outcome(result.action.value)
    row.revision = result.revision
    row.problems = tuple(replace(problem, source=row.place) for problem in result.problems)


def _read(
    records: Iterable[Record], options: ImportOptions, tz: ZoneInfo, progress: Progress | None
) -> Plan:
    """Every row with what it proposes, or why it proposes nothing."""
    plan = Plan()
    table: TableReader | None = None
    pages: dict[tuple[str, ...], int] = {}
    total = 0
    for record in records:
        if isinstance(record, Head):
            plan.heads.append(record)
            table = TableReader(record, options, tz)
        elif isinstance(record, Note):
            plan.notes.append(record.message)
        elif isinstance(record, Total):
            total += record.count
        else:
            row = _row(len(plan.rows) + 1, record, plan)
            plan.rows.append(row)
            _propose(row, record, table, pages, options, tz)
            if progress and row.number % _EVERY == 0:
                progress(row.number, max(total, row.number))
    return plan


def _row(number: int, record: Row | Page | Text | Bad, plan: Plan) -> PlannedRow:
    if isinstance(record, Row):
        head = len(plan.heads) - 1
        return PlannedRow(number, plan.heads[head].sheet, record.line, head)
    if isinstance(record, Page):
        return PlannedRow(number, record.origin, 0, title=record.title)
    if isinstance(record, Text):
        return PlannedRow(number, record.name, 0)
    return PlannedRow(number, record.place, record.line)


def _propose(
    row: PlannedRow,
    record: Row | Page | Text | Bad,
    table: TableReader | None,
    pages: dict[tuple[str, ...], int],
    options: ImportOptions,
    tz: ZoneInfo,
) -> None:
    try:
        if isinstance(record, Bad):
            row.fail([Problem(record.place, record.line, "", record.message)])
            return
        if isinstance(record, Row):
            assert table is not None
            row.cells = record.cells
            row.proposed = table.proposed(record)
            row.cells = ()
        elif isinstance(record, Page):
            path = (record.origin, *record.path)
            pages[path] = pages.get(path, 0) + 1
            row.proposed = page_proposed(record, pages[path], options)
        else:
            row.proposed = text_proposed(record, tz)
    except InvalidInput as error:
        row.fail([replace(problem, source=row.place) for problem in error.problems])
        return
    row.entry_id = row.proposed.document.entry_id
    row.title = row.proposed.document.content.title


def _settle_clashes(rows: Iterable[PlannedRow]) -> None:
    """Of rows that claim the same revision of an entry the first counts.

    A later one that says the same is left out as its duplicate; one that says otherwise fails.
    """
    first: dict[tuple[str, int | None], PlannedRow] = {}
    for row in rows:
        if row.proposed is None:
            continue
        document = row.proposed.document
        other = first.setdefault((row.entry_id, document.number), row)
        if other is row:
            continue
        assert other.proposed is not None
        row.duplicates = (Duplicate("question", other.number, row.entry_id, other.title),)
        same = document == other.proposed.document and row.proposed.hold == other.proposed.hold
        row.proposed = None
        if same:
            row.outcome = Outcome.UNCHANGED
        else:
            message = f"row {other.line or other.number} has the same question or id but other text"
            row.fail([Problem(row.place, row.line, "", message)])


def _groups(rows: Iterable[PlannedRow]) -> Iterator[list[PlannedRow]]:
    """The rows that can be taken, by entry, in the order of the file."""
    groups: dict[str, list[PlannedRow]] = {}
    for row in rows:
        if row.proposed is not None:
            groups.setdefault(row.entry_id, []).append(row)
    yield from groups.values()
