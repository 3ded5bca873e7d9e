from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.risk import HandoverReason, Message, RiskSettings, load_settings
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


def long_messages() -> list[tuple[str, list[str]]]:
    """Stories that mention several matters, with the groups that may take them."""
    lines = Path(__file__).with_name("long_messages.jsonl").read_text("utf-8").splitlines()
    return [(row["text"], row["groups"]) for row in map(json.loads, lines)]


def test_a_long_story_goes_to_who_can_do_what_it_asks_for(settings: RiskSettings) -> None:
    found = [(topic_groups(text, settings)[:1], right) for text, right in long_messages()]
    wrong = [pair for pair in found if not pair[0] or pair[0][0] not in pair[1]]
    assert len(found) == 80
    assert len(wrong) <= 6, wrong


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("师傅上门装好的冰箱坏了，检测的人说压缩机有问题，我不想修了，就想把钱退给我", "退换货组"),
        ("以旧换新抵八百，师傅来收旧机说只能抵两百，这个差的钱谁来出", "促销组"),
        ("送货的司机说货车进不来，要我付搬运费，请问这个搬运费应该我出吗", "物流组"),
        ("从香港带回来的手机充电口松了，内地的售后说不能保修，请问能不能修", "跨境组"),
    ],
)
def test_what_is_asked_for_counts_more_than_what_led_to_it(
    settings: RiskSettings, text: str, group: str
) -> None:
    assert topic_groups(text, settings)[0] == group


def test_an_answer_names_the_group_of_a_short_question_not_of_a_long_story(read: Read) -> None:
    short = "运费谁出"
    story = "上周买的锁装不了，门是带天地钩的，客服没有问过我，东西没拆，请问可以退吗"
    for text, group in ((short, "物流组"), (story, "退换货组")):
        said = [Message("customer", text)]
        found = decide(said, read(text), load_settings(), owner="物流组", unanswered=True)
        assert found.skill_group == group
