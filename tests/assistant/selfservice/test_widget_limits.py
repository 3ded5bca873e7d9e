"""How much of the widget one may use: limits of each visit, address and site, and overload."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from assistant.accounts.roles import Role
from assistant.selfservice.limits import Kind, Limits, Rate
from assistant.selfservice.model import Site
from assistant.selfservice.selfservice import SelfService
from assistant.selfservice.sites import SiteChanges
from assistant.web import widget_gate
from assistant.web.app import create_app
from assistant.wiring import Services
from kb.settings import Settings
from tests.assistant.selfservice.beginning import (
    CORS,
    EVIL,
    SESSIONS,
    SHOP,
    Begin,
    allows,
    speaking,
)


def allowing(services: Services, **per_minute: float) -> FlaskClient:
    """A client of an app with these limits; half a minute's worth may be used at once."""
    rates = {Kind(kind): Rate(per_minute.get(kind, 1e6)) for kind in Kind}
    services.selfservice.limits = Limits(rates, lambda: 0.0)
    return create_app(services, testing=True).test_client()


def test_a_visit_that_asks_too_much_is_told_when_to_come_back(
    services: Services, begin: Begin, shop: Site
) -> None:
    headers, others = speaking(begin(lang="zh-CN"), lang="en"), speaking(begin())
    client = allowing(services, visit=4)
    for _ in range(3):
        assert client.post("/widget/v1/identity", json={}, headers=headers).status_code == 422
    answer = client.post("/widget/v1/identity", json={}, headers=headers)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "15"
    assert answer.json is not None
    assert answer.json["detail"] == "消息发得有点快，请 15 秒后再试。", "in the visit's language"
    assert allows(answer, SHOP)
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]
    assert client.post("/widget/v1/identity", json={}, headers=others).status_code == 422


def test_an_address_has_its_limit_whatever_it_sends(services: Services, shop: Site) -> None:
    client = allowing(services, address=6)

    def ask(origin: str, remote: str, forwarded: str = "") -> int:
        headers = {"Origin": origin} | ({"X-Forwarded-For": forwarded} if forwarded else {})
        return client.post(
            SESSIONS, json={"site": shop.id}, headers=headers, environ_base={"REMOTE_ADDR": remote}
        ).status_code

    assert ask(SHOP, "192.0.2.1") == 201
    assert ask(SHOP, "192.0.2.1") == 429
    assert ask(EVIL, "192.0.2.1") == 429
    assert ask(SHOP, "192.0.2.1", forwarded="192.0.2.99") == 429, "its own word counts for nothing"
    assert ask(SHOP, "192.0.2.2") == 201
    assert ask(SHOP, "127.0.0.1", forwarded="198.51.100.9, 192.0.2.3") == 201
    assert ask(SHOP, "127.0.0.1", forwarded="198.51.100.8, 192.0.2.3") == 429
    assert ask(SHOP, "2001:db8:1:2::1") == 201
    assert ask(SHOP, "2001:db8:1:2:ffff::1") == 429, "one customer has all of these addresses"


def test_a_flood_on_one_site_leaves_the_others_alone(
    services: Services, selfservice: SelfService, shop: Site
) -> None:
    other = selfservice.sites.add(SiteChanges(name="App", origins=(SHOP,)))
    client = allowing(services, site=6)

    def begin(site: Site) -> int:
        body = {"site": site.id}
        return client.post(SESSIONS, json=body, headers={"Origin": SHOP}).status_code

    assert [begin(shop), begin(shop), begin(other)] == [201, 429, 201]


def test_staff_are_not_counted(services: Services, token_of: Callable[[Role], str]) -> None:
    client = allowing(services, address=0.001, visit=0.001, site=0.001)
    headers = {"Authorization": f"Bearer {token_of(Role.AGENT)}"}
    assert all(client.get("/api/v1/me", headers=headers).status_code == 200 for _ in range(20))


# overload


