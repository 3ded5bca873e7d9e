from __future__ import annotations

import pytest

from assistant.replies import HandoverReason, Message, load_tables
from assistant.replies.handover import asks_for_person, decide, topic_groups
from assistant.replies.risk import assess
from tests.assistant.replies.conftest import Ask

TABLES = load_tables()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("转人工", True),
        ("人工", True),
        ("我要人工客服！", True),
        ("别让机器人回我，找你们经理", True),
        ("can I talk to a human please", True),
        ("安装的人工费多少", False),
        ("客服几点下班", False),
        ("is there a real person warranty", True),
    ],
)
def test_asking_for_a_person(text: str, wanted: bool) -> None:
    assert asks_for_person(text, TABLES) is wanted


def test_topics_name_the_skill_group() -> None:
    assert topic_groups("门锁指纹录不上", TABLES)[0] == "智能设备组"
    assert topic_groups("发票抬头写错了", TABLES)[0] == "发票与支付组"
    assert topic_groups("今天天气不错", TABLES) == ()


def test_nothing_to_hand_over_in_a_plain_contact(ask: Ask) -> None:
    response = ask("退款多久到账")
    assert not response.handover.needed
    assert response.handover.reason is None
    assert response.handover.skill_group == "退换货组"


@pytest.mark.parametrize(
    ("text", "reason", "group"),
    [
        ("再不给退款我就打12315", HandoverReason.SENSITIVE, "投诉处理组"),
        ("退款的事转人工", HandoverReason.ASKED_FOR_PERSON, "退换货组"),
        ("退款到现在没有，骗子！！", HandoverReason.UPSET, "退换货组"),
        ("能不能帮我遛狗", HandoverReason.NO_KNOWLEDGE, "知识运营组"),
        ("门锁可以刻字吗", HandoverReason.NO_KNOWLEDGE, "智能设备组"),
        (
            "第三次来问了，退款没到账？手机续航多久？",
            HandoverReason.SEVERAL_DEPARTMENTS,
            "退换货组",
        ),
    ],
)
def test_reasons_and_groups(ask: Ask, text: str, reason: HandoverReason, group: str) -> None:
    handover = ask(text).handover
    assert handover.needed
    assert (handover.reason, handover.skill_group) == (reason, group)


def test_small_talk_is_no_gap(ask: Ask) -> None:
    assert not ask("你好，在吗").handover.needed


def test_three_departments_are_too_many_for_one_agent() -> None:
    messages = [Message("customer", "三件事")]
    risk = assess(messages, TABLES, departments=("a", "b", "c"), questions=3)
    decided = decide(messages, risk, TABLES, owner="a", unanswered=False)
    assert decided.reason is HandoverReason.SEVERAL_DEPARTMENTS
