"""The widget's gate: who is let in from where, what the headers say, limits, overload, sessions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from assistant.accounts.roles import Role
from assistant.selfservice.identity import Fault
from assistant.selfservice.limits import Kind, Limits, Rate
from assistant.selfservice.model import HELP_SITE, Site
from assistant.selfservice.selfservice import SelfService
from assistant.selfservice.sessions import TOKEN_LIFE, VISIT_LIFE
from assistant.selfservice.sites import SiteChanges
from assistant.web import widget_gate
from assistant.web.app import create_app
from assistant.wiring import Services
from kb.settings import Settings
from tests.assistant.conftest import NOW, FakeClock

SHOP = "https://shop.example.com"
OWN = "http://localhost"
EVIL = "https://evil.example.com"
SESSIONS = "/widget/v1/sessions"
RENEW = f"{SESSIONS}/renew"
CORS = ("Access-Control-Allow-Origin", "Access-Control-Allow-Headers", "Access-Control-Max-Age")
Begin = Callable[..., TestResponse]


@pytest.fixture
def begin(anonymous: FlaskClient, shop: Site) -> Begin:
    """Begins a visit, from the shop's pages unless told otherwise."""

    def post(
        site: str = shop.id, origin: str | None = SHOP, lang: str | None = None, **more: Any
    ) -> TestResponse:
        body = {"site": site, **({"lang": lang} if lang else {})}
        headers = {"Origin": origin} if origin is not None else {}
        return anonymous.post(SESSIONS, json=body, headers=headers, **more)

    return post


def speaking(answer: TestResponse, origin: str | None = SHOP, lang: str = "") -> dict[str, str]:
    """The headers of a request for the visit that has just begun."""
    assert answer.status_code == 201, answer.json
    headers = {"Authorization": f"Bearer {answer.json['token']}"}
    if origin is not None:
        headers["Origin"] = origin
    return headers | ({"Accept-Language": lang} if lang else {})


def allows(answer: TestResponse, origin: str) -> bool:
    """Whether a browser lets the page read the answer."""
    assert "Access-Control-Allow-Credentials" not in answer.headers
    return answer.headers.get("Access-Control-Allow-Origin") == origin


# sessions


def test_a_visit_begins(begin: Begin, selfservice: SelfService, shop: Site) -> None:
    selfservice.sites.change(
        shop.id, SiteChanges(title="找我们", color="#1a56db", hours="Mon-Fri 09:00-18:00")
    )
    answer = begin(lang="en")
    assert answer.status_code == 201
    body = answer.json
    assert body["expires_at"] == "2026-11-22T10:30:00+08:00"
    assert body["site"] == {
        "name": "商城",
        "title": "找我们",
        "color": "#1a56db",
        "position": "right",
        "open": False,
        "opens_at": "2026-11-23T09:00:00+08:00",
    }
    assert body["messages"] == []
    assert body["state"]["mode"] == "bot"
    assert answer.headers["Cache-Control"] == "private, no-store"
    found = selfservice.sessions.find(body["token"])
    assert found is not None
    assert (found[0].id, found[0].lang, found[1].id) == (body["visit"], "en", shop.id)


@pytest.mark.parametrize(
    "body",
    [{}, {"site": "*"}, {"site": "help\n"}, {"site": "HELP"}, {"site": 1}, {"site": ["help"]},
     {"site": "help", "lang": "fr"}, {"site": "help", "role": "admin"}],
)  # fmt: skip
def test_a_body_that_is_not_in_its_form_begins_nothing(
    anonymous: FlaskClient, body: dict[str, Any]
) -> None:
    answer = anonymous.post(SESSIONS, json=body, headers={"Origin": OWN})
    assert answer.status_code == 422


def test_an_unknown_and_a_removed_site_are_absent_alike(
    begin: Begin, selfservice: SelfService, shop: Site
) -> None:
    selfservice.sites.remove(shop.id)
    removed, unknown = begin(origin=OWN), begin("0123456789ab", OWN)
    assert removed.status_code == unknown.status_code == 404
    assert removed.json == unknown.json


def test_renewing_ends_the_old_token(
    begin: Begin, anonymous: FlaskClient, clock: FakeClock
) -> None:
    headers = speaking(begin())
    clock.advance(TOKEN_LIFE / 2)
    renewed = anonymous.post(RENEW, json={}, headers=headers)
    assert renewed.status_code == 200
    assert renewed.json["expires_at"] == "2026-11-22T10:45:00+08:00"
    assert anonymous.post(RENEW, json={}, headers=headers).status_code == 401
    headers["Authorization"] = f"Bearer {renewed.json['token']}"
    assert anonymous.delete(SESSIONS, headers=headers).status_code == 204
    over = anonymous.post(RENEW, json={}, headers=headers)
    assert over.status_code == 401
    assert allows(over, SHOP), "the widget has to read that it is over"
    assert over.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_visit_that_lasted_its_time_cannot_be_renewed(
    begin: Begin, anonymous: FlaskClient, clock: FakeClock, selfservice: SelfService
) -> None:
    headers = speaking(begin())
    while clock.now < NOW + VISIT_LIFE - TOKEN_LIFE:
        clock.advance(TOKEN_LIFE - timedelta(seconds=1))
        renewed = selfservice.sessions.renew(headers["Authorization"].split()[1])
        assert renewed is not None
        headers["Authorization"] = f"Bearer {renewed[0]}"
    clock.now = NOW + VISIT_LIFE
    assert anonymous.post(RENEW, json={}, headers=headers).status_code == 401


