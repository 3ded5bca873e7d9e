"""Answers about contacts and their messages."""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from assistant.risk.plain import RiskOut


class ContactMessageOut(TypedDict):
    """One message, numbered from 1 within its contact. Personal data in it is masked."""

    id: str
    number: int
    role: str
    text: str
    at: str | None
    author: str
    external_id: str | None


class ContactOut(TypedDict):
    """A contact as the caller sees it; `unread` of the customer's messages are new to the caller.

    `risk` is null before anything was said. `waiting_since` is when the customer's first message
    came that nobody answered yet.
    `messages` are left out of lists, which have the newest one as `last` instead. `position` is
    where to follow the event stream from: pass it as `after`, and nothing is missed or told twice.
    """

    id: str
    version: int
    external_id: str | None
    channel: str
    status: str
    customer: dict[str, str]
    slots: dict[str, str]
    as_of: str | None
    assigned_to: str | None
    skill_group: str
    outcome: str
    risk: RiskOut | None
    created_at: str | None
    updated_at: str | None
    last_message_at: str | None
    waiting_since: str | None
    closed_at: str | None
    message_count: int
    unread: int
    last: NotRequired[ContactMessageOut | None]
    messages: NotRequired[list[ContactMessageOut]]
    position: NotRequired[int]


class ContactsOut(TypedDict):
    """Contacts, newest activity first, and where to follow the event stream from."""

    contacts: list[ContactOut]
    position: int
