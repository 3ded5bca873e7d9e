"""How a contact changes: plain rules that ask no database. All words are masked on the way in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from assistant.accounts.credentials import new_id
from assistant.accounts.roles import Principal
from assistant.contacts.model import Contact, Message, NewContact, NewMessage, Speaker, Status
from assistant.insights.masking import EMAIL, IDENTITY, MOBILE, mask
from kb.errors import InvalidInput, Problem

MAX_SLOTS = 100
# No bank cards: every tenth long number of a platform's own passes the check of one.
_PERSONAL = (EMAIL, MOBILE, IDENTITY)


class TooMany(InvalidInput):
    """A contact would hold more of something than it may: at most `most` in `field`."""

    def __init__(self, field: str, most: int) -> None:
        super().__init__([Problem("", 0, field, f"may have {most} items at most")])
        self.field = field
        self.most = most


def numbered(
    new: Sequence[NewMessage], count: int, actor: Principal, now: datetime
) -> list[Message]:
    """Messages as they are stored: masked, numbered on from `count`."""
    return [
        Message(number, m.role, mask(m.text), m.at or now, actor.name, external_name(m.external_id))
        for number, m in enumerate(new, count + 1)
    ]


def once_each(new: Sequence[NewMessage]) -> list[NewMessage]:
    """Messages without those that repeat the external id of an earlier one."""
    known: dict[object, NewMessage] = {}
    for place, message in enumerate(new):
        known.setdefault(message.external_id or place, message)
    return list(known.values())


def with_messages(contact: Contact, new: Sequence[Message]) -> Contact:
    """The contact with new messages counted and its clocks set; a customer's opens it again."""
    waiting, from_customer = contact.waiting_since, 0
    for message in new:
        if message.role is Speaker.AGENT:
            waiting = None
        elif message.role is Speaker.CUSTOMER:
            waiting = waiting or message.at
            from_customer += 1
    return replace(
        reopened(contact) if from_customer else contact,
        message_count=contact.message_count + len(new),
        customer_count=contact.customer_count + from_customer,
        last_message_at=new[-1].at if new else contact.last_message_at,
        waiting_since=waiting,
    )


def reopened(contact: Contact) -> Contact:
    """The contact, open."""
    return replace(contact, status=Status.OPEN, closed_at=None)


def merged(
    before: Mapping[str, str], new: Mapping[str, str], field: str = "slots"
) -> dict[str, str]:
    """Slots with new ones over the old; an empty value removes one. TooMany beyond the limit."""
    masked = {mask(name): mask(value) for name, value in new.items()}
    slots = {name: value for name, value in {**before, **masked}.items() if value}
    if len(slots) > MAX_SLOTS:
        raise TooMany(field, MAX_SLOTS)
    return slots


def external_name(external_id: str | None) -> str | None:
    """A platform's name for something; a digest of it when it is somebody's personal data."""
    if external_id is None or not any(label in mask(external_id) for label in _PERSONAL):
        return external_id
    return "sha256:" + hashlib.sha256(external_id.encode()).hexdigest()


def opened(new: NewContact, external: str | None, by: str, now: datetime) -> Contact:
    """A new contact before anything was said in it."""
    return Contact(
        id=new_id(),
        external_id=external,
        channel=new.channel,
        status=Status.OPEN,
        customer=merged({}, new.customer, "customer"),
        slots=merged({}, new.slots),
        as_of=None,
        assigned_to=None,
        skill_group=mask(new.skill_group),
        outcome="",
        risk={},
        created_by=by,
        version=1,
        message_count=0,
        customer_count=0,
        created_at=now,
        updated_at=now,
        last_message_at=None,
        waiting_since=None,
        closed_at=None,
    )
