"""The case of a contact by API: prefilled, saved as a draft, handed in, approved by a supervisor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from assistant.accounts.roles import Role
from assistant.wiring import Services
from indexer.search import Hit, Matched, SearchResponse
from kb.model import Audience, Kind, Status
from tests.assistant.canned.conftest import reply
from tests.assistant.conftest import AUTHORITY, RETURNS, FakeClock, FakeSearcher, published

CASE = {
    "title": "三天内退手机",
    "scene": "客户三天内要退手机。",
    "cause": "不喜欢颜色。",
    "handling": "1. 核对签收时间。",
    "outcome": "已退。",
    "rests_on": ["return-7-days"],
    "tags": ["退货"],
}


@pytest.fixture
def contact(stocked: Services, agent: FlaskClient) -> str:
    """An agent's closed contact in which a rule was sent."""
    published(
        stocked.kb,
        "reply-return",
        reply("退货答复", "thdf", "签收次日起 7 天内可以退货。", depends_on=("return-7-days",)),
    )
    opened = agent.post(
        "/api/v1/contacts",
        json={
            "channel": "chat",
            "customer": {"name": "李女士"},
            "messages": [{"role": "customer", "text": "手机能退吗？我的电话 13812345678"}],
        },
    ).json
    contact_id: str = opened["id"]
    agent.patch(f"/api/v1/contacts/{contact_id}", json={"assigned_to": "me"})
    said = {"role": "agent", "text": "李女士，签收次日起 7 天内可以退货。请在订单页申请。"}
    agent.post(f"/api/v1/contacts/{contact_id}/messages", json=said)
    return contact_id


def address(contact_id: str) -> str:
    return f"/api/v1/contacts/{contact_id}/case"


def drafted(client: FlaskClient, contact_id: str) -> dict[str, Any]:
    answer = client.post(address(contact_id), json={})
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def test_the_rule_of_an_adopted_answer_is_the_basis(
    contact: str, stocked: Services, agent: FlaskClient
) -> None:
    given = {"kind": "adopted", "entry_id": "return-7-days", "revision": 1}
    agent.post("/api/v1/feedback", json=given)
    case = drafted(agent, contact)
    (basis,) = case["basis"]
    assert (basis["entry_id"], basis["source"]) == ("return-7-days", "adopted")
    assert basis["quotes"] == ["签收次日起 7 天内可以退货。"]
    assert "见[七天无理由退货规则](kb:return-7-days)" in case["policy_basis"]
    assert case["rests_on"] == ["return-7-days"]
    assert case["tags"] == ["退货"]
    assert case["entry"] is None
    assert stocked.kb.entries(kind=Kind.CASE) == []


def test_a_canned_reply_that_was_sent_leads_to_the_rule_it_rests_on(
    contact: str, agent: FlaskClient
) -> None:
    agent.post("/api/v1/canned/reply-return/used", json={})
    assert [basis["entry_id"] for basis in drafted(agent, contact)["basis"]] == ["return-7-days"]


def test_what_was_adopted_elsewhere_is_no_basis_here(
    contact: str, stocked: Services, agent: FlaskClient
) -> None:
    other = replace(RETURNS, title="别的", body="别的规则讲别的事情。")
    published(stocked.kb, "other-rule", other)
    agent.post(
        "/api/v1/feedback", json={"kind": "adopted", "entry_id": "other-rule", "revision": 1}
    )
    assert drafted(agent, contact)["basis"] == []


def test_without_feedback_a_search_as_of_then_proposes_a_rule(
    contact: str, stocked: Services, agent: FlaskClient, clock: FakeClock
) -> None:
    assert isinstance(stocked.searcher, FakeSearcher)
    hit = Hit("return-7-days", 1, Kind.POLICY, "", "一段原文", 0.9, Matched("title", ""))
    stocked.searcher.response = SearchResponse((hit,), True, 0.9, "g1")
    started = clock.now
    clock.advance(timedelta(days=2))
    (basis,) = drafted(agent, contact)["basis"]
    assert (basis["source"], basis["quotes"]) == ("found", ["一段原文"])
    request = stocked.searcher.asked[-1]
    assert request.as_of == started
    assert Audience.INTERNAL not in request.audiences
    assert "手机能退吗" in request.query
    stocked.searcher.response = replace(stocked.searcher.response, answerable=False)
    assert drafted(agent, contact)["basis"] == []


def test_hidden_rules_are_no_basis(contact: str, stocked: Services, agent: FlaskClient) -> None:
    text = "签收次日起 7 天内可以退货。"
    published(stocked.kb, "compensation-authority", replace(AUTHORITY, body=text))
    secret = reply("内部答复", "nbdf", text, depends_on=("compensation-authority",))
    published(stocked.kb, "reply-secret", secret)
    agent.post("/api/v1/canned/reply-secret/used", json={})
    assert drafted(agent, contact)["basis"] == []


def test_personal_data_never_gets_into_a_case(
    contact: str, stocked: Services, agent: FlaskClient
) -> None:
    case = drafted(agent, contact)
    assert "李女士" not in str(case)
    assert "13812345678" not in str(case)
    saved = agent.put(
        address(contact), json={**CASE, "scene": "李女士 13812345678 要退", "title": "李女士退货"}
    ).json
    assert (saved["title"], saved["scene"]) == ("客户退货", "客户 [手机号] 要退")
    assert "李女士" not in stocked.kb.entry(saved["entry"]["id"]).revisions[0].content.canonical()


