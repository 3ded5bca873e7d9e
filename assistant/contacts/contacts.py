"""Contacts as the rest of the product sees them.

Whatever may hold a customer's or an agent's words is masked here, before it reaches the store.
Every change is one transaction together with the event that tells open consoles of it. A contact
that the caller may not know of is absent: `NotFound` either way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.engine import Connection, Engine

from assistant.accounts.policy import Action, authorise
from assistant.accounts.roles import Principal
from assistant.contacts import store
from assistant.contacts.access import as_seen, note_read, open_to, scope
from assistant.contacts.model import (
    MAX_MESSAGES,
    Changes,
    Contact,
    EventKind,
    Message,
    NewContact,
    NewMessage,
    Seen,
    Speaker,
    Status,
)
from assistant.contacts.rules import (
    TooMany,
    external_name,
    merged,
    numbered,
    once_each,
    opened,
    reopened,
    with_messages,
)
from assistant.contacts.upkeep import Upkeep
from assistant.insights.masking import mask
from kb.clock import Clock
from kb.errors import Conflict, NotFound
from kb.store import read, write

MAX_LISTED = 500
_ASSESSED = 200  # newest messages that the risk is read from

Assess = Callable[[Sequence[Message], Mapping[str, str], datetime], Mapping[str, object]]
# Writes of another part that belong to a change: in the same transaction, with what was added.
Along = Callable[[Connection, Contact, Sequence[Message]], None]


def unassessed(
    messages: Sequence[Message], slots: Mapping[str, str], now: datetime
) -> Mapping[str, object]:
    """An assessment that finds nothing."""
    return {}


class Contacts(Upkeep):
    """Opens, lists, changes and closes contacts.

    Args:
        engine: The knowledge base's database.
        clock: The present moment.
        assess: Reads the risk from the newest messages, oldest of them first, and from what is
            known of the contact; what it returns is stored with the contact, as JSON.
    """

    def __init__(self, engine: Engine, clock: Clock, assess: Assess = unassessed) -> None:
        super().__init__(engine, clock)
        self._assess = assess
        self._along: list[Along] = []

    def go_along(self, along: Along) -> None:
        """Have `along` called in the transaction of each change, with the contact as it will be."""
        self._along.append(along)

    # reading

    def listing(
        self, viewer: Principal, status: Status | None = Status.OPEN, *, mine: bool = False
    ) -> tuple[list[Seen], int]:
        """Contacts open to the viewer, newest activity first, and the feed's position.

        Whoever follows the feed from that position misses nothing and hears nothing twice.
        """
        people, creator = scope(viewer, mine)
        with read(self._engine) as connection:
            position = store.last_event(connection)
            found = store.newest(connection, status, people, creator, MAX_LISTED)
            seen = store.seen_by(connection, viewer.name, [contact.id for contact in found])
            last = store.last_messages(connection, found)
        listed = [Seen(c, c.customer_count - seen.get(c.id, 0), last.get(c.id)) for c in found]
        return listed, position

    def get(self, contact_id: str, viewer: Principal) -> tuple[Seen, list[Message], int]:
        """A contact with its messages, and the feed's position; NotFound when not open to them."""
        with read(self._engine) as connection:
            position = store.last_event(connection)
            contact = open_to(viewer, store.find(connection, contact_id))
            messages = store.messages_of(connection, contact_id)
            return as_seen(connection, contact, viewer), messages, position

    def position(self) -> int:
        """Where the feed stands: who follows it from there hears all that comes after."""
        with read(self._engine) as connection:
            return store.last_event(connection)

    # writing

    def create(
        self, new: NewContact, actor: Principal, along: Along | None = None
    ) -> tuple[Seen, bool]:
        """Open a contact; False beside it when one with its external id is there already.

        It begins to wait now, whenever its messages were said. `along` is called in the same
        transaction, for a new one only.

        Raises:
            Conflict: that one is not open to the caller.
            TooMany: of messages or slots.
        """
        if len(new.messages) > MAX_MESSAGES:
            raise TooMany("messages", MAX_MESSAGES)
        external = external_name(new.external_id)
        with read(self._engine) as connection:
            there = _called(connection, external, actor)
        if there is not None:
            return there, False
        # The risk is read before anybody has to wait for the database.
        now = self._clock()
        contact = opened(new, external, actor.name, now)
        messages = numbered(once_each(new.messages), 0, actor, now)
        contact = with_messages(contact, messages)
        if contact.waiting_since is not None:
            contact = replace(contact, waiting_since=now)
        if messages:
            risk = self._assess(messages[-_ASSESSED:], contact.known, now)
            contact = replace(contact, risk=dict(risk))
        with write(self._engine) as connection:
            there = _called(connection, external, actor)
            if there is not None:
                return there, False
            store.add(connection, contact)
            store.add_messages(connection, contact.id, messages)
            note_read(connection, contact, messages)
            last = messages[-1].number if messages else 0
            store.append_event(
                connection, now, EventKind.CONTACT, contact_id=contact.id, number=last
            )
            if along is not None:
                along(connection, contact, messages)
            seen = as_seen(connection, contact, actor)
        self._tell()
        return seen, True

    def change(
        self, contact_id: str, actor: Principal, changes: Changes, version: int | None = None
    ) -> Seen:
        """Change slots, date, channel or who handles a contact.

        An agent takes what nobody has, and gives away or lets go of what is theirs; a supervisor
        assigns anything. Of two who take the same contact the second gets a Conflict.

        Args:
            contact_id: Which.
            actor: Who.
            changes: What.
            version: The version it is based on; None means whatever is there.

        Raises:
            Conflict: it is at another version, or somebody else has taken it.
            TooMany: of slots.
        """

        def changed(before: Contact) -> Contact:
            after = replace(
                before,
                channel=changes.channel or before.channel,
                as_of=before.as_of if changes.as_of is None else changes.as_of or None,
                slots=merged(before.slots, changes.slots or {}),
            )
            if changes.assigned_to is not None:
                after = replace(after, assigned_to=changes.assigned_to or None)
            return after

        try:
            return self._update(contact_id, actor, changed, version)
        except NotFound:
            # It was open to them until somebody else took it: say so instead of "absent".
            if changes.assigned_to != actor.name:
                raise
            with read(self._engine) as connection:
                taken = store.find(connection, contact_id)
            if taken is None:
                raise
            raise Conflict("somebody else has taken this contact", taken.version) from None

    def add_message(
        self, contact_id: str, actor: Principal, new: NewMessage
    ) -> tuple[Message, bool]:
        """Add a message; False beside it when one with its external id is there already.

        The customer's message starts the waiting clock and opens a closed contact again; an
        agent's stops it and counts everything as read by who handles the contact.

        Raises:
            TooMany: the contact holds as many messages as one may.
        """
        external = external_name(new.external_id)
        sent = replace(new, external_id=external)
        now = self._clock()
        # The risk is read before anybody has to wait for the database, and once more only when
        # another message came in between.
        with read(self._engine) as connection:
            before = open_to(actor, store.find(connection, contact_id))
            known = store.find_message(connection, contact_id, external) if external else None
            earlier = store.messages_of(connection, contact_id, _ASSESSED)
        if known is not None:
            return known, False
        (message,), risk = self._next_messages(before, earlier, [sent], actor, now)
        with write(self._engine) as connection:
            contact = open_to(actor, store.find(connection, contact_id))
            known = store.find_message(connection, contact_id, external) if external else None
            if known is not None:
                return known, False
            if contact.message_count != before.message_count:
                earlier = store.messages_of(connection, contact_id, _ASSESSED)
                (message,), risk = self._next_messages(contact, earlier, [sent], actor, now)
            contact = replace(with_messages(contact, [message]), risk=risk)
            stored = self._store(connection, contact, now, EventKind.MESSAGE, message.number)
            store.add_messages(connection, contact_id, [message])
            note_read(connection, contact, [message])
            self._tell_along(connection, stored, [message])
        self._tell()
        return message, True

    def close(self, contact_id: str, actor: Principal, outcome: str = "") -> Seen:
        """Close a contact with what came of it; closing a closed one changes its outcome only."""
        masked = mask(outcome)

        def closed(before: Contact) -> Contact:
            since = before.closed_at if before.status is Status.CLOSED else self._clock()
            return replace(
                before,
                status=Status.CLOSED,
                outcome=masked or before.outcome,
                closed_at=since,
                waiting_since=None,
            )

        return self._update(contact_id, actor, closed)

    def reopen(self, contact_id: str, actor: Principal) -> Seen:
        """Open a closed contact again; an open one stays as it is."""
        return self._update(contact_id, actor, reopened)

    def mark_read(self, contact_id: str, actor: Principal) -> Seen:
        """Count every message of the customer as read by the caller."""
        with write(self._engine) as connection:
            contact = open_to(actor, store.find(connection, contact_id))
            news = store.mark_seen(connection, contact_id, actor.name, contact.customer_count)
            if news:  # the caller's other windows want to know
                now = self._clock()
                store.append_event(connection, now, EventKind.CONTACT, contact_id=contact_id)
        if news:
            self._tell()
        return Seen(contact, 0)

    def hand_over(self, contact_id: str, actor: Principal, skill_group: str, text: str) -> Seen:
        """Let go of a contact for a skill group to take; `text` tells why in its transcript."""
        with write(self._engine) as connection:
            contact = open_to(actor, store.find(connection, contact_id))
            now = self._clock()
            new = NewMessage(Speaker.SYSTEM, text)
            messages = numbered([new], contact.message_count, actor, now)
            after = with_messages(reopened(contact), messages)
            after = replace(after, skill_group=mask(skill_group), assigned_to=None)
            stored = self._store(
                connection, after, now, EventKind.MESSAGE, messages[0].number, contact
            )
            store.add_messages(connection, contact_id, messages)
            self._tell_along(connection, stored, messages)
            seen = as_seen(connection, stored, actor)
        self._tell()
        return seen

    def resume(
        self,
        contact_id: str,
        actor: Principal,
        new: Sequence[NewMessage],
        skill_group: str,
        along: Along,
    ) -> Seen:
        """Add what was said since, open a contact again, and let a skill group take it.

        What the contact holds already under its external id is not added once more. `along` is
        called in the same transaction.

        Raises:
            TooMany: the contact holds as many messages as one may.
        """
        now = self._clock()
        with read(self._engine) as connection:  # the risk as in `add_message`
            before = open_to(actor, store.find(connection, contact_id))
            fresh = _fresh(connection, contact_id, new)
            earlier = store.messages_of(connection, contact_id, _ASSESSED)
        messages, risk = self._next_messages(before, earlier, fresh, actor, now)
        with write(self._engine) as connection:
            contact = open_to(actor, store.find(connection, contact_id))
            if contact.message_count != before.message_count:
                fresh = _fresh(connection, contact_id, new)
                earlier = store.messages_of(connection, contact_id, _ASSESSED)
                messages, risk = self._next_messages(contact, earlier, fresh, actor, now)
            after = with_messages(reopened(contact), messages)
            after = replace(after, skill_group=mask(skill_group), assigned_to=None, risk=risk)
            if contact.waiting_since is None and after.waiting_since is not None:
                after = replace(after, waiting_since=now)
            last = messages[-1].number if messages else 0
            stored = self._store(connection, after, now, EventKind.MESSAGE, last, contact)
            store.add_messages(connection, contact_id, messages)
            along(connection, stored, messages)
            seen = as_seen(connection, stored, actor)
        self._tell()
        return seen

    def _next_messages(
        self,
        contact: Contact,
        earlier: Sequence[Message],
        new: Sequence[NewMessage],
        actor: Principal,
        now: datetime,
    ) -> tuple[list[Message], dict[str, object]]:
        """Messages under their numbers, and the risk of the contact with them.

        An answer changes the risk as well: it stops a clock.
        """
        if contact.message_count + len(new) > MAX_MESSAGES:
            raise TooMany("messages", MAX_MESSAGES)
        messages = numbered(new, contact.message_count, actor, now)
        said = [*earlier, *messages][-_ASSESSED:]
        return messages, dict(self._assess(said, contact.known, now))

    def _update(
        self,
        contact_id: str,
        actor: Principal,
        changed: Callable[[Contact], Contact],
        version: int | None = None,
    ) -> Seen:
        with write(self._engine) as connection:
            before = open_to(actor, store.find(connection, contact_id))
            if version is not None and before.version != version:
                raise Conflict(f"contact {contact_id} was changed meanwhile", before.version)
            after = changed(before)
            if after == before:
                return as_seen(connection, before, actor)
            now = self._clock()
            stored = self._store(connection, after, now, EventKind.CONTACT, 0, before)
            self._tell_along(connection, stored, [])
            seen = as_seen(connection, stored, actor)
        self._tell()
        return seen

    def _tell_along(self, connection: Connection, contact: Contact, new: Sequence[Message]) -> None:
        for along in self._along:
            along(connection, contact, new)

    def _store(
        self,
        connection: Connection,
        contact: Contact,
        now: datetime,
        kind: EventKind,
        number: int = 0,
        before: Contact | None = None,
    ) -> Contact:
        """Save a changed contact under its next version, and the event that tells of it."""
        stored = replace(contact, version=contact.version + 1, updated_at=now)
        store.save(connection, stored)
        moved = before is not None and before.assigned_to != stored.assigned_to
        store.append_event(
            connection,
            now,
            kind,
            contact_id=stored.id,
            number=number,
            moved_from=(before.assigned_to or "") if before is not None and moved else None,
        )
        return stored


def _called(connection: Connection, external: str | None, actor: Principal) -> Seen | None:
    """The contact of that external id as the caller sees it; Conflict when it is not theirs."""
    known = store.find_external(connection, external) if external else None
    if known is None:
        return None
    if not authorise(actor, Action.CONTACTS_USE, known):
        raise Conflict("this external id is taken", known.version)
    return as_seen(connection, known, actor)


def _fresh(connection: Connection, contact_id: str, new: Sequence[NewMessage]) -> list[NewMessage]:
    """New messages without those that the contact holds under their external ids."""
    return [
        message
        for message in once_each(new)
        if not (name := external_name(message.external_id))
        or store.find_message(connection, contact_id, name) is None
    ]
