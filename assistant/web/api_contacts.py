"""API: contacts with customers, their messages, and the stream of what happens in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from zoneinfo import ZoneInfo

from flask import Response, request, url_for

from assistant.accounts.policy import Action
from assistant.contacts.contacts import Contacts
from assistant.contacts.model import (
    Changes,
    Message,
    NewContact,
    NewMessage,
    Seen,
    Speaker,
    Status,
)
from assistant.contacts.rules import TooMany
from assistant.insights import masking
from assistant.replies.model import SuggestRequest
from assistant.risk.model import Message as Said
from assistant.web import (
    answer_views,
    contact_views,
    context,
    guard,
    i18n,
    messages,
    metrics,
    streams,
)
from assistant.web.answer_responses import SuggestOut
from assistant.web.contact_requests import (
    CloseIn,
    ContactChangeIn,
    ContactIn,
    ContactMessageIn,
    ContactQuery,
    ContactsQuery,
    EventsQuery,
    HandoverIn,
    NothingIn,
)
from assistant.web.contact_responses import ContactMessageOut, ContactOut, ContactsOut
from assistant.web.moments import parse_moment
from assistant.web.problems import Refusal
from assistant.web.responses import ProblemOut
from assistant.web.routing import Reply, Routes
from assistant.web.versions import expected_version
from indexer.results import MAX_QUERY
from kb.clock import format_local
from kb.errors import NotFound

routes = Routes()
_ONE = "/contacts/<contact_id>"
_ID = re.compile(r"[0-9a-f]{12}")
_LAST_ID = re.compile(r"\d{1,18}")
_ASKED = 100  # newest messages that a suggestion is made from


@routes.get("/contacts", Action.CONTACTS_USE, query=ContactsQuery, returns=ContactsOut)
def list_contacts(query: ContactsQuery) -> ContactsOut:
    """List contacts open to the caller, newest activity first."""
    status = query.status if isinstance(query.status, Status) else None
    found, position = _contacts().listing(context.principal(), status, mine=query.mine)
    listed = [contact_views.listed_contact(seen, _tz()) for seen in found]
    return {"contacts": listed, "position": position}


@routes.post("/contacts", Action.CONTACTS_USE, body=ContactIn, returns=ContactOut, status=201)
def create_contact(body: ContactIn) -> Reply:
    """Open a contact; the same external id again answers 200 with the one that is there."""
    new = NewContact(
        channel=body.channel,
        customer=body.customer,
        slots=body.slots,
        messages=tuple(_new_message(message) for message in body.messages),
        external_id=body.external_id,
    )
    with _within_limits():
        seen, created = _contacts().create(new, context.principal())
    location = url_for("api.read_contact", contact_id=seen.contact.id)
    return _reply(_whole(seen.contact.id), 201 if created else 200, {"Location": location})


@routes.get(_ONE, Action.CONTACTS_USE, query=ContactQuery, returns=ContactOut)
def read_contact(contact_id: str, query: ContactQuery) -> Reply:
    """Read a contact with its messages."""
    return _reply(_whole(_known(contact_id), query.after))


@routes.patch(_ONE, Action.CONTACTS_USE, body=ContactChangeIn, returns=ContactOut)
def change_contact(contact_id: str, body: ContactChangeIn) -> Reply:
    """Change slots, date, channel or who handles a contact; If-Match guards against others."""
    changes = Changes(
        slots=body.slots,
        as_of=_date(body.as_of),
        channel=body.channel,
        assigned_to=_assignee(body.assigned_to),
    )
    actor = context.principal()
    with _within_limits():
        seen = _contacts().change(_known(contact_id), actor, changes, expected_version())
    return _changed(seen)


@routes.post(
    f"{_ONE}/messages",
    Action.CONTACTS_USE,
    body=ContactMessageIn,
    returns=ContactMessageOut,
    status=201,
)
def add_message(contact_id: str, body: ContactMessageIn) -> Reply:
    """Add a message; the same external id again answers 200 with the one that is there."""
    actor = context.principal()
    with _within_limits():
        added, new = _contacts().add_message(_known(contact_id), actor, _new_message(body))
    return Reply(contact_views.message_out(contact_id, added, _tz()), 201 if new else 200)


@routes.post(f"{_ONE}/close", Action.CONTACTS_USE, body=CloseIn, returns=ContactOut)
def close_contact(contact_id: str, body: CloseIn) -> Reply:
    """Close a contact."""
    return _changed(_contacts().close(_known(contact_id), context.principal(), body.outcome))


@routes.post(f"{_ONE}/reopen", Action.CONTACTS_USE, body=NothingIn, returns=ContactOut)
def reopen_contact(contact_id: str, body: NothingIn) -> Reply:
    """Open a closed contact again."""
    return _changed(_contacts().reopen(_known(contact_id), context.principal()))


@routes.post(f"{_ONE}/read", Action.CONTACTS_USE, body=NothingIn, returns=ContactOut)
def mark_contact_read(contact_id: str, body: NothingIn) -> Reply:
    """Count everything the customer wrote as read by the caller."""
    return _changed(_contacts().mark_read(_known(contact_id), context.principal()))


@routes.post(f"{_ONE}/handover", Action.CONTACTS_USE, body=HandoverIn, returns=ContactOut)
def hand_over_contact(contact_id: str, body: HandoverIn) -> Reply:
    """Let go of a contact for a skill group to take; why stands in its transcript."""
    key = "handed_over_with_note" if body.note else "handed_over"
    lang = context.lang()
    group = context.services().risk.group_label(body.skill_group, lang)
    # A code of ours is said in words; a platform may send words of its own.
    code = f"handover.{body.reason}"
    said = i18n.texts_for(lang)(code)
    reason = body.reason if said == code else said
    text = messages.detail(key, lang, group=group, reason=reason, note=body.note)
    actor = context.principal()
    return _changed(_contacts().hand_over(_known(contact_id), actor, body.skill_group, text))


@routes.get(f"{_ONE}/suggestions", Action.SUGGEST, query=ContactQuery, returns=SuggestOut)
def suggest_for_contact(contact_id: str, query: ContactQuery) -> SuggestOut:
    """Suggest replies to a stored contact, from its messages after a number."""
    started = perf_counter()
    if not context.allowed(Action.CONTACTS_USE):
        raise NotFound(contact_id)
    seen, said, _position = _contacts().get(_known(contact_id), context.principal())
    contact = seen.contact
    turns = [Said(m.role.value, m.text[:MAX_QUERY], m.at) for m in said if m.number > query.after]
    if not turns:
        raise _refused("after", "too_short", min_length=1)
    wanted = SuggestRequest(
        messages=tuple(turns[-_ASKED:]),
        slots=_fillable(contact.known),
        channel=contact.channel,
        as_of=parse_moment(contact.as_of, "as_of"),
        audiences=context.principal().audiences,
    )
    with context.turn(), context.services().catalogue.held():
        response = context.services().composer.suggest(wanted)
        answer = answer_views.suggest_out(response, started)
    metrics.observe_search(response.search)
    return answer


@routes.get("/events", Action.CONTACTS_USE, query=EventsQuery, returns=streams.MEDIA_TYPE)
def follow_events(query: EventsQuery) -> Response:
    """Follow what happens: events `contact`, `message`, `knowledge`; `ready`; `reset`."""
    feed = context.feed()
    if feed.full:
        raise Refusal(503, "too_many_streams", headers={"Retry-After": "5"})
    viewer, renew = context.principal(), guard.credentials()
    last = request.headers.get("Last-Event-ID", "")
    after = int(last) if _LAST_ID.fullmatch(last) else query.after
    return streams.respond(lambda sink: feed.join(sink, viewer, renew, after))


def _known(contact_id: str) -> str:
    """The id, if it has the form of one; the database may not take every text."""
    if not _ID.fullmatch(contact_id):
        raise NotFound(contact_id)
    return contact_id


def _whole(contact_id: str, after: int = 0) -> ContactOut:
    seen, said, position = _contacts().get(contact_id, context.principal())
    shown: list[Message] = [message for message in said if message.number > after]
    return contact_views.whole_contact(seen, shown, position, _tz())


def _changed(seen: Seen) -> Reply:
    return _reply(_out(seen))


def _reply(contact: ContactOut, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    return Reply(contact, status, {"ETag": f'"{contact["version"]}"', **(headers or {})})


def _out(seen: Seen) -> ContactOut:
    return contact_views.contact_out(seen.contact, seen.unread, _tz())


def _new_message(body: ContactMessageIn) -> NewMessage:
    return NewMessage(Speaker(body.role), body.text, body.external_id)


def _date(text: str | None) -> str | None:
    """A date or time in its canonical form; empty stays empty, None stays None."""
    moment = parse_moment(text, "as_of")
    return format_local(moment, _tz()) if moment else text


def _assignee(given: str | None) -> str | None:
    """The name of the person meant; refuses whom nobody knows or who is locked out."""
    caller = context.principal()
    if not given:
        return given
    if given in ("me", caller.name):
        return caller.name
    for person in context.services().accounts.people.list():
        if given in (person.login, person.name) and person.disabled_at is None:
            return person.name
    raise _refused("assigned_to", "nobody")


@contextmanager
def _within_limits() -> Iterator[None]:
    """Turn what is too much for one contact into a refusal in the caller's language."""
    try:
        yield
    except TooMany as error:
        raise _refused(error.field, "too_long", max_length=error.most) from None


def _refused(field: str, code: str, **params: object) -> Refusal:
    message = messages.field_message(code, context.lang(), "", **params)
    error: ProblemOut = {"field": field, "message": message}
    return Refusal(422, "fields", {"count": 1}, [error])


def _fillable(slots: dict[str, str]) -> dict[str, str]:
    """Slots without those that were masked: a label is nothing to write to a customer."""
    labels = (masking.EMAIL, masking.MOBILE, masking.IDENTITY, masking.CARD, masking.ORDER)
    return {
        name: value for name, value in slots.items() if not any(label in value for label in labels)
    }


def _contacts() -> Contacts:
    return context.services().contacts


def _tz() -> ZoneInfo:
    return context.services().settings.site_tz
