"""From the assistant to a person: the same conversation goes on as a contact in the console.

One transaction writes what was said last, the contact with the transcript (its newest hundred
messages) and a note, the visit's new state, and what its site's webhook is told. From then on the
contact leads: whatever is said or changed in it is written down in the visit as well, in the same
transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.engine import Connection

from assistant.contacts.contacts import Contacts
from assistant.contacts.model import Contact, Message, NewContact, NewMessage, Speaker, Status
from assistant.insights.masking import mask
from assistant.replies.language import of_tag
from assistant.selfservice import store, transcript
from assistant.selfservice.journal import MovedOn, write_down
from assistant.selfservice.model import (
    MessageKind,
    Mode,
    Site,
    Visit,
    VisitMessage,
    VisitSpeaker,
)
from assistant.selfservice.outbox import Outbox
from assistant.selfservice.phrasing import Phrases
from kb.clock import Clock
from kb.model import Channel

# How a message that came from an agent is called in the visit: by a name that no widget may give
# (they hold no control characters), or else a customer could take an agent's next one away.
FROM_CONTACT = "\x1fcontact:"
_NOT_CLAIMED = ("customer.", "agent.")
_OF_CONTACT = frozenset({Mode.WAITING, Mode.AGENT, Mode.CLOSED})
_PAGE = ("page", "page.url", "url")

Extra = Callable[[Connection, str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A hand-over that was decided.

    `drafts` are the messages to write down with it, `said` all before them; `after` is the visit
    as it will be, without its contact. `reason` is a code. `context` is what the page says.
    """

    visit: Visit
    after: Visit
    site: Site
    said: tuple[VisitMessage, ...]
    drafts: tuple[VisitMessage, ...]
    event: str
    reason: str
    skill_group: str
    mood: str
    context: Mapping[str, str]
    open_question: str = ""
    customer: Mapping[str, str] | None = None


class HandingOver:
    """Makes contacts of visits, and keeps visits in step with them.

    Args:
        contacts: Where agents work.
        outbox: What sites are told.
        phrases: The words of the note, and of what the customer is told.
        clock: The present moment.
    """

    def __init__(self, contacts: Contacts, outbox: Outbox, phrases: Phrases, clock: Clock) -> None:
        self._contacts = contacts
        self._outbox = outbox
        self._phrases = phrases
        self._clock = clock
        contacts.go_along(self._follow)

    def begin(self, wanted: Wanted, extra: Extra | None = None) -> list[VisitMessage]:
        """Hand over; the messages as written down.

        `extra` is called in the same transaction with the contact's id.

        Raises:
            SaidBefore, MovedOn, NotFound: see `assistant.selfservice.journal`.
            TooMany: the contact holds as much as one may.
        """
        visit, written = wanted.visit, list[VisitMessage]()
        new = self._messages(wanted)

        def along(connection: Connection, contact: Contact, _new: Sequence[Message]) -> None:
            after = replace(wanted.after, contact_id=contact.id)
            written.extend(write_down(connection, visit, after, wanted.drafts))
            if extra is not None:
                extra(connection, contact.id)
            self._outbox.put(
                connection, wanted.site, wanted.event, self._told(wanted, contact), self._clock()
            )

        if visit.contact_id is None:
            contact = NewContact(
                channel=Channel.CHAT,
                customer=wanted.customer or customer_of(visit),
                slots={**_claimed(wanted.context), "source": wanted.site.name},
                messages=new,
                external_id=f"visit:{visit.id}",
                skill_group=wanted.skill_group,
            )
            _seen, made = self._contacts.create(contact, visit.principal, along)
            if not made:  # somebody else in this visit was quicker, and nothing was written down
                raise MovedOn
        else:
            self._contacts.resume(visit.contact_id, visit.principal, new, wanted.skill_group, along)
        self._outbox.wake()
        return written

    def _messages(self, wanted: Wanted) -> tuple[NewMessage, ...]:
        """What goes into the contact: all that was said, or what was said since the last time."""
        fresh = [
            message
            for message in transcript.since_handover(wanted.said)
            if not (message.external_id or "").startswith(FROM_CONTACT)  # it is there already
        ]
        spoken = transcript.as_contact([*fresh, *wanted.drafts])
        return (*spoken, NewMessage(Speaker.SYSTEM, self._note(wanted)))

    def _note(self, wanted: Wanted) -> str:
        words = self._phrases.note
        page = next((wanted.context[name] for name in _PAGE if name in wanted.context), "")
        identity = words["verified"] if wanted.visit.verified else words["anonymous"]
        return transcript.note(
            words,
            reason=wanted.reason,
            tried=transcript.tried(wanted.said),
            open_question=mask(wanted.open_question),
            facts=(
                (words["site"], wanted.site.name),
                (words["page"], mask(page)),
                (words["identity"], identity),
            ),
            ticket=wanted.event == "ticket",
        )

    def _told(self, wanted: Wanted, contact: Contact) -> dict[str, object]:
        """What the site's webhook is told; masked like all that is stored."""
        return {
            "visit": wanted.visit.id,
            "contact_id": contact.id,
            "reason": wanted.reason,
            "skill_group": contact.skill_group,
            "mood": wanted.mood,
            "customer": dict(contact.customer),
            "context": dict(contact.slots),
            "tried": [
                {
                    "entry_id": each.entry_id,
                    "revision": each.revision,
                    "title": each.title,
                    "verdict": each.verdict,
                }
                for each in transcript.tried(wanted.said)
            ],
            "transcript": [
                {
                    "role": message.role.value,
                    "text": transcript.spoken(message),
                    "at": message.at.isoformat(),
                }
                for message in [*wanted.said, *wanted.drafts][-transcript.MOST :]
            ],
        }

    def _follow(self, connection: Connection, contact: Contact, new: Sequence[Message]) -> None:
        """A contact has changed: write down in its visit what the customer may know of it."""
        if not contact.created_by.startswith("visit:"):
            return
        visit = store.visit_of_contact(connection, contact.id)
        if visit is None:
            return
        drafts = [
            _mirrored(message)
            for message in new
            if message.role in _MIRRORED
            and store.find_said(connection, visit.id, name_in_visit(message)) is None
        ]
        mode = _mode(visit, contact, new)
        if mode is Mode.CLOSED and visit.mode is not Mode.CLOSED:
            drafts.append(self._closing(connection, visit, contact))
        after = replace(visit, mode=mode)
        if drafts:
            after = replace(after, last_at=drafts[-1].at, misses=0)
        if drafts or after != visit:
            last = store.last_number(connection, visit.id)
            store.add_said(
                connection,
                visit.id,
                [replace(message, number=last + n) for n, message in enumerate(drafts, 1)],
            )
            store.save_visit(connection, after)

    def _closing(self, connection: Connection, visit: Visit, contact: Contact) -> VisitMessage:
        """The agent has ended it: tell the site, and the customer."""
        now = self._clock()
        site = store.find_site(connection, visit.site_id)
        if site is not None:
            payload = {
                "visit": visit.id,
                "contact_id": contact.id,
                "skill_group": contact.skill_group,
                "outcome": contact.outcome,
                "customer": dict(contact.customer),
            }
            self._outbox.put(connection, site, "closed", payload, now)
            self._outbox.wake()
        text = self._phrases.say(of_tag(visit.lang), "closed")
        return VisitMessage(0, VisitSpeaker.SYSTEM, MessageKind.CLOSED, text, now)


