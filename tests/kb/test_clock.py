"""Local time in and out."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.clock import format_local, parse_local, spoken_local, utc_now
from kb.errors import InvalidInput

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-06-01", datetime(2026, 5, 31, 16, tzinfo=UTC)),
        ("2026-06-01T20:00", datetime(2026, 6, 1, 12, tzinfo=UTC)),
        ("2026-06-01 20:00:30", datetime(2026, 6, 1, 12, 0, 30, tzinfo=UTC)),
        ("2026-06-01T20:00:00.25", datetime(2026, 6, 1, 12, 0, 0, 250_000, tzinfo=UTC)),
        ("2026-06-01T20:00Z", datetime(2026, 6, 1, 20, tzinfo=UTC)),
        ("2026-06-01T20:00-03:30", datetime(2026, 6, 1, 23, 30, tzinfo=UTC)),
    ],
)
def test_parse(text: str, utc: datetime) -> None:
    assert parse_local(text, SHANGHAI) == utc
    assert parse_local(text, SHANGHAI).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    ["", "2026-02-30", "2026-13-01", "2026-6-1", "26-06-01", "2026-06-01T25:00", "2026-06-01T20",
     "20:00", "1969-12-31", "9999-01-01", "2026-06-01T20:00+25:00", "tomorrow", "２026-06-01"],
)  # fmt: skip
def test_refuses(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_local(text, SHANGHAI)


def test_skipped_and_repeated_hours() -> None:
    with pytest.raises(InvalidInput, match="clock change"):
        parse_local("2026-03-29T02:30", BERLIN)
    second = parse_local("2026-10-25T02:30+01:00", BERLIN)
    assert format_local(second, BERLIN) == "2026-10-25T02:30+01:00"
    first = parse_local("2026-10-25T02:30", BERLIN)
    assert format_local(first, BERLIN) == "2026-10-25T02:30"
    assert first < second


@given(
    st.datetimes(datetime(1980, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia", "UTC"]),
)
def test_round_trip_everywhere(moment: datetime, zone: str) -> None:
    tz = ZoneInfo(zone)
    assert parse_local(format_local(moment, tz), tz) == moment


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-06-01", "2026-06-01"),
        ("2026-06-01T20:00", "2026-06-01 20:00"),
        ("2026-06-01T00:01", "2026-06-01 00:01"),
        ("2026-06-30T23:59:59", "2026-06-30 23:59"),
        ("2026-06-01T00:00Z", "2026-06-01 08:00"),
    ],
)
def test_people_read_the_time_of_day_where_it_is_another_than_midnight(
    text: str, shown: str
) -> None:
    assert spoken_local(parse_local(text, SHANGHAI), SHANGHAI) == shown


def test_now_is_aware() -> None:
    assert utc_now().utcoffset() is not None
