"""Search, suggest and feedback by API: shapes, freshness on every result, what gets recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from assistant.replies.model import (
    Evidence,
    Part,
    Sentence,
    Suggestion,
    SuggestResponse,
)
from assistant.risk import Assessment, Handover, HandoverReason
from assistant.wiring import Services
from indexer.search import Hit, Matched, SearchResponse
from kb.errors import StorageFull
from kb.model import Channel, Kind
from tests.assistant.conftest import RETURNS, FakeClock, FakeComposer, FakeSearcher, published

HIT = Hit(
    entry_id="return-7-days",
    revision=1,
    kind=Kind.POLICY,
    title=RETURNS.title,
    snippet="签收次日起 7 天内可以退货。",
    confidence=0.91234,
    matched=Matched("question", "能退吗", ("退",)),
    effective_from=datetime(2026, 6, 1, tzinfo=UTC),
)
FOUND = SearchResponse((HIT,), True, 0.91234, "g1", False, {"total": 3.0})


@pytest.fixture
def searching(stocked: Services) -> FakeSearcher:
    assert isinstance(stocked.searcher, FakeSearcher)
    stocked.searcher.response = FOUND
    return stocked.searcher


def test_search_answers_in_the_agreed_shape(searching: FakeSearcher, agent: FlaskClient) -> None:
    asked = {
        "query": "能退吗",
        "limit": 3,
        "as_of": "2026-11-11",
        "kinds": ["policy"],
        "channel": "chat",
    }
    answer = agent.post("/api/v1/search", json=asked).json
    result = answer["results"][0]
    assert (result["entry_id"], result["revision"], result["kind"]) == (
        "return-7-days",
        1,
        "policy",
    )
    assert result["effective"] == {"from": "2026-06-01T08:00:00+08:00", "until": None}
    assert result["freshness"] == {"state": "current", "reasons": []}
    assert result["url"] == "/entries/return-7-days?revision=1"
    assert result["matched"] == {"field": "question", "text": "能退吗", "terms": ["退"]}
    assert answer["answerable"] is True
    assert answer["generation"] == "g1"
    request = searching.asked[0]
    assert request.as_of == datetime(2026, 11, 10, 16, tzinfo=UTC)
    assert request.kinds == {Kind.POLICY}
    assert (request.limit, request.channel) == (3, Channel.CHAT)


def test_search_takes_earlier_turns_and_tells_which_words_counted(
    searching: FakeSearcher, agent: FlaskClient
) -> None:
    assert agent.post("/api/v1/search", json={"query": "能退吗"}).json["context_used"] == []
    searching.response = replace(FOUND, context_used=("冰箱", "退货"))
    asked = {"query": "那多久到账", "context": ["冰箱想退货", "好的"]}
    assert agent.post("/api/v1/search", json=asked).json["context_used"] == ["冰箱", "退货"]
    assert [request.context for request in searching.asked] == [(), ("冰箱想退货", "好的")]


def test_search_tells_what_was_read_instead(searching: FakeSearcher, agent: FlaskClient) -> None:
    assert agent.post("/api/v1/search", json={"query": "退货"}).json["corrected"] == ""
    searching.response = replace(FOUND, corrected="退货")
    assert agent.post("/api/v1/search", json={"query": "tuihuo"}).json["corrected"] == "退货"


@pytest.mark.parametrize(
    ("context", "status"),
    [
        (["退" * 2000] * 100, 200),
        ([""], 200),
        (["退"] * 101, 422),
        (["退" * 2001], 422),
        ("退货", 422),
        ([1], 422),
        (None, 422),
    ],
)
def test_earlier_turns_have_limits(
    searching: FakeSearcher, agent: FlaskClient, context: object, status: int
) -> None:
    answer = agent.post("/api/v1/search", json={"query": "那多久到账", "context": context})
    assert answer.status_code == status
    if status == 422:
        assert answer.json["errors"][0]["field"].startswith("context")


def test_a_result_that_another_revision_replaced_says_so_in_the_readers_language(
    stocked: Services, searching: FakeSearcher, agent: FlaskClient, clock: FakeClock
) -> None:
    clock.advance(timedelta(days=1))
    published(stocked.kb, "return-7-days", replace(RETURNS, title="新规则"))
    for lang, words in (("zh-CN", "现在生效的是版本 2"), ("en", "version 2 is in force now")):
        found = agent.post(
            "/api/v1/search", json={"query": "能退吗"}, headers={"Accept-Language": lang}
        )
        freshness = found.json["results"][0]["freshness"]
        assert freshness["state"] == "superseded"
        assert words in freshness["reasons"][0]["message"]


def test_an_unanswered_question_becomes_a_masked_gap(
    stocked: Services, agent: FlaskClient, editor: FlaskClient
) -> None:
    for query in ("宠物能寄吗 13812345678", "宠物能寄吗 13912345678!", "宠物"):
        agent.post("/api/v1/search", json={"query": query})
    gaps = editor.get("/api/v1/gaps").json
    assert gaps["total"] == 1
    assert gaps["gaps"][0]["query"] == "宠物能寄吗 [手机号]"
    assert gaps["gaps"][0]["count"] == 2


def test_agents_put_questions_into_the_queue(agent: FlaskClient, editor: FlaskClient) -> None:
    asked = {"query": "能寄到新疆吗,电话 13812345678", "channel": "chat"}
    assert agent.post("/api/v1/gaps", json=asked).status_code == 201
    assert agent.get("/api/v1/gaps").status_code == 403
    gap = editor.get("/api/v1/gaps").json["gaps"][0]
    assert (gap["query"], gap["reason"]) == ("能寄到新疆吗,电话 [手机号]", "reported")


def test_a_message_still_being_typed_opens_no_gap(
    stocked: Services, agent: FlaskClient, editor: FlaskClient
) -> None:
    assert isinstance(stocked.composer, FakeComposer)
    stocked.composer.response = replace(stocked.composer.response, unanswered=("宠物能寄吗",))
    contact = {"messages": [{"role": "customer", "text": "宠物能寄吗"}]}
    assert agent.post("/api/v1/suggest", json={**contact, "draft": True}).status_code == 200
    assert editor.get("/api/v1/gaps").json["total"] == 0
    assert agent.post("/api/v1/suggest", json=contact).status_code == 200
    assert editor.get("/api/v1/gaps").json["total"] == 1


def test_a_degraded_search_opens_no_gap(
    stocked: Services, searching: FakeSearcher, agent: FlaskClient, editor: FlaskClient
) -> None:
    searching.response = SearchResponse(degraded=True, degraded_reason="no index")
    assert agent.post("/api/v1/search", json={"query": "宠物能寄吗"}).json["degraded"] is True
    assert editor.get("/api/v1/gaps").json["total"] == 0


def test_a_full_disk_does_not_stop_searching(
    stocked: Services, agent: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageFull("the disk is full")

    monkeypatch.setattr("assistant.insights.store.InsightStore.count_gap", full)
    assert agent.post("/api/v1/search", json={"query": "宠物能寄吗"}).status_code == 200


def test_suggest_answers_with_evidence_and_freshness(stocked: Services, agent: FlaskClient) -> None:
    assert isinstance(stocked.composer, FakeComposer)
    quote = "签收次日起 7 天内可以退货。"
    sentence = Sentence(quote, Part.FACTS, (Evidence("return-7-days", 1, quote),))
    stocked.composer.response = SuggestResponse(
        (Suggestion(quote, (sentence,), 0.9, "return-7-days", 1, RETURNS.title),),
        None,
        Assessment(),
        Handover(True, HandoverReason.UPSET, "退换货组"),
        replace(FOUND, context_used=("退货",)),
        ("还有一个问题吗",),
    )
    answer = agent.post(
        "/api/v1/suggest",
        json={
            "messages": [{"role": "customer", "text": "能退吗"}],
            "slots": {"customer.name": "李女士"},
            "channel": "email",
        },
    ).json
    suggestion = answer["suggestions"][0]
    assert suggestion["sentences"][0]["evidence"] == [
        {
            "entry_id": "return-7-days",
            "revision": 1,
            "quote": quote,
            "title": RETURNS.title,
            "freshness": suggestion["freshness"],
            "effective": suggestion["effective"],
            "url": "/entries/return-7-days?revision=1",
        }
    ]
    assert suggestion["freshness"]["state"] == "current"
    assert suggestion["kind"] == "policy"
    assert answer["clarify"] is None
    assert answer["handover"] == {"needed": True, "reason": "upset", "skill_group": "退换货组"}
    assert [hit["entry_id"] for hit in answer["results"]] == ["return-7-days"]
    assert answer["context_used"] == ["退货"]
    assert stocked.insights.gaps()[0][0].query == "还有一个问题吗"
    assert stocked.composer.asked[0].slots == {"customer.name": "李女士"}


def test_messages_may_say_when_they_came(stocked: Services, agent: FlaskClient) -> None:
    assert isinstance(stocked.composer, FakeComposer)
    stocked.composer.response = SuggestResponse(
        (), None, Assessment(), Handover(), SearchResponse()
    )
    message = {"role": "customer", "text": "退货", "at": "2026-11-20T08:30:00+00:00"}
    assert agent.post("/api/v1/suggest", json={"messages": [message]}).status_code == 200
    assert stocked.composer.asked[-1].messages[0].at == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    answer = agent.post("/api/v1/suggest", json={"messages": [message | {"at": "gestern"}]})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "messages.at"


def test_feedback_counts_use_and_reports_what_is_outdated(
    stocked: Services, agent: FlaskClient, editor: FlaskClient
) -> None:
    given = {"entry_id": "return-7-days", "revision": 1}
    for kind in ("adopted", "edited", "unhelpful", "ignored"):
        answer = agent.post("/api/v1/feedback", json={**given, "kind": kind, "sent": "好的"})
        assert (answer.status_code, answer.json) == (201, {"recorded": True})
    assert stocked.insights.usage() == {"return-7-days": 2}
    assert stocked.kb.reports() == []

    agent.post(
        "/api/v1/feedback",
        json={**given, "kind": "outdated", "sentence": "7 天", "note": "电话 13812345678 说 15 天"},
    )
    report = editor.get("/api/v1/reports").json["reports"][0]
    assert report["note"] == "电话 [手机号] 说 15 天"
    board = {row["entry_id"]: row for row in editor.get("/api/v1/freshness").json["rows"]}
    assert board["return-7-days"]["state"] == "reported_outdated"
    assert board["return-7-days"]["usage"] == 2
    done = editor.post(f"/api/v1/reports/{report['id']}/resolve", json={"note": "已更新"})
    assert done.status_code == 200
    assert editor.get("/api/v1/reports").json["reports"] == []


def test_the_board_filters_and_counts(stocked: Services, editor: FlaskClient) -> None:
    board = editor.get("/api/v1/freshness?owner=退换货组&state=").json
    assert {row["owner"] for row in board["rows"]} == {"退换货组"}
    assert board["counts"] == {"current": board["total"]}
    assert editor.get("/api/v1/freshness?state=expired").json["rows"] == []


def test_what_changed_since(stocked: Services, agent: FlaskClient, editor: FlaskClient) -> None:
    everything = editor.get("/api/v1/changes").json
    assert {c["entry_id"] for c in everything["changes"]} >= {"exchange-rule", "return-7-days"}
    seen = agent.get("/api/v1/changes").json
    assert {c["entry_id"] for c in seen["changes"]} == {"return-7-days"}
    again = agent.get(f"/api/v1/changes?after={seen['next']}").json
    assert again == {"changes": [], "next": seen["next"]}


def test_entries_are_listed_by_filters(stocked: Services, editor: FlaskClient) -> None:
    def ids(query: str) -> list[str]:
        return [row["id"] for row in editor.get(f"/api/v1/entries?{query}").json["entries"]]

    assert ids("status=draft") == ["exchange-rule"]
    assert ids("audience=internal") == ["compensation-authority"]
    assert ids("owner=退换货组") == ["return-7-days"]
    assert ids("q=退货 七天") == ["return-7-days"]
    assert ids("tag=退货") == ["exchange-rule", "return-7-days"]
    assert ids("kind=faq") == []
    page = editor.get("/api/v1/entries?limit=1&offset=1").json
    assert (page["total"], [row["id"] for row in page["entries"]]) == (3, ["exchange-rule"])


def test_an_entry_is_read_as_of_a_day(
    stocked: Services, editor: FlaskClient, clock: FakeClock
) -> None:
    clock.advance(timedelta(days=10))
    published(stocked.kb, "return-7-days", replace(RETURNS, title="新规则"))
    path = "/api/v1/entries/return-7-days"
    assert editor.get(path).json["title"] == "新规则"
    assert editor.get(f"{path}?as_of=2026-11-25").json["title"] == RETURNS.title
    assert editor.get(f"{path}?revision=1").json["title"] == RETURNS.title
    assert editor.get(f"{path}?revision=9").status_code == 404


def test_me_says_who_asks(agent: FlaskClient) -> None:
    me = agent.get("/api/v1/me").json
    assert (me["role"], me["kind"], me["audiences"]) == ("agent", "token", ["agent", "customer"])
