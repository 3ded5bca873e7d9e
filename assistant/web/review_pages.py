"""The desk's page of a version: how it will read, what differs, what may be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPMethod
from typing import Any

from flask import render_template, request
from markupsafe import Markup

from assistant.accounts.policy import Action
from assistant.catalogue import Catalogue
from assistant.desk import review_steps, saved_filters
from assistant.desk.validity_line import line
from assistant.web import (
    context,
    entry_views,
    field_views,
    history_views,
    i18n,
    labels,
    side_by_side,
)
from assistant.web.lookup import known_entry, known_revision
from assistant.web.marked_html import marked
from assistant.web.shown_content import content_html
from kb.clock import spoken_local
from kb.lifecycle import is_author
from kb.model import Entry, Revision, Status

VIEWS = ("inline", "side", "read")
_FORECAST = {
    Status.DRAFT: Status.PUBLISHED,
    Status.IN_REVIEW: Status.PUBLISHED,
    Status.APPROVED: Status.PUBLISHED,
}


def routes() -> list[tuple[str, str, list[str], Action, Callable[..., object]]]:
    """Name, path, methods, action and view of each page, for `pages.mount`."""
    path = "/desk/entries/<entry_id>/revisions/<int:number>"
    return [("review", path, [HTTPMethod.GET.value], Action.ENTRIES_WRITE, show)]


def show(entry_id: str, number: int) -> str:
    """The page of a version; absent and forbidden ones look the same."""
    if request.args.get("done"):  # a step was just taken, maybe in another process
        context.services().catalogue.current(own_write=True)
    catalogue, entry = known_entry(entry_id)
    revision = known_revision(entry, number)
    base = _base(catalogue, entry, revision)
    view = _view(base)
    after = entry_views.content_out(catalogue, revision)
    before = entry_views.content_out(catalogue, base) if base else None
    fields = field_views.field_views(before, after)
    title = field_views.title_changes(before["title"] if before else None, after["title"])
    return render_template(
        "review.html",
        entry=entry_views.entry_row(catalogue, entry, revision),
        entry_version=entry.version,
        revision=entry_views.revision_row(catalogue, revision),
        content=after,
        own=is_author(revision, context.principal().name),
        base=entry_views.revision_row(catalogue, base) if base else None,
        others=[r for r in entry_views.revision_rows(catalogue, entry) if r["number"] != number],
        view=view,
        fields=fields,
        title=title,
        differs=any(field.changed for field in fields)
        or any(part["op"] != "equal" for part in title),
        **_text(view, base, revision),
        **_validity(catalogue, entry, revision),
        steps=_steps(catalogue, entry, revision),
        in_force=_number(catalogue.in_force(entry.id)),
        scheduled=saved_filters.is_scheduled(catalogue, revision),
        freshness=labels.freshness(catalogue, entry.id),
        dependencies=labels.related(catalogue, revision.content.depends_on),
        dependents=labels.related(catalogue, catalogue.dependents.get(entry.id, ())),
        history=history_views.history(entry),
        sent_back=history_views.sent_back(entry, revision),
        whole_history=context.allowed(Action.AUDIT_READ),
        done=request.args.get("done", ""),
        now=context.moment_json(catalogue.at),
    )


def _base(catalogue: Catalogue, entry: Entry, revision: Revision) -> Revision | None:
    """What to compare with: the version asked for, the one in force, or the one before it.

    None for the first one, and when nothing is asked for (``against=0``).
    """
    readable = labels.visible_revisions(entry)
    asked = request.args.get("against", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 10:
        return next((r for r in readable if r.number == int(asked) != revision.number), None)
    current = catalogue.in_force(entry.id)
    if current in readable and current is not None and current.number != revision.number:
        return current
    earlier = [r for r in readable if r.number < revision.number and r.status is Status.PUBLISHED]
    return earlier[-1] if earlier else None


def _view(base: Revision | None) -> str:
    asked = request.args.get("view", "")
    if base is None:
        return "read"
    return asked if asked in VIEWS else "inline"


def _text(view: str, base: Revision | None, revision: Revision) -> dict[str, Any]:
    """The text as the view shows it, and how many places of it differ."""
    html = content_html(revision.content)
    if base is None or view == "read":
        return {"html": Markup(html), "rows": [], "places": 0}
    shown, places = marked(content_html(base.content), html)
    rows: list[side_by_side.Row] = []
    if view == "side":
        whole = request.args.get("whole") == "1"
        rows = side_by_side.rows(base.content.body, revision.content.body, whole=whole)
    return {"html": shown, "rows": rows, "places": places}


def _validity(catalogue: Catalogue, entry: Entry, revision: Revision) -> dict[str, Any]:
    """The line of versions now, and as it would be once this one is published."""
    ahead = _FORECAST.get(revision.status)
    spans = catalogue.timeline.spans(entry.id)
    proposed = review_steps.forecast(catalogue, entry, revision, ahead).after if ahead else ()
    tz = context.services().settings.site_tz
    return {"line": line(spans, proposed, catalogue.at, tz)}


def _steps(catalogue: Catalogue, entry: Entry, revision: Revision) -> list[dict[str, Any]]:
    """The steps in the words of the page."""
    caller = review_steps.Caller(context.principal().name, context.allowed)
    texts = i18n.texts_for(context.lang())
    return [
        {
            "name": step.name,
            "label": texts(f"review.step.{step.label or step.name}"),
            "main": step.main,
            "why_not": texts(f"review.why_not.{step.why_not}") if step.why_not else "",
            "does": "".join(
                texts(f"review.does.{key}", **_filled(told)) for key, told in step.does
            ),
        }
        for step in review_steps.steps(catalogue, entry, revision, caller)
    ]


def _filled(told: Mapping[str, object]) -> dict[str, object]:
    zone = context.services().settings.site_tz
    return {
        name: spoken_local(value, zone) if isinstance(value, datetime) else value
        for name, value in told.items()
    }


def _number(revision: Revision | None) -> int | None:
    return revision.number if revision else None
