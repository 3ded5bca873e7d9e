from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.replies import SuggestResponse
from assistant.replies.fitting import fitted, is_about_another
from assistant.replies.passages import Passage, cut
from tests.assistant.replies.fakes import Library, ScriptedSearcher

QUALITY = """## 处理方式
签收次日起 7 天内出现故障的，可以退款、换货或维修。
签收次日起第 8 天到第 15 天出现故障的，可以换货或维修。
签收次日起满 15 天后出现的故障，免费保修。

## 检测
服务站在收到产品后 3 个工作日内出具检测报告。
冰箱由工程师上门检测。
"""
ENGLISH = """## Faults
Within 7 days of delivery you can choose a refund, an exchange or a repair.
Between 8 and 15 days after delivery you can choose an exchange or a repair.
After 15 days faults are repaired free of charge.
"""
LATE = """## 补偿
订单超过承诺送达时间 48 小时仍未送达的，补偿 20 元优惠券。
订单超过承诺送达时间 7 天仍未送达的，补偿 50 元优惠券。
"""
GIFTS = """## 赠品
| 单笔实付 | 赠品 |
| --- | --- |
| 满 2,000 元、不足 4,000 元 | 保温杯 |
| 满 4,000 元 | 空气炸锅 |
"""
MEMBERS = """无理由退货须在签收次日起 7 天内提出。
翠叶会员须在签收次日起 15 天内提出。
"""
Ask = Callable[..., SuggestResponse]


def left(question: str, body: str, lang: str = "zh-CN") -> list[int]:
    fit = fitted(question, cut(body, lang))
    return [p.order for p in fit.pool if p.order not in fit.dropped]


def applying(question: str, body: str, lang: str = "zh-CN") -> list[int]:
    return sorted(fitted(question, cut(body, lang)).closest)


@pytest.mark.parametrize(
    ("question", "rule"),
    [("买了五天坏了", 0), ("买了十天坏了", 1), ("收到第十五天坏了", 1), ("三个月前买的坏了", 2)],
)
def test_only_the_branch_with_the_figure_stays(question: str, rule: int) -> None:
    assert applying(question, QUALITY) == [rule]
    assert left(question, QUALITY) == [rule, 3, 4]


@pytest.mark.parametrize(
    ("question", "rule"),
    [("bought 5 days ago", 0), ("I received it 10 days ago", 1), ("bought 20 days ago", 2)],
)
def test_english_branches_too(question: str, rule: int) -> None:
    assert left(question, ENGLISH, "en") == [rule]


def test_without_a_figure_the_branches_are_one_group() -> None:
    groups = [p.group for p in fitted("坏了能退吗", cut(QUALITY, "zh-CN")).pool]
    assert len(set(groups[:3])) == 1
    assert len(set(groups)) == 3


def test_of_nested_thresholds_the_inner_one_fits_best() -> None:
    assert applying("订单晚了 50 小时", LATE) == [0]
    assert left("订单晚了 50 小时", LATE) == [0]
    assert applying("订单晚了 10 天", LATE) == [1]
    assert left("订单晚了 10 天", LATE) == [0, 1]


def test_where_nothing_fits_the_rules_stay() -> None:
    assert left("订单晚了 3 小时", LATE) == [0, 1]
    assert left("签收 20 天了还能退吗", MEMBERS) == [0, 1]


def test_overlapping_rules_are_for_different_customers() -> None:
    assert left("签收 10 天了还能退吗", MEMBERS) == [0, 1]


def test_rows_are_compared_by_their_first_cell() -> None:
    assert left("我花了 2,500 元送什么", GIFTS) == [0]
    assert left("我花了 4,500 元送什么", GIFTS) == [1]


def test_lateness_is_not_time_since_receipt() -> None:
    fit = fitted("订单晚了 10 天", cut(QUALITY, "zh-CN"))
    assert not fit.dropped
    assert not fit.applying


def test_the_same_figure_may_limit_something_else() -> None:
    assert is_about_another("买了5天坏了", "客户须在 5 天内把商品交给快递。")
    assert not is_about_another("买了7天坏了", "签收次日起 7 天内可以退。")


def test_a_chain_without_anything_measured_is_no_partition() -> None:
    pool: tuple[Passage, ...] = cut("小件 2–4 天到。\n大件 5–7 天到。\n", "zh-CN")
    assert fitted("几天到", pool).pool == pool


@pytest.fixture
def faults(library: Library, searcher: ScriptedSearcher, ask: Ask) -> Ask:
    library.add("quality", QUALITY, title="质量问题")
    searcher.script = {"坏": [("quality", 0.9)], "制冷": [("quality", 0.9)]}
    return ask


def test_the_reply_gives_the_rule_for_the_customers_own_figure(faults: Ask) -> None:
    text = faults("冰箱买了十天不制冷，能退吗？").suggestions[0].text
    assert text.startswith("签收次日起第 8 天到第 15 天")
    assert "7 天内" not in text
    assert "满 15 天后" not in text


@pytest.mark.parametrize("question", ["东西坏了能退款吗", "坏了免费保修吗", "坏了"])
def test_the_reply_gives_all_branches_or_none(faults: Ask, question: str) -> None:
    text = faults(question).suggestions[0].text
    told = [part in text for part in ("7 天内", "第 8 天", "满 15 天后")]
    assert all(told) or not any(told)
