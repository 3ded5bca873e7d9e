"""Quantities in Chinese and English text, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import numerals
from kb.quantities import quantities, same_quantities


def found(text: str) -> list[tuple[str, str]]:
    return [(q.value, q.unit) for q in quantities(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("签收次日起 7 天内", [("7", "天")]),
        ("七天无理由", [("7", "天")]),
        ("7日内", [("7", "天")]),
        ("７ 天", [("7", "天")]),
        ("3个工作日 3 个工作日 三个工作日", [("3", "工作日")] * 3),
        ("48小时", [("48", "小时")]),
        ("两周、三个月、2 年、半年", [("2", "周"), ("3", "月"), ("2", "年"), ("0.5", "年")]),
        ("一个半小时,两年半,半小时", [("1.5", "小时"), ("2.5", "年"), ("0.5", "小时")]),
        ("1小时30分", [("1", "小时"), ("30", "分钟")]),
        ("1 小时 5 分", [("1", "小时"), ("5", "分钟")]),
        ("1 小时内可兑换 1,000 积分", [("1", "小时"), ("1000", "分")]),
        ("1 小时 1,000 积分", [("1", "小时"), ("1000", "分")]),
        ("超过 1 小时扣 10 分", [("1", "小时"), ("10", "分")]),
        ("十分钟", [("10", "分钟")]),
        ("1,299元 1299 元 ¥1299 ￥1,299元 一千二百九十九元 1299块钱", [("1299", "元")] * 6),
        ("1.2万元 一万二千元", [("12000", "元")] * 2),
        ("US$5 and S$ 3.50", [("5", "美元"), ("3.5", "新元")]),
        ("30% 30％ 三成 百分之三十", [("30", "%")] * 4),
        ("八折 8折 八五折 85 折", [("8", "折"), ("8", "折"), ("8.5", "折"), ("8.5", "折")]),
        ("4 ℃ 和 -18 ℃ 和零下18℃", [("4", "℃"), ("-18", "℃"), ("-18", "℃")]),
        ("2026年6月1日 2026-06-01 2026/6/1", [("2026-06-01", "date")] * 3),
        ("6月1日、六月一日、1 June、June 1", [("--06-01", "date")] * 4),
        ("2026年6月 March 2026 2026 年", [("2026-06", "date"), ("2026-03", "date"), ("2026", "date")]),
        ("11月1日至11日", [("--11-01", "date"), ("--11-11", "date")]),
        ("2025年12月20日至1月5日", [("2025-12-20", "date"), ("2026-01-05", "date")]),
        ("每月5日", [("---05", "date")]),
        ("20:00 20：00 晚上8点 8 p.m. 晚8点整", [("20:00", "time")] * 5),
        ("8:00–24:00", [("08:00", "time"), ("24:00", "time")]),
        ("5 hours, 10 business days, a 15-day window",
         [("5", "小时"), ("10", "工作日"), ("15", "天")]),
        ("fifteen days after one year", [("15", "天"), ("1", "年")]),
        ("2–4 天", [("2", "天"), ("4", "天")]),
        ("1~3 个工作日", [("1", "工作日"), ("3", "工作日")]),
        ("3/6/12 期", [("3", "期"), ("6", "期"), ("12", "期")]),
        ("150–200 元", [("150", "元"), ("200", "元")]),
        ("30/50/100 元", [("30", "元"), ("50", "元"), ("100", "元")]),
        ("5,200 mAh 67 W 2.4 GHz 12+256 GB",
         [("5200", "毫安时"), ("67", "瓦"), ("2.4", "吉赫"), ("12", "吉字节"), ("256", "吉字节")]),
        ("铜管 3 米,6 楼及以上,20 元/层", [("3", "米"), ("6", "层"), ("20", "元")]),
        ("100 分 = 1 元", [("100", "分"), ("1", "元")]),
        ("每单限一次,最多两个", [("1", "次"), ("2", "个")]),
        ("第 3 步 第三天", [("3", "步"), ("3", "天")]),
        ("热线 400-000-5166 或 12315", [("4000005166", ""), ("12315", "")]),
        ("满两千减 200", [("2000", ""), ("200", "")]),
        ("三分之一", [("1/3", "")]),
    ],
)  # fmt: skip
def test_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "KFR-35GW/LS1", "X2", "Wi-Fi 6", "AX3", "Wi-Fi 6E 路由器", "Mira 5 Pro", "iOS 15+",
        "IP68", "BCD-452WLS", "5G 和 4K", "USB-C", "双11", "双十二活动", "618 大促", "周一至周五",
        "第三方", "一台空气炸锅", "一个保温杯", "十分满意", "一次性拖布", "统一处理", "零部件",
        "https://lanshe.example/a?id=30天", "help30@lanshe.example", "{{order.no3}}", "E1 故障",
        "万一", "三包", "",
    ],
)  # fmt: skip
def test_no_quantity(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("48小时", "2 天", True),
        ("七天", "168 hours", True),
        ("1 年", "12 个月", True),
        ("3个工作日", "3天", False),
        ("30 天", "1 个月", False),
        ("1 米", "100 厘米", True),
        ("第 3 天", "3 天", False),
        ("10 元", "10%", False),
    ],
)
def test_keys_compare_across_units(one: str, other: str, equal: bool) -> None:
    assert (quantities(one)[0].key == quantities(other)[0].key) is equal


@pytest.mark.parametrize(
    ("sentence", "quote", "backed"),
    [
        ("请在 7 天内申请。", "签收次日起七天内可以申请退货,运费 10 元。", True),
        ("请在 15 天内申请。", "签收次日起七天内可以申请退货。", False),
        ("运费 10 元,3 天到账。", "运费 10 元。", False),
        ("6月1日起执行。", "自 2026-06-01 起执行。", True),
        ("2026年6月1日起执行。", "6月1日起执行。", False),
        ("2026年6月起执行。", "2026-06-01 起执行。", True),
        ("拨打 12315。", "可以拨打 12315 投诉。", True),
        ("满 3000 可用。", "满 3,000 元可用。", True),
        ("满 3000 元可用。", "订单号 3000。", False),
        ("感谢您的耐心。", "没有数字。", True),
        ("3 个工作日到账。", "3 天到账。", False),
    ],
)
def test_grounding(sentence: str, quote: str, backed: bool) -> None:
    assert same_quantities(sentence, quote) is backed


@given(
    st.text(
        st.sampled_from("零一二两三十百千万半个天日月年元%第双.,:-–/ 0123456789aGBWi年前至"),
        max_size=40,
    )
)
def test_offsets_point_at_the_text_in_order(text: str) -> None:
    place = 0
    for quantity in quantities(text):
        assert text[quantity.start : quantity.end] == quantity.text
        assert quantity.start >= place
        assert quantity.end > quantity.start
        place = quantity.end


@given(st.text(max_size=80))
def test_any_text_is_backed_by_itself(text: str) -> None:
    assert same_quantities(text, text)


def test_long_digits_and_hostile_text_are_harmless() -> None:
    for text in ("9" * 20_000, "1," * 10_000, "1/" * 5_000 + "天", "一" * 10_000, "-" * 20_000):
        quantities(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("十", 10), ("十五", 15), ("二十", 20), ("一百零五", 105), ("一百五", 150), ("一千零五十", 1050),
     ("两万三千", 23000), ("一万二", 12000), ("二〇二六", 2026), ("三百万", 3000000), ("1.5万", 15000),
     ("半", 0.5), ("twelve", 12)],
)  # fmt: skip
def test_numerals(text: str, value: float) -> None:
    parsed = numerals.parse(text)
    assert parsed is not None
    assert float(parsed) == value


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "五x"])
def test_no_numerals(text: str) -> None:
    assert numerals.parse(text) is None
