"""Imports as the API shows them."""

from __future__ import annotations

from flask import url_for

from assistant.web import context, labels
from assistant.web.import_responses import ImportedRow, ImportRun
from kb.formats.duplicates import Duplicate
from kb.formats.planning import PlannedRow
from kb.formats.runs import Run
from kb.formats.wording import said


def run_out(run: Run) -> ImportRun:
    """A run without its rows."""
    lang = context.lang()
    return {
        "id": run.id,
        "name": run.name,
        "size": run.size,
        "state": run.state.value,
        "reason": said(run.reason, lang) if run.reason else "",
        "interrupted": run.interrupted(context.services().clock()),
        "created_at": context.moment_json(run.created_at),
        "created_by": run.created_by,
        "applied_by": run.applied_by,
        "publish": bool(run.how.approved_by),
        "done": run.done,
        "total": run.total,
        "counts": {outcome.value: number for outcome, number in run.counts.items()},
        "duplicates": run.duplicates,
        "forms": list(dict.fromkeys(head.form for head in run.heads)),
        "notes": [said(note, lang) for note in run.notes],
        "url": url_for("api.read_import", run_id=run.id),
        "failed_url": url_for("api.failed_rows", run_id=run.id),
    }


def row_out(row: PlannedRow) -> ImportedRow:
    """One row with its reasons in the reader's language."""
    lang = context.lang()
    return {
        "number": row.number,
        "place": row.place,
        "line": row.line,
        "entry_id": row.entry_id,
        "title": row.title,
        "revision": row.revision,
        "outcome": row.outcome.value,
        "problems": [
            {"column": problem.field, "message": said(problem.message, lang)}
            for problem in row.problems
        ],
        "duplicates": [
            {
                "what": found.what,
                "row": found.row,
                "entry_id": found.entry_id,
                "title": found.title,
                "url": _url(found),
            }
            for found in row.duplicates
        ],
    }


def _url(found: Duplicate) -> str:
    return "" if found.row else labels.entry_url(found.entry_id)