def test_a_visit_says_who_its_customer_is(
    begin: Begin, anonymous: FlaskClient, selfservice: SelfService, shop: Site
) -> None:
    headers = speaking(begin())
    claims = {"sub": "7", "aud": shop.id, "exp": NOW + timedelta(minutes=5), "jti": "1"}
    token = jwt.encode({**claims, "name": "王女士"}, selfservice.sites.secret(shop), "HS256")
    answer = anonymous.post("/widget/v1/identity", json={"token": token}, headers=headers)
    assert (answer.status_code, answer.json) == (200, {"verified": True, "name": "王女士"})
    again = anonymous.post("/widget/v1/identity", json={"token": token}, headers=headers)
    assert again.status_code == 403
    assert (again.json["code"], again.json["fault"]) == ("identity_refused", Fault.USED)
    assert allows(again, SHOP)
    assert selfservice.sites.secret(shop) not in again.text


# origins


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "",
        EVIL,
        "http://shop.example.com",
        "https://shop.example.com:8443",
        "https://shop.example.com.evil.example.com",
        "https://evilshop.example.com",
        "https://SHOP.example.com",
        "https://shop.example.com/",
        "https://shop.example.com\t",
        "http://localhost.evil.example.com",
        "http://localhost:81",
        "ftp://localhost",
        "file://",
        "http://[",
        "*",
    ],
)
def test_other_pages_begin_no_visit_and_may_not_read_why(
    begin: Begin, origin: str | None, selfservice: SelfService
) -> None:
    answer = begin(origin=origin)
    assert answer.status_code == 403
    assert answer.json["code"] == "origin_not_allowed"
    assert not any(name in answer.headers for name in CORS)


def test_pages_of_a_site_and_our_own_begin_visits(begin: Begin) -> None:
    for origin in (SHOP, OWN):
        answer = begin(origin=origin)
        assert answer.status_code == 201
        assert allows(answer, origin)
        assert "Origin" in answer.headers["Vary"]


def test_a_site_without_origins_admits_no_page(begin: Begin, selfservice: SelfService) -> None:
    bare = selfservice.sites.add(SiteChanges(name="新站点"))
    answer = begin(bare.id)
    assert answer.status_code == 403, "the origin is another site's"
    assert not any(name in answer.headers for name in CORS)
    assert begin(HELP_SITE).status_code == 403


def test_the_help_centres_site_is_for_our_own_pages(begin: Begin) -> None:
    assert begin(HELP_SITE, OWN).status_code == 201


def test_a_visit_is_used_from_its_own_site_alone(
    begin: Begin, anonymous: FlaskClient, selfservice: SelfService
) -> None:
    app = "https://app.example.com"
    selfservice.sites.add(SiteChanges(name="App", origins=(app,)))
    headers = speaking(begin())
    for origin in (app, EVIL, "null"):
        answer = anonymous.post(RENEW, json={}, headers={**headers, "Origin": origin})
        assert answer.status_code == 403
        assert not any(name in answer.headers for name in CORS)
    without = {"Authorization": headers["Authorization"]}
    assert anonymous.post(RENEW, json={}, headers=without).status_code == 403
    assert anonymous.delete(SESSIONS, headers=without).status_code == 403
    assert anonymous.post(RENEW, json={}, headers=headers).status_code == 200


def test_an_origin_taken_from_a_site_is_refused_at_once(
    begin: Begin, anonymous: FlaskClient, selfservice: SelfService, shop: Site
) -> None:
    headers = speaking(begin())
    selfservice.sites.change(shop.id, SiteChanges(origins=()))
    answer = anonymous.post(RENEW, json={}, headers=headers)
    assert answer.status_code == 403
    assert not any(name in answer.headers for name in CORS)
    assert begin().status_code == 403


def test_an_origin_given_to_a_site_counts_at_once(begin: Begin, selfservice: SelfService) -> None:
    assert begin(origin=EVIL).status_code == 403
    other = selfservice.sites.add(SiteChanges(name="x", origins=(EVIL,)))
    assert begin(other.id, EVIL).status_code == 201


def test_by_https_our_own_origin_is_https(begin: Begin) -> None:
    assert begin(origin=OWN, base_url="https://localhost").status_code == 403
    assert begin(origin="https://localhost", base_url="https://localhost").status_code == 201


# preflights


