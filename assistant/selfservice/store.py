"""Queries for sites, visits, their tokens and the identities that were used up.

Each function works on an open transaction. The tables are in `kb.tables`, with those of the
knowledge base, whose engine this is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from assistant.contacts.packing import mapping_of, packed, strings_of, text_of
from assistant.selfservice.model import (
    Delivery,
    MessageKind,
    Mode,
    Position,
    Site,
    Ticket,
    Visit,
    VisitMessage,
    VisitSpeaker,
)
from kb.store import insert_or_update
from kb.tables import contact, helpful, outbox, site, ticket, used_identity, visit, visit_message
from kb.tables import visit_token as token

OLD_AT_ONCE = 200

_TICKET_PACKED = ("name", "reach", "text")
_SUBJECT = "subject"  # kept with what a site says of its customer
_ENDLESS = 2**31 - 1

# Each request of the widget asks this: putting a statement together costs more than running it.
_SITE_COLUMNS = [column.label(f"at_{column.name}") for column in site.c]
_BY_TOKEN = (
    sa.select(visit, *_SITE_COLUMNS)
    .join(token, token.c.visit_id == visit.c.id)
    .join(site, site.c.id == visit.c.site_id)
    .where(token.c.digest == sa.bindparam("this"))
    .where(token.c.expires_at > sa.bindparam("now"))
    .where(visit.c.ended_at.is_(None))
    .where(site.c.disabled_at.is_(None))
)
_SITES = sa.select(site).order_by(site.c.created_at, site.c.id)
_SITE = sa.select(site).where(site.c.id == sa.bindparam("this"))
_VISIT = sa.select(visit).where(visit.c.id == sa.bindparam("this"))
_VISIT_OF_CONTACT = sa.select(visit).where(visit.c.contact_id == sa.bindparam("this"))
_SAID = (
    sa.select(visit_message)
    .where(
        visit_message.c.visit_id == sa.bindparam("this"),
        visit_message.c.number > sa.bindparam("after"),
    )
    .order_by(visit_message.c.number.desc())
    .limit(sa.bindparam("most"))
)
_ONE_SAID = sa.select(visit_message).where(
    visit_message.c.visit_id == sa.bindparam("this"),
    visit_message.c.external_id == sa.bindparam("external"),
)
_ADD_SAID = visit_message.insert()


# sites


def sites(connection: Connection) -> list[Site]:
    """Every site, the oldest first, disabled ones included."""
    return [site_of(row) for row in connection.execute(_SITES).mappings()]


def find_site(connection: Connection, site_id: str) -> Site | None:
    """The site with that id, disabled or not."""
    row = connection.execute(_SITE, {"this": site_id}).mappings().first()
    return site_of(row) if row else None


def add_site(connection: Connection, new: Site) -> None:
    """Insert a site."""
    connection.execute(site.insert().values(_site_values(new)))


def save_site(connection: Connection, changed: Site) -> None:
    """Write every column of a site that was read in this transaction."""
    this = site.c.id == changed.id
    connection.execute(site.update().where(this).values(_site_values(changed)))


def end_visits_of_site(connection: Connection, site_id: str) -> None:
    """Make every token of a site's visits worthless."""
    of_site = sa.select(visit.c.id).where(visit.c.site_id == site_id)
    connection.execute(token.delete().where(token.c.visit_id.in_(of_site)))


def site_of(row: RowMapping, prefix: str = "") -> Site:
    """A site from the columns of a row whose names begin with `prefix`."""
    return Site(
        id=row[f"{prefix}id"],
        name=row[f"{prefix}name"],
        origins=tuple(json.loads(row[f"{prefix}origins"])),
        title=row[f"{prefix}title"],
        color=row[f"{prefix}color"],
        position=Position(row[f"{prefix}position"]),
        hours=row[f"{prefix}hours"],
        webhook_url=row[f"{prefix}webhook_url"],
        identity_version=row[f"{prefix}identity_version"],
        created_at=row[f"{prefix}created_at"],
        disabled_at=row[f"{prefix}disabled_at"],
    )


