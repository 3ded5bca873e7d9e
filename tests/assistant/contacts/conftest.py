"""Fixtures: contacts on each kind of database, people, and a stream that remembers its frames."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from assistant.accounts.roles import Principal, PrincipalKind, Role
from assistant.contacts import feed as feeding
from assistant.contacts.contacts import Contacts
from assistant.contacts.feed import Feed
from assistant.contacts.model import NewContact, NewMessage, Speaker
from assistant.web.contact_views import EventFrames
from kb.model import Channel
from kb.settings import Settings
from kb.store import open_engine, upgrade
from tests.assistant.conftest import TZ, FakeClock
from tests.postgres import PostgresServer


def person(name: str, role: Role = Role.AGENT) -> Principal:
    return Principal(PrincipalKind.PERSON, name, name, role, login=name)


LI, WANG = person("李客服"), person("王客服")
BOSS = person("周主管", Role.REVIEWER)
PLATFORM = Principal(PrincipalKind.TOKEN, "t1", "platform#t1", Role.AGENT)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def contact_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    environment = {"ZHIKE_DATA": str(tmp_path / "data")}
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        environment["ZHIKE_DATABASE_URL"] = server.new_database()
    return Settings.from_env(environment, tmp_path)


@pytest.fixture
def database(contact_settings: Settings) -> Iterator[Engine]:
    engine = open_engine(contact_settings)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def contacts(database: Engine, clock: FakeClock) -> Contacts:
    return Contacts(database, clock)


@pytest.fixture
def opened(contacts: Contacts) -> Callable[..., str]:
    """Opens a contact with what its customer says; its id."""

    def open_one(*said: str, by: Principal = PLATFORM, external_id: str | None = None) -> str:
        new = tuple(NewMessage(Speaker.CUSTOMER, text) for text in said)
        seen, _ = contacts.create(
            NewContact(Channel.CHAT, messages=new, external_id=external_id), by
        )
        return seen.contact.id

    return open_one


@dataclass
class Listener:
    """A stream's end that keeps what it is told."""

    frames: list[dict[str, Any]] = field(default_factory=list)
    open: bool = True
    _news: threading.Condition = field(default_factory=threading.Condition)

    @property
    def alive(self) -> bool:
        return self.open

    def write(self, data: bytes) -> None:
        frame = parsed(data)
        if frame["event"]:
            with self._news:
                self.frames.append(frame)
                self._news.notify_all()

    def flush(self) -> None: ...

    def look(self) -> None: ...

    def close(self) -> None:
        self.open = False

    def wait_for(self, kind: str, count: int = 1) -> list[dict[str, Any]]:
        """The frames of a kind, once there are so many."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.of(kind)) >= count, 30), self.frames
        return self.of(kind)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["event"] == kind]


def parsed(data: bytes) -> dict[str, Any]:
    """One frame as its fields; `data` read as JSON."""
    text = data.decode("ascii")
    assert text.endswith("\n\n")
    assert "\n\n" not in text[:-2], "nothing may end a frame early"
    found: dict[str, Any] = {"event": "", "id": None, "data": None}
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name:
            found[name] = value.strip()
    if found["data"]:
        found["data"] = json.loads(found["data"])
    if found["id"]:
        found["id"] = int(found["id"])
    return found


@pytest.fixture
def generation() -> list[str]:
    """The live index generation, for a test to change."""
    return [""]


@pytest.fixture
def feed(
    database: Engine,
    contacts: Contacts,
    generation: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Feed]:
    monkeypatch.setattr(feeding, "_LOOK", 0.02)
    made = Feed(database, EventFrames(TZ), lambda: generation[0], contacts.note_generation)
    contacts.on_change(made.wake)
    yield made
    made.stop()


@pytest.fixture
def listen(feed: Feed) -> Callable[..., Listener]:
    """Opens a stream for somebody and waits until it is ready (or was told to start afresh)."""

    def join(viewer: Principal, after: int | None = None, ready: str = "ready") -> Listener:
        listener = Listener()
        feed.join(listener, viewer, lambda: viewer, after)
        listener.wait_for(ready)
        return listener

    return join
