"""Past cases like the conversation at hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from assistant.accounts.roles import Principal, PrincipalKind, Role
from assistant.cases.similar import similar
from assistant.wiring import Services
from indexer.results import Hit, Matched
from indexer.search import SearchRequest, SearchResponse
from kb.model import Audience, Content, Kind
from tests.assistant.conftest import RETURNS, published

CASE = Content(
    kind=Kind.CASE,
    title="十天内换货",
    audience=Audience.AGENT,
    depends_on=("return-7-days",),
    body=(
        "## 场景\n\n客户的**冰箱**不制冷。\n\n## 原因\n\n压缩机故障。\n\n## 处理\n\n1. 先致歉。\n2. 换货。\n\n"
        "## 政策依据\n\n见[退货规则](kb:return-7-days)。\n\n## 结果\n\n客户满意。学到的：先问天数。"
    ),
)


def hit(entry_id: str, confidence: float = 0.8) -> Hit:
    return Hit(
        entry_id,
        1,
        Kind.CASE,
        "十天内换货",
        "不制冷",
        confidence,
        Matched("scene", "冰箱", ("冰箱",)),
    )


@pytest.fixture
def cases(services: Services) -> Services:
    published(services.kb, "return-7-days", RETURNS)
    published(services.kb, "case-one", CASE)
    published(services.kb, "case-internal", replace(CASE, audience=Audience.INTERNAL))
    found = (hit("case-one"), hit("case-internal"), hit("case-gone"))
    services.searcher.response = SearchResponse(hits=found, answerable=True)  # type: ignore[attr-defined]
    return services


def ask(client: FlaskClient, **body: object) -> Any:
    return client.post("/api/v1/cases/similar", json=body, headers={"Origin": "http://localhost"})


def test_a_case_in_its_parts(cases: Services, agent: FlaskClient) -> None:
    answer = ask(agent, messages=["在吗", "冰箱不制冷，十天了"]).json
    assert answer["reliable"] and not answer["degraded"]
    (case,) = answer["cases"]  # the internal one and the one that is gone are not told of
    assert case["scene"] == "客户的冰箱不制冷。"
    assert case["cause"] == "压缩机故障。"
    assert case["handling"] == ["先致歉。", "换货。"]
    assert case["policy_basis"] == "见退货规则。"
    assert (case["outcome"], case["lesson"]) == ("客户满意。", "先问天数。")
    assert [rule["id"] for rule in case["rules"]] == ["return-7-days"]
    assert case["matched"]["terms"] == ["冰箱"] and case["confidence"] == 0.8
    assert case["freshness"]["state"] == "current" and case["url"].endswith("revision=1")


def test_only_cases_are_searched_with_what_was_said_before(
    cases: Services, agent: FlaskClient
) -> None:
    ask(agent, messages=["冰箱不制冷", "  ", "那怎么办"], as_of="2026-11-01", limit=3)
    asked: SearchRequest = cases.searcher.asked[-1]  # type: ignore[attr-defined]
    assert (asked.query, asked.context) == ("那怎么办", ("冰箱不制冷",))
    assert asked.kinds == frozenset({Kind.CASE}) and asked.limit == 3
    assert asked.as_of is not None and Audience.INTERNAL not in asked.audiences


def test_nothing_said_finds_nothing(cases: Services, agent: FlaskClient) -> None:
    assert ask(agent, messages=[" "]).json == {"cases": [], "reliable": False, "degraded": False}
    assert cases.searcher.asked == []  # type: ignore[attr-defined]


def test_an_internal_case_is_for_who_may_read_it(cases: Services, admin: FlaskClient) -> None:
    found = [case["entry_id"] for case in ask(admin, messages=["冰箱"]).json["cases"]]
    assert found == ["case-one", "case-internal"]


def test_what_is_refused(cases: Services, agent: FlaskClient, anonymous: FlaskClient) -> None:
    assert ask(anonymous, messages=["冰箱"]).status_code == 401
    assert ask(agent, messages=[]).status_code == 422
    assert ask(agent, messages=["x" * 2_001]).status_code == 422
    assert ask(agent, messages=["冰箱"], limit=11).status_code == 422
    assert ask(agent, messages=["冰箱"], as_of="gestern").status_code == 422


def test_an_outcome_without_a_lesson_stays_whole(cases: Services) -> None:
    body = CASE.body.replace("学到的：先问天数。", "What we learned: ask first.")
    published(cases.kb, "case-two", replace(CASE, body=body))
    published(
        cases.kb, "case-three", replace(CASE, body=CASE.body.replace("学到的：先问天数。", ""))
    )
    caller = Principal(PrincipalKind.PERSON, "1", "客服", Role.AGENT)

    def search(request: SearchRequest) -> SearchResponse:
        return SearchResponse(hits=(hit("case-two"), hit("case-three", 0.2)))

    found = similar(["冰箱"], caller, search=search, catalogue=cases.catalogue.current())
    assert [(c.fields.outcome, c.lesson) for c in found.cases] == [
        ("客户满意。", "ask first."),
        ("客户满意。", ""),
    ]
    assert not found.reliable
