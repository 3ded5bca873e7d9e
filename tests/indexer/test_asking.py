from __future__ import annotations

import pytest

from indexer.asking import question_in, split


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


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        ("退货运费谁出 钱多久到账", ["退货运费谁出", "钱多久到账"]),
        ("我想退货运费谁出还有钱多久到账", ["我想退货运费谁出", "钱多久到账"]),
        ("冰箱不制冷了怎么办顺便问下保修几年", ["冰箱不制冷了怎么办", "保修几年"]),
        ("1. 退货运费谁出 2. 钱多久到账", ["退货运费谁出", "钱多久到账"]),
        ("1、怎么退货\n2、运费多少\n3、几天到账", ["怎么退货", "运费多少", "几天到账"]),
        ("①发票怎么开②抬头能改吗", ["发票怎么开", "抬头能改吗"]),
        ("第一，怎么改地址；第二，什么时候发货", ["怎么改地址；", "什么时候发货"]),
        ("空调装机要钱吗铜管加长一米多少", ["空调装机要钱吗", "铜管加长一米多少"]),
        ("门锁没电了怎么开门？急！！对了指纹怎么删", ["门锁没电了怎么开门？急！！", "指纹怎么删"]),
        ("怎么退货以及多久到账", ["怎么退货", "多久到账"]),
        ("我要退货 还要开发票", ["我要退货", "开发票"]),
        ("How do I return it? Also how long is the refund",
         ["How do I return it?", "how long is the refund"]),
        ("how do i return it and how long does the refund take",
         ["how do i return it", "how long does the refund take"]),
        ("能退吗运费谁出", ["能退吗", "运费谁出"]),
        ("可以换货吗要多久", ["可以换货吗要多久"]),
    ],
)  # fmt: skip
def test_questions_are_told_apart_without_punctuation(turn: str, expected: list[str]) -> None:
    assert split(turn) == expected


@pytest.mark.parametrize(
    "turn",
    [
        "第一次用要注意什么",
        "小米和华为 哪个好",
        "不对了吗",
        "还要多久才能到",
        "3.5 米的铜管多少钱",
        "Wi-Fi 6 and Wi-Fi 5 what is the difference",
    ],
)
def test_one_question_stays_whole(turn: str) -> None:
    assert split(turn) == [turn]


def test_the_question_in_a_story() -> None:
    story = "昨天刚收的货，老妈说菜都坏了，我摸了一下不凉，冰箱不制冷怎么办，家里等着用"
    asked, rest = question_in(story)
    assert asked == "冰箱不制冷怎么办"
    assert "菜都坏了" in rest and "怎么办" not in rest


@pytest.mark.parametrize(
    "text",
    [
        "冰箱不制冷怎么办",
        "冰箱坏了，怎么办",
        "我昨天买的，还没收到，真着急",
        "怎么退？多久？运费呢？",
    ],
)
def test_short_messages_and_mere_statements_have_no_question_apart(text: str) -> None:
    assert question_in(text) == ("", "")
