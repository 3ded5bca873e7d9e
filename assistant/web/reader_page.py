"""The reader: one entry as it holds now, held at another time, or in a given version."""

from __future__ import annotations

from datetime import datetime

from flask import render_template, request, url_for
from markupsafe import Markup

from assistant.catalogue import Catalogue
from assistant.web import context, entry_views, labels
from assistant.web.moments import parse_moment
from kb.errors import NotFound
from kb.model import Entry, Revision
from kb.sections import sections


def show(entry_id: str) -> str:
    """The page of an entry; absent and forbidden ones look the same."""
    services = context.services()
    catalogue, entry = services.catalogue.current(), services.kb.entry(entry_id)
    as_of = parse_moment(request.args.get("as_of"), "as_of")
    number = _number(request.args.get("revision"))
    revision = pick(catalogue, entry, number, as_of)
    in_force = catalogue.in_force(entry.id, as_of)
    out = entry_views.entry_out(catalogue, entry, revision)
    is_in_force = in_force is not None and in_force.number == revision.number
    return render_template(
        "entry.html",
        entry=out,
        revision=entry_views.revision_out(catalogue, revision),
        html=Markup(out["html"]),
        toc=_contents(revision.content.body),
        timeline=[
            {
                **row,
                "current": in_force is not None and row["number"] == in_force.number,
                "shown": row["number"] == revision.number,
            }
            for row in out["revisions"]
        ],
        freshness=out["freshness"],
        dependencies=out["dependencies"],
        dependents=out["dependents"],
        supersedes=out["supersedes"],
        superseded_by=out["superseded_by"],
        as_of=as_of,
        in_force=is_in_force,
        note="" if is_in_force or number is not None else "not_in_force",
        entries_url=url_for("pages.entries"),
    )


def pick(
    catalogue: Catalogue, entry: Entry, number: int | None, as_of: datetime | None
) -> Revision:
    """The revision asked for: by number, or the one that stands for the entry at a time.

    Raises:
        NotFound: there is none, or none that the caller may read.
    """
    if number is None:
        revision = labels.representative(catalogue, entry, as_of)
    else:
        found = [r for r in labels.visible_revisions(entry) if r.number == number]
        revision = found[0] if found else None
    if revision is None:
        raise NotFound(entry.id)
    return revision


def _number(text: str | None) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise NotFound(text)
    return int(text)


def _contents(body: str) -> list[dict[str, object]]:
    return [
        {"level": len(section.path), "anchor": section.anchor, "text": section.path[-1]}
        for section in sections(body)
        if section.path
    ]
