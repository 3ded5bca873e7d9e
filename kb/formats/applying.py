"""Carrying out the rows of one entry: merged into it as it is now, published if asked, saved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kb import lifecycle
from kb.errors import Problem
from kb.formats.planning import Outcome, PlannedRow, merged
from kb.formats.runs import Run
from kb.model import Entry, Status
from kb.transaction import Transaction, replaced


def carry_out(
    work: Transaction, run: Run, before: Entry | None, group: list[PlannedRow]
) -> list[PlannedRow]:
    """Merge the rows of one entry into it and save it; gives them with what they became."""
    left_out, taken, changed, after = _after(work, run, before, group)
    if after is not None and after != before:
        _save(work, run, before, after, changed)
    return [*taken, *(replace(row, outcome=Outcome.SKIPPED) for row in left_out)]


def rehearse(
    work: Transaction, run: Run, before: Entry | None, group: list[PlannedRow]
) -> Entry | None:
    """The entry as `carry_out` would save it, or None where it would not; nothing is written."""
    _left_out, _taken, _changed, after = _after(work, run, before, group)
    return after if after != before else None


def _after(
    work: Transaction, run: Run, before: Entry | None, group: list[PlannedRow]
) -> tuple[list[PlannedRow], list[PlannedRow], list[PlannedRow], Entry | None]:
    """Rows left out, rows taken, those of them that change something, and the entry then."""
    left_out = [row for row in group if run.how.skip_duplicates and row.duplicates]
    taken = [row for row in group if row not in left_out]
    if run.how.approved_by and not run.trusted:
        for row in taken:
            _check_code(work, row)
    good = [row for row in taken if not row.problems]
    after = merged(before, good, work.now, run.created_by, work.holder_of, trusted=run.trusted)
    changed = [row for row in good if row.outcome in (Outcome.NEW, Outcome.CHANGED)]
    if after is not None and run.how.approved_by:
        after = _published(work, run, after, changed)
    return left_out, taken, changed, after


def _check_code(work: Transaction, row: PlannedRow) -> None:
    assert row.proposed is not None
    code = row.proposed.document.content.short_code
    if holder := work.holder_of(code, row.entry_id):
        message = f"{code!r} already belongs to {holder}"
        row.fail([Problem(row.place, row.line, "short_code", message)])


def _published(work: Transaction, run: Run, entry: Entry, changed: list[PlannedRow]) -> Entry:
    """`entry` with the drafts of these rows published, approved by who asked for it."""
    for row in changed:
        revision = entry.revision(row.revision or 0)
        hold = row.proposed is not None and row.proposed.hold
        if revision is None or revision.status is not Status.DRAFT or hold:
            continue
        if lifecycle.is_author(revision, run.how.approved_by):
            continue
        moved = lifecycle.submit(revision, run.created_by, work.now)
        moved = lifecycle.approve(moved, run.how.approved_by, work.now, revision.content_hash)
        entry = replaced(entry, lifecycle.publish(moved, run.how.approved_by, work.now))
    return entry


def _save(
    work: Transaction, run: Run, before: Entry | None, after: Entry, changed: list[PlannedRow]
) -> None:
    numbers = {row.revision for row in changed}
    detail: dict[str, Any] = {
        "import": run.id,
        "sources": [_source(run, row) for row in changed],
        "revisions": {
            str(r.number): {"hash": r.content_hash, "status": r.status}
            for r in after.revisions
            if r.number in numbers
        },
    }
    if run.how.approved_by:
        detail |= run.how.noted
    if before is not None and after.stewardship != before.stewardship:
        keeper = after.stewardship
        detail |= {
            "owner": keeper.owner,
            "reviewer": keeper.reviewer,
            "review_every": keeper.review_every,
        }
    number = max((row.revision or 0 for row in changed), default=0)
    if before is None:
        work.add(replace(after, version=0), "import", number, detail)
    else:
        work.save(before, after, "import", number, detail)


def _source(run: Run, row: PlannedRow) -> str:
    place = f"{run.name}/{row.place}" if row.place and row.place != run.name else run.name
    return f"{place}:{row.line}" if row.line else place