def _site_values(given: Site) -> dict[str, object]:
    return {
        "id": given.id,
        "name": given.name,
        "origins": json.dumps(given.origins),
        "title": given.title,
        "color": given.color,
        "position": given.position.value,
        "hours": given.hours,
        "webhook_url": given.webhook_url,
        "identity_version": given.identity_version,
        "created_at": given.created_at,
        "disabled_at": given.disabled_at,
    }


# visits and their tokens


def add_visit(connection: Connection, new: Visit) -> None:
    """Insert a visit."""
    connection.execute(visit.insert().values(_visit_values(new)))


def find_visit(connection: Connection, visit_id: str) -> Visit | None:
    """The visit with that id, ended or not."""
    row = connection.execute(_VISIT, {"this": visit_id}).mappings().first()
    return visit_of(row) if row else None


def save_visit(connection: Connection, changed: Visit) -> None:
    """Write every column of a visit that was read in this transaction."""
    this = visit.c.id == changed.id
    connection.execute(visit.update().where(this).values(_visit_values(changed)))


def visit_by_token(connection: Connection, digest: str, now: datetime) -> tuple[Visit, Site] | None:
    """The visit that a live token stands for, with its site; neither may have ended."""
    row = connection.execute(_BY_TOKEN, {"this": digest, "now": now}).mappings().first()
    return (visit_of(row), site_of(row, "at_")) if row else None


def add_token(connection: Connection, digest: str, visit_id: str, expires_at: datetime) -> None:
    """Insert a token."""
    row = {"digest": digest, "visit_id": visit_id, "expires_at": expires_at}
    connection.execute(token.insert().values(row))


def drop_token(connection: Connection, digest: str) -> None:
    """Delete a token."""
    connection.execute(token.delete().where(token.c.digest == digest))


def drop_tokens_of(connection: Connection, visit_id: str) -> None:
    """Delete every token of a visit."""
    connection.execute(token.delete().where(token.c.visit_id == visit_id))


def drop_expired(connection: Connection, now: datetime) -> None:
    """Delete the tokens, and forget the identities, whose time is over."""
    connection.execute(token.delete().where(token.c.expires_at <= now))
    connection.execute(used_identity.delete().where(used_identity.c.expires_at <= now))


def visit_of(row: RowMapping) -> Visit:
    """A visit from its row."""
    customer = strings_of(row["customer"])
    subject = customer.pop(_SUBJECT, "")
    return Visit(
        id=row["id"],
        site_id=row["site_id"],
        lang=row["lang"],
        mode=Mode(row["mode"]),
        customer=customer,
        subject=subject,
        contact_id=row["contact_id"],
        misses=row["misses"],
        rejected=tuple(json.loads(row["rejected"])),
        started_at=row["started_at"],
        last_at=row["last_at"],
        ended_at=row["ended_at"],
    )


def _visit_values(given: Visit) -> dict[str, object]:
    customer: dict[str, object] = dict(given.customer)
    if given.subject:
        customer[_SUBJECT] = given.subject
    return {
        "id": given.id,
        "site_id": given.site_id,
        "lang": given.lang,
        "mode": given.mode.value,
        "customer": packed(customer),
        "contact_id": given.contact_id,
        "misses": given.misses,
        "rejected": json.dumps(given.rejected),
        "started_at": given.started_at,
        "last_at": given.last_at,
        "ended_at": given.ended_at,
    }


# identities


def identity_used(connection: Connection, site_id: str, digest: str) -> bool:
    """Whether a site's identity with that digest was accepted before."""
    query = sa.select(used_identity.c.digest).where(
        used_identity.c.site_id == site_id, used_identity.c.digest == digest
    )
    return connection.execute(query).first() is not None


def use_identity(connection: Connection, site_id: str, digest: str, expires_at: datetime) -> None:
    """Remember an identity until it expires. Writers are serialised: check in this transaction."""
    row = {"site_id": site_id, "digest": digest, "expires_at": expires_at}
    connection.execute(used_identity.insert().values(row))


