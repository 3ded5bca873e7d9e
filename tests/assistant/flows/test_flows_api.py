"""Flows and tables by scenario over the API: who may read them, and what of them may be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from assistant.wiring import Services
from indexer.results import Hit, Matched
from indexer.search import SearchResponse
from kb.model import Audience, Content, Kind
from tests.assistant.conftest import FakeClock, published
from tests.hostile_strings import HOSTILE

GUIDE = Content(
    kind=Kind.GUIDE,
    title="空调不凉",
    body=(
        "先看电源。\n\n## 第 1 步 看模式\n\n**设** 25 ℃。没变，转到第 2 步。有代码，直接看[代码表](kb:ac-codes)。"
        "如果有误，看[内部口径](kb:internal-notes)。\n\n## 第 2 步 报修\n\n提交报修。\n\n"
        "| 场景 | 时长 |\n| --- | --- |\n| 日常 | 2 天 |\n| 玩游戏 | 4 小时 |"
    ),
)


@pytest.fixture
def guide(services: Services) -> Services:
    codes = Content(kind=Kind.FAQ, title="代码表", body="E1 是传感器。")
    published(services.kb, "ac-codes", codes)
    published(
        services.kb, "internal-notes", replace(codes, title="口径", audience=Audience.INTERNAL)
    )
    published(services.kb, "ac-not-cooling", GUIDE)
    return services


def get(client: FlaskClient, entry_id: str = "ac-not-cooling", query: str = "") -> Any:
    return client.get(f"/api/v1/entries/{entry_id}/flow{query}")


def scenarios(client: FlaskClient, entry_id: str = "ac-not-cooling", **body: object) -> Any:
    headers = {"Origin": "http://localhost"}
    return client.post(f"/api/v1/entries/{entry_id}/scenarios", json=body, headers=headers)


def test_a_flow_with_its_words(guide: Services, agent: FlaskClient) -> None:
    flow = get(agent).json
    assert (flow["entry_id"], flow["revision"], flow["start"]) == ("ac-not-cooling", 1, "s1")
    assert flow["in_force"] and flow["tellable"] and flow["freshness"]["state"] == "broken_link"
    assert "<p>先看电源。</p>" in flow["intro"]
    first, second = flow["steps"]
    assert first["title"] == "看模式" and "<strong>设</strong>" in first["html"]
    assert first["say"].startswith("设 25 ℃。") and "第 2 步" not in first["say"]
    assert first["next"] == "s2" and second["next"] == ""
    assert flow["wording"]["solved"] == "问题已经解决。"


def test_branches_to_entries_that_are_not_open_are_left_out(
    guide: Services, agent: FlaskClient, admin: FlaskClient
) -> None:
    def led_to(client: FlaskClient) -> list[str | None]:
        branches = get(client).json["steps"][0]["branches"]
        return [b["target"]["entry"] and b["target"]["entry"]["id"] for b in branches]

    assert led_to(agent) == [None, "ac-codes"]
    assert led_to(admin) == [None, "ac-codes", "internal-notes"]


def test_no_flow_is_said(guide: Services, agent: FlaskClient) -> None:
    answer = get(agent, "ac-codes")
    assert answer.status_code == 404 and answer.mimetype == "application/problem+json"
    assert "逐步" in answer.json["detail"]


def test_absent_forbidden_and_malformed_look_the_same(
    guide: Services, agent: FlaskClient, anonymous: FlaskClient
) -> None:
    internal = replace(GUIDE, title="主管清单", audience=Audience.INTERNAL)
    published(guide.kb, "sop-internal", internal)
    guide.kb.create("guide-draft", GUIDE, "林编辑")
    answers = [get(agent, name) for name in ("sop-internal", "no-such-entry", "guide-draft", "A B")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.json["detail"] for answer in answers}) == 1
    assert get(agent, query="?revision=9").status_code == 404
    assert get(anonymous).status_code == 401
    assert scenarios(agent, "sop-internal", question="x").status_code == 404
    assert scenarios(anonymous, question="x").status_code == 401


def test_an_agents_procedure_is_walked_but_not_told(guide: Services, agent: FlaskClient) -> None:
    published(guide.kb, "sop-call", replace(GUIDE, title="流程", audience=Audience.AGENT))
    flow = get(agent, "sop-call").json
    assert flow["in_force"] and not flow["tellable"]
    assert {step["say"] for step in flow["steps"]} == {""}
    assert {tuple(step["quotes"]) for step in flow["steps"]} == {()}
    assert not scenarios(agent, "sop-call").json["tellable"]


def test_a_draft_is_read_at_the_desk_but_not_told(guide: Services, editor: FlaskClient) -> None:
    guide.kb.create("guide-draft", GUIDE, "林编辑")
    flow = get(editor, "guide-draft").json
    assert not flow["in_force"] and not flow["tellable"]
    assert not any(step["say"] for step in flow["steps"])


def test_the_revision_of_a_day(guide: Services, agent: FlaskClient, clock: FakeClock) -> None:
    before = clock.now + timedelta(days=1)
    clock.advance(timedelta(days=2))
    published(guide.kb, "ac-not-cooling", replace(GUIDE, body=GUIDE.body.replace("25", "26")))
    now, then = get(agent).json, get(agent, query=f"?as_of={before.date()}").json
    assert (now["revision"], then["revision"]) == (2, 1)
    assert "26 ℃" in now["steps"][0]["html"] and "25 ℃" in then["steps"][0]["html"]
    assert then["in_force"] and then["tellable"]  # it was, on the day that is asked about
    old = get(agent, query="?revision=1").json
    assert not old["in_force"] and not old["tellable"]
    assert get(agent, query="?as_of=yesterday").status_code == 422


def test_rows_that_fit_are_marked(guide: Services, agent: FlaskClient) -> None:
    found = scenarios(agent, question="玩游戏能撑多久").json
    (table,) = found["tables"]
    assert table["columns"] == ["场景", "时长"]
    assert [row["fits"] for row in table["rows"]] == [False, True]
    assert found["tellable"] and table["rows"][1]["text"].startswith("玩游戏")
    assert scenarios(agent, "ac-codes", question="x").json["tables"] == []
    assert scenarios(agent, question="x" * 2_001).status_code == 422
    assert scenarios(agent, question="x", other=1).status_code == 422


# Control characters never get as far as a guide: they are refused when it is written.
SHOWN = [text for text in HOSTILE if all(c.isprintable() or c in "\n\t" for c in text)]


@pytest.mark.parametrize("text", SHOWN[::5])
def test_nothing_in_a_guide_becomes_markup(guide: Services, agent: FlaskClient, text: str) -> None:
    body = f"{text}\n\n## 第 1 步 看\n\n{text}，转到第 2 步。\n\n## 第 2 步 好\n\n{text}"
    published(guide.kb, "guide-hostile", replace(GUIDE, body=body))
    flow = get(agent, "guide-hostile").json
    shown = flow["intro"] + "".join(step["html"] for step in flow["steps"])
    for sign in ("<script", "<img", "<iframe", "<svg", '<a href="javascript', "<style", "<object"):
        assert sign not in shown.lower()


def test_results_say_what_can_be_walked(guide: Services, agent: FlaskClient) -> None:
    hits = tuple(
        Hit(name, 1, Kind.GUIDE, "t", "s", 0.9, Matched("title", "t"))
        for name in ("ac-not-cooling", "ac-codes", "gone-since")
    )
    guide.searcher.response = SearchResponse(hits=hits, answerable=True)  # type: ignore[attr-defined]
    answer = agent.post(
        "/api/v1/search", json={"query": "空调"}, headers={"Origin": "http://localhost"}
    )
    results = answer.json["results"]
    assert [(r["flow"], r["scenarios"]) for r in results] == [
        (True, True),
        (False, False),
        (False, False),
    ]
