"""The freshness board as the caller may see it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from assistant.accounts.policy import Action
from assistant.catalogue import Catalogue
from assistant.desk import tasks
from assistant.web import context, freshness_views, labels
from assistant.web.board_responses import BoardOut, BoardRowOut, SaidReasonOut
from assistant.web.freshness_requests import FreshnessQuery
from kb.freshness import BoardRow, State


def board(query: FreshnessQuery, rows: list[BoardRow]) -> BoardOut:
    """One page of `rows`; `counts` are over all that meet the filters other than the state."""
    catalogue = context.services().catalogue.current()
    wanted = _wanted(query)
    anyway = replace(wanted, snoozed=tasks.Snoozed.ALL)
    possible = [row for row in rows if anyway.holds(row)]
    matching = [row for row in possible if wanted.holds(row)]
    counted = Counter(row.state.value for row in matching)
    found = [
        row
        for row in matching
        if query.state in (None, row.state) and query.entry_id in (None, row.entry_id)
    ]
    page = found[query.offset : query.offset + query.limit]
    return {
        "rows": [row_out(row) for row in page],
        "counts": {s.value: counted[s.value] for s in State if counted[s.value]},
        "total": len(found),
        "snoozed": sum(row.snooze is not None for row in possible),
        "at": context.moment_json(catalogue.at),
    }


def _wanted(query: FreshnessQuery) -> tasks.Wanted:
    names = own_names() if query.mine else None
    return tasks.Wanted(query.owner, query.kind, query.product, names, query.snoozed)


def own_names() -> frozenset[str]:
    """The caller's name and those of the teams they are in."""
    return tasks.own_names(context.principal().name, context.services().canned.teams())


def visible_rows() -> list[BoardRow]:
    """Every row of the board that the caller may know of, worst first."""
    services = context.services()
    catalogue = services.catalogue.current()
    rows = tasks.rows(catalogue, services.insights.usage())
    return [row for row in rows if labels.visible_entry(catalogue.entries.get(row.entry_id))]


def row_out(row: BoardRow) -> BoardRowOut:
    """One row of the board."""
    catalogue = context.services().catalogue.current()
    entry = catalogue.entries[row.entry_id]
    shown = labels.representative(catalogue, entry)
    return {
        "entry_id": row.entry_id,
        "version": entry.version,
        "revision": shown.number if shown else None,
        "kind": row.kind.value,
        "title": shown.content.title if shown else row.entry_id,
        "owner": row.owner,
        "reviewer": row.reviewer,
        "products": list(row.products),
        "state": row.state.value,
        "reasons": _reasons(catalogue, row),
        "damage": row.damage,
        "age_days": row.age_days,
        "usage": row.usage,
        "risk": row.risk,
        "next_review": context.moment_json(row.next_review),
        "snooze": freshness_views.snooze(row.snooze),
        "url": labels.entry_url(row.entry_id),
    }


def _reasons(catalogue: Catalogue, row: BoardRow) -> list[SaidReasonOut]:
    """The reasons as the caller may read them; sentences only for who may read every revision."""
    shown = labels.freshness(catalogue, row.entry_id)["reasons"]
    writes = context.allowed(Action.ENTRIES_WRITE)
    return [
        {**each, "sentence": reason.sentence if writes else ""}
        for each, reason in zip(shown, row.reasons, strict=True)
    ]
