"""Imports as the API shows them."""

from __future__ import annotations

from flask import url_for

from assistant.accounts.policy import Action
from assistant.web import context, labels
from assistant.web.import_responses import HeadOut, ImportedRow, ImportRun
from kb.formats.columns import BY_NAME, meanings
from kb.formats.duplicates import Duplicate
from kb.formats.planning import PlannedRow
from kb.formats.records import Head
from kb.formats.runs import Run
from kb.formats.wording import said
from kb.lifecycle import same_person

_NAMED = 80  # characters
_NAMING = ("title", "question", "q", "questions", "content", "answer", "answers", "a", "body", "id")


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
        "may_publish": _may_publish(run),
        "done": run.done,
        "total": run.total,
        "counts": {outcome.value: number for outcome, number in run.counts.items()},
        "duplicates": run.duplicates,
        "forms": list(dict.fromkeys(head.form for head in run.heads)),
        "heads": [_head(head) for head in run.heads],
        "notes": [said(note, lang) for note in run.notes],
        "url": url_for("api.read_import", run_id=run.id),
        "failed_url": url_for("api.failed_rows", run_id=run.id),
    }


def row_out(run: Run, row: PlannedRow) -> ImportedRow:
    """One row with its reasons in the reader's language."""
    lang = context.lang()
    return {
        "number": row.number,
        "place": row.place,
        "line": row.line,
        "entry_id": row.entry_id,
        "title": row.title or _named(run, row),
        "revision": row.revision,
        "outcome": row.outcome.value,
        "problems": [
            {
                "column": problem.field,
                "line": problem.line if problem.line != row.line else 0,
                "message": said(problem.message, lang),
            }
            for problem in row.problems
        ],
        "duplicates": [
            {
                "what": found.what,
                "row": found.row,
                "entry_id": found.entry_id,
                "title": found.title,
                "url": duplicate_url(found),
            }
            for found in row.duplicates
        ],
    }


def _named(run: Run, row: PlannedRow) -> str:
    """What a row that failed would have been called, so that one sees which it is."""
    if row.head is None:
        return ""
    head = run.heads[row.head]
    fields = meanings(BY_NAME[head.form], head.columns)
    told = {field: text.strip() for field, text in zip(fields, row.cells, strict=False)}
    text = next((told[field] for field in _NAMING if told.get(field)), "")
    return text.split("\n", 1)[0][:_NAMED]


def duplicate_url(found: Duplicate) -> str:
    """The entry that a duplicate points to; empty for a row of the same file."""
    return "" if found.row else labels.entry_url(found.entry_id)


def _may_publish(run: Run) -> bool:
    """Whether the caller may publish the entries: nobody does so with their own file."""
    own = same_person(run.created_by, context.principal().name)
    return context.allowed(Action.ENTRIES_PUBLISH) and not own


def _head(head: Head) -> HeadOut:
    fields = meanings(BY_NAME[head.form], head.columns)
    columns = zip(head.columns, fields, strict=True)
    return {
        "sheet": head.sheet,
        "form": head.form,
        "columns": [{"header": header, "field": field} for header, field in columns],
    }
