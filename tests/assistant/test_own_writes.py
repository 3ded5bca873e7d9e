"""Whoever changed something sees it at once, although another process answers with an older picture."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from assistant.accounts.roles import Role
from assistant.catalogue import CatalogueKeeper
from assistant.web.app import create_app
from assistant.web.own_writes import COOKIE
from assistant.wiring import Services
from tests.assistant.conftest import ORIGIN, PASSWORD

RETURNS = "/api/v1/entries/return-7-days"
LISTED = "/api/v1/entries?limit=50"


@pytest.fixture
def processes(stocked: Services) -> tuple[FlaskClient, FlaskClient]:
    """One browser, asking two processes; the second is in no hurry to look for changes."""
    other = replace(stocked, catalogue=CatalogueKeeper(stocked.kb, stocked.clock))
    stocked.accounts.people.create("lin", "林编辑", PASSWORD, Role.EDITOR)
    first = create_app(stocked, testing=True).test_client()
    form = {"login": "lin", "password": PASSWORD}
    assert first.post("/login", data=form, headers=ORIGIN).status_code == 303
    second = create_app(other, testing=True).test_client()
    second._cookies = first._cookies
    other.catalogue.current()
    other.catalogue._not_before = float("inf")
    return first, second


def titles(client: FlaskClient) -> list[str]:
    answer = client.get(LISTED)
    assert answer.status_code == 200 and answer.json is not None
    return [entry["title"] for entry in answer.json["entries"]]


def test_a_change_is_seen_in_every_process(processes: tuple[FlaskClient, FlaskClient]) -> None:
    first, second = processes
    before = titles(second)
    content = {"kind": "faq", "title": "雨天能送货吗", "body": "可以。", "lang": "zh-CN"}
    made = first.post(
        "/api/v1/entries", json={"id": "faq-rain", "content": content}, headers=ORIGIN
    )
    assert made.status_code == 201, made.text
    assert "雨天能送货吗" in titles(second)
    assert "雨天能送货吗" not in before


def test_without_the_mark_an_older_picture_serves(
    processes: tuple[FlaskClient, FlaskClient],
) -> None:
    first, second = processes
    titles(second)
    content = {"kind": "faq", "title": "雪天能送货吗", "body": "可以。", "lang": "zh-CN"}
    made = first.post(
        "/api/v1/entries", json={"id": "faq-snow", "content": content}, headers=ORIGIN
    )
    assert made.status_code == 201, made.text
    assert first.get_cookie(COOKIE)
    first.delete_cookie(COOKIE)
    assert "雪天能送货吗" not in titles(second)


def test_reading_and_failing_leave_no_mark(processes: tuple[FlaskClient, FlaskClient]) -> None:
    first, _ = processes
    titles(first)
    assert first.post("/api/v1/entries", json={}, headers=ORIGIN).status_code == 422
    assert first.get_cookie(COOKIE) is None
