from __future__ import annotations

import pytest

from assistant.replies.model import Message
from assistant.replies.questions import customer_turn, is_just, questions, split


def contact(*texts: str) -> list[Message]:
    """Customer and agent by turns, the customer last."""
    roles = ["customer", "agent"] * len(texts)
    start = 0 if len(texts) % 2 else 1
    return [Message(role, text) for role, text in zip(roles[start:], texts, strict=False)]


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        ("买回来不喜欢能退么", ["买回来不喜欢能退么"]),
        ("退货运费谁出？钱多久到账？", ["退货运费谁出？", "钱多久到账？"]),
        ("积分啥时候过期，还有金叶要消费多少", ["积分啥时候过期", "金叶要消费多少"]),
        ("我想把扫地机退了，另外退款几天到", ["我想把扫地机退了", "退款几天到"]),
        ("还有货吗", ["还有货吗"]),
        ("手机能用多久,打游戏呢?", ["手机能用多久,打游戏呢?"]),
        ("冰箱保修几年？空调呢？", ["冰箱保修几年？空调呢？"]),
        ("退货运费谁出？钱怎么退呢？", ["退货运费谁出？", "钱怎么退呢？"]),
        ("F0是啥故障，要紧吗", ["F0是啥故障，要紧吗"]),
        ("这样退货行吗，可以吗？", ["这样退货行吗，可以吗？"]),
        (
            "昨天3,299买的手机变2,999了，差价能退不",
            ["昨天3,299买的手机变2,999了，差价能退不"],
        ),
        (
            "Can I return the router? How long does the refund take?",
            ["Can I return the router?", "How long does the refund take?"],
        ),
    ],
)
def test_questions_are_split_and_statements_stay_with_them(turn: str, expected: list[str]) -> None:
    assert split(turn) == expected


def test_no_more_than_three_questions() -> None:
    assert len(split("怎么退货？多久到账？发票怎么开？积分怎么算？保修几年？")) == 3


def test_the_turn_is_everything_since_our_side_spoke() -> None:
    messages = [
        Message("customer", "你好"),
        Message("agent", "您好"),
        Message("customer", "冰箱不制冷"),
        Message("customer", "能退吗"),
    ]
    assert customer_turn(messages) == "冰箱不制冷\n能退吗"


def test_a_short_follow_up_hangs_on_the_topic_before() -> None:
    (question,) = questions(contact("我想退货怎么操作", "请在 App 申请", "那多久到账？"))
    assert question.topic == "我想退货怎么操作"
    assert question.hangs


def test_the_topic_is_looked_for_beyond_another_follow_up() -> None:
    turns = contact("我上周买的扫地机想退货", "好的", "那运费呢", "10 元", "那多久到账")
    assert questions(turns)[0].topic == "我上周买的扫地机想退货"


def test_a_full_question_stands_alone() -> None:
    (question,) = questions(contact("我想退货怎么操作", "好", "公司买的能开增值税专用发票吗"))
    assert question.topic == ""


def test_readings_leave_out_the_story() -> None:
    (question,) = questions(contact("气死我了，说好昨天到的怎么还没到，等了我三天"))
    assert question.readings == ("说好昨天到的怎么还没到", "等了我三天")
    (plain,) = questions(contact("怎么还没到"))
    assert plain.readings == ()


@pytest.mark.parametrize(
    ("text", "just"),
    [("你好呀，在吗？", True), ("谢谢啦~", True), ("哈哈哈哈", True), ("你好我要退货", False)],
)
def test_small_talk_is_recognised_only_when_there_is_nothing_else(text: str, just: bool) -> None:
    assert is_just(text, ["你好", "在吗", "谢谢"]) is just