def test_a_case_is_saved_as_a_draft_of_its_author(
    contact: str, stocked: Services, agent: FlaskClient
) -> None:
    answer = agent.put(address(contact), json=CASE)
    assert answer.status_code == 201
    assert answer.json["entry"] == {
        "id": f"case-{contact}", "revision": 1, "status": "draft", "version": 1,
    }  # fmt: skip
    entry = stocked.kb.entry(f"case-{contact}")
    name = agent.get("/api/v1/me").json["name"]
    content = entry.revisions[0].content
    assert (entry.stewardship.owner, entry.revisions[0].author) == (name, name)
    assert (content.kind, content.audience) == (Kind.CASE, Audience.AGENT)
    assert content.depends_on == ("return-7-days",)
    assert "## 政策依据\n\n（待补充）" in content.body
    assert drafted(agent, contact) == answer.json
    assert [basis["source"] for basis in answer.json["basis"]] == ["kept"]


def test_saving_again_changes_it_and_needs_the_right_version_if_given(
    contact: str, agent: FlaskClient
) -> None:
    agent.put(address(contact), json=CASE)
    again = agent.put(address(contact), json={**CASE, "title": "改"}, headers={"If-Match": '"1"'})
    assert (again.status_code, again.json["entry"]["revision"]) == (200, 2)
    assert again.headers["ETag"] == '"2"'
    stale = agent.put(address(contact), json=CASE, headers={"If-Match": '"1"'})
    assert stale.status_code == 409
    same = agent.put(address(contact), json={**CASE, "title": "改"})
    assert same.json["entry"]["version"] == 2


def test_a_case_goes_through_the_lifecycle_to_the_case_library(
    contact: str, stocked: Services, agent: FlaskClient, reviewer: FlaskClient, admin: FlaskClient
) -> None:
    handed = agent.put(address(contact), json={**CASE, "submit": True})
    assert handed.json["entry"]["status"] == "in_review"
    entry_id = handed.json["entry"]["id"]
    assert agent.get(f"/api/v1/entries/{entry_id}").status_code == 404
    read = reviewer.get(f"/api/v1/entries/{entry_id}")
    noted = {**read.json["content"]}
    noted["body"] = noted["body"].replace("（待补充）", "七天内可退，见[规则](kb:return-7-days)。")
    edited = reviewer.put(
        f"/api/v1/entries/{entry_id}",
        json={"content": noted},
        headers={"If-Match": read.headers["ETag"]},
    )
    number = edited.json["revision"]
    step = f"/api/v1/entries/{entry_id}/revisions/{number}"
    assert agent.put(address(contact), json=CASE).status_code == 403  # it is the supervisor's now
    assert agent.post(address(contact), json={}).status_code == 403
    assert reviewer.post(f"{step}/submit", json={}).status_code == 200
    assert reviewer.post(f"{step}/approve", json={}).status_code == 403
    assert admin.post(f"{step}/approve", json={}).status_code == 200
    assert admin.post(f"{step}/publish", json={}).status_code == 200
    assert agent.get(f"/api/v1/entries/{entry_id}").json["title"] == CASE["title"]


def test_nobody_approves_their_own_case(
    contact: str, agent: FlaskClient, reviewer: FlaskClient
) -> None:
    handed = reviewer.put(address(contact), json={**CASE, "submit": True}).json["entry"]
    step = f"/api/v1/entries/{handed['id']}/revisions/1/approve"
    assert reviewer.post(step, json={}).status_code == 403


def test_saving_after_handing_in_takes_it_back(
    contact: str, stocked: Services, agent: FlaskClient
) -> None:
    agent.put(address(contact), json={**CASE, "submit": True})
    again = agent.put(address(contact), json={**CASE, "outcome": "后来又换了。"})
    assert again.json["entry"]["status"] == "draft"
    statuses = [r.status for r in stocked.kb.entry(again.json["entry"]["id"]).revisions]
    assert statuses == [Status.WITHDRAWN, Status.DRAFT]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"title": " "}, {"title"}),
        ({"scene": ""}, {"scene"}),
        ({"cause": "", "handling": " ", "submit": True}, {"cause", "handling"}),
        ({"outcome": "", "submit": True}, {"outcome"}),
        ({"rests_on": ["no-such-entry"]}, {"rests_on"}),
        ({"rests_on": ["compensation-authority"]}, {"rests_on"}),
        ({"scene": "\x00"}, {"body"}),
        ({"tags": [" "]}, {"tags"}),
        ({"lang": "fr"}, {"lang"}),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    contact: str, stocked: Services, agent: FlaskClient, changes: dict[str, Any], fields: set[str]
) -> None:
    answer = agent.put(address(contact), json={**CASE, **changes})
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json["errors"]} == fields
    assert stocked.kb.entries(kind=Kind.CASE) == []


def test_a_contact_of_somebody_else_has_no_case_for_me(
    contact: str, app: Flask, client_of: Callable[[Role], FlaskClient], reviewer: FlaskClient
) -> None:
    other = client_of(Role.AGENT)
    for answer in (other.post(address(contact), json={}), other.put(address(contact), json=CASE)):
        assert answer.status_code == 404
    assert reviewer.post(address(contact), json={}).status_code == 200
    assert reviewer.post(address("no-such"), json={}).status_code == 404