# upkeep


def old_visits(connection: Connection, before: datetime, empty_before: datetime) -> list[str]:
    """Some visits to forget, at most 200.

    Those nobody has used since `before` whose contact is gone, and those without a word that
    nobody has used since `empty_before`.
    """
    kept = sa.select(contact.c.id).where(contact.c.id == visit.c.contact_id).exists()
    said = sa.select(visit_message.c.number).where(visit_message.c.visit_id == visit.c.id).exists()
    left = sa.select(ticket.c.id).where(ticket.c.visit_id == visit.c.id).exists()
    empty = (visit.c.last_at < empty_before) & ~said & ~left
    query = (
        sa.select(visit.c.id).where(~kept & ((visit.c.last_at < before) | empty)).limit(OLD_AT_ONCE)
    )
    return list(connection.execute(query).scalars())


def delete_visits(connection: Connection, ids: Sequence[str]) -> None:
    """Delete visits with their tokens, messages and tickets."""
    for table in (token, visit_message, ticket):
        connection.execute(table.delete().where(table.c.visit_id.in_(ids)))
    connection.execute(visit.delete().where(visit.c.id.in_(ids)))


def delete_deliveries_before(connection: Connection, moment: datetime) -> None:
    """Delete what was to be sent before `moment`, whether it was or not."""
    gone: Any = outbox.c.created_at < moment
    connection.execute(outbox.delete().where(gone))


# votes on articles


def count_helpful(
    connection: Connection, entry_id: str, revision: int, day: str, *, yes: bool
) -> None:
    """Add one vote to those of a day (ISO date in the site's zone)."""
    first = {
        "entry_id": entry_id,
        "revision": revision,
        "day": day,
        "yes": int(yes),
        "no": int(not yes),
    }
    again = {"yes": helpful.c.yes + int(yes), "no": helpful.c.no + int(not yes)}
    insert_or_update(connection, helpful, first, again)


def helpful_since(connection: Connection, entry_id: str, day: str) -> tuple[int, int]:
    """How many found an article helpful on and after a day, and how many did not."""
    sums = [sa.func.coalesce(sa.func.sum(column), 0) for column in (helpful.c.yes, helpful.c.no)]
    query = sa.select(*sums).where(helpful.c.entry_id == entry_id, helpful.c.day >= day)
    yes, no = connection.execute(query).one()
    return int(yes), int(no)


# what is said in a visit


def visit_of_contact(connection: Connection, contact_id: str) -> Visit | None:
    """The visit whose conversation goes on in a contact."""
    row = connection.execute(_VISIT_OF_CONTACT, {"this": contact_id}).mappings().first()
    return visit_of(row) if row else None


def said_in(
    connection: Connection, visit_id: str, after: int = 0, newest: int = _ENDLESS
) -> list[VisitMessage]:
    """The messages of a visit after a number, in order; with `newest` the last so many."""
    place = {"this": visit_id, "after": after, "most": newest}
    rows = connection.execute(_SAID, place).mappings()
    return [_visit_message(row) for row in rows][::-1]


def find_said(connection: Connection, visit_id: str, external_id: str) -> VisitMessage | None:
    """The message of a visit that its sender calls by that name."""
    names = {"this": visit_id, "external": external_id}
    row = connection.execute(_ONE_SAID, names).mappings().first()
    return _visit_message(row) if row else None


def said_at(connection: Connection, visit_id: str, number: int) -> VisitMessage | None:
    """The message of a visit with that number."""
    this = (visit_message.c.visit_id == visit_id) & (visit_message.c.number == number)
    row = connection.execute(sa.select(visit_message).where(this)).mappings().first()
    return _visit_message(row) if row else None


def last_number(connection: Connection, visit_id: str) -> int:
    """The number of a visit's newest message; 0 before the first."""
    query = sa.select(sa.func.max(visit_message.c.number)).where(
        visit_message.c.visit_id == visit_id
    )
    return int(connection.execute(query).scalar() or 0)


