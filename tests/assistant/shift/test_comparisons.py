"""Both versions of what is disputed, sentence by sentence, and only what the caller may read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from assistant.shift.comparisons import held
from assistant.shift.differences import Pair, aligned
from assistant.wiring import Services
from kb.model import Audience, Content, Kind
from tests.assistant.conftest import NOW, RETURNS, FakeClock, published

LONGER = replace(RETURNS, body=RETURNS.body.replace("7 天", "15 天"))
QUESTION = Content(
    kind=Kind.FAQ,
    title="几天内可以退货？",
    body="签收次日起 7 天内都能退。\n\n打开订单页申请。",
    depends_on=("return-7-days",),
)


def versions(client: FlaskClient, entry_id: str, **query: int) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/entries/{entry_id}/versions", query_string=query)
    assert answer.status_code == 200, answer.json
    found: list[dict[str, Any]] = answer.json["comparisons"]
    return found


@pytest.fixture
def shop(services: Services, clock: FakeClock) -> Services:
    """A policy with a question that rests on it, both of yesterday."""
    clock.now = NOW - timedelta(days=1)
    published(services.kb, "return-7-days", RETURNS)
    published(services.kb, "faq-days", QUESTION)
    clock.now = NOW
    return services


def test_sentences_stand_side_by_side_in_reading_order() -> None:
    before = "一共三条规则。\n七天内可以退货。\n运费由买家承担，不论大小件。\n照片要拍清楚。"
    after = "一共三条规则。\n十五天内可以退货。\n照片要拍清楚。\n退款三天内到账。"
    assert aligned(before, after) == (
        Pair("七天内可以退货。", "十五天内可以退货。"),
        Pair("", "退款三天内到账。"),
        Pair("运费由买家承担，不论大小件。", ""),
    )


def test_a_removed_sentence_stands_before_the_change_that_followed_it() -> None:
    before = "本条只限国内订单。\n退货须在 7 天内提出。"
    assert aligned(before, "退货须在 15 天内提出。") == (
        Pair("本条只限国内订单。", ""),
        Pair("退货须在 7 天内提出。", "退货须在 15 天内提出。"),
    )


def test_nothing_disputed(shop: Services, agent: FlaskClient) -> None:
    assert versions(agent, "faq-days") == []


def test_a_changed_basis_shows_what_it_said_and_what_it_says(
    shop: Services, agent: FlaskClient
) -> None:
    published(shop.kb, "return-7-days", LONGER)
    (found,) = versions(agent, "faq-days")
    assert found["state"] == "basis_changed"
    assert (found["left"]["revision"], found["right"]["revision"]) == (1, 2)
    (pair,) = found["pairs"]
    assert "7 天" in pair["before"]
    assert "15 天" in pair["after"]
    assert [w["text"] for w in pair["words"] if w["op"] == "delete"] == ["7"]
    assert [w["text"] for w in pair["words"] if w["op"] == "insert"] == ["15"]
    assert found["own"] == ["签收次日起 7 天内都能退。"]


def test_a_change_with_an_earlier_start_was_not_known_before_it_was_published(
    shop: Services, agent: FlaskClient
) -> None:
    back = NOW - timedelta(days=1, minutes=1)
    published(shop.kb, "return-7-days", replace(LONGER, effective_from=back))
    entry = shop.kb.entry("return-7-days")
    before = held(entry, NOW - timedelta(hours=1))
    assert before is not None
    assert before.number == 1


def test_two_entries_that_disagree(shop: Services, agent: FlaskClient) -> None:
    fee = "过保产品上门检修，每次收取上门费 60 元，不修也要支付。"
    published(shop.kb, "fee-a", replace(RETURNS, title="维修服务规则", body=fee))
    other = fee.replace("60", "80")
    published(shop.kb, "fee-b", replace(RETURNS, title="上门检修怎么收费", body=other))
    (found,) = versions(agent, "fee-b")
    assert found["state"] == "conflict"
    assert (found["left"]["entry_id"], found["right"]["entry_id"]) == ("fee-b", "fee-a")
    assert (found["pairs"][0]["before"], found["pairs"][0]["after"]) == (other, fee)


def test_two_revisions(shop: Services, agent: FlaskClient) -> None:
    published(shop.kb, "return-7-days", LONGER)
    (found,) = versions(agent, "return-7-days", **{"from": 1, "to": 2})
    assert (found["left"]["revision"], found["right"]["revision"]) == (1, 2)
    assert len(found["pairs"]) == 1


def test_what_took_its_place(shop: Services, agent: FlaskClient) -> None:
    published(shop.kb, "return-new", replace(LONGER, supersedes=("return-7-days",)))
    (found,) = versions(agent, "return-7-days")
    assert (found["state"], found["right"]["entry_id"]) == ("superseded", "return-new")


def test_a_side_that_is_not_open_to_the_caller_stays_hidden(
    shop: Services, agent: FlaskClient, editor: FlaskClient
) -> None:
    secret = replace(LONGER, audience=Audience.INTERNAL, title="内部口径")
    published(shop.kb, "return-7-days", secret)
    told = agent.get("/api/v1/entries/faq-days/versions").get_data(as_text=True)
    assert "内部口径" not in told
    assert "15" not in told.split("comparisons")[1]
    assert versions(editor, "faq-days")[0]["right"]["title"] == "内部口径"


def test_unknown_entries_and_revisions_are_not_found(shop: Services, agent: FlaskClient) -> None:
    assert agent.get("/api/v1/entries/no-such/versions").status_code == 404
    query = {"from": 1, "to": 9}
    assert agent.get("/api/v1/entries/faq-days/versions", query_string=query).status_code == 404
