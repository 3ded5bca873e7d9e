from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.noise import FILE, essential
from indexer.text import fold, mainland_words


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("在吗在吗 我那个啥 冰箱咋不制冷了啊!!", "冰箱怎么不制冷了!"),
        ("亲，麻烦问一下退货运费谁出呀~~~😭😭", "退货运费谁出"),
        ("急急急！！！门锁打不开了啊啊啊啊", "门锁打不开了"),
        ("不好意思 想问下哈 空调装一次要多少钱呐", "空调装一次要多少钱"),
        ("[捂脸][捂脸]积分啥时候过期", "积分什么时候过期"),
        ("木有收到验证码肿么办", "没有收到验证码怎么办"),
        ("我的订单号202611221234567890怎么还没发货", "怎么还没发货"),
        ("13812345678 这个手机号收不到验证码", "这个手机号收不到验证码"),
        ("https://shop.example.com/a?b=1 这个能便宜吗", "这个能便宜吗"),
        ("hello, how long does the refund take???", "how long does the refund take?"),
        ("my router is sooooo slow!!!!", "my router is so slow!"),
        ("tuì huò yùn fèi", "tui huo yun fei"),
        ("網路連不上怎麼辦", "网络连不上怎么办"),
        ("軟體更新", "软件更新"),
        ("點解冇收到退款", "为什么没有收到退款"),
        ("ＫＦＲ－３５ＧＷ", "KFR-35GW"),
    ],
)
def test_noise_goes_and_the_question_stays(typed: str, kept: str) -> None:
    assert essential(typed) == kept


@pytest.mark.parametrize(
    "text",
    [
        "你好",
        "在吗",
        "谢谢",
        "哈哈哈哈",
        "急",
        "???",
        "亲人代收行吗",
        "现在吗",
        "400-000-5166是你们电话吗",
        "AAA电池",
        "早上下的单能改地址吗",
        "上网路由器怎么选",
        "35m2用多大的空调",
        "E5 故障",
        "冰箱不制冷,买了十天了,还能退吗",
        "刚刚下的单",
        "慢慢退款吗",
        "空调不出冷气",
        "can i return it after 7 days?",
    ],
)
def test_what_is_no_noise_stays(text: str) -> None:
    assert essential(text) == text


def test_only_traditional_text_gets_mainland_words() -> None:
    assert mainland_words("序列号在哪里，么么哒") == "序列号在哪里，么么哒"
    assert mainland_words("螢幕壞了") == "屏幕坏了"


def test_the_table_is_whole() -> None:
    stored = json.loads(FILE.read_text("utf-8"))
    assert set(stored) == {"said", "overseas", "fillers", "openers", "stickers"}
    for said, meant in stored["said"].items():
        assert said not in meant, "a replacement must not be replaced again"


@given(st.text(max_size=80))
def test_the_result_is_never_empty(text: str) -> None:
    once = essential(text)
    assert bool(once.strip()) == bool(fold(text).strip())
    assert once == once.strip()
