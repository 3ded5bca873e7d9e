"""Putting rows of the board off: stored, audited, over by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from kb.board import board
from kb.errors import InvalidInput, NotFound
from kb.freshness import Freshness, Reason, State
from kb.knowledge import KnowledgeBase
from tests.kb.conftest import TickingClock

DAY = timedelta(days=1)


@pytest.fixture
def put_off(kb: KnowledgeBase, clock: TickingClock, published: Callable[..., int]) -> KnowledgeBase:
    published("rule")
    kb.snooze("rule", clock.now + 7 * DAY, "等运营确认", {State.REVIEW_DUE}, "林编辑")
    return kb


def test_a_snooze_is_kept_and_audited(put_off: KnowledgeBase) -> None:
    snooze = put_off.snoozes()["rule"]
    assert (snooze.reason, snooze.actor) == ("等运营确认", "林编辑")
    row = put_off.audit("rule")[-1]
    assert (row.action, row.actor, row.detail["reason"]) == ("snooze", "林编辑", "等运营确认")
    assert put_off.entry("rule").version == 4, "nobody's edit is refused because of it"


def test_it_holds_until_its_date_and_for_what_was_there(
    put_off: KnowledgeBase, clock: TickingClock
) -> None:
    snooze = put_off.snoozes()["rule"]
    due = Freshness.of([Reason(State.REVIEW_DUE, "", "")])
    worse = Freshness.of([Reason(State.REVIEW_DUE, "", ""), Reason(State.CONFLICT, "", "")])
    assert snooze.covers(due, snooze.until - DAY)
    assert not snooze.covers(due, snooze.until)
    assert not snooze.covers(worse, clock.now)
    entries = put_off.snapshot()
    rows = board(entries, {"rule": due}, {}, clock.now, snoozes=put_off.snoozes())
    assert rows[0].snooze == snooze
    rows = board(entries, {"rule": due}, {}, snooze.until, snoozes=put_off.snoozes())
    assert rows[0].snooze is None


def test_another_replaces_it_and_waking_ends_it(
    put_off: KnowledgeBase, clock: TickingClock
) -> None:
    put_off.snooze("rule", clock.now + 30 * DAY, "再等等", {State.REVIEW_DUE}, "许编辑")
    assert put_off.snoozes()["rule"].reason == "再等等"
    put_off.wake("rule", "许编辑")
    assert put_off.snoozes() == {}
    assert put_off.audit("rule")[-1].action == "wake"
    with pytest.raises(NotFound):
        put_off.wake("rule", "许编辑")


@pytest.mark.parametrize(("days", "reason"), [(-1, "x"), (0, "x"), (400, "x"), (5, "  ")])
def test_dates_behind_or_far_and_no_reason_are_refused(
    kb: KnowledgeBase, clock: TickingClock, published: Callable[..., int], days: int, reason: str
) -> None:
    published("rule")
    with pytest.raises(InvalidInput):
        kb.snooze("rule", clock.now + days * DAY, reason, set(), "林编辑")
    assert kb.snoozes() == {}


def test_a_dismissal_can_be_taken_back(kb: KnowledgeBase, published: Callable[..., int]) -> None:
    published("rule")
    kb.dismiss_conflict("k1", "rule", "林编辑", "两种情形")
    assert [(d.key, d.actor, d.note) for d in kb.dismissals()] == [("k1", "林编辑", "两种情形")]
    kb.restore_conflict("k1", "周审核")
    assert kb.dismissed_conflicts() == frozenset()
    assert kb.audit("rule")[-1].action == "restore"
    with pytest.raises(NotFound):
        kb.restore_conflict("k1", "周审核")
