"""What supervisors do with cases by API: list, note, publish, send back; and what agents see of it."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from assistant.wiring import Services
from kb.model import Status
from tests.assistant.cases.test_cases_api import CASE, address

RULE = "签收次日起 7 天内可以退货。见[七天无理由退货规则](kb:return-7-days)。"


@pytest.fixture
def contact(stocked: Services, agent: FlaskClient) -> str:
    """An agent's contact with an answer in it."""
    said = [
        {"role": "customer", "text": "手机能退吗？我的电话 13812345678"},
        {"role": "agent", "text": "激活过的手机不能无理由退货。"},
    ]
    opened = agent.post("/api/v1/contacts", json={"channel": "chat", "messages": said}).json
    contact_id: str = opened["id"]
    agent.patch(f"/api/v1/contacts/{contact_id}", json={"assigned_to": "me"})
    return contact_id


@pytest.fixture
def handed_in(contact: str, agent: FlaskClient) -> str:
    """The id of a case that waits for a supervisor."""
    case = {**CASE, "policy_basis": RULE, "submit": True}
    entry_id: str = agent.put(address(contact), json=case).json["entry"]["id"]
    return entry_id


def read(client: FlaskClient, entry_id: str) -> dict[str, Any]:
    answer = client.get(f"/api/v1/cases/{entry_id}/review")
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def me(client: FlaskClient) -> str:
    return str(client.get("/api/v1/me").json["name"])


def step(client: FlaskClient, entry_id: str, name: str, **body: str) -> int:
    return client.post(f"/api/v1/cases/{entry_id}/review/{name}", json=body).status_code


def test_a_supervisor_sees_what_waits_with_its_conversation(
    handed_in: str, agent: FlaskClient, reviewer: FlaskClient
) -> None:
    (row,) = reviewer.get("/api/v1/cases/waiting").json["cases"]
    assert (row["id"], row["status"], row["own"]) == (handed_in, "in_review", False)
    assert row["title"] == CASE["title"]
    found = read(reviewer, handed_in)
    assert found["messages"][0]["text"] == "手机能退吗？我的电话 [手机号]"
    (basis,) = found["case"]["basis"]
    assert (basis["entry_id"], basis["text"], found["case"]["policy_note"]) == (
        "return-7-days", RULE, "",
    )  # fmt: skip
    assert agent.get("/api/v1/cases/waiting").status_code == 403
    assert agent.get(f"/api/v1/cases/{handed_in}/review").status_code == 403


def test_what_was_read_is_approved_and_published_in_one_step(
    handed_in: str, stocked: Services, agent: FlaskClient, reviewer: FlaskClient
) -> None:
    assert step(reviewer, handed_in, "publish", content_hash="another") == 403
    read_hash = read(reviewer, handed_in)["content_hash"]
    assert step(reviewer, handed_in, "publish", content_hash=read_hash) == 200
    newest = stocked.kb.entry(handed_in).revisions[-1]
    assert (newest.status, newest.approved_by) == (Status.PUBLISHED, me(reviewer))
    assert reviewer.get("/api/v1/cases/waiting").json["cases"] == []
    assert agent.get(f"/api/v1/entries/{handed_in}").json["title"] == CASE["title"]
    assert step(reviewer, handed_in, "publish", content_hash=read_hash) == 403


def test_a_note_makes_a_new_version_that_somebody_else_approves(
    handed_in: str, stocked: Services, reviewer: FlaskClient, admin: FlaskClient
) -> None:
    before = read(reviewer, handed_in)["content_hash"]
    note = "激活以工信部记录为准，请打 13812345678 核实。"
    assert step(reviewer, handed_in, "note", policy_note=note) == 200
    found = read(reviewer, handed_in)
    assert found["case"]["policy_note"] == "激活以工信部记录为准，请打 [手机号] 核实。"
    assert found["case"]["policy_basis"].startswith(RULE)
    assert found["row"]["own"]
    assert found["content_hash"] != before
    assert [r.status for r in stocked.kb.entry(handed_in).revisions] == [
        Status.WITHDRAWN,
        Status.IN_REVIEW,
    ]
    assert step(reviewer, handed_in, "publish", content_hash=found["content_hash"]) == 403
    assert step(admin, handed_in, "publish", content_hash=before) == 403
    assert step(admin, handed_in, "publish", content_hash=found["content_hash"]) == 200
    body = stocked.kb.entry(handed_in).revisions[-1].content.body
    assert f"## 政策依据\n\n{RULE}\n\n激活以工信部记录为准" in body


