"""The API of saved questions, hit tests and batches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from kb.model import Audience
from tests.assistant.impact.conftest import LOCK, Desk
from tests.assistant.impact.kept_questions import URL, saved


def test_questions_are_kept_found_changed_and_forgotten(desk: Desk, editor: FlaskClient) -> None:
    first = saved(editor, must_hit=True, as_of="2026-11-11", audience="agent", channel="chat")
    assert first["as_of"] == "2026-11-11T00:00:00+08:00"
    assert (first["audience"], first["channel"], first["version"]) == ("agent", "chat", 1)
    other = saved(editor)
    assert editor.post(URL, json={"text": "门锁没电了,进不去!"}).status_code == 409
    listed = editor.get(URL).json
    assert listed["total"] == 2
    assert listed["questions"][0]["id"] == first["id"]
    assert editor.get(f"{URL}?q=没电&entry=lock-power&limit=1").json["total"] == 2
    assert editor.get(f"{URL}?entry=faq-refund").json["total"] == 0
    body = {"text": "门锁没电怎么办", "expects": [], "version": 1}
    assert editor.put(f"{URL}/{other['id']}", json=body).json["version"] == 2
    assert editor.put(f"{URL}/{other['id']}", json=body).status_code == 409
    assert editor.delete(f"{URL}/{other['id']}?version=1").status_code == 409
    assert editor.delete(f"{URL}/{other['id']}").json == {"removed": True}
    assert editor.delete(f"{URL}/{other['id']}").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"text": ""},
        {"text": "x" * 2_001},
        {"text": "问", "expects": ["../etc"]},
        {"text": "问", "expects": [f"entry-{n}" for n in range(11)]},
        {"text": "问", "must_hit": True},
        {"text": "问", "audience": "everybody"},
        {"text": "问", "as_of": "2026-13-01"},
        {"text": "问", "surprise": 1},
    ],
)
def test_what_is_no_question_is_refused(
    desk: Desk, editor: FlaskClient, body: dict[str, Any]
) -> None:
    assert editor.post(URL, json=body).status_code == 422
    assert editor.get(URL).json["total"] == 0


def test_files_of_questions(desk: Desk, editor: FlaskClient) -> None:
    text = "question,expects,must_hit\n门锁没电,lock-power,yes\n坏行,,maybe\n"
    send = {"data": text.encode(), "content_type": "text/csv"}
    dry = editor.post(f"{URL}/import", **send).json  # type: ignore[arg-type]
    assert (dry["dry_run"], dry["new"], len(dry["failed"])) == (True, 1, 1)
    assert editor.get(URL).json["total"] == 0
    done = editor.post(f"{URL}/import?dry_run=false&name=我的.csv", **send).json  # type: ignore[arg-type]
    assert (done["dry_run"], done["new"]) == (False, 1)
    assert done["failed"][0] | {"message": ""} == {
        "field": "must_hit", "message": "", "source": "我的.csv", "line": 3
    }  # fmt: skip
    body = {"files": [{"name": "q.csv", "text": text}], "dry_run": False}
    assert editor.post(f"{URL}/import", json=body).json["unchanged"] == 1
    exported = editor.get(f"{URL}/export")
    assert exported.mimetype == "text/csv"
    assert exported.data.startswith(b"\xef\xbb\xbf")
    send["data"] = exported.data
    assert editor.post(f"{URL}/import?dry_run=false", **send).json["unchanged"] == 1  # type: ignore[arg-type]
    send["data"] = b"a,b\n1,2\n"
    assert editor.post(f"{URL}/import", **send).status_code == 422  # type: ignore[arg-type]


def test_a_hit_test_explains_itself(desk: Desk, editor: FlaskClient) -> None:
    desk.publish("lock-staff", replace(LOCK, audience=Audience.AGENT))
    answer = editor.post("/api/v1/hit-tests", json={"query": "门锁没电怎么开门"}).json
    first = answer["results"][0]
    assert (first["rank"], first["entry_id"]) == (1, "lock-power")
    assert first["scores"]["exact"] == 1.0
    assert first["matched"][0]["text"]
    assert first["url"] == "/entries/lock-power?revision=1"
    kept_back = answer["filtered"][0]
    assert (kept_back["entry_id"], kept_back["reason"]) == ("lock-staff", "audience")
    assert "客服" in kept_back["detail"]
    english = editor.post("/api/v1/hit-tests?lang=en", json={"query": "门锁没电怎么开门"}).json
    assert "agents" in english["filtered"][0]["detail"]
    staff = editor.post(
        "/api/v1/hit-tests", json={"query": "门锁没电怎么开门", "audience": "agent"}
    ).json
    assert staff["filtered"] == []


def test_runs_are_kept_compared_and_downloaded(desk: Desk, editor: FlaskClient) -> None:
    saved(editor)
    first = editor.post("/api/v1/hit-runs", json={"name": "改前", "saved": True})
    assert first.status_code == 201
    run = first.json
    assert (run["name"], run["total"], run["judged"], run["hit1"]) == ("改前", 1, 1, 1)
    desk.kb.withdraw("lock-power", 1, "周审核")
    csv = "question,expects\n门锁没电了进不去,lock-power\n=1+1,\n".encode()
    second = editor.post("/api/v1/hit-runs?name=改后", data=csv, content_type="text/csv").json
    assert (second["name"], second["total"], second["hit1"]) == ("改后", 2, 0)
    listed = editor.get("/api/v1/hit-runs").json
    assert listed["total"] == 2
    rows = editor.get(first.headers["Location"]).json["rows"]
    assert rows[0]["top"][0]["entry_id"] == "lock-power"
    found = editor.get(f"/api/v1/hit-runs/{run['id']}/compare/{second['id']}").json
    assert [one["text"] for one in found["worse"]] == ["门锁没电了进不去"]
    assert (found["same"], found["only_after"]) == (0, 1)
    assert found["figures"]["before"]["hit1"] == 1
    file = editor.get(f"/api/v1/hit-runs/{second['id']}.csv")
    assert file.data.startswith(b"\xef\xbb\xbf")
    text = file.data.decode("utf-8-sig")
    assert "'=1+1" in text  # no formula for whoever opens it
    assert editor.get("/api/v1/hit-runs/nope.csv").status_code == 404
    assert editor.get("/api/v1/hit-runs/nope").status_code == 404
    for body in ({}, {"files": [{"name": "q.csv", "text": "question\n\n"}]}):
        assert editor.post("/api/v1/hit-runs", json=body).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {"name": "改\0前", "saved": True},
        {"questions": [{"text": "门锁\0没电"}]},
        {"files": [{"name": "q.csv", "text": "question\n门锁\0没电\n"}]},
    ],
)
def test_what_no_database_takes_is_no_run(
    desk: Desk, editor: FlaskClient, body: dict[str, Any]
) -> None:
    saved(editor)
    assert editor.post("/api/v1/hit-runs", json=body).status_code == 422
    assert editor.get("/api/v1/hit-runs").json["total"] == 0
