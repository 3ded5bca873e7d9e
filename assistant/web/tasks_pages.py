"""The first page of the desk: what the person who opens it has to do."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, cast
from urllib.parse import quote

from flask import Response, redirect, render_template, url_for

from assistant.accounts.policy import Action
from assistant.cases.reviews import PREFIX
from assistant.desk.todo import Task, Urgency, What, desk_of
from assistant.web import board_views, context
from assistant.web.freshness_pages import CURED
from kb.model import Kind


def show() -> Response | str:
    """My tasks; an agent has none here and goes to the console."""
    if not context.allowed(Action.ENTRIES_WRITE):
        return cast(Response, redirect(url_for("pages.agent"), 303))
    services = context.services()
    catalogue = services.catalogue.current()
    names = board_views.own_names()
    desk = desk_of(
        context.principal(),
        names,
        catalogue.entries,
        board_views.visible_rows(),
        services.cases.reviews.returned,
        catalogue.at,
        services.comments.open_threads(),
    )
    groups = [
        (urgency.name.lower(), [_row(task) for task in desk.tasks if task.urgency is urgency])
        for urgency in Urgency
    ]
    drafts = {task.entry.id for task in desk.tasks if task.what in (What.RETURNED, What.DRAFT)}
    groups[Urgency.LATER][1].extend(_being_written(drafts, catalogue.entries))
    return render_template(
        "tasks.html",
        groups=[(name, rows) for name, rows in groups if rows],
        knows_any=bool(catalogue.entries),
        waiting=[_row(task) for task in desk.waiting],
        others=[_row(task) for task in desk.others],
        snoozed=[board_views.row_out(row) for row in desk.snoozed],
        teams=sorted(names - {context.principal().name}),
        worst=max((task.row.damage for task in desk.tasks if task.row), default=0.0),
        cured=CURED,
    )


def _row(task: Task) -> dict[str, Any]:
    """A task as its line shows it."""
    revision, row = task.revision, task.row
    if row:
        shown = {**board_views.row_out(row)}
        return {"what": task.what.value, "since": context.moment_json(task.since), **shown}
    assert revision is not None
    return {
        "what": task.what.value,
        "since": context.moment_json(task.since),
        "entry_id": task.entry.id,
        "title": revision.content.title,
        "kind": task.entry.kind.value,
        "revision": revision.number,
        "status": revision.status.value,
        "author": revision.author,
        "by": task.by,
        "note": task.note,
        "more": task.count - 1,
        "owner": task.entry.stewardship.owner,
        "reviewer": task.entry.stewardship.reviewer,
        "href": _where(task),
    }


def _being_written(drafts: Collection[str], entries: Collection[str]) -> Iterator[dict[str, Any]]:
    """What the caller is still writing and has not handed over; `drafts` are shown already.

    A key does not tell a new entry from one of `entries`: an id may look like one.
    """
    for row in context.services().working.mine(context.principal().name):
        if row.key not in drafts:
            new = row.base_revision == 0 and row.key not in entries
            name = quote(row.key)
            yield {
                "what": "writing",
                "since": context.moment_json(row.saved_at),
                "entry_id": row.key,
                "title": row.title,
                "href": f"/desk/entries/new?draft={name}" if new else f"/desk/entries/{name}/edit",
            }


def _where(task: Task) -> str:
    """Where a task is done: cases have a desk of their own, drafts are written on."""
    name = quote(task.entry.id)
    if task.what is What.COMMENT and task.revision:
        return f"/desk/entries/{name}/revisions/{task.revision.number}#comment-{task.thread}"
    if task.entry.kind is Kind.CASE and task.entry.id.startswith(PREFIX):
        return f"/desk/cases?case={name}"
    if task.what in (What.RETURNED, What.DRAFT):
        return f"/desk/entries/{name}/edit"
    assert task.revision is not None
    return f"/desk/entries/{name}/revisions/{task.revision.number}"
