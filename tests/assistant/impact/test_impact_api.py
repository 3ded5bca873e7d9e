"""The API of previews, questions, hit tests and runs, and the gate before publishing."""

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
from assistant.impact import gate, questions
from assistant.impact.turns import Turns
from assistant.web import impact_warming
from assistant.wiring import Services
from kb.errors import Unavailable
from kb.model import Audience, Content, Kind, Status
from tests.assistant.impact.conftest import LOCK, REFUND, Desk
from tests.hostile_strings import HOSTILE

CONTENT = {"kind": "faq", "title": "能用花呗付款吗？", "body": "可以，结算时选花呗。"}
URL = "/api/v1/questions"
PARTS = ("场景", "原因", "处理", "政策依据", "结果")
CASE = Content(
    kind=Kind.CASE,
    title="客户要退门锁",
    body="".join(f"## {part}\n\n门锁按规则退了。\n\n" for part in PARTS),
    audience=Audience.AGENT,
)


def saved(client: FlaskClient, **more: Any) -> dict[str, Any]:
    answer = client.post(URL, json={"text": "门锁没电了进不去", "expects": ["lock-power"], **more})
    assert answer.status_code == 201, answer.json
    return answer.json  # type: ignore[no-any-return]


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


def test_publishing_what_breaks_a_question_needs_a_reason(
    desk: Desk, reviewer: FlaskClient
) -> None:
    saved(reviewer, must_hit=True)
    number = desk.draft("lock-power", replace(LOCK, audience=Audience.AGENT))
    path = f"/api/v1/entries/lock-power/revisions/{number}/publish"
    refused = reviewer.post(path, json={"note": "先发"})
    assert refused.status_code == 409
    assert refused.json["code"] == "must_hit_broken"
    assert [one["text"] for one in refused.json["broken"]] == ["门锁没电了进不去"]
    assert "1" in refused.json["detail"]
    assert reviewer.post(path, json={"override": "   "}).status_code == 409
    assert desk.kb.entry("lock-power").published[-1].number == 1
    done = reviewer.post(path, json={"note": "先发", "override": "客户改看门锁专页"})
    assert done.status_code == 200
    told = desk.kb.audit("lock-power")[-1]
    assert (told.action, told.revision) == ("publish", number)
    assert told.detail == {
        "note": "先发",
        "override": "客户改看门锁专页",
        "must_hit_broken": ["门锁没电了进不去"],
    }
    assert desk.kb.verify_audit().ok


def test_withdrawing_what_breaks_a_question_needs_a_reason(
    desk: Desk, reviewer: FlaskClient
) -> None:
    saved(reviewer, must_hit=True)
    path = "/api/v1/entries/lock-power/revisions/1/withdraw"
    assert reviewer.post(path, json={"note": "过时"}).json["code"] == "must_hit_broken"
    assert reviewer.post(path, json={"override": "产品停售"}).status_code == 200
    assert desk.kb.audit("lock-power")[-1].detail["override"] == "产品停售"


def test_what_breaks_nothing_passes_without_a_word(desk: Desk, reviewer: FlaskClient) -> None:
    saved(reviewer, must_hit=True)
    number = desk.draft("faq-refund", replace(REFUND, tags=("退款",)))
    path = f"/api/v1/entries/faq-refund/revisions/{number}/publish"
    assert reviewer.post(path, json={"override": "不需要"}).status_code == 200
    assert "override" not in desk.kb.audit("faq-refund")[-1].detail


