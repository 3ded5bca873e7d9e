"""The conversation with an agent, live: what the stream of a visit tells, and what it never does."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from flask import Flask

from assistant.contacts.contacts import Contacts
from assistant.contacts.feed import Feed
from assistant.contacts.model import Changes, NewContact, NewMessage, Speaker
from assistant.web import context, widget_events
from assistant.web.app import create_app
from assistant.web.widget_events import Followers
from kb.model import Channel
from tests.assistant.selfservice.talking import AGENT, Talk


@dataclass
class Listener:
    """A stream's end that keeps what it is told."""

    told: bytes = b""
    open: bool = True
    _news: threading.Condition = field(default_factory=threading.Condition)

    @property
    def alive(self) -> bool:
        return self.open

    def write(self, data: bytes) -> None:
        with self._news:
            self.told += data
            self._news.notify_all()

    def flush(self) -> None: ...

    def look(self) -> None: ...

    def close(self) -> None:
        self.open = False

    def frames(self, kind: str) -> list[dict[str, Any]]:
        found = []
        for block in self.told.decode().split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            if lines.get("event") == kind:
                found.append({**json.loads(lines["data"]), "id": lines.get("id")})
        return found

    def wait(self, holds: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(holds, 30), self.told.decode()


@pytest.fixture
def live_app(talk: Talk) -> Iterator[Flask]:
    app = create_app(talk.services, testing=True)
    yield app
    cast(Feed, app.extensions[context.FEED]).stop()


@pytest.fixture
def listener(live_app: Flask, talk: Talk) -> Listener:
    """Listens from now on, as the visit."""
    talk.say("转人工")
    found = Listener()
    feed = cast(Feed, live_app.extensions[context.FEED])
    feed.join(found, talk.visit.principal, lambda: talk.visit.principal, None)
    found.wait(lambda: b": ready" in found.told)
    return found


def test_the_agents_words_arrive(talk: Talk, listener: Listener) -> None:
    contacts, contact_id = talk.services.contacts, talk.contact.id
    contacts.change(contact_id, AGENT, Changes(assigned_to=AGENT.name))
    listener.wait(lambda: any(s["mode"] == "agent" for s in listener.frames("state")))
    contacts.add_message(contact_id, AGENT, NewMessage(Speaker.AGENT, "您好，请讲"))
    listener.wait(lambda: bool(listener.frames("message")))
    (message,) = listener.frames("message")
    assert (message["role"], message["text"]) == ("agent", "您好，请讲")
    assert message["id"] == str(message["number"])
    assert talk.history().messages[-1].number == message["number"]
    assert listener.frames("state")[-1]["agent"] == "客服"


def test_the_end_arrives(talk: Talk, listener: Listener) -> None:
    talk.services.contacts.close(talk.contact.id, AGENT, "内部结果")
    listener.wait(lambda: any(s["mode"] == "closed" for s in listener.frames("state")))
    assert listener.frames("message")[-1]["kind"] == "closed"
    assert "内部结果" not in listener.told.decode("unicode_escape", "ignore")


def test_nothing_of_the_team_or_of_others_arrives(talk: Talk, listener: Listener) -> None:
    contacts, contact_id = talk.services.contacts, talk.contact.id
    contacts.add_message(contact_id, AGENT, NewMessage(Speaker.SYSTEM, "internal note"))
    contacts.hand_over(contact_id, AGENT, "物流组", "handed on with a remark")
    other = NewContact(Channel.CHAT, messages=(NewMessage(Speaker.CUSTOMER, "somebody else"),))
    contacts.create(other, AGENT)
    contacts.note_generation("g-secret")
    contacts.add_message(contact_id, AGENT, NewMessage(Speaker.AGENT, "end"))
    listener.wait(lambda: b'"end"' in listener.told)
    told = listener.told.decode("ascii")
    for word in ("internal note", "remark", "somebody else", "g-secret", "position"):
        assert word not in told
    assert AGENT.name not in json.dumps(listener.frames("message"), ensure_ascii=False)
    assert {*listener.frames("state")[-1]} == {
        "mode", "offer", "open", "opens_at", "agent", "id",
    }  # fmt: skip


def test_staff_streams_hear_the_visit_like_any_contact(talk: Talk, live_app: Flask) -> None:
    feed, found = cast(Feed, live_app.extensions[context.FEED]), Listener()
    feed.join(found, AGENT, lambda: AGENT, None)
    found.wait(lambda: b"event: ready" in found.told)
    talk.say("转人工")
    found.wait(lambda: bool(found.frames("contact")))
    summary = found.frames("contact")[0]["summary"]
    assert summary["external_id"] == f"visit:{talk.visit.id}"
    assert summary["assigned_to"] is None


def test_a_stream_begins_with_what_was_missed(talk: Talk) -> None:
    talk.say("转人工")
    reply = NewMessage(Speaker.AGENT, "第一句")
    talk.services.contacts.add_message(talk.contact.id, AGENT, reply)
    conversations = talk.services.selfservice.conversations
    assert [m.text for m in conversations.behind(talk.visit, None).messages][-1] == "第一句"
    assert conversations.behind(talk.visit, None).messages[0].kind.value == "handover"
    newest = talk.history().messages[-1].number
    assert conversations.behind(talk.visit, newest).messages == ()
    assert [m.number for m in conversations.behind(talk.visit, newest - 1).messages] == [newest]


def test_a_stream_begins_with_the_newest_of_a_long_visit(talk: Talk) -> None:
    talk.say("转人工")
    contacts, contact_id = talk.services.contacts, talk.contact.id
    for number in range(120):
        contacts.add_message(contact_id, AGENT, NewMessage(Speaker.AGENT, str(number)))
    conversations = talk.services.selfservice.conversations
    for turn in (talk.history(), *(conversations.behind(talk.visit, after) for after in (None, 0))):
        assert [m.text for m in turn.messages] == [str(number) for number in range(20, 120)]


def test_customers_leave_room_for_staff(live_app: Flask) -> None:
    made = cast(Followers, live_app.extensions[widget_events.EXTENSION])
    followers = Followers(made.frames, most=2)
    first, second, third = Listener(), Listener(), Listener()
    followers.enter("a", first)
    followers.enter("b", second)
    assert followers.full("c")
    assert not followers.full("a")
    followers.enter("a", third)
    assert not first.alive
    second.close()
    assert not followers.full("c")


def test_contacts_that_no_visit_began_are_left_alone(talk: Talk) -> None:
    contacts: Contacts = talk.services.contacts
    seen, _ = contacts.create(
        NewContact(Channel.CHAT, messages=(NewMessage(Speaker.CUSTOMER, "在吗"),)), AGENT
    )
    contacts.add_message(seen.contact.id, AGENT, NewMessage(Speaker.AGENT, "在的"))
    assert talk.history().messages == ()
