"""Queries for contacts, messages, who has read what, and the event feed.

Each function works on an open transaction, so that a change and the event that tells of it are
one. The tables are in `kb.tables`, with those of the knowledge base, whose engine this is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from assistant.contacts.model import Contact, Event, EventKind, Message, Speaker, Status
from assistant.contacts.packing import mapping_of, packed, strings_of, text_of
from kb.model import Channel
from kb.tables import contact as contacts
from kb.tables import contact_message as messages
from kb.tables import contact_read as reads
from kb.tables import event as events

_PACKED = ("customer", "slots", "risk")
_MANY = 500  # databases limit the number of parameters

# What every message needs is put together once: building a statement costs more than running it.
_THIS: sa.BindParameter[str] = sa.bindparam("this")
_FIND = sa.select(contacts).where(contacts.c.id == _THIS)
_ADD = contacts.insert()
_SAVE = contacts.update().where(contacts.c.id == _THIS)
_MESSAGES = (
    sa.select(messages).where(messages.c.contact_id == _THIS).order_by(messages.c.number.desc())
)
_NEWEST_MESSAGES = _MESSAGES.limit(sa.bindparam("newest"))
_FIND_MESSAGE = sa.select(messages).where(
    messages.c.contact_id == _THIS, messages.c.external_id == sa.bindparam("external")
)
_FIND_EXTERNAL = sa.select(contacts).where(contacts.c.external_id == sa.bindparam("external"))
_ADD_MESSAGES = messages.insert()
_APPEND = events.insert()
_LAST = sa.select(sa.func.max(events.c.seq))
_AFTER = (
    sa.select(events)
    .where(events.c.seq > sa.bindparam("after"), events.c.seq <= sa.bindparam("until"))
    .order_by(events.c.seq)
    .limit(sa.bindparam("most"))
)
_THESE: sa.BindParameter[Any] = sa.bindparam("these", expanding=True)
_CONTACTS = sa.select(contacts).where(contacts.c.id.in_(_THESE))
_READS = sa.select(reads).where(reads.c.contact_id.in_(_THESE))
_SAID = sa.select(messages).where(sa.tuple_(messages.c.contact_id, messages.c.number).in_(_THESE))
_SEEN = sa.select(reads.c.seen).where(
    reads.c.contact_id == _THIS, reads.c.reader == sa.bindparam("by")
)
_SEEN_OF = sa.select(reads.c.contact_id, reads.c.seen).where(
    reads.c.reader == sa.bindparam("by"), reads.c.contact_id.in_(_THESE)
)
_ENDLESS = 2**31 - 1  # as large as an event's number can be


def find(connection: Connection, contact_id: str) -> Contact | None:
    """The contact with that id."""
    row = connection.execute(_FIND, {"this": contact_id}).mappings().first()
    return _contact(row) if row else None


def find_external(connection: Connection, external_id: str) -> Contact | None:
    """The contact that its platform calls by that name."""
    row = connection.execute(_FIND_EXTERNAL, {"external": external_id}).mappings().first()
    return _contact(row) if row else None


def newest(
    connection: Connection,
    status: Status | None,
    assigned_to: Sequence[str | None] | None,
    creator: str | None,
    limit: int,
) -> list[Contact]:
    """Contacts, newest activity first.

    Args:
        connection: An open transaction.
        status: Only these, or None for all.
        assigned_to: Only those of these people (None in it: of nobody), or None for all.
        creator: Those that this program opened as well.
        limit: At most so many.
    """
    query = sa.select(contacts).order_by(contacts.c.updated_at.desc(), contacts.c.id).limit(limit)
    if status is not None:
        query = query.where(contacts.c.status == status.value)
    if assigned_to is not None:
        wanted = [contacts.c.assigned_to == name for name in assigned_to if name is not None]
        if None in assigned_to:
            wanted.append(contacts.c.assigned_to.is_(None))
        if creator is not None:
            wanted.append(contacts.c.created_by == creator)
        query = query.where(sa.or_(*wanted))
    return [_contact(row) for row in connection.execute(query).mappings()]


def add(connection: Connection, contact: Contact) -> None:
    """Insert a contact."""
    connection.execute(_ADD, _values(contact))


def save(connection: Connection, contact: Contact) -> None:
    """Write every column of a contact that was read in this transaction."""
    connection.execute(_SAVE, {"this": contact.id, **_values(contact)})


def messages_of(
    connection: Connection, contact_id: str, newest: int | None = None
) -> list[Message]:
    """The messages of a contact in order; with `newest` only the last so many."""
    query = _MESSAGES if newest is None else _NEWEST_MESSAGES
    values: dict[str, Any] = {"this": contact_id} | ({} if newest is None else {"newest": newest})
    found = connection.execute(query, values).mappings()
    return [_message(row) for row in found][::-1]


def last_messages(connection: Connection, of: Iterable[Contact]) -> dict[str, Message]:
    """The newest message of each contact, by contact; absent: nothing was said."""
    said = _said(connection, [(contact.id, contact.message_count) for contact in of])
    return {contact_id: message for (contact_id, _number), message in said.items()}


def find_message(connection: Connection, contact_id: str, external_id: str) -> Message | None:
    """The message of a contact that its sender calls by that name."""
    names = {"this": contact_id, "external": external_id}
    row = connection.execute(_FIND_MESSAGE, names).mappings().first()
    return _message(row) if row else None


def add_messages(connection: Connection, contact_id: str, new: Iterable[Message]) -> None:
    """Insert messages that already have their numbers."""
    rows = [
        {
            "contact_id": contact_id,
            "number": message.number,
            "role": message.role.value,
            "text": packed(message.text),
            "author": message.author,
            "external_id": message.external_id,
            "at": message.at,
        }
        for message in new
    ]
    if rows:
        connection.execute(_ADD_MESSAGES, rows)


def seen_by(connection: Connection, reader: str, contact_ids: Sequence[str]) -> dict[str, int]:
    """How many of the customer's messages `reader` has seen, by contact; absent: none."""
    found: dict[str, int] = {}
    for start in range(0, len(contact_ids), _MANY):
        some = {"by": reader, "these": list(contact_ids[start : start + _MANY])}
        found.update((row.contact_id, row.seen) for row in connection.execute(_SEEN_OF, some))
    return found


