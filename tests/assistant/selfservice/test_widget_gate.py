"""The widget's gate: who is let in from where, what the headers say, sessions."""

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
from assistant.selfservice.model import HELP_SITE, Site
from assistant.selfservice.selfservice import SelfService
from assistant.selfservice.sessions import TOKEN_LIFE, VISIT_LIFE
from assistant.selfservice.sites import SiteChanges
from assistant.web import widget_gate
from tests.assistant.conftest import NOW, FakeClock
from tests.assistant.selfservice.beginning import (
    CORS,
    EVIL,
    OWN,
    RENEW,
    SESSIONS,
    SHOP,
    Begin,
    allows,
    speaking,
)

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