def test_beyond_what_a_process_works_on_it_refuses_before_any_work(
    services: Services, begin: Begin, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = 2 * services.settings.widget_at_once
    services = replace(services, settings=replace(services.settings, threads=threads))
    app = create_app(services, testing=True)
    client = app.test_client()
    assert client.options(SESSIONS, headers={"Origin": SHOP}).status_code == 204
    gate: widget_gate.Gate = app.extensions["zhike.widget_gate"]
    for _ in range(services.settings.widget_at_once):
        assert gate.enter()

    def work(*_args: object) -> None:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(services.selfservice.sites, "origins", work)
    busy = client.post(SESSIONS, json={"site": shop.id}, headers={"Origin": SHOP})
    assert busy.status_code == 503
    assert busy.headers["Retry-After"] == "1"
    assert allows(busy, SHOP), "the widget can read that it should come back"
    foreign = client.post(SESSIONS, json={"site": shop.id}, headers={"Origin": EVIL})
    assert foreign.status_code == 503
    assert not any(name in foreign.headers for name in CORS)
    assert client.get("/help/search?q=x").status_code == 503, "searches of anybody, too"
    assert client.get("/livez").status_code == 200
    monkeypatch.undo()
    gate.leave()
    again = client.post(SESSIONS, json={"site": shop.id}, headers={"Origin": SHOP})
    assert again.status_code == 201


def test_an_address_over_its_limit_waits_for_no_place(
    services: Services, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or whoever sends too much would keep all others waiting without ever being answered."""
    services.selfservice.limits = Limits({kind: Rate(6) for kind in Kind}, lambda: 0.0)
    app = create_app(services, testing=True)
    client, gate = app.test_client(), app.extensions["zhike.widget_gate"]

    def nothing(_gate: widget_gate.Gate) -> bool:
        raise AssertionError("it took a place")

    asked = {"path": SESSIONS, "json": {"site": shop.id}, "headers": {"Origin": SHOP}}
    assert client.post(**asked).status_code == 201
    monkeypatch.setattr(type(gate), "enter", nothing)
    refused = client.post(**asked)
    assert refused.status_code == 429
    assert allows(refused, SHOP), "the widget can read when to come back"
    assert client.get("/help/search?q=x").status_code == 429


def test_every_way_a_request_ends_gives_its_place_back(
    services: Services, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, free = allowing(services), services.settings.widget_at_once

    def fail(*_args: object) -> None:
        raise RuntimeError("on purpose")

    for _ in range(free + 1):
        assert client.get("/help/search").status_code == 200
        assert client.options(SESSIONS, headers={"Origin": EVIL}).status_code == 403
        assert client.get("/widget/v1/nowhere", headers={"Origin": SHOP}).status_code == 404
        assert client.post(SESSIONS, data="{", headers={"Origin": SHOP}).status_code == 415
        assert client.get(SESSIONS, headers={"Origin": SHOP}).status_code == 405
    monkeypatch.setattr(services.selfservice.sessions, "begin", fail)
    for _ in range(free + 1):
        answer = client.post(SESSIONS, json={"site": shop.id}, headers={"Origin": SHOP})
        assert answer.status_code == 500


def test_a_few_wait_for_a_place_and_the_others_are_refused_at_once(
    selfservice: SelfService, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = widget_gate.Gate(selfservice.sites, at_once=1, waiting=1)
    monkeypatch.setattr(widget_gate, "_PATIENCE", 60.0)
    assert gate.enter()
    let_in: queue.Queue[bool] = queue.Queue()
    others = [threading.Thread(target=lambda: let_in.put(gate.enter())) for _ in range(2)]
    for other in others:
        other.start()
    assert not let_in.get(timeout=30), "there is room for one to wait, so the second is not kept"
    gate.leave()
    assert let_in.get(timeout=30), "the first has the place that is free now"
    gate.leave()
    assert gate.enter(), "the places are free again"


def test_who_waits_in_vain_is_refused(
    selfservice: SelfService, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = widget_gate.Gate(selfservice.sites, at_once=1, waiting=1)
    monkeypatch.setattr(widget_gate, "_PATIENCE", 0.01)
    assert gate.enter()
    assert not gate.enter()
    gate.leave()
    assert gate.enter(), "who was refused holds nothing"


# settings


def test_the_smallest_rates_let_a_visit_begin(services: Services, shop: Site) -> None:
    client = allowing(services, visit=1, address=1, site=1)
    begun = client.post(SESSIONS, json={"site": shop.id}, headers={"Origin": SHOP})
    assert begun.status_code == 201


def test_the_rates_are_settings() -> None:
    names = ("VISIT", "ADDRESS", "SITE")
    values = {f"ZHIKE_WIDGET_PER_{name}": str(number) for number, name in enumerate(names, 7)}
    found = Settings.from_env({**values, "ZHIKE_WIDGET_AT_ONCE": "3"})
    assert (found.widget_per_visit, found.widget_per_address, found.widget_per_site) == (7, 8, 9)
    assert found.widget_at_once == 3
    assert Settings.from_env({}).widget_at_once * 2 < Settings.from_env({}).threads, (
        "staff have as many threads, and in some a request can wait"
    )