def mark_seen(connection: Connection, contact_id: str, reader: str, seen: int) -> bool:
    """Remember how many of the customer's messages `reader` has seen; whether that is news."""
    before = connection.execute(_SEEN, {"this": contact_id, "by": reader}).scalar()
    if before == seen or (before is None and seen == 0):
        return False
    if before is None:
        values = {"contact_id": contact_id, "reader": reader, "seen": seen}
        connection.execute(reads.insert().values(values))
    else:
        mine = (reads.c.contact_id == contact_id) & (reads.c.reader == reader)
        connection.execute(reads.update().where(mine).values(seen=seen))
    return True


# the feed


def append_event(
    connection: Connection,
    now: datetime,
    kind: EventKind,
    *,
    contact_id: str = "",
    number: int = 0,
    moved_from: str | None = None,
    detail: str = "",
) -> None:
    """Number and insert an event; writers take turns, so there are no gaps."""
    values = {
        "seq": last_event(connection) + 1,
        "at": now,
        "kind": kind.value,
        "contact_id": contact_id,
        "number": number,
        "moved_from": moved_from,
        "detail": detail,
    }
    connection.execute(_APPEND, values)


def last_event(connection: Connection) -> int:
    """The number of the newest event; 0 before the first."""
    return int(connection.execute(_LAST).scalar() or 0)


def first_event(connection: Connection) -> int:
    """The number of the oldest event still kept; 0 before the first."""
    return int(connection.execute(sa.select(sa.func.min(events.c.seq))).scalar() or 0)


def last_detail(connection: Connection, kind: EventKind) -> str | None:
    """The detail of the newest event of a kind; None when there was none."""
    query = sa.select(events.c.detail).where(events.c.kind == kind.value)
    return connection.execute(query.order_by(events.c.seq.desc()).limit(1)).scalar()


