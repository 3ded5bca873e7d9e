"""Opening hours: inside and outside, over midnight, over a change of clocks, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.selfservice.hours import MAX_LENGTH, Hours
from kb.errors import InvalidInput

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
WEEK = "Mon-Fri 09:00-21:00; Sat,Sun 10:00-18:00"
# 2026-11-23 is a Monday.


def at(day: int, hour: int, minute: int = 0, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=zone)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (at(23, 8, 59), at(23, 9)),
        (at(23, 9), None),
        (at(23, 20, 59), None),
        (at(23, 21), at(24, 9)),
        (at(27, 21), at(28, 10)),  # Friday night, Saturday morning
        (at(28, 18), at(29, 10)),
        (at(29, 18), at(30, 9)),
    ],
)
def test_a_week(now: datetime, opens: datetime | None) -> None:
    hours = Hours(WEEK, SHANGHAI)
    assert hours.is_open(now) == (opens is None)
    assert hours.opens_at(now) == opens
    assert hours.opens_at(now.astimezone(UTC)) == opens


def test_nothing_means_always_and_never_never() -> None:
    for text in ("", "  "):
        assert Hours(text, SHANGHAI).is_open(at(23, 3))
        assert Hours(text, SHANGHAI).opens_at(at(23, 3)) is None
    assert not Hours("never", SHANGHAI).is_open(at(23, 12))
    assert Hours("Never", SHANGHAI).opens_at(at(23, 12)) is None


def test_a_span_over_midnight_belongs_to_the_day_it_begins() -> None:
    hours = Hours("Fri 22:00-02:00", SHANGHAI)
    assert not hours.is_open(at(27, 1))
    assert hours.is_open(at(27, 23))
    assert hours.is_open(at(28, 1, 59))
    assert not hours.is_open(at(28, 2))
    assert hours.opens_at(at(28, 2)) == at(27, 22) + timedelta(days=7)


def test_spans_of_several_days_and_the_whole_day() -> None:
    hours = Hours("fri-mon 09:00-12:00, 13:00-24:00；Wed 00:00-24:00", SHANGHAI)
    assert [day for day in range(23, 30) if hours.is_open(at(day, 10))] == [23, 25, 27, 28, 29]
    assert hours.opens_at(at(23, 12)) == at(23, 13)
    assert hours.is_open(at(23, 23, 59))
    assert not hours.is_open(at(24, 0))
    assert hours.is_open(at(25, 0))


def test_hours_are_by_the_clock_on_the_wall_when_clocks_change() -> None:
    hours = Hours("Mon-Sun 09:00-17:00", BERLIN)
    for day in (datetime(2026, 3, 29), datetime(2026, 10, 25)):  # spring forward, fall back
        opening = day.replace(hour=9, tzinfo=BERLIN)
        before = opening.astimezone(UTC) - timedelta(minutes=1)
        assert not hours.is_open(before)
        assert hours.opens_at(before) == opening
        assert hours.is_open(opening.astimezone(UTC))


@pytest.mark.parametrize(
    "text",
    [
        "9-5",
        "Mon",
        "Mon 9:00-17:00",
        "Mon 09:00-25:00",
        "Mon 09:60-17:00",
        "Mon 24:00-25:00",
        "Mon 09:00-09:00",
        "Mon-Tue-Wed 09:00-17:00",
        "Montag 09:00-17:00",
        "Mon 09:00-17:00 Tue",
        ";",
        "never; Mon 09:00-17:00",
        "Mon 09:00-17:00;" * MAX_LENGTH,
    ],
)
def test_what_is_no_hours_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Hours(text, SHANGHAI)
    assert [problem.field for problem in refused.value.problems] == ["hours"]


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))
def test_it_opens_when_it_says_and_not_a_minute_before(moment: datetime) -> None:
    hours = Hours("Tue 22:00-06:00; Thu,Sat 08:30-12:00", BERLIN)
    now = moment.replace(tzinfo=UTC)
    opens = hours.opens_at(now)
    assert (opens is None) == hours.is_open(now)
    if opens is not None:
        assert opens > now
        assert hours.is_open(opens.astimezone(UTC))
        assert not hours.is_open(opens.astimezone(UTC) - timedelta(seconds=1))
