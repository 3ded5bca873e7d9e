"""Whatever is sent, the answer is a refusal or a result, never a failure of ours."""

from __future__ import annotations

import io
import json
from typing import Any, ClassVar
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from gunicorn.http.errors import InvalidChunkSize

from assistant.web.app import BODY_LIMIT
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
FOR_AGENTS = ("/search", "/suggest", "/feedback", "/gaps", "/canned", "/replies/check")


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
        ("/replies/check", {"text": text, "said": [text], "as_of": None}),
        ("/replies/check", {"text": text, "evidence": [{**named, "quote": text}]}),
        ("/canned", {"title": text, "text": text}),
        ("/canned", {"title": "x", "text": "x", "short_code": text, "team": text}),
        ("/entries", {"id": text, "content": CONTENT}),
        ("/entries", {"id": "new-entry", "content": {**CONTENT, "title": text, "body": text}}),
        ("/entries/import", {"files": [{"name": text, "text": text}], "dry_run": False}),
        ("/entries/return-7-days/verify", {"note": text}),
        ("/entries/preview", {"content": {"kind": "reply", "title": text, "body": text}}),
        (
            "/entries/preview",
            {"content": {"kind": "guide", "effective_from": text, "tags": [text]}},
        ),
        ("/entries/return-7-days/merge", {"base": 1, "content": {**CONTENT, "body": text}}),
        ("/entries/return-7-days/revisions/1/comments", {"text": text, "quote": text}),
        ("/entries/return-7-days/revisions/1/comments", {"text": "x", "field": text}),
        ("/entries/return-7-days/revisions/1/rollback", {"note": text}),
        ("/entries/bulk", {"ids": ["return-7-days"], "change": {"add_tags": [text]}}),
        ("/entries/bulk", {"ids": ["return-7-days"], "change": {"owner": text}, "dry_run": False}),
    ]
    for path, body in bodies:
        client = agent if path in FOR_AGENTS else editor
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
        f"/api/v1/changes?since={raw}&until={raw}",
        f"/api/v1/canned?q={raw}",
        f"/api/v1/canned?as_of={raw}&scope={raw}",
        f"/api/v1/canned/{raw}",
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


BEYOND = 2**63


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", f"/api/v1/changes?after={BEYOND}", 422),
        ("POST", f"/api/v1/reports/{BEYOND}/resolve", 404),
        ("GET", f"/api/v1/entries/return-7-days?revision={BEYOND}", 404),
        ("GET", f"/api/v1/entries/return-7-days/revisions/{BEYOND}", 404),
        ("GET", f"/entries/return-7-days?revision={BEYOND}", 404),
        ("GET", f"/api/v1/entries/return-7-days/revisions/{10**30}/comments", 404),
        ("GET", f"/api/v1/entries/return-7-days/revisions/{10**30}/impact", 404),
        ("GET", f"/desk/entries/return-7-days/revisions/{10**30}", 404),
        ("GET", f"/desk/entries/return-7-days/revisions/{'9' * 5_000}", 404),
        ("POST", f"/api/v1/comments/{10**30}/resolve", 404),
    ],
)
def test_numbers_no_database_holds(
    stocked: Services, editor: FlaskClient, method: str, path: str, status: int
) -> None:
    body = {} if method == "POST" else None
    assert editor.open(path, method=method, json=body).status_code == status


def test_a_row_of_an_import_beyond_all_numbers_is_absent(editor: FlaskClient) -> None:
    file = (io.BytesIO("标题,正文\n甲,内容\n".encode()), "a.csv")
    form = {"file": file, "kind": "guide", "audience": "customer", "wait": "30"}
    started = editor.post("/api/v1/imports", data=form, content_type="multipart/form-data")
    assert started.status_code == 202, started.get_data(as_text=True)
    where = started.headers["Location"]
    for number in (BEYOND, BEYOND + 1, 10**30):
        assert editor.get(f"{where}/rows/{number}").status_code == 404


@pytest.mark.parametrize("origin", ["http://[evil", "null", "", "http://localhost.evil"])
def test_an_origin_that_is_no_address_of_ours(anonymous: FlaskClient, origin: str) -> None:
    answer = anonymous.post("/login", data={"login": "lin"}, headers={"Origin": origin})
    assert answer.status_code == 403


class Chunks(io.BytesIO):
    """What gunicorn hands over when a body comes in chunks: no length, and an end of its own."""

    ENVIRON: ClassVar[dict[str, Any]] = {
        "wsgi.input_terminated": True,
        "CONTENT_TYPE": "application/json",
        "HTTP_TRANSFER_ENCODING": "chunked",
    }


def test_a_body_in_chunks_beyond_the_limit_is_refused_not_cut(agent: FlaskClient) -> None:
    sent = Chunks(b'{"query": "x"}' + b" " * BODY_LIMIT + b"junk")
    answer = agent.post("/api/v1/search", input_stream=sent, environ_overrides=Chunks.ENVIRON)
    assert answer.status_code == 413
    fine = Chunks(b'{"query": "x"}')
    answer = agent.post("/api/v1/search", input_stream=fine, environ_overrides=Chunks.ENVIRON)
    assert answer.status_code == 200


class BrokenChunks(Chunks):
    """Chunks whose size is no number: gunicorn finds out while the body is read."""

    def readinto(self, buffer: object) -> int:
        raise InvalidChunkSize(b"zz")


def test_a_body_in_broken_chunks_is_the_callers_mistake(agent: FlaskClient) -> None:
    answer = agent.post(
        "/api/v1/search", input_stream=BrokenChunks(), environ_overrides=Chunks.ENVIRON
    )
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_a_forged_host_is_not_repeated(anonymous: FlaskClient) -> None:
    for path in ("/static/x//css/base.css", "/api//v1/me", "//evil.example/agent", "/agent//"):
        answer = anonymous.get(path, headers={"Host": "evil.example"})
        assert "evil.example" not in answer.headers.get("Location", ""), path


def test_texts_of_one_name_are_all_imported(stocked: Services, editor: FlaskClient) -> None:
    texts = [
        f"---\nid: new-{n}\nkind: guide\ntitle: 第{n}篇\n---\n\n内容 {n}。\n" for n in range(3)
    ]
    files = [{"name": "same.md", "text": text} for text in texts]
    done = editor.post("/api/v1/entries/import", json={"files": files, "dry_run": False}).json
    assert done is not None
    assert done["counts"]["new"] == 3
    assert len({row["source"] for row in done["rows"]}) == 3


def test_a_text_that_is_not_utf8_is_refused_with_its_line(
    stocked: Services, editor: FlaskClient
) -> None:
    text = b"---\nid: new-entry\nkind: guide\ntitle: caf\xe9\n---\n\nText.\n"
    answer = editor.post(
        "/api/v1/entries/import?dry_run=false&name=up.md", data=text, content_type="text/markdown"
    )
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json is not None
    problem = answer.json["errors"][0]
    assert (problem["source"], problem["line"]) == ("up.md", 4)
    assert "不是 UTF-8" in problem["message"]
    assert editor.get("/api/v1/entries/new-entry").status_code == 404
