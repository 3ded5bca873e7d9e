"""API: what changed, by sequence number or since a moment, and both versions side by side."""

from __future__ import annotations

from datetime import datetime

from assistant.accounts.policy import Action
from assistant.shift.comparisons import disputed, revisions
from assistant.shift.happenings import happenings
from assistant.web import change_views, comparison_views, context, labels
from assistant.web.change_requests import ChangesQuery, VersionsQuery
from assistant.web.change_responses import ChangeOut, ChangesOut, NewsListOut
from assistant.web.comparison_responses import VersionsOut
from assistant.web.lookup import known_entry, known_revision, pick
from assistant.web.moments import parse_moment
from assistant.web.routing import Routes

routes = Routes()


@routes.get("/changes", Action.CHANGES_READ, query=ChangesQuery, returns=ChangesOut | NewsListOut)
def read_changes(query: ChangesQuery) -> ChangesOut | NewsListOut:
    """What changed after a sequence number, or with `since` the news since a moment."""
    since = parse_moment(query.since, "since")
    if since is not None:
        now = context.services().clock()
        until = parse_moment(query.until, "until") or now
        return _news(since, min(until, now), query.limit)
    return _feed(query)


@routes.get(
    "/entries/<entry_id>/versions", Action.ENTRIES_READ, query=VersionsQuery, returns=VersionsOut
)
def read_versions(entry_id: str, query: VersionsQuery) -> VersionsOut:
    """Both versions of what is disputed or changed: two entries, a basis then and now."""
    catalogue, entry = known_entry(entry_id)
    if query.before and query.after:
        before, after = (known_revision(entry, n) for n in (query.before, query.after))
        found = [revisions(before, after)]
    else:
        found = disputed(entry, catalogue)
    shown = (comparison_views.comparison(catalogue, entry, compared) for compared in found)
    return {
        "entry_id": entry.id,
        "title": pick(catalogue, entry, query.after, None).content.title,
        "comparisons": [comparison for comparison in shown if comparison],
    }


def _news(since: datetime, until: datetime, limit: int) -> NewsListOut:
    services = context.services()
    catalogue = services.catalogue.current(own_write=True)
    rows = [
        row
        for happening in happenings(catalogue, since, until)
        if (row := change_views.news(catalogue, happening))
    ]
    return {
        "since": context.moment_json(since),
        "until": until.astimezone(services.settings.site_tz).isoformat(),  # to the microsecond
        "changes": rows[:limit],
        "total": len(rows),
    }


def _feed(query: ChangesQuery) -> ChangesOut:
    services = context.services()
    changes = services.kb.changes(query.after, query.limit)
    catalogue = services.catalogue.current(own_write=True)  # none of them may be missed
    found: list[ChangeOut] = []
    for change in changes:
        entry = catalogue.entries.get(change.entry_id)
        shown = labels.representative(catalogue, entry) if entry else None
        if entry is None or shown is None:
            continue
        found.append(
            {
                "seq": change.seq,
                "entry_id": entry.id,
                "at": context.moment_json(change.at),
                "title": shown.content.title,
                "kind": entry.kind.value,
                "revision": shown.number,
                "state": labels.state_of(catalogue, entry.id),
                "url": labels.entry_url(entry.id),
            }
        )
    return {"changes": found, "next": changes[-1].seq if changes else query.after}
