"""Errors are problem details without traces, inputs have limits, headers are strict."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from assistant.web.app import create_app
from assistant.wiring import Services
from kb.errors import StorageBusy, StorageFull

PROBLEM = "application/problem+json"


def check(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.mimetype == PROBLEM
    problem: dict[str, Any] = answer.json
    assert problem["status"] == status
    assert {"type", "title", "status", "detail"} <= set(problem)
    return problem


def test_nobody_signed_in_is_asked_to(anonymous: FlaskClient) -> None:
    answer = anonymous.get("/api/v1/entries")
    check(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["Bearer zhk_wrong", "Bearer", "Basic YTpi", "zhk_x"])
def test_a_wrong_token_is_refused(anonymous: FlaskClient, header: str) -> None:
    check(anonymous.get("/api/v1/me", headers={"Authorization": header}), 401)


def test_unknown_addresses_and_methods(agent: FlaskClient) -> None:
    check(agent.get("/api/v1/nothing"), 404)
    answer = agent.delete("/api/v1/search")
    assert "POST" in check(answer, 405)["detail"]
    assert "POST" in answer.headers["Allow"]


def test_writes_are_json_only(agent: FlaskClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", None):
        answer = agent.post(
            "/api/v1/search",
            data=b'{"query": "x"}',
            content_type=kind,
            headers={"Origin": "http://localhost"},
        )
        assert "application/json" in check(answer, 415)["detail"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_what_is_not_json_is_said_to_be(agent: FlaskClient, body: bytes) -> None:
    check(agent.post("/api/v1/search", data=body, content_type="application/json"), 400)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("search", {}, "query"),
        ("search", {"query": ""}, "query"),
        ("search", {"query": "x" * 2001}, "query"),
        ("search", {"query": "x", "limit": 0}, "limit"),
        ("search", {"query": "x", "as_of": "2026-02-30"}, "as_of"),
        ("search", {"query": "x", "kinds": ["poem"]}, "kinds.0"),
        ("search", {"query": "x", "color": 1}, "color"),
        ("search", [], "body"),
        ("suggest", {"messages": []}, "messages"),
        ("suggest", {"messages": [{"role": "robot", "text": "x"}]}, "messages.0.role"),
        ("feedback", {"kind": "adopted", "entry_id": "../etc", "revision": 1}, "entry_id"),
    ],
)
def test_refused_fields_are_named(agent: FlaskClient, path: str, body: object, field: str) -> None:
    for lang in ("zh-CN", "en"):
        answer = agent.post(f"/api/v1/{path}", json=body, headers={"Accept-Language": lang})
        errors = check(answer, 422)["errors"]
        assert [error["field"] for error in errors] == [field]
        assert errors[0]["message"]


def test_refused_values_are_not_echoed(agent: FlaskClient) -> None:
    answer = agent.post("/api/v1/search", json={"query": 13812345678})
    assert "13812345678" not in answer.get_data(as_text=True)


def test_query_parameters_are_checked(agent: FlaskClient) -> None:
    assert check(agent.get("/api/v1/entries?limit=999"), 422)["errors"][0]["field"] == "limit"
    assert check(agent.get("/api/v1/entries?nonsense=1"), 422)["errors"][0]["field"] == "nonsense"


def test_a_large_body_is_refused(editor: FlaskClient) -> None:
    body = json.dumps({"files": [{"name": "a.md", "text": "x" * (2 * 1024 * 1024)}]})
    check(editor.post("/api/v1/entries/import", data=body, content_type="application/json"), 413)


@pytest.mark.parametrize(("error", "status"), [(StorageFull("full"), 507), (StorageBusy(""), 503)])
def test_storage_troubles_have_their_own_status(
    services: Services,
    editor: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(services.kb, "create", fail)
    content = {"kind": "policy", "title": "t", "body": "b"}
    answer = editor.post("/api/v1/entries", json={"id": "an-entry", "content": content})
    check(answer, status)


def test_a_crash_is_logged_and_answered_without_a_trace(
    services: Services,
    agent: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def crash(_: object) -> None:
        raise RuntimeError("secret path /srv/x")

    monkeypatch.setattr(services.searcher, "search", crash)
    answer = agent.post("/api/v1/search", json={"query": "我的电话 13812345678"})
    problem = check(answer, 500)
    assert "secret" not in answer.get_data(as_text=True)
    assert problem["reference"] in caplog.text
    assert "13812345678" not in caplog.text


def test_people_get_a_page(agent: FlaskClient) -> None:
    answer = agent.get("/nowhere", headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"


def test_every_answer_is_hardened(
    services: Services, anonymous: FlaskClient, agent: FlaskClient
) -> None:
    for answer in (
        anonymous.get("/login"),
        agent.get("/agent"),
        agent.get("/api/v1/me"),
        agent.get("/api/v1/nothing"),
    ):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "Strict-Transport-Security" not in answer.headers
    secure = anonymous.get("/login", base_url="https://localhost")
    assert "max-age" in secure.headers["Strict-Transport-Security"]


def test_debug_is_off(services: Services) -> None:
    assert create_app(services).debug is False


def test_health(services: Services, anonymous: FlaskClient) -> None:
    assert anonymous.get("/livez").json == {"status": "ok"}
    ready = anonymous.get("/readyz")
    assert (ready.status_code, ready.json["index"]["generation"]) == (200, "g1")
    services.searcher.generation = ""  # type: ignore[misc]
    assert anonymous.get("/readyz").status_code == 503


def test_liveness_needs_no_database(
    services: Services, agent: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_: str) -> None:
        raise OSError("no such file")

    monkeypatch.setattr(services.accounts.tokens, "principal", gone)
    assert agent.get("/livez").status_code == 200
    with agent.get("/static/x/css/base.css") as answer:
        assert answer.status_code == 200
    check(agent.get("/api/v1/me"), 500)


def test_not_ready_without_a_database(
    services: Services, anonymous: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> int:
        raise OSError("no such file")

    monkeypatch.setattr(services.kb, "last_change", gone)
    answer = anonymous.get("/readyz")
    assert (answer.status_code, answer.json["database"]) == (503, "unreachable")
    assert anonymous.get("/livez").status_code == 200


def test_metrics_count_routes_not_addresses(agent: FlaskClient) -> None:
    agent.get("/api/v1/entries/some-secret-name")
    agent.get("/never/heard/of")
    text = agent.get("/metrics").get_data(as_text=True)
    assert 'route="/api/v1/entries/<entry_id>",status="404"' in text
    assert "some-secret-name" not in text
    assert "heard" not in text
    assert 'zhike_index_generation_info{generation="g1"} 1.0' in text
