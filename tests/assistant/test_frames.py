"""The console in frames: headers, the cookie there, and the code that a sign-in window hands over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from assistant.accounts.roles import Role
from assistant.web import frames
from assistant.web.app import create_app
from assistant.wiring import Services
from kb.errors import InvalidInput
from kb.settings import Settings

PLATFORM = "https://crm.example.com"
PASSWORD = "a-long-test-password"
SECURE = "https://kb.example.com"


@pytest.fixture
def framed(services: Services) -> Flask:
    """The service with a platform that may hold the console in a frame."""
    services.accounts.people.create("li", "李客服", PASSWORD, Role.AGENT)
    settings = replace(services.settings, frame_ancestors=(PLATFORM,))
    return create_app(replace(services, settings=settings), testing=True)


def signed_in(app: Flask, base: str = SECURE) -> tuple[FlaskClient, str]:
    """A client that has signed in, and the cookie that it got."""
    client = app.test_client()
    answer = client.post(
        "/login",
        data={"login": "li", "password": PASSWORD},
        base_url=base,
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 303
    return client, answer.headers.getlist("Set-Cookie")[-1]


def attributes(cookie: str) -> set[str]:
    return {part.strip() for part in cookie.split(";")[1:] if "=" not in part or "Site" in part}


def test_the_cookie_goes_along_into_frames_by_https_alone(framed: Flask) -> None:
    assert attributes(signed_in(framed)[1]) == {
        "Secure", "HttpOnly", "SameSite=None", "Partitioned",
    }  # fmt: skip
    assert attributes(signed_in(framed, "http://kb.example.com")[1]) == {
        "HttpOnly", "SameSite=Lax",
    }  # fmt: skip


def test_without_the_setting_nothing_is_framed(app: Flask, services: Services) -> None:
    services.accounts.people.create("li", "李客服", PASSWORD, Role.AGENT)
    client, cookie = signed_in(app)
    assert attributes(cookie) == {"Secure", "HttpOnly", "SameSite=Lax"}
    page = client.get("/agent?embed=1", base_url=SECURE)
    assert page.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
    assert page.headers["X-Frame-Options"] == "DENY"
    assert b"data-origins" not in page.data
    assert client.get("/agent/sign-in", base_url=SECURE).status_code == 404
    answer = client.post("/agent/session", json={"code": "x"}, base_url=SECURE,
                         headers={"Sec-Fetch-Site": "same-origin"})  # fmt: skip
    assert answer.status_code == 404
    assert app.test_client().get("/login").headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_signed_out_a_frame_shows_the_notice_and_never_the_form(framed: Flask) -> None:
    client = framed.test_client()
    answer = client.get("/agent?embed=1", base_url=SECURE)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/agent/sign-in?next=")
    notice = client.get(answer.headers["Location"], base_url=SECURE)
    assert notice.headers["Content-Security-Policy"].endswith(f"frame-ancestors {PLATFORM}")
    assert "X-Frame-Options" not in notice.headers
    assert b"password" not in notice.data
    form = client.get("/login", base_url=SECURE)
    assert form.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
    assert form.headers["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert client.get("/agent", base_url=SECURE).headers["Location"].startswith("/login")


def code_of(client: FlaskClient) -> str:
    page = client.get("/agent/signed-in", base_url=SECURE).text
    return page.partition('data-code="')[2].partition('"')[0]


def trade(app: Flask, code: object) -> int:
    answer = app.test_client().post("/agent/session", json={"code": code}, base_url=SECURE)
    assert ("Set-Cookie" in answer.headers) == (answer.status_code == 200)
    return answer.status_code


def test_a_code_works_once(framed: Flask) -> None:
    client, _ = signed_in(framed)
    code = code_of(client)
    assert [trade(framed, wrong) for wrong in (None, "", 7, code[:-1], "x" * 600)] == [401] * 5
    assert trade(framed, code) == 200
    assert trade(framed, code) == 401


def test_a_code_is_no_session_and_a_session_no_code(framed: Flask) -> None:
    client, cookie = signed_in(framed)
    value = cookie.partition("=")[2].partition(";")[0]
    assert trade(framed, value) == 401
    other = framed.test_client()
    other.set_cookie("zhike_session", code_of(client), domain="kb.example.com")
    assert other.get("/api/v1/me", base_url=SECURE).status_code == 401


def test_a_code_is_good_for_a_minute(framed: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client, _ = signed_in(framed)
    code = code_of(client)
    monkeypatch.setattr(frames, "CODE_SECONDS", -1)
    assert trade(framed, code) == 401


def test_a_token_gets_no_code(framed: Flask, services: Services) -> None:
    token, _ = services.accounts.tokens.create(Role.AGENT, "platform")
    answer = framed.test_client().get(
        "/agent/signed-in", headers={"Authorization": f"Bearer {token}"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/agent")


@pytest.mark.parametrize(
    ("given", "origins"),
    [
        ("", ()),
        ("https://CRM.example.com:443 http://10.0.0.7:8080", (PLATFORM, "http://10.0.0.7:8080")),
        (f"{PLATFORM},{PLATFORM}", (PLATFORM,)),
        ("http://localhost:3000", ("http://localhost:3000",)),
    ],
)
def test_origins_are_read_as_browsers_write_them(given: str, origins: tuple[str, ...]) -> None:
    found = Settings.from_env({"ZHIKE_FRAME_ANCESTORS": given}, Path("nowhere"))
    assert found.frame_ancestors == origins


@pytest.mark.parametrize(
    "given",
    [
        "*", "https://*.example.com", "crm.example.com", "https://crm.example.com/", "'self'",
        "https://user@crm.example.com", "ftp://crm.example.com", "https://crm.example.com:0",
        "https://crm.example.com:70000", "https://crm.example.com;script-src", "https://",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused(given: str) -> None:
    with pytest.raises(InvalidInput, match="ZHIKE_FRAME_ANCESTORS"):
        Settings.from_env({"ZHIKE_FRAME_ANCESTORS": given}, Path("nowhere"))
