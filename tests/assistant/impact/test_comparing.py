"""Which way a question goes when knowledge changes."""

from __future__ import annotations

import pytest

from assistant.impact.comparing import effects
from assistant.impact.model import Asked, Question
from indexer.what_if import Answer, Leader


def answer(*entries: str, answerable: bool = True) -> Answer:
    leaders = tuple(Leader(name, 1, name, 0.9 - at / 10) for at, name in enumerate(entries))
    return Answer(leaders, answerable, 0.9 if answerable else 0.1, 0.5)


NOTHING = answer("x", answerable=False)


@pytest.mark.parametrize(
    ("before", "after", "expects", "turn"),
    [
        (answer("a"), answer("a", "mine"), (), "unchanged"),
        (answer("a"), answer("mine", "a"), (), "gained"),
        (NOTHING, answer("b"), (), "gained"),
        (NOTHING, NOTHING, (), "unchanged"),
        (answer("a"), NOTHING, (), "lost"),
        (answer("mine", "a"), answer("a"), (), "swapped"),
        (answer("a"), answer("b", "a"), (), "swapped"),
        # What should answer is still among the best three: another answer, not a lost one.
        (answer("a"), answer("b", "c", "a"), ("a",), "swapped"),
        (answer("a"), answer("b", "c", "d", "a"), ("a",), "lost"),
        (answer("a", "b"), answer("a", "c"), ("b",), "lost"),
        # It was not there before either: nothing is lost.
        (answer("a"), answer("b"), ("z",), "swapped"),
        (answer("a"), answer("mine"), ("z",), "gained"),
    ],
)
def test_every_question_goes_one_way(
    before: Answer, after: Answer, expects: tuple[str, ...], turn: str
) -> None:
    asked = Asked("q", Question("问", expects=expects), "saved")
    found = effects([(asked, before, after)], "mine")
    lists = {name: len(getattr(found, name)) for name in ("gained", "lost", "swapped")}
    assert lists == {name: int(name == turn) for name in lists}
    assert found.unchanged == int(turn == "unchanged")
    assert found.total == 1


@pytest.mark.parametrize(
    ("before", "after", "broken"),
    [
        (answer("a"), answer("a"), False),
        (answer("a"), answer("b", "c", "a"), False),
        (answer("a"), answer("b", "c", "d"), True),
        (answer("a"), answer("a", answerable=False), True),
        (answer("b"), answer("c"), False),  # it was broken already
    ],
)
def test_what_must_hit_breaks_only_where_it_hit(
    before: Answer, after: Answer, broken: bool
) -> None:
    asked = Asked("q", Question("问", expects=("a",)), "saved", must_hit=True)
    assert bool(effects([(asked, before, after)], "mine").broken) is broken
    optional = Asked("q", Question("问", expects=("a",)), "saved")
    assert not effects([(optional, before, after)], "mine").broken


def test_what_matters_most_comes_first() -> None:
    rows = [
        (Asked("", Question("甲"), "asked"), answer("a"), NOTHING),
        (Asked("", Question("乙"), "own"), answer("a"), NOTHING),
        (Asked("1", Question("丙"), "saved"), answer("a"), NOTHING),
        (Asked("2", Question("丁", expects=("a",)), "saved", True), answer("a"), NOTHING),
    ]
    found = effects(rows, "mine")
    assert [one.asked.question.text for one in found.lost] == ["丁", "丙", "乙", "甲"]
    assert found.lost[0].before is not None
    assert found.lost[0].after is None
