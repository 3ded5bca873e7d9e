"""Canned replies by API: shapes, reasons in the reader's language, roles, uses fed back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from assistant.wiring import Services
from kb.model import Audience
from tests.assistant.canned.conftest import reply
from tests.assistant.conftest import AUTHORITY, RETURNS, FakeClock, published

MINE = {
    "title": "我的退货话术",
    "text": "{{customer.name}}，{{?天数}} 天内都能退。",
    "short_code": "wdth",
    "rests_on": ["return-7-days"],
}


@pytest.fixture
def mine(shop: Services, agent: FlaskClient) -> dict[str, Any]:
    answer = agent.post("/api/v1/canned", json=MINE)
    assert answer.status_code == 201
    found: dict[str, Any] = answer.json
    assert answer.headers["Location"] == f"/api/v1/canned/{found['id']}"
    return found


def search(client: FlaskClient, query: str, **headers: str) -> list[dict[str, Any]]:
    answer = client.get(
        "/api/v1/canned", query_string={"q": query, "channel": "chat"}, headers=headers
    )
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json["replies"]
    return found


def test_a_row_tells_everything_the_console_needs(mine: dict[str, Any], agent: FlaskClient) -> None:
    (row,) = search(agent, "wdth")
    assert row == {**mine, "by": "code"}
    assert row["slots"] == ["customer.name"]
    assert row["params"] == [{"name": "?天数", "label": "天数"}]
    assert row["initials"] == "wdthhs"
    assert (row["scope"], row["usable"], row["state"], row["reasons"]) == (
        "private", True, "current", [],
    )  # fmt: skip
    (ground,) = row["rests_on"]
    assert (ground["entry_id"], ground["title"], ground["usable"]) == (
        "return-7-days", RETURNS.title, True,
    )  # fmt: skip
    assert (row["version"], row["may_edit"], row["entry_id"]) == (1, True, None)


def test_a_company_reply_names_its_entry(shop: Services, agent: FlaskClient) -> None:
    (row,) = search(agent, "thyf")
    assert (row["scope"], row["entry_id"], row["revision"]) == ("company", "reply-freight", 1)
    assert row["url"] == "/entries/reply-freight?revision=1"
    assert row["text"] == "{{customer.name}}，退货运费由我们承担。"
    assert row["may_edit"] is False


@pytest.mark.parametrize(("lang", "words"), [("zh-CN", "已不再生效"), ("en", "holds no more")])
def test_a_reply_whose_basis_was_withdrawn_has_no_text_and_says_why(
    shop: Services, mine: dict[str, Any], agent: FlaskClient, lang: str, words: str
) -> None:
    shop.kb.withdraw("return-7-days", 1, "周审核")
    for code in ("wdth", "thyf"):
        row = search(agent, code, **{"Accept-Language": lang})[0]
        assert (row["usable"], row["text"], row["state"]) == (False, "", "expired")
        assert words in row["reasons"][0]["message"]
        assert RETURNS.title in row["reasons"][0]["message"]
        assert "2026-11-22" in row["reasons"][0]["message"]
        assert row["rests_on"] == []  # withdrawn text is no business of agents
    assert agent.get(f"/api/v1/canned/{mine['id']}").json["text"] == MINE["text"]


def test_the_day_a_basis_expired_stands_in_the_reason(
    shop: Services, mine: dict[str, Any], agent: FlaskClient, clock: FakeClock
) -> None:
    end = clock.now + timedelta(days=1)
    published(shop.kb, "return-7-days", replace(RETURNS, effective_until=end))
    shop.kb.withdraw("return-7-days", 1, "周审核")
    assert search(agent, "wdth")[0]["expires_at"] == "2026-11-23T10:00:00+08:00"
    clock.now = end
    row = search(agent, "wdth")[0]
    assert RETURNS.title in row["reasons"][0]["message"]
    assert "2026-11-23 10:00" in row["reasons"][0]["message"]
    assert row["rests_on"][0]["usable"] is False


def test_a_changed_basis_is_told_with_its_day(
    shop: Services, mine: dict[str, Any], agent: FlaskClient, clock: FakeClock
) -> None:
    clock.advance(timedelta(days=1))
    published(shop.kb, "return-7-days", replace(RETURNS, title="新规则"))
    row = search(agent, "wdth")[0]
    assert (row["usable"], row["state"]) == (True, "basis_changed")
    assert "“新规则”已于 2026-11-23" in row["reasons"][0]["message"]


def test_a_hidden_basis_is_never_named(
    shop: Services, agent: FlaskClient, reviewer: FlaskClient
) -> None:
    published(shop.kb, "compensation-authority", AUTHORITY)
    depending = reply("补偿说明", "bcsm", depends_on=("compensation-authority",))
    published(shop.kb, "reply-compensation", depending)
    shop.kb.withdraw("compensation-authority", 1, "周审核")
    answer = agent.get("/api/v1/canned?q=bcsm")
    assert answer.json["replies"][0]["usable"] is False
    text = answer.get_data(as_text=True)
    for secret in ("compensation-authority", AUTHORITY.title):
        assert secret not in text
    assert AUTHORITY.title in search(reviewer, "bcsm")[0]["reasons"][0]["message"]


def test_an_earlier_date_is_answered_with_its_reply(
    shop: Services, mine: dict[str, Any], agent: FlaskClient, clock: FakeClock
) -> None:
    clock.advance(timedelta(days=3))
    published(shop.kb, "return-7-days", replace(RETURNS, title="新规则"))
    agent.put(f"/api/v1/canned/{mine['id']}", json=MINE)
    answer = agent.get("/api/v1/canned?q=wdth&as_of=2026-11-22T12:00")
    row = answer.json["replies"][0]
    assert row["usable"] is False
    assert "所选日期适用第 1 版" in row["reasons"][0]["message"]


def test_writing_reading_changing_and_deleting(mine: dict[str, Any], agent: FlaskClient) -> None:
    address = f"/api/v1/canned/{mine['id']}"
    read = agent.get(address)
    assert read.headers["ETag"] == '"1"'
    changed = agent.put(address, json={**MINE, "title": "新"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json["title"], changed.json["version"]) == (200, "新", 2)
    stale = agent.put(address, json=MINE, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json["current_version"]) == (409, 2)
    assert agent.delete(address, headers={"If-Match": '"1"'}).status_code == 409
    assert agent.delete(address).json == {"deleted": True}
    assert agent.get(address).status_code == 404
    assert agent.delete(address).status_code == 404


def test_refused_fields_are_named(shop: Services, agent: FlaskClient) -> None:
    answer = agent.post("/api/v1/canned", json={**MINE, "text": "{{Bad}}", "short_code": "有"})
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json["errors"]} == {"text", "short_code"}
    assert agent.post("/api/v1/canned", json={**MINE, "scope": "company"}).status_code == 422
    assert agent.post("/api/v1/canned", json={**MINE, "owner": "x"}).status_code == 422
    assert agent.get("/api/v1/canned?as_of=gestern").status_code == 422


def test_a_team_is_made_and_written_for_by_reviewers(
    shop: Services, agent: FlaskClient, reviewer: FlaskClient
) -> None:
    name = agent.get("/api/v1/me").json["name"]
    members = {"members": [name]}
    assert agent.put("/api/v1/teams/退换货组", json=members).status_code == 403
    made = reviewer.put("/api/v1/teams/退换货组", json=members)
    assert made.json == {"teams": [{"team": "退换货组", "members": [name]}]}
    assert agent.get("/api/v1/teams").json == made.json
    teams = {**MINE, "scope": "team", "team": "退换货组", "short_code": "znth"}
    assert agent.post("/api/v1/canned", json=teams).status_code == 403
    assert reviewer.post("/api/v1/canned", json=teams).status_code == 201
    row = search(agent, "znth")[0]
    assert (row["scope"], row["team"], row["may_edit"]) == ("team", "退换货组", False)


def test_an_insert_is_counted_and_a_companys_one_is_feedback_too(
    shop: Services, mine: dict[str, Any], agent: FlaskClient
) -> None:
    for reply_id in ("reply-freight", "reply-freight", mine["id"]):
        assert agent.post(f"/api/v1/canned/{reply_id}/used", json={}).status_code == 201
    assert search(agent, "thyf")[0]["uses"] == {"mine": 2, "all": 2}
    assert search(agent, "wdth")[0]["uses"] == {"mine": 1, "all": 1}
    assert shop.insights.usage() == {"reply-freight": 2}
    assert agent.post("/api/v1/canned/no-such-reply/used", json={}).status_code == 404


def test_forbidden_looks_like_absent(
    shop: Services, mine: dict[str, Any], reviewer: FlaskClient
) -> None:
    secret = reply("内部口径", "nb", audience=Audience.INTERNAL)
    published(shop.kb, "reply-secret", secret)
    for path in (f"/api/v1/canned/{mine['id']}", "/api/v1/canned/reply-gift"):
        forbidden = reviewer.get(path)
        absent = reviewer.get("/api/v1/canned/no-such-reply")
        assert forbidden.status_code == absent.status_code == 404
        assert forbidden.data == absent.data


@pytest.mark.parametrize(
    "query",
    [
        "\x00",
        "\ud800",
        "(((((",
        "[a-z]*",
        "\\",
        "a" * 200,
        "%",
        "' OR 1=1",
        "<script>",
        "{{x}}",
        "𠮷" * 100,
        "/",
    ],
)
def test_strange_queries_find_nothing_and_break_nothing(
    mine: dict[str, Any], agent: FlaskClient, query: str
) -> None:
    raw = query.encode("utf-8", "surrogatepass")
    answer = agent.get("/api/v1/canned", query_string={"q": raw})
    assert answer.status_code in (200, 422)
    if answer.status_code == 200:
        assert answer.json["replies"] == []