def add_said(connection: Connection, visit_id: str, new: Iterable[VisitMessage]) -> None:
    """Insert messages that already have their numbers; their texts are masked."""
    rows = [
        {
            "visit_id": visit_id,
            "number": message.number,
            "role": message.role.value,
            "kind": message.kind.value,
            "text": packed(message.text),
            "payload": packed(message.payload),
            "at": message.at,
            "external_id": message.external_id,
        }
        for message in new
    ]
    if rows:
        connection.execute(_ADD_SAID, rows)


def save_payload(connection: Connection, visit_id: str, changed: VisitMessage) -> None:
    """Write what a message carries besides its text."""
    this = (visit_message.c.visit_id == visit_id) & (visit_message.c.number == changed.number)
    connection.execute(visit_message.update().where(this).values(payload=packed(changed.payload)))


def _visit_message(row: RowMapping) -> VisitMessage:
    return VisitMessage(
        number=row["number"],
        role=VisitSpeaker(row["role"]),
        kind=MessageKind(row["kind"]),
        text=text_of(row["text"]),
        at=row["at"],
        payload=mapping_of(row["payload"]),
        external_id=row["external_id"],
    )


# tickets


def add_ticket(connection: Connection, new: Ticket) -> None:
    """Insert a ticket."""
    row = {column.name: getattr(new, column.name) for column in ticket.columns}
    row |= {name: packed(row[name]) for name in _TICKET_PACKED}
    connection.execute(ticket.insert().values(row))


def tickets_of(connection: Connection, contact_id: str) -> list[Ticket]:
    """The tickets of a contact, the oldest first."""
    query = sa.select(ticket).where(ticket.c.contact_id == contact_id)
    rows = connection.execute(query.order_by(ticket.c.created_at, ticket.c.id)).mappings()
    return [
        Ticket(**{**row, **{name: text_of(row[name]) for name in _TICKET_PACKED}}) for row in rows
    ]


def finish_ticket(connection: Connection, ticket_id: str, at: datetime) -> None:
    """Note when a ticket was dealt with; the first time counts."""
    this = (ticket.c.id == ticket_id) & ticket.c.done_at.is_(None)
    connection.execute(ticket.update().where(this).values(done_at=at))


# deliveries to webhooks


def add_delivery(connection: Connection, new: Delivery) -> None:
    """Insert something to be sent."""
    row = {column.name: getattr(new, column.name) for column in outbox.columns}
    connection.execute(outbox.insert().values(row | {"payload": packed(new.payload)}))


def take_due(connection: Connection, now: datetime, until: datetime) -> Delivery | None:
    """The delivery that has been due longest; nobody else takes it before `until`."""
    query = sa.select(outbox).where(outbox.c.next_at <= now).order_by(outbox.c.next_at).limit(1)
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    this = outbox.c.id == row["id"]
    connection.execute(outbox.update().where(this).values(next_at=until))
    return Delivery(**{**row, "payload": mapping_of(row["payload"])})


def next_due(connection: Connection) -> datetime | None:
    """When the next delivery is due; None when there is nothing to send."""
    found: datetime | None = connection.execute(
        sa.select(outbox.c.next_at)
        .where(outbox.c.next_at.is_not(None))
        .order_by(outbox.c.next_at)
        .limit(1)
    ).scalar()
    return found


def save_delivery(connection: Connection, changed: Delivery) -> None:
    """Write how a delivery stands."""
    values = {
        "attempts": changed.attempts,
        "next_at": changed.next_at,
        "delivered_at": changed.delivered_at,
        "failed_at": changed.failed_at,
    }
    connection.execute(outbox.update().where(outbox.c.id == changed.id).values(values))


def deliveries(connection: Connection, site_id: str | None = None) -> list[Delivery]:
    """All deliveries, of one site where given, the oldest first."""
    query = sa.select(outbox).order_by(outbox.c.created_at, outbox.c.id)
    if site_id is not None:
        query = query.where(outbox.c.site_id == site_id)
    rows = connection.execute(query).mappings()
    return [Delivery(**{**row, "payload": mapping_of(row["payload"])}) for row in rows]
