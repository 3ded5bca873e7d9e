"""Contacts as JSON, in answers and in the frames of event streams."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from assistant.accounts.policy import Action, authorise
from assistant.accounts.roles import Principal
from assistant.contacts.model import Contact, Event, EventKind, Message, Seen
from assistant.risk.plain import RiskOut
from assistant.web.contact_responses import ContactMessageOut, ContactOut


def contact_out(contact: Contact, unread: int, tz: ZoneInfo) -> ContactOut:
    """A contact without its messages; times in the site's zone."""
    return {
        "id": contact.id,
        "version": contact.version,
        "external_id": contact.external_id,
        "channel": contact.channel.value,
        "status": contact.status.value,
        "customer": dict(contact.customer),
        "slots": dict(contact.slots),
        "as_of": contact.as_of,
        "assigned_to": contact.assigned_to,
        "skill_group": contact.skill_group,
        "outcome": contact.outcome,
        "risk": cast(RiskOut, dict(contact.risk)) if contact.risk else None,
        "created_at": _moment(contact.created_at, tz),
        "updated_at": _moment(contact.updated_at, tz),
        "last_message_at": _moment(contact.last_message_at, tz),
        "waiting_since": _moment(contact.waiting_since, tz),
        "closed_at": _moment(contact.closed_at, tz),
        "message_count": contact.message_count,
        "unread": unread,
    }


def listed_contact(seen: Seen, tz: ZoneInfo) -> ContactOut:
    """A contact with its newest message."""
    contact = contact_out(seen.contact, seen.unread, tz)
    contact["last"] = message_out(seen.contact.id, seen.last, tz) if seen.last else None
    return contact


def whole_contact(
    seen: Seen, messages: Iterable[Message], position: int, tz: ZoneInfo
) -> ContactOut:
    """A contact with its messages and the position of the feed."""
    contact = contact_out(seen.contact, seen.unread, tz)
    contact["messages"] = [message_out(seen.contact.id, message, tz) for message in messages]
    contact["position"] = position
    return contact


def message_out(contact_id: str, message: Message, tz: ZoneInfo) -> ContactMessageOut:
    """One message of a contact."""
    return {
        "id": f"{contact_id}.{message.number}",
        "number": message.number,
        "role": message.role.value,
        "text": message.text,
        "at": _moment(message.at, tz),
        "author": message.author,
        "external_id": message.external_id,
    }


class EventFrames:
    """Frames of an event stream (https://html.spec.whatwg.org/multipage/server-sent-events.html).

    The data is one line of JSON in ASCII, so that nothing a customer writes can end a frame.
    """

    def __init__(self, tz: ZoneInfo) -> None:
        self._tz = tz
        self._last: tuple[int, dict[int, bytes]] = (0, {})

    def event(self, event: Event, viewer: Principal) -> bytes | None:
        """An event as the viewer may see it; None when it is not for them.

        `contact` carries the contact's summary (of one that begins with messages, with the `last`
        of them), `message` the message with that summary, `knowledge` the index generation.
        Whoever had the contact until now, or could have taken it, learns only that it is `gone`.
        """
        if event.kind is EventKind.KNOWLEDGE:
            return frame(event.seq, "knowledge", {"generation": event.detail})
        if event.contact is None:
            return None
        if authorise(viewer, Action.CONTACTS_USE, event.contact):
            return self._full(event, event.unread(viewer.name))
        if event.moved_from is not None and event.moved_from in ("", viewer.name):
            return frame(event.seq, "contact", {"id": event.contact_id, "gone": True})
        return None

    def note(self, kind: str, position: int, viewer: Principal) -> bytes:
        """`ready` or `reset`, with the number to go on from."""
        return frame(position, kind, {"position": position})

    def heartbeat(self, position: int, viewer: Principal) -> bytes:
        """A comment, and the number to come back with: quiet streams need not hear it all again."""
        return b": still here\nid: %d\n\n" % position

    def _full(self, event: Event, unread: int) -> bytes:
        """The same bytes go to everybody with the same count of unread messages."""
        seq, frames = self._last
        if seq != event.seq:
            frames = {}
            self._last = (event.seq, frames)
        if unread not in frames:
            frames[unread] = self._written(event, unread)
        return frames[unread]

    def _written(self, event: Event, unread: int) -> bytes:
        assert event.contact is not None
        summary = contact_out(event.contact, unread, self._tz)
        said = message_out(event.contact_id, event.message, self._tz) if event.message else None
        if event.kind is EventKind.CONTACT or said is None:
            if said:
                summary["last"] = said  # a contact that begins with messages
            data: dict[str, object] = {
                "id": event.contact_id,
                "version": event.contact.version,
                "summary": summary,
            }
            return frame(event.seq, "contact", data)
        data = {
            "contact_id": event.contact_id,
            "version": event.contact.version,
            "message": said,
            "summary": summary,
        }
        return frame(event.seq, "message", data)


def frame(seq: int, kind: str, data: object) -> bytes:
    """One frame of an event stream."""
    return f"id: {seq}\nevent: {kind}\ndata: {json.dumps(data)}\n\n".encode("ascii")


def _moment(moment: datetime | None, tz: ZoneInfo) -> str | None:
    return moment.astimezone(tz).isoformat(timespec="milliseconds") if moment else None
