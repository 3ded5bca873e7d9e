"""The freshness board as the caller may see it."""

from __future__ import annotations

from collections import Counter

from assistant.desk import tasks
from assistant.web import context, freshness_views, labels
from assistant.web.board_responses import BoardOut, BoardRowOut
from assistant.web.freshness_requests import FreshnessQuery
from kb.freshness import BoardRow, State


def board(query: FreshnessQuery, rows: list[BoardRow]) -> BoardOut:
    """One page of `rows`; `counts` are over all that meet the filters other than the state."""
    catalogue = context.services().catalogue.current()
    wanted = _wanted(query)
    matching = [row for row in rows if wanted.holds(row)]
    counted = Counter(row.state.value for row in matching)
    found = [row for row in matching if query.state in (None, row.state)]
    page = found[query.offset : query.offset + query.limit]
    return {
        "rows": [_row(row) for row in page],
        "counts": {s.value: counted[s.value] for s in State if counted[s.value]},
        "total": len(found),
        "at": context.moment_json(catalogue.at),
    }


def _wanted(query: FreshnessQuery) -> tasks.Wanted:
    names = None
    if query.mine:
        teams = context.services().canned.teams()
        names = tasks.own_names(context.principal().name, teams)
    return tasks.Wanted(query.owner, query.kind, query.product, names, query.snoozed)


def visible_rows() -> list[BoardRow]:
    """Every row of the board that the caller may know of, worst first."""
    services = context.services()
    catalogue = services.catalogue.current()
    rows = tasks.rows(catalogue, services.insights.usage())
    return [row for row in rows if labels.visible_entry(catalogue.entries.get(row.entry_id))]


def _row(row: BoardRow) -> BoardRowOut:
    catalogue = context.services().catalogue.current()
    entry = catalogue.entries[row.entry_id]
    shown = labels.representative(catalogue, entry)
    return {
        "entry_id": row.entry_id,
        "revision": shown.number if shown else None,
        "kind": row.kind.value,
        "title": shown.content.title if shown else row.entry_id,
        "owner": row.owner,
        "reviewer": row.reviewer,
        "products": list(row.products),
        "state": row.state.value,
        "reasons": labels.freshness(catalogue, row.entry_id)["reasons"],
        "damage": row.damage,
        "age_days": row.age_days,
        "usage": row.usage,
        "risk": row.risk,
        "next_review": context.moment_json(row.next_review),
        "snooze": freshness_views.snooze(row.snooze),
        "url": labels.entry_url(row.entry_id),
    }
