from __future__ import annotations

import pytest

from assistant.risk import HandoverReason, Message, RiskSettings
from assistant.risk.departments import departments, topic_groups
from assistant.risk.handover import asks_for_person, decide
from tests.assistant.risk.conftest import Read


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("转人工", True),
        ("转 人 工", True),
        ("人工", True),
        ("我要人工客服！", True),
        ("别让机器人回我，找你们经理", True),
        ("can I talk to a human please", True),
        ("I need to reach an operator", True),
        ("安装的人工费多少", False),
        ("客服几点下班", False),
        ("人工智能怎么打开", False),
        ("is there a real person warranty", True),
    ],
)
def test_asking_for_a_person(settings: RiskSettings, text: str, wanted: bool) -> None:
    assert asks_for_person(text, settings) is wanted


def test_topics_name_the_skill_group(settings: RiskSettings) -> None:
    assert topic_groups("门锁指纹录不上", settings)[0] == "智能设备组"
    assert topic_groups("发票抬头写错了", settings)[0] == "发票与支付组"
    assert topic_groups("手机怎么退货", settings) == ("退换货组",)
    assert topic_groups("手机发热", settings) == ("手机组",)
    assert topic_groups("今天天气不错", settings) == ()


def test_each_clause_needs_the_group_that_fits_best(settings: RiskSettings) -> None:
    found = departments("手机要退货，空调要约安装，还有发票抬头要改", settings)
    assert found == ("退换货组", "安装维修组", "发票与支付组")


@pytest.mark.parametrize(
    ("said", "reason", "group"),
    [
        ("再不给退款我就打12315", HandoverReason.SENSITIVE, "投诉处理组"),
        ("退款的事转人工", HandoverReason.ASKED_FOR_PERSON, "退换货组"),
        ("什么破服务，骗子！！", HandoverReason.UPSET, "投诉处理组"),
        ("联系你们第四次了，退款还没有结果", HandoverReason.REPEATED, "退换货组"),
        (
            "手机要退货，空调要约安装，还有发票抬头要改",
            HandoverReason.SEVERAL_DEPARTMENTS,
            "发票与支付组",
        ),
    ],
)
def test_reasons_and_groups(read: Read, said: str, reason: HandoverReason, group: str) -> None:
    found = read(said).handover
    assert found.needed
    assert (found.reason, found.skill_group) == (reason, group)


@pytest.mark.parametrize(
    "text", ["退款多久到账", "你好，在吗", "又到换滤网的时候了，帮我下单", "按好几次才开"]
)
def test_nothing_to_hand_over(read: Read, text: str) -> None:
    found = read(text).handover
    assert not found.needed
    assert found.reason is None


def test_three_departments_are_too_many_for_one_agent(settings: RiskSettings, read: Read) -> None:
    found = read("三件事", departments=("a", "b", "c"), questions=3)
    assert found.complexity.level == "high"
    decided = decide([Message("customer", "三件事")], found, settings, owner="a")
    assert (decided.reason, decided.skill_group) == (HandoverReason.SEVERAL_DEPARTMENTS, "a")


def test_no_answer_is_a_reason_that_only_a_search_knows(settings: RiskSettings, read: Read) -> None:
    messages = [Message("customer", "能不能帮我遛狗")]
    found = read(*messages)
    assert not found.handover.needed
    decided = decide(messages, found, settings, unanswered=True)
    assert (decided.reason, decided.skill_group) == (HandoverReason.NO_KNOWLEDGE, "知识运营组")


def test_a_person_is_asked_for_in_the_turn_a_threat_anywhere(read: Read) -> None:
    answered = Message("agent", "您好，我是人工客服")
    assert not read("转人工", answered, "退款多久到账").handover.needed
    later = read("我要曝光你们", answered, "退款多久到账").handover
    assert later.reason is HandoverReason.SENSITIVE
