from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.replies.checking import check

QUOTE = "签收次日起 7 天内可以退货，退款 1–3 个工作日到账，运费 10 元，KFR-35GW 除外。"


def wrong(text: str, *said: str) -> list[str]:
    return [figure.text for figure in check(text, [QUOTE], said) if not figure.ok]


@pytest.mark.parametrize(
    "text",
    [
        "七天内都能退",
        "７天内可以退",
        "168 小时内可以退",
        "一个工作日就到",
        "￥10.00 的运费",
        "kfr-35gw 不行",
        "1. 打开 App\n2、点退货\n3) 提交",
        "订单 {{order.no}} 已登记，{{?补偿 5 元}}",
        "见 https://example.com/help/2026?x=99",
    ],
)
def test_what_the_evidence_says_is_right_however_written(text: str) -> None:
    assert wrong(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("15 天内可以退", ["15 天"]),
        ("七个工作日内可以退", ["七个工作日"]),
        ("运费八元", ["八元"]),
        ("2026年12月1日以前", ["2026年12月1日"]),
        ("KFR-72GW 也不行", ["KFR-72GW"]),
        ("Mira 5 可以退", ["Mira 5"]),
        ("报错 E5 时", ["E5"]),
        ("打 9 折", ["9 折"]),
    ],
)
def test_what_it_does_not_say_is_named(text: str, found: list[str]) -> None:
    assert wrong(text) == found


def test_what_was_said_may_be_repeated_but_is_not_offered() -> None:
    assert wrong("您买了 15 天，订单 20261101", "我买了十五天了", "20261101") == []
    (figure,) = check("20 天", [QUOTE], ["我买了十五天了"])
    assert figure.near == ("7 天",)
    (figure,) = check("3 周", [QUOTE])
    assert figure.near == ("7 天",)
    (figure,) = check("2 个月", [QUOTE])
    assert figure.near == ("7 天", "1–3 个工作日")


@pytest.mark.parametrize("as_said", [False, True])
def test_what_is_filled_in_for_a_variable_needs_no_backing(as_said: bool) -> None:
    canned = "请打开“我的-价保”，选订单 {{order.no}}，把降价的商品一次勾全，补 {{?金额}}"
    text = "请打开“我的-价保”，选订单 LS20261101，把降价的商品一次勾全，补 35 元\n订单 LS999 除外"
    grounds = ([], [canned]) if as_said else ([canned], [])
    assert [f.text for f in check(text, *grounds) if not f.ok] == ["LS999"]


def test_a_variable_with_nothing_beside_it_backs_nothing() -> None:
    assert [f.text for f in check("补偿 500 元", ["{{?金额}}"]) if not f.ok] == ["500 元"]


def test_near_figures_are_of_the_same_unit_and_read_as_they_stand() -> None:
    (figure,) = check("5 个工作日到账", [QUOTE])
    assert (figure.start, figure.end) == (0, 6)
    assert figure.near == ("1–3 个工作日",)


def test_a_figure_of_quite_another_size_is_not_offered() -> None:
    (figure,) = check("9 天内退款", ["请传 15 秒视频"])
    assert (figure.ok, figure.near) == (False, ())
    (figure,) = check("9 天内退款", ["请传 15 秒视频，48 小时内答复"])
    assert figure.near == ("48 小时",)


def test_without_evidence_every_figure_is_wrong() -> None:
    assert [f.ok for f in check("7 天，10 元", [])] == [False, False]


@given(st.text(alphabet="七7天 元KFR-35GWＥ５。{}?\n1.、", max_size=60))
def test_a_text_backs_itself(text: str) -> None:
    figures = check(text, [], [text])
    assert all(figure.ok for figure in figures)
    assert all(text[f.start : f.end] == f.text for f in figures)
    assert all(a.end <= b.start for a, b in pairwise(figures))
