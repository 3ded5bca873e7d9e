"""Whose turn it is."""

from __future__ import annotations

import threading

import pytest

from assistant.impact.turns import Busy, Turns


def test_one_person_has_one_turn_at_a_time() -> None:
    turns = Turns()
    with turns.turn("甲"):
        with pytest.raises(Busy) as refused, turns.turn("甲"):
            pass
        assert refused.value.own
        with turns.turn("乙"):
            pass
    with turns.turn("甲"):
        pass


def test_few_have_a_turn_at_once_and_others_wait() -> None:
    turns = Turns(most=1, patience=0.01)
    with turns.turn("甲"):
        with pytest.raises(Busy) as refused, turns.turn("乙"):
            pass
        assert not refused.value.own
    with turns.turn("乙"):  # being refused costs nobody a turn
        pass
    waiting = Turns(most=1, patience=30)
    done: list[str] = []
    held = threading.Event()

    def second() -> None:
        held.wait()
        with waiting.turn("乙"):
            done.append("乙")

    thread = threading.Thread(target=second)
    thread.start()
    with waiting.turn("甲"):
        held.set()
        done.append("甲")
    thread.join()
    assert done == ["甲", "乙"]


def test_an_error_ends_a_turn() -> None:
    turns = Turns(most=1, patience=0.01)
    with pytest.raises(ValueError, match="no"), turns.turn("甲"):
        raise ValueError("no")
    with turns.turn("甲"):
        pass
