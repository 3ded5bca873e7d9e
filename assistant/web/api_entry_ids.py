"""API: an id for an entry that is being written: offered from its title, or checked."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints
from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from assistant.accounts.policy import Action
from assistant.desk.naming import suggested_id
from assistant.web import context
from assistant.web.requests import NoQuery, Short
from assistant.web.routing import Routes
from kb.errors import NotFound
from kb.model import Kind
from kb.validation import MAX_LINE, id_problem

routes = Routes()


class IdQuery(NoQuery):
    """The id to check, or the title and kind to offer one for."""

    id: Short = ""
    title: Annotated[str, StringConstraints(max_length=MAX_LINE)] = ""
    kind: Kind = Kind.GUIDE


class IdOut(TypedDict):
    """The id asked about, or the one offered (empty: the title suggests none)."""

    id: str
    valid: bool
    free: bool


@routes.get("/entry-ids", Action.ENTRIES_WRITE, query=IdQuery, returns=IdOut)
def offer_entry_id(query: IdQuery) -> IdOut:
    """Offer an id for a new entry, or tell whether one is well formed and free."""
    found = query.id or suggested_id(query.title, query.kind, _taken)
    valid = not id_problem(found)
    return {"id": found, "valid": valid, "free": valid and not _taken(found)}


def _taken(entry_id: str) -> bool:
    """Whether an entry of that id exists; who writes one learns that from the refusal anyway."""
    try:
        context.services().kb.entry(entry_id)
    except NotFound:
        return False
    return True
