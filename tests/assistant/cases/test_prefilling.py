"""A case as the conversation tells it: scene, cause, steps, rule, end; and no names of anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assistant.cases.body import body, fields_of
from assistant.cases.model import Basis, CaseFields, Source
from assistant.cases.prefilling import first_question, prefilled, quotes, without_names
from assistant.contacts.model import Contact, Message, Speaker, Status
from kb.model import Audience, Channel, Content, Kind, Revision
from kb.model import Status as RevisionStatus
from kb.validation import content_problems
from tests.assistant.conftest import RETURNS

DAY = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
CONTACT = Contact(
    id="0123456789ab",
    channel=Channel.CHAT,
    status=Status.CLOSED,
    customer={"name": "李女士", "level": "金卡"},
    slots={"customer.address": "滨江路 18 号", "agent.name": "小陈", "order.no": "[订单号]"},
    as_of=None,
    assigned_to="陈客服",
    skill_group="",
    outcome="",
    risk={},
    created_by="",
    version=1,
    message_count=0,
    customer_count=0,
    created_at=DAY,
    updated_at=DAY,
    last_message_at=DAY,
    waiting_since=None,
    closed_at=DAY,
)
RULE = Basis(
    "return-7-days", 1, "七天无理由退货规则", ("签收次日起 7 天内可以退货。",), Source.ADOPTED
)


def talk(*said: str) -> list[Message]:
    """Messages from "客：…" and "坐：…"."""
    speakers = {"客": Speaker.CUSTOMER, "坐": Speaker.AGENT, "系": Speaker.SYSTEM}
    return [
        Message(number, speakers[line[0]], line[2:], DAY, "陈客服")
        for number, line in enumerate(said, 1)
    ]


TALK = talk(
    "客：你好，在吗",
    "客：我是李女士，手机买了三天，还能退吗？寄到滨江路 18 号的那台。",
    "坐：李女士，小陈很乐意帮您看。签收次日起 7 天内可以退货。",
    "坐：因为还没有激活，请在订单页申请退货。",
    "系：转接完成",
    "客：好的，谢谢",
)


def test_every_part_comes_from_the_conversation() -> None:
    case = prefilled(CONTACT, TALK, [RULE], DAY)
    assert case.title == "我是客户，手机买了三天，还能退吗"
    assert case.scene == (
        "2026-11-22，客户在线咨询：“你好，在吗 我是客户，手机买了三天，还能退吗？"
        "寄到[已隐去]的那台。”"
    )
    assert case.cause == "因为还没有激活，请在订单页申请退货。"
    assert case.handling == (
        "1. 签收次日起 7 天内可以退货。\n2. 因为还没有激活，请在订单页申请退货。"
    )
    assert case.policy_basis == (
        "签收次日起 7 天内可以退货。见[七天无理由退货规则](kb:return-7-days)。"
    )
    assert case.outcome == "客户最后说：“好的，谢谢”"
    assert case.rests_on == ("return-7-days",)


def test_names_addresses_and_numbers_are_gone() -> None:
    said = "李女士住滨江路 18 号，电话 13812345678，客服小陈，金卡会员"
    assert without_names(said, CONTACT) == "客户住[已隐去]，电话 [手机号]，客服客服，金卡会员"


def test_the_outcome_noted_at_closing_wins() -> None:
    assert prefilled(replace(CONTACT, outcome="已退款"), TALK, [], DAY).outcome == "已退款"


@pytest.mark.parametrize(
    "said", [(), ("坐：您好",), ("客：",), ("系：转接完成",), ("客：你好",), ("客：退",)]
)
def test_little_said_gives_little_and_fails_nowhere(said: tuple[str, ...]) -> None:
    case = prefilled(CONTACT, talk(*said), [], DAY)
    assert (case.cause, case.policy_basis, case.outcome) == ("", "", "")


def test_courtesies_alone_are_the_handling_when_nothing_else_was_said() -> None:
    assert prefilled(CONTACT, talk("客：谢谢", "坐：不客气。"), [], DAY).handling == "1. 不客气。"


def test_an_english_conversation_gives_an_english_case() -> None:
    said = talk("客：Hi, can I return the phone?", "坐：Please open the order page.", "客：Thanks")
    case = prefilled(replace(CONTACT, channel=Channel.EMAIL), said, [RULE], DAY)
    assert case.lang == "en"
    assert case.title == "can I return the phone"
    assert case.scene.startswith("2026-11-22: the customer wrote by e-mail: “Hi, can I")
    assert case.outcome == "The customer's last words: “Thanks”"
    assert content_problems(content(case)) == []


def content(case: CaseFields) -> Content:
    return Content(
        Kind.CASE, case.title or "x", body(case), case.lang, Audience.AGENT, tags=case.tags
    )


def test_the_text_is_a_whole_case_and_comes_back() -> None:
    case = CaseFields(
        title="标题",
        scene="## 不是标题\n\n```\n没有结束的代码",
        cause="~~~\n也没有结束",
        handling="1. 甲\n2. 乙",
        tags=("退货",),
    )
    written = content(case)
    assert content_problems(written) == []
    assert fields_of(written) == case


def test_the_first_question_has_no_greeting() -> None:
    assert first_question(TALK[:1]) == ""
    assert first_question(talk("客：您好！请问能退吗")) == "能退吗"
    assert first_question(talk("客：亲属可以代领吗")) == "亲属可以代领吗"
    assert first_question(talk("客：Hiking boots?")) == "Hiking boots?"


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ("签收次日起 7 天内可以退货。", True),
        ("李女士，签收次日起 7 天内可以退货哦。", True),
        ("您签收次日起七天内可以退货的。", True),
        ("签收次日起 15 天内可以退货。", False),
        ("感谢您的理解。", False),
        ("", False),
    ],
)
def test_a_rule_is_quoted_where_it_was_sent_with_its_own_figures(sent: str, found: bool) -> None:
    revision = Revision(
        "return-7-days", 1, RETURNS, RETURNS.digest(), RevisionStatus.PUBLISHED, "甲", DAY
    )
    expected = ("签收次日起 7 天内可以退货。",) if found else ()
    assert quotes(revision, [sent]) == expected


def test_of_rows_alike_only_the_one_that_was_sent_is_quoted() -> None:
    rows = (
        "情形 | 能退吗",
        "--- | ---",
        *(f"{what} | 不能，有质量问题除外" for what in ("手机已激活", "空调已安装")),
    )
    table = "\n".join(f"| {row} |" for row in rows)
    content_ = replace(RETURNS, body=table)
    revision = Revision(
        "return-7-days", 1, content_, content_.digest(), RevisionStatus.PUBLISHED, "甲", DAY
    )
    sent = "手机已激活：不能，有质量问题除外。"
    found = quotes(revision, [sent])
    assert found == ("手机已激活 | 不能，有质量问题除外",)
    rule = replace(RULE, quotes=found)
    case = prefilled(CONTACT, talk("客：能退吗", f"坐：{sent}"), [rule], DAY)
    assert case.policy_basis.startswith("手机已激活：不能，有质量问题除外。见[")
