"""Whatever is sent, the answer is a refusal or a result, never a failure of ours."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from assistant.wiring import Services
from tests.assistant.test_lifecycle_api import CONTENT

STRANGE = (
    "\x00",
    "\ud800",
    "\u202e反转",
    "' OR 1=1 --",
    "{{7*7}}",
    "%s%n",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "𠮷" * 500,
    "a" * 2000,
    "\r\nSet-Cookie: x=y",
)


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_strange_text_in_bodies(
    stocked: Services, agent: FlaskClient, editor: FlaskClient, text: str
) -> None:
    named = {"entry_id": "return-7-days", "revision": 1}
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("/search", {"query": text}),
        ("/search", {"query": "x", "as_of": text}),
        ("/suggest", {"messages": [{"role": "customer", "text": text}], "slots": {text: text}}),
        ("/feedback", {**named, "kind": "edited", "sent": text, "query": text}),
        ("/feedback", {**named, "kind": "outdated", "note": text, "sentence": text}),
        ("/gaps", {"query": text}),
        ("/entries", {"id": text, "content": CONTENT}),
        ("/entries", {"id": "new-entry", "content": {**CONTENT, "title": text, "body": text}}),
        ("/entries/import", {"files": [{"name": text, "text": text}], "dry_run": False}),
        ("/entries/return-7-days/verify", {"note": text}),
    ]
    for path, body in bodies:
        client = agent if path in ("/search", "/suggest", "/feedback", "/gaps") else editor
        answer = client.post(f"/api/v1{path}", json=body)
        assert answer.status_code < 500, (path, answer.get_data(as_text=True))
        assert "Set-Cookie" not in answer.headers
    assert editor.get("/desk/freshness").status_code == 200
    assert editor.get("/desk/entries").status_code == 200


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_strange_text_in_addresses(stocked: Services, editor: FlaskClient, text: str) -> None:
    raw = quote(text, errors="surrogatepass")
    for path in (
        f"/api/v1/entries/{raw}",
        f"/api/v1/entries?q={raw}&owner={raw}",
        f"/api/v1/entries/return-7-days?as_of={raw}",
        f"/api/v1/changes?after={raw}",
        f"/entries/{raw}",
        f"/entries/return-7-days?as_of={raw}&revision={raw}",
        f"/desk/entries?q={raw}&page={raw}",
        f"/desk/freshness?owner={raw}",
        f"/settings/language?lang={raw}&next={raw}",
        f"/i18n/{raw}.json",
        f"/static/{raw}/{raw}",
        f"/login?next={raw}",
        f"/setup?token={raw}",
        f"/{raw}",
    ):
        answer = editor.get(path)
        assert answer.status_code < 500, path
        location = answer.headers.get("Location", "/")
        assert location.startswith("/")
        assert not location.startswith("//")


@pytest.mark.parametrize(
    "body",
    [
        "null",
        "[]",
        '"text"',
        "123",
        "1e999",
        '{"query": NaN}',
        '{"query": {"$ne": ""}}',
        '{"query": "x", "limit": 1e400}',
        '{"query": "x", "limit": 99999999999999999999999999}',
        "[" * 5000 + "]" * 5000,
        '{"query": "' + "x" * 100_000 + '"}',
        '{"a":' * 2000 + "1" + "}" * 2000,
    ],
)
def test_strange_json(agent: FlaskClient, body: str) -> None:
    answer = agent.post("/api/v1/search", data=body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert len(answer.data) < 20_000
    json.loads(answer.data)


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_strange_text_in_forms(services: Services, anonymous: FlaskClient, text: str) -> None:
    origin = {"Origin": "http://localhost"}
    link = services.accounts.people.new_setup_link()
    data = {"login": text, "password": text, "name": text, "token": text, "next": text}
    encoded = {name: value.encode("utf-8", "surrogatepass") for name, value in data.items()}
    for path, extra in (("/login", {}), ("/setup", {}), ("/setup", {"token": link.encode()})):
        answer = anonymous.post(path, data={**encoded, **extra}, headers=origin)
        assert answer.status_code < 500, path
