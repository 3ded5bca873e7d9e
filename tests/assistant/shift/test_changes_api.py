"""The news since a moment by API: what happened, in one line, and only what the caller may know."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from assistant.wiring import Services
from kb.clock import format_local
from kb.model import Audience
from tests.assistant.conftest import AUTHORITY, NOW, RETURNS, TZ, FakeClock, published

LONGER = replace(RETURNS, body=RETURNS.body.replace("7 天", "15 天"))


@pytest.fixture
def shop(services: Services, clock: FakeClock) -> Services:
    """A policy of an hour before the shift."""
    clock.now = NOW - timedelta(hours=1)
    published(services.kb, "return-7-days", RETURNS)
    clock.now = NOW + timedelta(hours=1)
    return services


def news(client: FlaskClient, lang: str = "zh-CN", **query: str) -> list[dict[str, Any]]:
    asked = {"since": NOW.isoformat(), **query}
    answer = client.get("/api/v1/changes", query_string=asked, headers={"Accept-Language": lang})
    assert answer.status_code == 200, answer.json
    found: list[dict[str, Any]] = answer.json["changes"]
    return found


def test_nothing_happened(shop: Services, agent: FlaskClient) -> None:
    assert news(agent) == []


@pytest.mark.parametrize(("lang", "summary"), [("zh-CN", "7 天 → 15 天"), ("en", "7 天 → 15 天")])
def test_a_changed_figure_is_the_summary(
    shop: Services, agent: FlaskClient, lang: str, summary: str
) -> None:
    published(shop.kb, "return-7-days", LONGER)
    (row,) = news(agent, lang)
    assert (row["what"], row["summary"]) == ("changed", summary)
    assert (row["previous"], row["revision"]) == (1, 2)
    assert row["numbers"] == [
        {"before": "7 天", "after": "15 天", "sentence": "签收次日起 15 天内可以退货。"}
    ]
    assert row["at"] == "2026-11-22T11:00:00+08:00"
    assert row["url"] == "/entries/return-7-days"


def test_a_new_entry(shop: Services, agent: FlaskClient) -> None:
    published(shop.kb, "exchange-rule", replace(RETURNS, title="换货规则"))
    (row,) = news(agent)
    assert (row["what"], row["title"], row["summary"]) == ("published", "换货规则", "新发布")
    assert row["previous"] is None


def test_a_change_published_ahead_is_told_twice_when_known_and_when_it_starts(
    shop: Services, agent: FlaskClient, clock: FakeClock
) -> None:
    start = clock.now + timedelta(hours=3)
    published(shop.kb, "return-7-days", replace(LONGER, effective_from=start))
    (row,) = news(agent)
    assert (row["what"], row["starts"]) == ("changed", "2026-11-22T14:00:00+08:00")
    assert row["summary"] == "2026-11-22 14:00 起：7 天 → 15 天"
    clock.now = start
    rows = news(agent)
    assert [row["what"] for row in rows] == ["started", "changed"]
    assert rows[0]["summary"] == "开始生效：7 天 → 15 天"
    assert [r["what"] for r in news(agent, since=(start - timedelta(hours=1)).isoformat())] == [
        "started"
    ]


def test_an_entry_expires_by_itself(shop: Services, agent: FlaskClient, clock: FakeClock) -> None:
    end = clock.now + timedelta(hours=1)
    published(shop.kb, "gift-1122", replace(RETURNS, title="赠品", effective_until=end))
    clock.now = end + timedelta(minutes=1)
    assert [(row["what"], row["summary"]) for row in news(agent)] == [
        ("expired", "已失效"),
        ("published", "新发布"),
    ]


def test_a_short_rule_gives_way_to_the_one_before(
    shop: Services, agent: FlaskClient, clock: FakeClock
) -> None:
    end = clock.now + timedelta(hours=2)
    published(
        shop.kb, "return-7-days", replace(LONGER, effective_from=clock.now, effective_until=end)
    )
    clock.now = end
    row = news(agent)[0]
    assert (row["what"], row["revision"], row["previous"]) == ("started", 1, 2)
    assert row["summary"] == "开始生效：15 天 → 7 天"


def test_an_entry_replaced_by_another(shop: Services, agent: FlaskClient) -> None:
    published(
        shop.kb,
        "return-15-days",
        replace(LONGER, title="十五天退货", supersedes=("return-7-days",)),
    )
    rows = {row["entry_id"]: row for row in news(agent)}
    assert rows["return-7-days"]["what"] == "expired"
    assert rows["return-7-days"]["summary"] == "已由“十五天退货”替代"
    assert rows["return-7-days"]["replaced_by"]["entry_id"] == "return-15-days"
    assert rows["return-15-days"]["what"] == "published"


def test_a_withdrawn_revision_and_what_holds_again(shop: Services, agent: FlaskClient) -> None:
    published(shop.kb, "return-7-days", LONGER)
    shop.kb.withdraw("return-7-days", 2, "周审核")
    row = next(row for row in news(agent) if row["what"] == "withdrawn")
    assert row["summary"] == "已撤回，恢复第 1 版：15 天 → 7 天"
    shop.kb.withdraw("return-7-days", 1, "周审核")
    rows = [row for row in news(agent) if row["revision"] == 1]
    assert [(row["what"], row["summary"], row["url"]) for row in rows] == [
        ("withdrawn", "已撤回", "")
    ]


@pytest.mark.parametrize(
    ("changed", "summary"),
    [
        ({"body": RETURNS.body.replace("不能无理由", "可以无理由")}, "改为“已激活的手机可以无理由退货。”"),
        ({"body": RETURNS.body + "\n\n另有一句全新的话！"}, "新增“另有一句全新的话！”"),
        ({"body": RETURNS.body.split("\n\n## 例外")[0]}, "删去“已激活的手机不能无理由退货。”"),
        ({"title": "退货规则"}, "七天无理由退货规则 → 退货规则"),
        ({"tags": ("退",)}, "只有格式或标签变化"),
    ],
)  # fmt: skip
def test_changes_without_figures(
    shop: Services, agent: FlaskClient, changed: dict[str, Any], summary: str
) -> None:
    published(shop.kb, "return-7-days", replace(RETURNS, **changed))
    assert news(agent)[0]["summary"] == summary


def test_agents_hear_nothing_of_internal_entries(
    shop: Services, agent: FlaskClient, editor: FlaskClient, clock: FakeClock
) -> None:
    published(shop.kb, "compensation-authority", AUTHORITY)
    published(
        shop.kb,
        "compensation-authority",
        replace(AUTHORITY, body=AUTHORITY.body.replace("300", "500")),
    )
    shop.kb.withdraw("compensation-authority", 2, "周审核")
    assert news(agent) == []
    assert {row["what"] for row in news(editor)} == {"published", "withdrawn"}


def test_what_is_hidden_from_now_on_has_ended_for_agents(
    shop: Services, agent: FlaskClient
) -> None:
    secret = replace(LONGER, audience=Audience.INTERNAL, title="内部规则")
    published(shop.kb, "return-7-days", secret)
    (row,) = news(agent)
    assert (row["what"], row["title"], row["summary"]) == ("withdrawn", RETURNS.title, "已撤回")
    assert row["numbers"] == []


def test_what_was_hidden_and_is_open_now_is_new_to_agents(
    services: Services, agent: FlaskClient, clock: FakeClock
) -> None:
    clock.now = NOW - timedelta(hours=1)
    published(services.kb, "compensation-authority", AUTHORITY)
    clock.now = NOW + timedelta(hours=1)
    opened = replace(AUTHORITY, audience=Audience.AGENT, body=AUTHORITY.body.replace("300", "500"))
    published(services.kb, "compensation-authority", opened)
    (row,) = news(agent)
    assert (row["what"], row["previous"], row["numbers"]) == ("published", None, [])
    assert "300" not in str(row)


def test_asking_again_from_where_one_was_tells_nothing_twice_and_misses_nothing(
    shop: Services, agent: FlaskClient, clock: FakeClock
) -> None:
    since, told = NOW.isoformat(), []
    for step in range(4):
        clock.advance(timedelta(milliseconds=700))
        published(shop.kb, f"rule-{step}", replace(RETURNS, title=f"规则{step}"))
        answer = agent.get("/api/v1/changes", query_string={"since": since}).json
        told += [row["title"] for row in answer["changes"]]
        assert told[-1:] == [f"规则{step}"], "news of the running second is told at once"
        since = answer["until"]
    clock.advance(timedelta(seconds=2))
    assert news(agent, since=since) == []
    assert told == [f"规则{step}" for step in range(4)]


def test_a_span_and_a_limit(shop: Services, agent: FlaskClient, clock: FakeClock) -> None:
    published(shop.kb, "rule-1", replace(RETURNS, title="早"))
    clock.advance(timedelta(hours=1))
    published(shop.kb, "rule-2", replace(RETURNS, title="晚"))
    assert [row["title"] for row in news(agent)] == ["晚", "早"]
    until = format_local(NOW + timedelta(hours=1, minutes=30), TZ)
    assert [row["title"] for row in news(agent, until=until)] == ["早"]
    answer = agent.get("/api/v1/changes", query_string={"since": NOW.isoformat(), "limit": 1})
    assert (len(answer.json["changes"]), answer.json["total"]) == (1, 2)
    assert agent.get("/api/v1/changes?since=gestern").status_code == 422
