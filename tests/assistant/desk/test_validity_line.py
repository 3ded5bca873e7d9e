"""The line of versions, drawn to scale."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assistant.desk.validity_line import line
from kb.validity import Span

TZ = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def day(days: int) -> datetime:
    return NOW + timedelta(days=days)


def test_widths_are_to_scale_and_tones_tell_the_time() -> None:
    spans = [
        Span("a", 1, day(-300), day(-100)),
        Span("a", 2, day(-100), day(100)),
        Span("a", 3, day(100), day(200)),
    ]
    drawn = line(spans, [], NOW, TZ)
    assert [s.tone for s in drawn.segments] == ["past", "present", "scheduled"]
    first, second, third = (s.width for s in drawn.segments)
    assert first == pytest.approx(second, abs=0.1)
    assert second == pytest.approx(2 * third, abs=0.1)
    assert drawn.segments[1].left + second / 2 == pytest.approx(drawn.now, abs=0.1)


def test_open_ends_reach_the_edges_and_short_spans_can_be_seen() -> None:
    spans = [Span("a", 1, None, day(-1)), Span("a", 2, day(-1), day(0)), Span("a", 1, day(0), None)]
    drawn = line([Span("a", 9, day(-3000), day(-2999)), *spans], [], NOW, TZ)
    assert drawn.segments[-1].left + drawn.segments[-1].width == pytest.approx(100, abs=1)
    assert all(s.width >= 0.8 and s.left + s.width <= 100.01 for s in drawn.segments)


def test_both_lines_share_one_scale() -> None:
    now = [Span("a", 1, day(-100), None)]
    then = [Span("a", 1, day(-100), day(400)), Span("a", 2, day(400), None)]
    drawn = line(now, then, NOW, TZ)
    assert drawn.segments[0].left == drawn.proposed[0].left
    assert drawn.proposed[1].left > drawn.now


@pytest.mark.parametrize("years", [0, 1, 3, 12, 40])
def test_a_few_marks_whatever_the_stretch(years: int) -> None:
    drawn = line([Span("a", 1, day(-365 * years), None)], [], NOW, TZ)
    assert 1 <= len(drawn.ticks) <= 6
    assert [t.at for t in drawn.ticks] == sorted(t.at for t in drawn.ticks)


def test_nothing_published_has_a_line_around_now() -> None:
    drawn = line([], [], NOW, TZ)
    assert drawn.segments == ()
    assert drawn.now == pytest.approx(50, abs=1)
