from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from kb.dates_in_text import passed_deadlines

TZ = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 12, tzinfo=TZ)
WRITTEN = datetime(2026, 8, 3, tzinfo=TZ)


def passed(text: str, now: datetime = NOW) -> list[str]:
    return [
        item.day.isoformat() for item in passed_deadlines(text, written=WRITTEN, now=now, tz=TZ)
    ]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("活动截止 2026年10月31日。", "2026-10-31"),
        ("即日起至9月30日,第二件半价。", "2026-09-30"),
        ("请在11月12日前提交评价。", "2026-11-12"),
        ("活动时间:2026年9月1日至9月15日。", "2026-09-15"),
        ("报名 2026-10-08 24:00 截止。", "2026-10-08"),
        ("即日起至月底,到店领取礼品。", "2026-08-31"),
        ("The offer runs until 30 September 2026.", "2026-09-30"),
        ("Order by October 8, 2026 to get the gift.", "2026-10-08"),
    ],
)
def test_a_deadline_that_has_passed_is_found(text: str, day: str) -> None:
    assert passed(text) == [day]


@pytest.mark.parametrize(
    "text",
    [
        "本规则自2026年6月1日起执行。",
        "2026年6月1日前下单的订单按旧规则处理。",
        "活动截止 2026年12月31日。",
        "积分于次年12月31日到期。",
        "每月5日前出账。",
        "有效期至1月5日。",
        "2026年3月发布了新版 App。",
    ],
)
def test_starts_conditions_repeats_and_the_future_are_not(text: str) -> None:
    assert passed(text) == []


def test_a_deadline_holds_until_its_day_has_ended_in_the_site_zone() -> None:
    text = "活动截止 2026年11月22日。"
    assert passed(text, datetime(2026, 11, 22, 23, 59, tzinfo=TZ)) == []
    assert passed(text, datetime(2026, 11, 23, 0, 0, tzinfo=TZ)) == ["2026-11-22"]
