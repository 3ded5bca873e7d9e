from __future__ import annotations

import pytest

from assistant.replies.intervals import Range
from assistant.replies.ranges import customer_figures, ranges

DAY = 86400
HOUR = 3600


def spoken(text: str, unit: int = 1) -> list[str]:
    """Ranges in mathematical notation, counted in `unit`."""
    return [_written(r, unit) for r in ranges(text)]


def own(question: str, unit: int = 1) -> list[tuple[str, str]]:
    return [(_written(r, unit), r.measure) for r in customer_figures(question)]


def _written(found: Range, unit: int) -> str:
    opening = "[" if found.low_in else "("
    closing = "]" if found.high_in and found.high is not None else ")"
    top = "∞" if found.high is None else f"{float(found.high / unit):.4g}"
    return f"{opening}{float(found.low / unit):.4g}, {top}{closing}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("签收次日起 7 天内出现性能故障的", ["(0, 7]"]),
        ("签收次日起第 8 天到第 15 天出现故障的", ["(7, 15]"]),
        ("第八天至第十五天", ["(7, 15]"]),
        ("签收后 8–15 天", ["[8, 15]"]),
        ("签收次日起满 15 天后出现的故障", ["(15, ∞)"]),
        ("超过 15 天", ["(15, ∞)"]),
        ("第 16 天起", ["(15, ∞)"]),
        ("等备件满 15 天仍未到货的", ["[15, ∞)"]),
        ("不超过三天", ["(0, 3]"]),
        ("within 7 days of delivery", ["(0, 7]"]),
        ("after 30 days", ["(30, ∞)"]),
        ("between 8 and 15 days", ["[8, 15]"]),
        ("from day 8 to day 15", ["(7, 15]"]),
        ("no more than 7 days", ["(0, 7]"]),
        ("2 days after delivery", []),
        ("使用期为 7 天", []),
    ],
)
def test_ranges_of_days(text: str, expected: list[str]) -> None:
    assert spoken(text, DAY) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("超过承诺送达时间 48 小时仍未送达的", ["(48, ∞)"]),
        ("more than 48 hours late", ["(48, ∞)"]),
        ("小件签收后 24 小时内报损，大件签收后 48 小时内报损", ["(0, 24]", "(0, 48]"]),
    ],
)
def test_ranges_of_hours(text: str, expected: list[str]) -> None:
    assert spoken(text, HOUR) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("单笔实付满 2,000 元、不足 4,000 元，赠保温杯一个", ["[2000, 4000)"]),
        ("单笔金额在 5,000 元以上的", ["[5000, ∞)"]),
        ("at least 3,000 yuan", ["[3000, ∞)"]),
        ("over 3,000 yuan", ["(3000, ∞)"]),
        ("单笔最多减 400 元", []),
        ("单次补偿不超过 50 元", []),
    ],
)
def test_ranges_of_money_are_conditions_not_what_is_given(text: str, expected: list[str]) -> None:
    assert spoken(text) == expected


def test_other_units_are_compared_in_their_base() -> None:
    assert spoken("铜管超过 3 米的") == ["(3000, ∞)"]
    assert spoken("6 楼及以上") == ["[6, ∞)"]
    assert spoken("16–24 ㎡") == ["[16, 24]"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("签收后 7 天内", "owned"),
        ("付款后 48 小时内发出", "ordered"),
        ("超过承诺送达时间 48 小时仍未送达的", "late"),
        ("申请通过后 5 天内把商品交给快递", ""),
        ("满 600 元的订单", "amount"),
    ],
)
def test_what_is_measured_is_read_from_the_clause(text: str, expected: str) -> None:
    assert [r.measure for r in ranges(text)] == [expected]


def test_the_name_of_a_column_says_what_is_measured() -> None:
    assert [r.measure for r in ranges("7 天内", "签收后时间")] == ["owned"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("冰箱买了十天不制冷，能退吗？", [("[10, 10]", "owned")]),
        ("手机三个月前买的，现在坏了", [("[91.31, 91.31]", "owned")]),
        ("东西收到第六天了", [("(5, 6]", "owned")]),
        ("订单晚了 50 小时", [("(2.083, 2.125]", "late")]),
        ("超过48小时没到赔吗", [("(2, ∞)", "late")]),
        ("I bought the fridge 20 days ago", [("[20, 20]", "owned")]),
        ("My package is 48 hours late", [("(2, 2.042]", "late")]),
        ("七天无理由从哪天算", []),
        ("退款几天到账", []),
    ],
)
def test_durations_of_the_customers_own(question: str, expected: list[tuple[str, str]]) -> None:
    assert own(question, DAY) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("花了 2,500 元，满减能减多少？", [("[2500, 2500]", "amount")]),
        ("付了4500块，分期要手续费吗", [("[4500, 4500]", "amount")]),
        ("满1000元减60元的券怎么用", [("[1000, 1000]", "amount")]),
        ("I spent 2,500 yuan", [("[2500, 2500]", "amount")]),
        ("差价20元能退吗", []),
    ],
)
def test_money_that_was_spent(question: str, expected: list[tuple[str, str]]) -> None:
    assert own(question) == expected


def test_intervals_know_their_neighbours() -> None:
    within, between, after = (
        ranges(text)[0] for text in ("签收后 7 天内", "签收后第 8 天到第 15 天", "签收满 15 天后")
    )
    assert within.borders(between)
    assert between.borders(after)
    assert not within.borders(after)
    assert not within.meets(between)
    assert within.distance(after) == 8 * DAY
    assert ranges("签收后 7 天内")[0].meets(ranges("签收后 15 天内")[0])


def test_what_is_late_is_so_by_more_than_the_figure() -> None:
    (late,) = customer_figures("快递超时48小时了还没到")
    (rule,) = ranges("订单超过承诺送达时间 48 小时仍未送达的，补偿优惠券。")
    (longer,) = ranges("订单超过承诺送达时间 7 天仍未送达的，可以取消。")
    assert late.meets(rule)
    assert not late.meets(longer)
