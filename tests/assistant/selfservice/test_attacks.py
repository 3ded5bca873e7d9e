"""Two tabs at once, a killed process, a full disk, a locked database, no index, odd clocks."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import Connection, Engine

from assistant.selfservice import store
from assistant.selfservice.limits import Limits
from assistant.selfservice.model import HELP_SITE, MessageKind, Mode
from assistant.selfservice.sessions import TOKEN_LIFE
from assistant.web.app import create_app
from assistant.wiring import Services
from kb import tables
from kb.errors import StorageBusy, StorageFull
from kb.store import read
from tests.assistant.conftest import FakeClock
from tests.assistant.selfservice.talking import Talk

OURS = "http://localhost"


class Tab:
    """A tab of a browser in which a visit goes on."""

    def __init__(self, app: Flask, token: str) -> None:
        self._client: FlaskClient = app.test_client(use_cookies=False)
        self._headers = {"Origin": OURS, "Authorization": f"Bearer {token}"}

    def do(self, method: str, path: str, body: object = None) -> Any:
        """The answer to one request of the visit."""
        more: dict[str, Any] = {} if method == "GET" else {"json": {} if body is None else body}
        return self._client.open(f"/widget/v1{path}", method=method, headers=self._headers, **more)

    def say(self, text: str, name: str) -> Any:
        """Say something."""
        return self.do("POST", "/messages", {"text": text, "external_id": name})


@pytest.fixture
def app(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(Limits, "take", lambda *_given: 0)
    return create_app(talk.services, testing=True)


@pytest.fixture
def token(talk: Talk) -> str:
    selfservice = talk.services.selfservice
    return selfservice.sessions.begin(selfservice.sites.get(HELP_SITE))[1]


def together(work: Sequence[Callable[[], Any]]) -> list[Any]:
    """All at the same time; what came of each."""
    gate, answers = threading.Barrier(len(work)), list[Any]()

    def one(act: Callable[[], Any]) -> None:
        gate.wait()
        answers.append(act())

    threads = [threading.Thread(target=one, args=(act,)) for act in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_many_tabs_that_send_the_same_message_one_is_heard(app: Flask, token: str) -> None:
    tabs = [Tab(app, token) for _ in range(8)]
    answers = together([partial(tab.say, "退款多久到账", "m1") for tab in tabs])
    assert sorted(a.status_code for a in answers) == [200] * 7 + [201]
    assert len({str(a.json["messages"]) for a in answers}) == 1
    assert len(tabs[0].do("GET", "/conversation").json["messages"]) == 2


def test_what_many_tabs_say_at_once_is_all_there_once(app: Flask, token: str) -> None:
    tabs = [Tab(app, token) for _ in range(8)]
    answers = together([partial(tab.say, "退款多久到账", f"m{n}") for n, tab in enumerate(tabs)])
    assert {a.status_code for a in answers} <= {201, 409}
    told = tabs[0].do("GET", "/conversation").json["messages"]
    assert [m["number"] for m in told] == list(range(1, len(told) + 1))
    customers = [m for m in told if m["role"] == "customer"]
    assert len(customers) == sum(a.status_code == 201 for a in answers) >= 1


def test_of_many_tabs_that_ask_for_a_person_one_contact_comes(
    talk: Talk, app: Flask, token: str, engine: Engine
) -> None:
    tabs = [Tab(app, token) for _ in range(6)]
    tabs[0].say("退款多久到账", "m1")
    answers = together([partial(tab.do, "POST", "/handover") for tab in tabs])
    assert {a.status_code for a in answers} == {200}
    assert count(engine, tables.contact) == 1
    told = tabs[0].do("GET", "/conversation").json
    assert [m["kind"] for m in told["messages"]].count(MessageKind.HANDOVER) == 1
    assert told["state"]["mode"] == Mode.WAITING


def count(engine: Engine, table: sa.Table) -> int:
    with read(engine) as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


@pytest.mark.parametrize("seed", range(6))
def test_a_killed_process_hands_over_wholly_or_not_at_all(talk: Talk, seed: int) -> None:
    """SIGKILL at any moment while one visit after the other is handed over."""
    services = talk.services
    talk.change_site(webhook_url="https://hooks.example.com/zhike")
    visits = [services.selfservice.sessions.begin(talk.site)[0] for _ in range(40)]
    engine = services.kb.engine
    engine.dispose()  # connections must not cross the fork
    child = os.fork()
    if child == 0:
        try:
            for visit in visits:
                services.selfservice.conversations.say(visit, "转人工", "m1")
        finally:
            os._exit(0)
    # Not before the first one is there, then at some moment of the rest.
    deadline = time.monotonic() + 60
    while not count(engine, tables.contact) and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(random.Random(seed).uniform(0, 0.15))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    engine.dispose()
    whole = 0
    with read(engine) as connection:
        for visit in visits:
            whole += is_whole(connection, visit.id)
    assert whole >= 1
    assert whole == count(engine, tables.contact) == count(engine, tables.outbox)


def is_whole(connection: Connection, visit_id: str) -> bool:
    """Whether a visit was handed over: all of it, or nothing (False)."""
    visit = store.find_visit(connection, visit_id)
    assert visit is not None
    kinds = [message.kind for message in store.said_in(connection, visit_id)]
    if visit.contact_id is None:
        assert (visit.mode, kinds) == (Mode.BOT, [])
        return False
    assert (visit.mode, kinds) == (Mode.WAITING, [MessageKind.SAID, MessageKind.HANDOVER])
    said = tables.contact_message
    told = (
        sa.select(said.c.role).where(said.c.contact_id == visit.contact_id).order_by(said.c.number)
    )
    assert list(connection.execute(told).scalars()) == ["customer", "system"]
    return True


@pytest.mark.parametrize(
    ("error", "status"), [(StorageFull("full"), 507), (StorageBusy("locked"), 503)]
)
def test_while_nothing_can_be_written_reading_goes_on(
    app: Flask, token: str, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    tab = Tab(app, token)
    tab.say("退款多久到账", "m1")

    @contextmanager
    def refused(_engine: Engine) -> Iterator[None]:
        if error:
            raise error
        yield

    for module in ("selfservice.conversation", "selfservice.sessions", "contacts.contacts"):
        monkeypatch.setattr(f"assistant.{module}.write", refused)
    begun = app.test_client().post(
        "/widget/v1/sessions", json={"site": HELP_SITE}, headers={"Origin": OURS}
    )
    answers = [tab.say("退货", "m2"), tab.say("转人工", "m3"), tab.do("POST", "/handover"), begun]
    assert [answer.status_code for answer in answers] == [status] * 4
    assert all("Retry-After" in a.headers for a in answers) == (status == 503)
    monkeypatch.undo()
    monkeypatch.setattr(Limits, "take", lambda *_given: 0)
    told = tab.do("GET", "/conversation").json
    assert len(told["messages"]) == 2
    assert told["state"]["mode"] == Mode.BOT
    assert tab.say("退货", "m2").status_code == 201


def test_a_clock_that_jumps_ahead_and_back_ends_no_conversation(
    app: Flask, token: str, clock: FakeClock
) -> None:
    tab = Tab(app, token)
    tab.say("退款多久到账", "m1")
    clock.advance(TOKEN_LIFE * 5)
    assert tab.do("GET", "/conversation").status_code == 401
    clock.advance(-TOKEN_LIFE * 5)
    assert len(tab.do("GET", "/conversation").json["messages"]) == 2
    clock.advance(-timedelta(days=400))
    assert tab.say("退货", "m2").status_code == 201
    told = tab.do("GET", "/conversation").json["messages"]
    assert [m["number"] for m in told] == [1, 2, 3, 4]


def test_without_an_index_a_person_is_called(settings: Any, services: Services) -> None:
    from assistant.wiring import build_services

    (settings.data / "signing.key").write_bytes(b"k" * 32)
    bare = build_services(settings)
    app = create_app(bare, testing=True)
    selfservice = bare.selfservice
    tab = Tab(app, selfservice.sessions.begin(selfservice.sites.get(HELP_SITE))[1])
    first, second = tab.say("退款多久到账", "m1"), tab.say("退货运费", "m2")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["messages"][-1]["kind"] == MessageKind.ABSTAIN
    assert second.json["state"]["mode"] == Mode.WAITING
    client = app.test_client()
    for path in ("/help", "/help/search?q=退货", "/help/suggestions?q=退货", "/help/sitemap.xml"):
        assert client.get(path).status_code == 200, path
    bare.kb.engine.dispose()
