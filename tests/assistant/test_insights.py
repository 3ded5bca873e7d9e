"""What is kept of what customers typed, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from assistant.insights import store
from assistant.insights.insights import Feedback, FeedbackKind, Insights
from kb.store import read
from tests.assistant.conftest import TZ, FakeClock

DAYS = 180


@pytest.fixture
def insights(engine: Engine, clock: FakeClock) -> Insights:
    return Insights(engine, clock, TZ)


def test_questions_that_nobody_came_back_to_are_forgotten(
    insights: Insights, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_AT_ONCE", 2)
    for number in range(5):
        insights.add_gap(f"只问过一次 {number}", "no_answer")
    for _ in range(2):
        insights.add_gap("大家都问", "no_answer")
    insights.add_gap("有人报告的", "reported")
    clock.advance(timedelta(days=DAYS))
    insights.add_gap("今天刚问的", "no_answer")
    insights.forget(DAYS)
    assert insights.gaps()[1] == 8, "not a day too early"
    clock.advance(timedelta(seconds=1))
    insights.forget(DAYS)
    assert {gap.query for gap in insights.gaps()[0]} == {"大家都问", "有人报告的", "今天刚问的"}


def test_of_old_feedback_of_customers_only_the_count_stays(
    insights: Insights, clock: FakeClock, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_AT_ONCE", 2)
    for number in range(5):
        said = Feedback(FeedbackKind.ADOPTED, "rule", 1, query=f"客户问 {number}", note="solved")
        insights.record(said, f"visit:{number}")
    insights.record(Feedback(FeedbackKind.ADOPTED, "rule", 1, query="坐席问"), "李客服")
    clock.advance(timedelta(days=DAYS, seconds=1))
    insights.record(Feedback(FeedbackKind.UNHELPFUL, "rule", 1, query="今天问"), "visit:9")
    insights.forget(DAYS)
    assert set(insights.asked(10)) == {"坐席问", "今天问"}
    with read(engine) as connection:
        rows = connection.execute(sa.select(store.feedback.c.note)).scalars().all()
    assert (len(rows), rows.count("solved")) == (7, 5)