def test_the_same_note_again_changes_nothing(
    handed_in: str, stocked: Services, reviewer: FlaskClient
) -> None:
    for _ in range(2):
        assert step(reviewer, handed_in, "note", policy_note="说明") == 200
    assert len(stocked.kb.entry(handed_in).revisions) == 2


def test_a_case_sent_back_tells_its_author_why(
    contact: str, handed_in: str, agent: FlaskClient, reviewer: FlaskClient
) -> None:
    assert step(reviewer, handed_in, "return", comment=" ") == 422
    assert step(reviewer, handed_in, "return", comment="请补检测单") == 200
    (row,) = agent.get("/api/v1/cases/mine").json["cases"]
    assert (row["status"], row["returned"]["comment"]) == ("draft", "请补检测单")
    draft = agent.post(address(contact), json={}).json
    assert (draft["returned"]["by"], draft["returned"]["comment"]) == (
        me(reviewer),
        "请补检测单",
    )
    saved = agent.put(address(contact), json={**CASE, "cause": "改好了"}).json
    assert saved["entry"]["status"] == "draft"
    assert agent.post(address(contact), json={}).json["returned"]["comment"] == "请补检测单"
    agent.put(address(contact), json={**CASE, "cause": "改好了", "submit": True})
    assert agent.post(address(contact), json={}).json["returned"] is None


def test_taking_a_case_back_oneself_is_no_return(
    contact: str, handed_in: str, agent: FlaskClient
) -> None:
    agent.put(address(contact), json={**CASE, "outcome": "后来换了。"})
    assert agent.post(address(contact), json={}).json["returned"] is None


def test_steps_on_another_version_are_refused(handed_in: str, reviewer: FlaskClient) -> None:
    answer = reviewer.post(
        f"/api/v1/cases/{handed_in}/review/note",
        json={"policy_note": "说明"},
        headers={"If-Match": '"99"'},
    )
    assert answer.status_code == 409


def test_only_cases_are_reviewed_here(
    stocked: Services, handed_in: str, reviewer: FlaskClient
) -> None:
    assert reviewer.get("/api/v1/cases/return-7-days/review").status_code == 404
    assert step(reviewer, "return-7-days", "return", comment="x") == 404
    assert reviewer.get("/api/v1/cases/no-such-case/review").status_code == 404


def test_a_case_outlives_its_conversation(
    handed_in: str, contact: str, stocked: Services, reviewer: FlaskClient
) -> None:
    reviewer.post(f"/api/v1/contacts/{contact}/close", json={})
    assert stocked.contacts.forget(-1) == 1
    found = read(reviewer, handed_in)
    assert (found["messages"], found["channel"], found["started_at"]) == ([], "", None)


def test_a_rule_is_worded_with_what_was_sent_or_comes_nearest(
    contact: str, agent: FlaskClient
) -> None:
    path = f"{address(contact)}/rules"
    rule = agent.post(path, json={"entry_id": "return-7-days"}).json
    assert rule["quotes"] == ["已激活的手机不能无理由退货。"]
    assert rule["text"].endswith("见[七天无理由退货规则](kb:return-7-days)。")
    english = agent.post(path, json={"entry_id": "return-7-days", "lang": "en"}).json
    assert english["text"].endswith("See [七天无理由退货规则](kb:return-7-days).")
    for hidden in ("compensation-authority", "exchange-rule", "no-such-entry"):
        assert agent.post(path, json={"entry_id": hidden}).status_code == 404


def test_what_was_masked_is_counted(contact: str, agent: FlaskClient) -> None:
    case = {**CASE, "scene": "电话 13812345678，另有 13900001111", "cause": "邮箱 a.b@example.com"}
    saved = agent.put(address(contact), json=case).json
    assert {one["kind"]: one["count"] for one in saved["masked"]} == {"mobile": 2, "email": 1}


def test_the_page_and_the_count_in_the_navigation(
    handed_in: str, agent: FlaskClient, reviewer: FlaskClient
) -> None:
    page = reviewer.get("/desk/cases").text
    assert 'data-reviews="yes"' in page
    assert "1 个案例待审" in page
    other = agent.get("/desk/cases").text
    assert 'data-reviews=""' in other
    assert "个案例待审" not in other