_MIRRORED = {
    Speaker.AGENT: VisitSpeaker.AGENT,
    Speaker.CUSTOMER: VisitSpeaker.CUSTOMER,
}


def _mirrored(message: Message) -> VisitMessage:
    """A message of the contact as the customer sees it: without who of the team wrote it."""
    role, name = _MIRRORED[message.role], name_in_visit(message)
    return VisitMessage(0, role, MessageKind.SAID, message.text, message.at, external_id=name)


def name_in_visit(message: Message) -> str:
    """How the visit calls a message of its contact: as the widget does, or by its place there."""
    if message.role is Speaker.CUSTOMER and message.external_id is not None:
        return message.external_id
    return f"{FROM_CONTACT}{message.number}"


def _mode(visit: Visit, contact: Contact, new: Sequence[Message]) -> Mode:
    """Who the customer talks to after a change of the contact.

    Who has left a message goes on with the assistant until something is said in the contact. One
    that is opened again, by an agent or by words that crossed with its closing, is theirs again.
    """
    if contact.status is Status.CLOSED:
        return visit.mode if visit.mode is Mode.BOT else Mode.CLOSED
    roles = {message.role for message in new}
    if Speaker.AGENT in roles:
        return Mode.AGENT
    if Speaker.CUSTOMER in roles or visit.mode in _OF_CONTACT:
        return Mode.AGENT if contact.assigned_to else Mode.WAITING
    return visit.mode


def _claimed(context: Mapping[str, str]) -> dict[str, str]:
    """What a page claims of itself; who the customer is only their site can vouch for."""
    return {name: value for name, value in context.items() if not name.startswith(_NOT_CLAIMED)}


def customer_of(visit: Visit) -> dict[str, str]:
    """The verified customer by the names that contacts use."""
    names = {"name": "name", "level": "grade", "id": "id"}
    return {
        ours: visit.customer[theirs] for ours, theirs in names.items() if theirs in visit.customer
    }


def waiting(visit: Visit, now: datetime) -> Visit:
    """The visit once it has been handed over."""
    return replace(visit, mode=Mode.WAITING, misses=0, last_at=now)
