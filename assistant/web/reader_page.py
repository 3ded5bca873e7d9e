"""The reader: one entry as it holds now, held at another time, or in a given version."""

from __future__ import annotations

from flask import render_template, request, url_for
from markupsafe import Markup

from assistant.web import context, entry_views
from assistant.web.help_centre import centre
from assistant.web.lookup import known_entry, pick
from assistant.web.moments import parse_moment
from assistant.web.shown_content import content_html
from kb.errors import NotFound
from kb.sections import sections


def show(entry_id: str) -> str:
    """The page of an entry; absent and forbidden ones look the same."""
    catalogue, entry = known_entry(entry_id)
    as_of = parse_moment(request.args.get("as_of"), "as_of")
    number = _number(request.args.get("revision"))
    revision = pick(catalogue, entry, number, as_of)
    in_force = catalogue.in_force(entry.id, as_of)
    out = entry_views.entry_out(catalogue, entry, revision)
    help_url = centre().knowledge.link(entry.id)
    is_in_force = in_force is not None and in_force.number == revision.number
    return render_template(
        "entry.html",
        entry=out,
        revision=entry_views.revision_out(catalogue, revision),
        html=Markup(content_html(revision.content)),
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
        now=context.moment_json(catalogue.at),
        in_force=is_in_force,
        note="" if is_in_force or number is not None else "not_in_force",
        entries_url=url_for("pages.entries"),
        help_url=help_url,
        votes=centre().helpful.lately(entry.id) if help_url else None,
    )


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