def test_a_draft_is_taken_back_without_asking_anything(
    desk: Desk, reviewer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(reviewer, must_hit=True)
    number = desk.draft("lock-power", replace(LOCK, audience=Audience.AGENT))
    monkeypatch.setattr(desk.impact.previews, "broken", None)  # calling it would fail
    path = f"/api/v1/entries/lock-power/revisions/{number}/withdraw"
    assert reviewer.post(path, json={}).status_code == 200


def test_a_silent_encoder_lets_nothing_pass_unseen(
    desk: Desk, reviewer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object) -> object:
        raise Unavailable("the encoder does not answer")

    monkeypatch.setattr(gate, "check", silent)
    path = "/api/v1/entries/lock-power/revisions/1/withdraw"
    answer = reviewer.post(path, json={})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert desk.kb.entry("lock-power").published


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


def test_a_reason_withdraws_though_the_encoder_is_silent(
    desk: Desk, reviewer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(reviewer, must_hit=True)

    def silent(*_args: object, **_more: object) -> None:
        raise Unavailable("the encoder does not answer")

    monkeypatch.setattr(desk.impact.previews, "broken", silent)
    path = "/api/v1/entries/lock-power/revisions/1/withdraw"
    assert reviewer.post(path, json={"override": " "}).status_code == 503
    assert reviewer.post(path, json={"override": "内容有误，立刻下线"}).status_code == 200
    told = desk.kb.audit("lock-power")[-1].detail
    assert (told["override"], told["must_hit"]) == ("内容有误，立刻下线", "not checked")
    number = desk.draft("faq-refund", replace(REFUND, tags=("退款",)))
    path = f"/api/v1/entries/faq-refund/revisions/{number}/publish"
    assert reviewer.post(path, json={"override": "急"}).status_code == 503


def test_the_gate_asks_as_many_questions_as_the_preview(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "MOST_ASKED", 2)
    for n in range(4):
        desk.save(f"门锁没电了怎么办 {n}", "lock-power", must_hit=True)
    assert desk.impact.questions.must_hit() == desk.impact.questions.asked_in_previews(2)


def test_an_import_is_not_published_over_questions_that_break(
    desk: Desk, editor: FlaskClient, reviewer: FlaskClient
) -> None:
    saved(reviewer, must_hit=True)
    text = "---\nid: lock-power\nkind: guide\ntitle: 年会安排\n---\n\n一月的年会在杭州举行。\n"
    other = "---\nid: sea-food\nkind: guide\ntitle: 海鲜\n---\n\n海鲜要冷藏。\n"
    parts = [(io.BytesIO(one.encode()), f"{n}.md") for n, one in enumerate((other, text))]
    run = editor.post("/api/v1/imports", data={"wait": "60", "file": parts}).json
    path = f"/api/v1/imports/{run['id']}/apply"
    before = desk.kb.last_change()
    refused = reviewer.post(path, json={"publish": True, "wait": 60})
    assert (refused.status_code, refused.json["code"]) == (409, "must_hit_broken")
    assert [one["text"] for one in refused.json["broken"]] == ["门锁没电了进不去"]
    assert desk.kb.last_change() == before
    body = {"publish": True, "wait": 60, "override": "门锁停售"}
    assert reviewer.post(path, json=body).json["state"] == "done"
    assert desk.kb.entry("lock-power").published[-1].content.title == "年会安排"
    told = desk.kb.audit("lock-power")[-1].detail
    assert (told["override"], told["must_hit_broken"]) == ("门锁停售", ["门锁没电了进不去"])


def test_an_import_that_breaks_nothing_passes(
    desk: Desk, editor: FlaskClient, reviewer: FlaskClient
) -> None:
    saved(reviewer, must_hit=True)
    other = "---\nid: sea-food\nkind: guide\ntitle: 海鲜\n---\n\n海鲜要冷藏。\n"
    parts = [(io.BytesIO(other.encode()), "a.md")]
    run = editor.post("/api/v1/imports", data={"wait": "60", "file": parts}).json
    done = reviewer.post(f"/api/v1/imports/{run['id']}/apply", json={"publish": True, "wait": 60})
    assert done.json["state"] == "done"
    assert "override" not in desk.kb.audit("sea-food")[-1].detail


def test_a_case_is_not_published_over_questions_that_break(
    desk: Desk, editor: FlaskClient, reviewer: FlaskClient
) -> None:
    saved(reviewer, must_hit=True)
    case = replace(CASE, supersedes=("lock-power",))
    desk.kb.create("case-old", case, "林编辑")
    desk.kb.submit("case-old", 1, "林编辑")
    body = {"content_hash": desk.kb.revision("case-old", 1).content_hash}
    path = "/api/v1/cases/case-old/review/publish"
    refused = reviewer.post(path, json=body)
    assert (refused.status_code, refused.json["code"]) == (409, "must_hit_broken")
    assert desk.kb.revision("case-old", 1).status is Status.IN_REVIEW
    assert reviewer.post(path, json={**body, "override": "停售"}).status_code == 200
    assert desk.kb.audit("case-old")[-1].detail["override"] == "停售"


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
