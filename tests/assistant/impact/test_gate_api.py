"""Publishing, withdrawing and importing what breaks a must-hit question."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from assistant.impact import gate, questions
from kb.errors import Unavailable
from kb.model import Audience, Content, Kind, Status
from tests.assistant.impact.conftest import LOCK, REFUND, Desk
from tests.assistant.impact.kept_questions import saved

PARTS = ("场景", "原因", "处理", "政策依据", "结果")
CASE = Content(
    kind=Kind.CASE,
    title="客户要退门锁",
    body="".join(f"## {part}\n\n门锁按规则退了。\n\n" for part in PARTS),
    audience=Audience.AGENT,
)


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