@pytest.mark.parametrize("origin", [SHOP, OWN])
def test_a_preflight_from_a_known_page_is_answered(
    anonymous: FlaskClient, shop: Site, origin: str
) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    answer = anonymous.options(RENEW, headers=asked)
    assert answer.status_code == 204
    assert allows(answer, origin)
    assert answer.headers["Access-Control-Max-Age"] == "600"
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert "DELETE" in answer.headers["Access-Control-Allow-Methods"]
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("origin", [EVIL, "null", "*"])
def test_a_preflight_from_elsewhere_is_refused(
    anonymous: FlaskClient, shop: Site, origin: str
) -> None:
    answer = anonymous.options(SESSIONS, headers={"Origin": origin})
    assert answer.status_code == 403
    assert not any(name in answer.headers for name in CORS)


def test_nothing_but_the_widget_is_open_to_other_pages(
    anonymous: FlaskClient, agent: FlaskClient, shop: Site
) -> None:
    for client, path in ((anonymous, "/livez"), (agent, "/api/v1/me"), (agent, "/api/v1/entries")):
        for answer in (
            client.get(path, headers={"Origin": SHOP}),
            client.options(path, headers={"Origin": SHOP}),
        ):
            assert not any(name in answer.headers for name in CORS), path
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


# frames


def policy(app: Flask, site: Site | None) -> tuple[str, TestResponse]:
    with app.test_request_context("/widget/frame"):
        widget_gate.framed_by(site)
        answer = app.process_response(app.make_response("frame"))
    (said,) = [
        part.strip().partition(" ")[2]
        for part in answer.headers["Content-Security-Policy"].split(";")
        if part.strip().startswith("frame-ancestors")
    ]
    return said, answer  # type: ignore[return-value]


def test_a_frame_stands_on_its_sites_pages_alone(
    app: Flask, selfservice: SelfService, shop: Site
) -> None:
    several = selfservice.sites.change(shop.id, SiteChanges(origins=(SHOP, EVIL)))
    said, answer = policy(app, several)
    assert said == f"{SHOP} {EVIL}"
    assert "X-Frame-Options" not in answer.headers
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert policy(app, replace(shop, origins=()))[0] == "'none'"
    assert policy(app, None)[0] == "'none'"
    assert policy(app, selfservice.sites.get(HELP_SITE))[0] == "'self'"


def test_other_pages_stand_in_no_frame(anonymous: FlaskClient, shop: Site) -> None:
    answer = anonymous.get("/login")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"


# who


def test_a_token_of_a_visit_opens_nothing_of_staff(begin: Begin, anonymous: FlaskClient) -> None:
    headers = {"Authorization": speaking(begin())["Authorization"]}
    for path in ("/api/v1/me", "/api/v1/entries", "/api/v1/contacts", "/agent", "/api/v1/events"):
        assert anonymous.get(path, headers=headers).status_code == 403, path
    answer = anonymous.post("/api/v1/search", json={"query": "退货"}, headers=headers)
    assert answer.status_code == 403


def test_tokens_of_staff_open_nothing_of_a_visit(
    anonymous: FlaskClient, shop: Site, token_of: Callable[[Role], str]
) -> None:
    headers = {"Origin": SHOP, "Authorization": f"Bearer {token_of(Role.ADMIN)}"}
    assert anonymous.post(RENEW, json={}, headers=headers).status_code == 403
    answer = anonymous.post(SESSIONS, json={"site": HELP_SITE}, headers={**headers, "Origin": OWN})
    assert answer.status_code == 403


def test_a_token_decides_over_a_signed_in_browser(
    begin: Begin, client_of: Callable[[Role], FlaskClient]
) -> None:
    headers = speaking(begin())
    assert client_of(Role.ADMIN).get("/api/v1/me", headers=headers).status_code == 403


@pytest.mark.parametrize("header", ["zkw_x", "Bearer", "Bearer zkw_", "Basic zkw_x", "Bearer x"])
def test_a_bad_token_is_nobody(anonymous: FlaskClient, shop: Site, header: str) -> None:
    headers = {"Origin": SHOP, "Authorization": header}
    assert anonymous.post(RENEW, json={}, headers=headers).status_code == 401


# limits


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
    for _ in range(2):
        assert client.post("/widget/v1/identity", json={}, headers=headers).status_code == 422
    answer = client.post("/widget/v1/identity", json={}, headers=headers)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "15"
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
    app = create_app(services, testing=True)
    client = app.test_client()
    assert client.options(SESSIONS, headers={"Origin": SHOP}).status_code == 204
    gate: widget_gate.Gate = app.extensions["zhike.widget_gate"]
    free = services.settings.widget_at_once
    for _ in range(free):
        assert gate.enter()

    def work(*_args: object) -> None:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(services.selfservice.sites, "origins", work)
    monkeypatch.setattr(services.selfservice.limits, "take", work)
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


# settings


def test_the_rates_are_settings() -> None:
    names = ("VISIT", "ADDRESS", "SITE")
    values = {f"ZHIKE_WIDGET_PER_{name}": str(number) for number, name in enumerate(names, 7)}
    found = Settings.from_env({**values, "ZHIKE_WIDGET_AT_ONCE": "3"})
    assert (found.widget_per_visit, found.widget_per_address, found.widget_per_site) == (7, 8, 9)
    assert found.widget_at_once == 3
    assert Settings.from_env({}).widget_at_once < Settings.from_env({}).threads, (
        "the rest is staff's"
    )
