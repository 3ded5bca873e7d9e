from datetime import date

import pytest

from kb.relative_dates import relative_deadlines

MONDAY = date(2026, 11, 9)


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("请在本周日前提交评价。", date(2026, 11, 15)),
        ("下周五前申请的优先安排。", date(2026, 11, 20)),
        ("本周内回复的送积分。", date(2026, 11, 15)),
        ("即日起至月底，到店领取礼品。", date(2026, 11, 30)),
        ("下月底前换购。", date(2026, 12, 31)),
        ("本月内完成认证。", date(2026, 11, 30)),
        ("本季度末前升级。", date(2026, 12, 31)),
        ("年底前申请免上门费。", date(2026, 12, 31)),
        ("双11当天下单送贴膜。", date(2026, 11, 11)),
        ("双十二当天下单送贴膜。", date(2026, 12, 12)),
        ("春节前下单的送福袋。", date(2027, 2, 6)),
        ("元旦前下单送日历。", date(2027, 1, 1)),
        ("领券截止到明天。", date(2026, 11, 10)),
        ("今天 24:00 前付款享九折。", MONDAY),
        ("The offer ends this Sunday.", date(2026, 11, 15)),
        ("Sign up by next Friday.", date(2026, 11, 20)),
        ("Sign up by the end of the month.", date(2026, 11, 30)),
        ("Order before the end of the year.", date(2026, 12, 31)),
        ("Valid until tomorrow.", date(2026, 11, 10)),
    ],
)
def test_an_end_near_the_day_of_writing(sentence: str, day: date) -> None:
    assert [found for _, found in relative_deadlines(sentence, MONDAY)] == [day]


@pytest.mark.parametrize(
    "sentence",
    [
        "每月底前结清。", "每个月底前结清。", "周末前下单的，周一发货。", "今天下单明天送达。",
        "今天到期的逐条问。", "双11买的商品，价保期为 15 天。", "双11期间下单的订单可以补开发票。",
        "会员有效期至次年同月底。", "月底结算工资卡。", "由专员在今天内联系您。", "国庆前购买的手机可以换新。",
        "We ship every Sunday.", "Read it this weekend.",
    ],
)  # fmt: skip
def test_what_comes_back_or_tells_of_the_past_is_none(sentence: str) -> None:
    assert list(relative_deadlines(sentence, MONDAY)) == []
