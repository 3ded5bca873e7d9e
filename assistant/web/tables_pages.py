"""The desk's tables: the freshness board and the list of entries."""

from __future__ import annotations

from typing import TypeVar

from flask import render_template, request
from pydantic import ValidationError

from assistant.web import board_views, context, listing
from assistant.web.freshness_requests import FreshnessQuery
from assistant.web.requests import EntriesQuery, Strict
from kb.freshness import State
from kb.model import Kind, Status

_PAGE = 50
_FILTERS = ("q", "kind", "status", "owner", "state", "audience")
_Q = TypeVar("_Q", bound=Strict)


def freshness() -> str:
    """What needs attention, worst first."""
    query = _lenient(FreshnessQuery, ("owner", "state", "kind"))
    everything = board_views.visible_rows()
    board = board_views.board(query, everything)
    return render_template(
        "freshness.html",
        rows=board["rows"],
        counts=board["counts"],
        total=board["total"],
        at=board["at"],
        owners=sorted({row.owner for row in everything if row.owner}),
        kinds=[kind.value for kind in Kind],
        states=[state.value for state in State],
        selected=_selected(query, ("owner", "state", "kind")),
        max_damage=max((row["damage"] for row in board["rows"]), default=0.0),
    )


def entries() -> str:
    """All entries with filters."""
    query = _lenient(EntriesQuery, _FILTERS)
    page = max(1, request.args.get("page", 1, type=int))
    query.limit, query.offset = _PAGE, (min(page, 100_000) - 1) * _PAGE
    found = listing.entries(query)
    catalogue = context.services().catalogue.current()
    owners = {
        row.stewardship.owner for row, _shown in listing.visible(catalogue) if row.stewardship.owner
    }
    return render_template(
        "entries.html",
        rows=found["entries"],
        total=found["total"],
        page=page,
        pages=max(1, -(-found["total"] // _PAGE)),
        owners=sorted(owners),
        kinds=[kind.value for kind in Kind],
        statuses=[status.value for status in Status],
        states=[state.value for state in State],
        selected=_selected(query, _FILTERS),
    )


def _lenient(model: type[_Q], names: tuple[str, ...]) -> _Q:
    """The filters in the address that make sense; a mistyped one is dropped, not an error page."""
    given = {name: request.args[name] for name in names if request.args.get(name)}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        wrong = {str(finding["loc"][0]) for finding in error.errors()}
        return model.model_validate({k: v for k, v in given.items() if k not in wrong})


def _selected(query: Strict, names: tuple[str, ...]) -> dict[str, str]:
    """The filters in use, an empty string for each that is not."""
    return {name: str(getattr(query, name) or "") for name in names}
