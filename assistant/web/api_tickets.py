"""API: what customers left for the team in a contact, with how to reach them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import StringConstraints
from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from assistant.accounts.policy import Action
from assistant.selfservice.model import Ticket
from assistant.selfservice.tickets import Tickets
from assistant.web import context
from assistant.web.requests import NoQuery, Strict
from assistant.web.routing import Routes
from kb.errors import NotFound

routes = Routes()
_ONE = "/contacts/<contact_id>/ticket"
_ID = re.compile(r"[0-9a-f]{12}")


class TicketDoneIn(Strict):
    """Which ticket was dealt with."""

    ticket: Annotated[str, StringConstraints(pattern=f"^{_ID.pattern}$")]


class TicketOut(TypedDict):
    """What a customer left. `name` and `reach` are as they gave them, `text` is masked."""

    id: str
    name: str
    reach: str
    text: str
    created_at: str | None
    done_at: str | None


class TicketsOut(TypedDict):
    """The tickets of a contact, the oldest first."""

    tickets: list[TicketOut]


@routes.get(_ONE, Action.CONTACTS_USE, query=NoQuery, returns=TicketsOut)
def read_tickets(contact_id: str, query: NoQuery) -> TicketsOut:
    """Read what the customer of a contact left; most left nothing."""
    return _out(_tickets().of(_known(contact_id), context.principal()))


@routes.post(_ONE, Action.CONTACTS_USE, body=TicketDoneIn, returns=TicketsOut)
def finish_ticket(contact_id: str, body: TicketDoneIn) -> TicketsOut:
    """Note that a ticket was dealt with."""
    return _out(_tickets().finish(_known(contact_id), body.ticket, context.principal()))


def _known(contact_id: str) -> str:
    if not _ID.fullmatch(contact_id):
        raise NotFound(contact_id)
    return contact_id


def _tickets() -> Tickets:
    return context.services().selfservice.tickets


def _out(tickets: Sequence[Ticket]) -> TicketsOut:
    return {
        "tickets": [
            {
                "id": ticket.id,
                "name": ticket.name,
                "reach": ticket.reach,
                "text": ticket.text,
                "created_at": context.moment_json(ticket.created_at),
                "done_at": context.moment_json(ticket.done_at),
            }
            for ticket in tickets
        ]
    }
