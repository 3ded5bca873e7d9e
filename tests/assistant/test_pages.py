"""Pages: set-up, signing in and out, sessions, requests from other sites, reader, desk, language."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from assistant.accounts.people import SESSION_LIFE
from assistant.accounts.roles import Role
from assistant.accounts.throttle import PER_LOGIN
from assistant.web.paths import own_path
from assistant.web.sessions import COOKIE
from assistant.wiring import Services
from tests.assistant.conftest import ORIGIN, PASSWORD, RETURNS, FakeClock, published

PERSON = {"name": "管理员", "login": "boss", "password": PASSWORD}


@pytest.fixture
def person(services: Services) -> dict[str, str]:
    services.accounts.people.create("lin", "林编辑", PASSWORD, Role.EDITOR)
    return {"login": "lin", "password": PASSWORD}


def sign_in(client: FlaskClient, person: dict[str, str], **more: str) -> Any:
    return client.post("/login", data={**person, **more}, headers=ORIGIN)


def test_the_first_administrator_is_made_by_the_link(
    services: Services, anonymous: FlaskClient
) -> None:
    link = services.accounts.people.new_setup_link()
    page = anonymous.get(f"/setup?token={link}")
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"

    weak = anonymous.post("/setup", data={**PERSON, "token": link, "password": "x"}, headers=ORIGIN)
    assert weak.status_code == 422
    assert "至少 10 个字符" in weak.get_data(as_text=True)

    done = anonymous.post("/setup", data={**PERSON, "token": link}, headers=ORIGIN)
    assert (done.status_code, done.headers["Location"]) == (303, "/agent")
    me = anonymous.get("/api/v1/me").json
    assert (me["name"], me["role"], me["kind"]) == ("管理员", "admin", "person")

    assert anonymous.get(f"/setup?token={link}").status_code == 410
    again = anonymous.post("/setup", data={**PERSON, "token": link}, headers=ORIGIN)
    assert again.status_code == 410


def test_a_wrong_setup_link_is_gone(anonymous: FlaskClient) -> None:
    assert anonymous.get("/setup?token=wrong").status_code == 410
    assert anonymous.get("/setup").status_code == 410


def test_signing_in_and_out(
    services: Services, anonymous: FlaskClient, person: dict[str, str]
) -> None:
    away = anonymous.get("/desk/entries?q=退货")
    assert away.status_code == 303
    assert away.headers["Location"].startswith("/login?next=/desk/entries")

    answer = sign_in(anonymous, person, next="/desk/entries")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/entries")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert anonymous.get("/desk/entries").status_code == 200

    stolen = re.match(rf"{COOKIE}=([^;]+)", cookie)
    assert stolen
    out = anonymous.post("/logout", headers=ORIGIN)
    assert (out.status_code, out.headers["Location"]) == (303, "/login")
    anonymous.set_cookie(COOKIE, stolen[1])
    assert anonymous.get("/api/v1/me").status_code == 401


def test_the_cookie_is_secure_over_https(anonymous: FlaskClient, person: dict[str, str]) -> None:
    answer = anonymous.post(
        "/login",
        data=person,
        base_url="https://localhost",
        headers={"Origin": "https://localhost"},
    )
    assert "Secure" in answer.headers["Set-Cookie"]


def test_a_session_runs_out_and_a_forged_one_is_nothing(
    anonymous: FlaskClient, person: dict[str, str], clock: FakeClock
) -> None:
    sign_in(anonymous, person)
    assert anonymous.get("/api/v1/me").status_code == 200
    clock.advance(SESSION_LIFE)
    assert anonymous.get("/api/v1/me").status_code == 401
    for forged in ("x", "a.b", "é.b"):
        anonymous.set_cookie(COOKIE, forged)
        assert anonymous.get("/api/v1/me").status_code == 401


def test_wrong_passwords_are_slowed_down(anonymous: FlaskClient, person: dict[str, str]) -> None:
    for _ in range(PER_LOGIN):
        assert sign_in(anonymous, {**person, "password": "wrong"}).status_code == 401
    braked = sign_in(anonymous, person)
    assert braked.status_code == 429
    assert int(braked.headers["Retry-After"]) > 0
    other = anonymous.post(
        "/login", data=person, headers=ORIGIN, environ_base={"REMOTE_ADDR": "10.0.0.9"}
    )
    assert other.status_code == 303


def test_behind_a_local_proxy_each_client_is_slowed_for_itself(
    anonymous: FlaskClient, person: dict[str, str]
) -> None:
    def status(password: str, forwarded: str, peer: str = "127.0.0.1") -> int:
        return anonymous.post(
            "/login",
            data={**person, "password": password},
            headers={**ORIGIN, "X-Forwarded-For": forwarded},
            environ_base={"REMOTE_ADDR": peer},
        ).status_code

    for number in range(PER_LOGIN):
        # What a client claims about itself comes first in the list and changes nothing.
        assert status("wrong", f"10.0.0.{number}, 203.0.113.5") == 401
    assert status(PASSWORD, "203.0.113.5") == 429
    assert status(PASSWORD, "203.0.113.6") == 303
    for number in range(PER_LOGIN):
        assert status("wrong", f"10.1.0.{number}", peer="198.51.100.7") == 401
    assert status(PASSWORD, "10.2.0.1", peer="198.51.100.7") == 429


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "http://localhost"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
def test_writes_by_cookie_come_from_our_pages_only(
    anonymous: FlaskClient, person: dict[str, str], headers: dict[str, str], allowed: bool
) -> None:
    sign_in(anonymous, person)
    by_api = anonymous.post("/api/v1/search", json={"query": "退货"}, headers=headers)
    assert (by_api.status_code == 200) == allowed
    by_form = anonymous.post("/settings/language", data={"lang": "en"}, headers=headers)
    assert (by_form.status_code == 303) == allowed
    login = anonymous.post("/login", data=person, headers=headers)
    assert (login.status_code == 303) == allowed


def test_tokens_need_no_origin(agent: FlaskClient) -> None:
    far = {"Sec-Fetch-Site": "cross-site"}
    assert agent.post("/api/v1/search", json={"query": "x"}, headers=far).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/a\nb",
        "javascript:x",
    ],
)
def test_next_stays_on_this_site(app: Flask, address: str | None) -> None:
    assert own_path(address, "/agent") == "/agent"
    assert own_path("/entries/x?y=1#z", "/agent") == "/entries/x?y=1#z"


def test_the_reader_shows_now_then_and_any_version(
    stocked: Services, editor: FlaskClient, agent: FlaskClient, clock: FakeClock
) -> None:
    clock.advance(timedelta(days=10))
    published(stocked.kb, "return-7-days", replace(RETURNS, title="十五天退货规则"))
    now = agent.get("/entries/return-7-days").get_data(as_text=True)
    then = agent.get("/entries/return-7-days?as_of=2026-11-25").get_data(as_text=True)
    first = agent.get("/entries/return-7-days?revision=1").get_data(as_text=True)
    before = agent.get("/entries/return-7-days?as_of=2020-01-01").get_data(as_text=True)
    assert "<h1>十五天退货规则</h1>" in now
    assert f"<h1>{RETURNS.title}</h1>" in then
    assert f"<h1>{RETURNS.title}</h1>" in first
    assert "<h1>十五天退货规则</h1>" in before
    assert 'id="规则"' in now
    for bad in ("?revision=9", "?revision=x", "?revision=99999999999"):
        assert agent.get(f"/entries/return-7-days{bad}").status_code == 404
    assert agent.get("/entries/return-7-days?as_of=x").status_code == 422


def test_hostile_text_is_shown_not_run(services: Services, agent: FlaskClient) -> None:
    body = "## 规则\n\n<script>alert(1)</script> [x](javascript:alert(1)) ![i](https://e.example/i)"
    published(services.kb, "hostile-entry", replace(RETURNS, title="<b>x</b>", body=body))
    page = agent.get("/entries/hostile-entry").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "javascript:" not in page
    assert "<img" not in page
    assert "<b>x</b>" not in page


def test_the_desk_filters_and_ignores_nonsense(stocked: Services, editor: FlaskClient) -> None:
    some = editor.get("/desk/entries?status=draft").get_data(as_text=True)
    assert "换货规则" in some
    assert RETURNS.title not in some
    for query in ("kind=poem", "page=x", "page=99999999", "state=nonsense&owner=x"):
        assert editor.get(f"/desk/entries?{query}").status_code == 200
        assert editor.get(f"/desk/freshness?{query}").status_code == 200


def test_the_language_is_chosen_by_query_cookie_and_browser(anonymous: FlaskClient) -> None:
    def lang(path: str = "/login", accept: str = "") -> str:
        page = anonymous.get(path, headers={"Accept-Language": accept})
        found = re.search(r'<html lang="([^"]+)"', page.get_data(as_text=True))
        assert found
        return found[1]

    assert lang() == "zh-CN"
    assert lang(accept="en-GB,en;q=0.9") == "en"
    assert lang(accept="fr, zh-TW;q=0.5, en;q=0.4") == "zh-CN"
    assert lang("/login?lang=en") == "en"
    chosen = anonymous.get("/settings/language?lang=en&next=/login")
    assert (chosen.status_code, chosen.headers["Location"]) == (303, "/login")
    assert lang() == "en"
    assert lang(accept="zh-CN") == "en"
    assert lang("/login?lang=zh-CN") == "zh-CN"


def test_static_files_are_versioned_and_kept(app: Flask, anonymous: FlaskClient) -> None:
    page = anonymous.get("/login").get_data(as_text=True)
    address = re.search(r'href="(/static/[0-9a-f]{12}/css/base\.css)"', page)
    assert address
    with anonymous.get(address[1]) as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.mimetype == "text/css"
    with anonymous.get("/static/000000000000/css/base.css") as old:
        assert (old.status_code, old.headers["Cache-Control"]) == (200, "no-store")
    for bad in ("../app.py", "%2e%2e/app.py", "css/../../app.py", "nothing.css"):
        assert anonymous.get(f"/static/x/{bad}").status_code == 404


def test_texts_for_scripts_are_cacheable(anonymous: FlaskClient) -> None:
    answer = anonymous.get("/i18n/en.json")
    assert answer.mimetype == "application/json"
    assert "public" in answer.headers["Cache-Control"]
    tag = answer.headers["ETag"]
    assert anonymous.get("/i18n/en.json", headers={"If-None-Match": tag}).status_code == 304