def events_after(
    connection: Connection, after: int, limit: int, until: int | None = None
) -> list[Event]:
    """Events after a number (and up to `until`), in order, each with what it is about."""
    place = {"after": after, "until": _ENDLESS if until is None else until, "most": limit}
    rows = connection.execute(_AFTER, place).mappings().all()
    if not rows:
        return []
    about = sorted({row["contact_id"] for row in rows if row["contact_id"]})
    found = {c.id: c for c in _contacts(connection, about)}
    seen = _seen(connection, about)
    said = _said(connection, [(r["contact_id"], r["number"]) for r in rows if r["number"]])
    return [
        Event(
            seq=row["seq"],
            kind=EventKind(row["kind"]),
            contact_id=row["contact_id"],
            contact=found.get(row["contact_id"]),
            message=said.get((row["contact_id"], row["number"])),
            moved_from=row["moved_from"],
            detail=row["detail"],
            seen=seen[row["contact_id"]],
        )
        for row in rows
    ]


# retention


def closed_before(connection: Connection, moment: datetime, limit: int) -> list[str]:
    """Contacts closed before `moment`, oldest first."""
    query = sa.select(contacts.c.id).where(
        contacts.c.status == Status.CLOSED.value, contacts.c.closed_at < moment
    )
    return list(connection.execute(query.order_by(contacts.c.closed_at).limit(limit)).scalars())


def delete(connection: Connection, contact_ids: Sequence[str]) -> None:
    """Delete contacts with everything said in them."""
    for table, column in (
        (messages, messages.c.contact_id),
        (reads, reads.c.contact_id),
        (contacts, contacts.c.id),
    ):
        connection.execute(table.delete().where(column.in_(contact_ids)))


def delete_events_before(connection: Connection, moment: datetime) -> int:
    """Delete old events, never the newest: the next one is numbered after it. How many."""
    old = (events.c.at < moment) & (events.c.seq < last_event(connection))
    return int(connection.execute(events.delete().where(old)).rowcount)


def _contacts(connection: Connection, ids: Sequence[str]) -> Iterable[Contact]:
    for start in range(0, len(ids), _MANY):
        some = {"these": list(ids[start : start + _MANY])}
        yield from (_contact(row) for row in connection.execute(_CONTACTS, some).mappings())


def _seen(connection: Connection, ids: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for start in range(0, len(ids), _MANY):
        some = {"these": list(ids[start : start + _MANY])}
        for row in connection.execute(_READS, some):
            found[row.contact_id][row.reader] = row.seen
    return found


def _said(
    connection: Connection, keys: Sequence[tuple[str, int]]
) -> dict[tuple[str, int], Message]:
    found: dict[tuple[str, int], Message] = {}
    for start in range(0, len(keys), _MANY // 2):
        some = {"these": list(keys[start : start + _MANY // 2])}
        for row in connection.execute(_SAID, some).mappings():
            found[row["contact_id"], row["number"]] = _message(row)
    return found


def _values(contact: Contact) -> dict[str, Any]:
    values = {column.name: getattr(contact, column.name) for column in contacts.columns}
    values |= {name: packed(values[name]) for name in _PACKED}
    values["outcome"] = packed(contact.outcome)
    return values | {"channel": contact.channel.value, "status": contact.status.value}


def _contact(row: RowMapping) -> Contact:
    return Contact(
        **{
            **row,
            "channel": Channel(row["channel"]),
            "status": Status(row["status"]),
            "customer": strings_of(row["customer"]),
            "slots": strings_of(row["slots"]),
            "risk": mapping_of(row["risk"]),
            "outcome": text_of(row["outcome"]),
        }
    )


def _message(row: RowMapping) -> Message:
    return Message(
        number=row["number"],
        role=Speaker(row["role"]),
        text=text_of(row["text"]),
        at=row["at"],
        author=row["author"],
        external_id=row["external_id"],
    )
