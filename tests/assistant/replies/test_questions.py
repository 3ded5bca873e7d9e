from __future__ import annotations

import pytest

from assistant.replies.questions import questions
from assistant.risk import Message
from assistant.risk.conversation import customer_turn, is_just


def contact(*texts: str) -> list[Message]:
    """Customer and agent by turns, the customer last."""
    roles = ["customer", "agent"] * len(texts)
    start = 0 if len(texts) % 2 else 1
    return [Message(role, text) for role, text in zip(roles[start:], texts, strict=False)]


def test_the_turn_is_everything_since_our_side_spoke() -> None:
    messages = [
        Message("customer", "你好"),
        Message("agent", "您好"),
        Message("customer", "冰箱不制冷"),
        Message("customer", "能退吗"),
    ]
    assert customer_turn(messages) == "冰箱不制冷\n能退吗"


def test_a_question_knows_what_the_customer_said_before_it() -> None:
    turns = contact("我上周买的扫地机想退货", "好的", "那运费呢", "10 元", "那多久到账")
    (question,) = questions(turns)
    assert question.context == ("我上周买的扫地机想退货", "那运费呢")


def test_a_question_knows_the_one_before_it_in_the_same_turn() -> None:
    first, second = questions(contact("我想退货", "好的", "退货运费谁出？钱多久到账？"))
    assert first.context == ("我想退货",)
    assert second.context == ("我想退货", "退货运费谁出？")


def test_there_is_no_question_without_a_customer_message() -> None:
    assert questions([Message("agent", "您好")]) == []


def test_what_our_side_said_last_comes_with_each_question() -> None:
    turns = [
        Message("agent", "您好"),
        Message("customer", "我想退货"),
        Message("agent", "好的，仓库验完货就退款"),
        Message("system", "客户上线"),
        Message("customer", "运费谁出？钱多久到账？"),
    ]
    assert [question.answered for question in questions(turns)] == ["好的，仓库验完货就退款"] * 2
    (first,) = questions(turns[1:2])
    assert first.answered == ""


@pytest.mark.parametrize(
    ("text", "just"),
    [("你好呀，在吗？", True), ("谢谢啦~", True), ("哈哈哈哈", True), ("你好我要退货", False)],
)
def test_small_talk_is_recognised_only_when_there_is_nothing_else(text: str, just: bool) -> None:
    assert is_just(text, ["你好", "在吗", "谢谢"]) is just
