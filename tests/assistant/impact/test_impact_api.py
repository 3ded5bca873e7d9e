"""The API of the impact preview: what is shown to whom, and what is refused."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from assistant.accounts.roles import Role
from assistant.impact.turns import Turns
from assistant.web import impact_warming
from assistant.wiring import Services
from kb.model import Audience
from tests.assistant.impact.conftest import LOCK, Desk
from tests.assistant.impact.kept_questions import URL, saved
from tests.hostile_strings import HOSTILE

CONTENT = {"kind": "faq", "title": "能用花呗付款吗？", "body": "可以，结算时选花呗。"}


def test_previewing_a_new_text(desk: Desk, editor: FlaskClient) -> None:
    saved(editor, must_hit=True)
    answer = editor.post("/api/v1/impact", json={"content": CONTENT}).json
    assert answer["questions"]["total"] == 2  # the saved one and the new text's own
    own = answer["questions"]["gained"][0]
    assert (own["source"], own["before"]) == ("own", None)
    assert (own["after"]["entry_id"], own["after"]["url"]) == ("", "")
    assert own["after"]["title"] == CONTENT["title"]
    assert not answer["blocked"]
    assert answer["as_of"].endswith("+08:00")
    assert set(answer["timings"]) >= {"state", "before", "after"}


def test_previewing_a_stored_version_twice(desk: Desk, editor: FlaskClient) -> None:
    saved(editor, must_hit=True)
    desk.draft("lock-power", replace(LOCK, audience=Audience.AGENT))
    path = "/api/v1/entries/lock-power/revisions/2/impact"
    first, again = editor.get(path).json, editor.get(path).json
    assert first["blocked"]
    assert [one["text"] for one in first["must_hit_broken"]] == ["门锁没电了进不去"]
    assert first["must_hit_broken"][0]["before"]["url"] == "/entries/lock-power?revision=1"
    assert "after" not in again["timings"]  # known already
    del first["took_ms"], again["took_ms"], first["timings"], again["timings"]
    assert first == again
    withdrawn = editor.get(f"{path.replace('/2/', '/1/')}?step=withdraw").json
    assert withdrawn["blocked"]
    assert withdrawn == {
        **editor.post("/api/v1/impact", json={"step": "withdraw", "entry_id": "lock-power"}).json,
        "took_ms": withdrawn["took_ms"],
        "timings": withdrawn["timings"],
    }


@pytest.mark.parametrize(
    "body",
    [
        {"step": "publish"},
        {"step": "withdraw"},
        {"step": "delete", "content": CONTENT},
        {"content": {**CONTENT, "title": ""}},
        {"content": {**CONTENT, "effective_from": "gestern"}},
        {"content": {**CONTENT, "effective_from": "2026-12-02", "effective_until": "2026-12-01"}},
        {"content": CONTENT, "entry_id": "Not An Id"},
        {"content": CONTENT, "revision": 2**70},
    ],
)
def test_what_cannot_be_previewed_is_refused(
    desk: Desk, editor: FlaskClient, body: dict[str, Any]
) -> None:
    answer = editor.post("/api/v1/impact", json=body)
    assert answer.status_code == 422
    assert answer.json["errors"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/entries/no-such/revisions/1/impact",
        "/api/v1/entries/lock-power/revisions/9/impact",
    ],
)
def test_what_is_not_there_has_no_impact(desk: Desk, editor: FlaskClient, path: str) -> None:
    assert editor.get(path).status_code == 404
    body = {"step": "withdraw", "entry_id": "no-such"}
    assert editor.post("/api/v1/impact", json=body).status_code == 404


def test_two_previews_of_one_person(desk: Desk, editor: FlaskClient, token_of: Any) -> None:
    turns = desk.impact.turns
    name = editor.get("/api/v1/me").json["name"]
    with turns.turn(name):
        answer = editor.post("/api/v1/impact", json={"content": CONTENT})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "3"
    assert editor.post("/api/v1/impact", json={"content": CONTENT}).status_code == 200


def test_too_many_previews_at_once(
    desk: Desk, services: Services, client_of: Callable[[Role], FlaskClient]
) -> None:
    turns = Turns(most=1, patience=0.01)
    object.__setattr__(desk.impact, "turns", turns)
    client = client_of(Role.EDITOR)
    with turns.turn("somebody else"):
        assert client.post("/api/v1/impact", json={"content": CONTENT}).status_code == 503


def test_hostile_texts_are_just_texts(desk: Desk, editor: FlaskClient) -> None:
    for text in HOSTILE:
        answer = editor.post("/api/v1/hit-tests", json={"query": text[:2_000], "limit": 3})
        assert answer.status_code in (200, 422), text
        body = {"content": {**CONTENT, "title": "标题", "questions": [text[:2_000]]}}
        assert editor.post("/api/v1/impact", json=body).status_code in (200, 422), text
    stored = [editor.post(URL, json={"text": text[:2_000]}).status_code for text in HOSTILE]
    assert set(stored) <= {201, 409, 422}
    run = editor.post("/api/v1/hit-runs", json={"saved": True})
    assert run.status_code == 201
    assert editor.get(f"/api/v1/hit-runs/{run.json['id']}.csv").status_code == 200
    assert editor.get(f"{URL}/export").status_code == 200
    io.StringIO(json.dumps(editor.get(URL).json))


def test_agents_see_nothing_of_it(desk: Desk, agent: FlaskClient) -> None:
    for path in (URL, "/api/v1/hit-runs", "/api/v1/entries/lock-power/revisions/1/impact"):
        assert agent.get(path).status_code == 403
    assert agent.post("/api/v1/impact", json={"content": CONTENT}).status_code == 403


def test_writing_makes_previews_ready_reading_does_not(
    desk: Desk, client_of: Callable[[Role], FlaskClient], app: Flask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    expected: list[int] = []
    monkeypatch.setattr(desk.impact.previews, "expected", lambda: expected.append(1))
    impact_warming.install(app)
    client_of(Role.AGENT).get("/api/v1/entries")
    client_of(Role.AGENT).get(URL)  # refused
    client_of(Role.EDITOR).get("/api/v1/entries")
    assert expected == []
    client_of(Role.EDITOR).get(URL)
    assert expected == [1]


def test_what_is_wrong_is_said_in_the_callers_language(desk: Desk, editor: FlaskClient) -> None:
    body = {"text": "退款", "must_hit": True}
    assert "期望" in editor.post(URL, json=body).json["errors"][0]["message"]
    english = editor.post(f"{URL}?lang=en", json=body).json["errors"][0]["message"]
    assert "must name an entry" in english
    send = {"data": "question,must_hit\n坏,maybe\n".encode(), "content_type": "text/csv"}
    failed = editor.post(f"{URL}/import", **send).json["failed"]  # type: ignore[arg-type]
    assert failed[0]["message"] == "应为 yes 或 no（是、否）"
    missing = editor.post("/api/v1/impact", json={}).json["errors"][0]
    assert missing == {"field": "content", "message": "必填"}
