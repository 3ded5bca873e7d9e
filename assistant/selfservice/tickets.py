"""Tickets: what customers leave for the team while nobody is there, and when it was dealt with."""

from __future__ import annotations

from sqlalchemy.engine import Connection, Engine

from assistant.accounts.credentials import new_id
from assistant.accounts.roles import Principal
from assistant.contacts.contacts import Contacts
from assistant.insights.masking import mask
from assistant.selfservice import store
from assistant.selfservice.handing_over import Extra
from assistant.selfservice.model import Ticket
from kb.clock import Clock
from kb.errors import NotFound
from kb.store import read, write


class Tickets:
    """Reads and finishes tickets of contacts.

    Args:
        engine: The knowledge base's database.
        clock: The present moment.
        contacts: Who may see a contact may see its tickets.
    """

    def __init__(self, engine: Engine, clock: Clock, contacts: Contacts) -> None:
        self._engine = engine
        self._clock = clock
        self._contacts = contacts

    def adding(self, visit_id: str, name: str, reach: str, text: str) -> Extra:
        """What adds a ticket in the transaction that makes its contact."""
        now = self._clock()

        def add(connection: Connection, contact_id: str) -> None:
            store.add_ticket(
                connection,
                Ticket(new_id(), contact_id, visit_id, name, reach, mask(text), now),
            )

        return add

    def of(self, contact_id: str, viewer: Principal) -> list[Ticket]:
        """The tickets of a contact, the oldest first; NotFound when it is not open to the viewer.

        Most contacts have none.
        """
        self._contacts.get(contact_id, viewer)
        with read(self._engine) as connection:
            return store.tickets_of(connection, contact_id)

    def finish(self, contact_id: str, ticket_id: str, viewer: Principal) -> list[Ticket]:
        """Note that a ticket was dealt with; all of the contact's tickets as they are then."""
        if all(ticket.id != ticket_id for ticket in self.of(contact_id, viewer)):
            raise NotFound(ticket_id)
        with write(self._engine) as connection:
            store.finish_ticket(connection, ticket_id, self._clock())
            return store.tickets_of(connection, contact_id)
