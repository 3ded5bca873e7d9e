"""Whose contacts a person or a program may know of, and what they have read of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.engine import Connection

from assistant.accounts.policy import Action, authorise
from assistant.accounts.roles import Principal, PrincipalKind
from assistant.contacts import store
from assistant.contacts.model import Contact, Message, Seen, Speaker
from kb.errors import NotFound


def scope(viewer: Principal, mine: bool) -> tuple[Sequence[str | None] | None, str | None]:
    """Whose contacts the viewer may list, and the program whose own ones come as well."""
    if mine:
        return [viewer.name], None
    if authorise(viewer, Action.CONTACTS_ALL):
        return None, None
    return [viewer.name, None], viewer.name if viewer.kind is PrincipalKind.TOKEN else None


def open_to(principal: Principal, contact: Contact | None) -> Contact:
    """The contact, as far as there is one that is open to them; NotFound."""
    if contact is None or not authorise(principal, Action.CONTACTS_USE, contact):
        raise NotFound("there is no such contact")
    return contact


def as_seen(connection: Connection, contact: Contact, viewer: Principal) -> Seen:
    """The contact with what the viewer has not read of it."""
    seen = store.seen_by(connection, viewer.name, [contact.id]).get(contact.id, 0)
    return Seen(contact, contact.customer_count - seen)


def note_read(connection: Connection, contact: Contact, new: Sequence[Message]) -> None:
    """Whoever answers has read what came before, and so has who handles the contact."""
    if not new or new[-1].role is not Speaker.AGENT:
        return
    for reader in {new[-1].author, contact.assigned_to or new[-1].author}:
        store.mark_seen(connection, contact.id, reader, contact.customer_count)
