"""Comparing long and hostile texts: the same as difflib within bounds, and less beyond them."""

from __future__ import annotations

import difflib
import random

from kb.bounded_matching import BoundedMatcher, Effort, unified


def some_lines(seed: int, count: int) -> list[str]:
    chance = random.Random(seed)
    return [chance.choice("abcdefgh") for _ in range(count)]


def rebuilt(matcher: BoundedMatcher, old: list[str], new: list[str]) -> list[str]:
    """`new` as the operations make it of `old`."""
    found: list[str] = []
    for op, a, b, c, d in matcher.get_opcodes():
        found += old[a:b] if op == "equal" else new[c:d]
    return found


def test_within_the_bounds_it_is_difflib() -> None:
    for seed in range(20):
        old, new = some_lines(seed, 60), some_lines(seed + 100, 50)
        plain = difflib.SequenceMatcher(None, old, new, autojunk=False)
        assert BoundedMatcher(old, new).get_opcodes() == plain.get_opcodes()
        theirs = list(difflib.unified_diff(old, new, "r1", "r2", lineterm=""))
        assert list(unified(old, new, ("r1", "r2"), end="")) == theirs
    assert list(unified(["a\n"], ["a\n"], ("r1", "r2"))) == []
    assert list(unified([], ["a\n"], ("r1", "r2"))) == list(
        difflib.unified_diff([], ["a\n"], "r1", "r2")
    )


def test_whatever_the_effort_the_operations_cover_both_texts() -> None:
    old, new = some_lines(1, 80), some_lines(2, 90)
    for steps in range(0, 4_000, 97):
        assert rebuilt(BoundedMatcher(old, new, Effort(steps)), old, new) == new


def test_what_is_never_affordable_is_replaced_between_equal_ends() -> None:
    effort = Effort(1_000_000)
    old = [*"xy", *["a", "b"] * 2_000, *"yz"]
    new = [*"xy", *["b", "a", "a"] * 2_000, *"yz"]
    found = BoundedMatcher(old, new, effort).get_opcodes()
    assert [op for op, *_ in found] == ["equal", "replace", "equal"]
    assert effort.left == 1_000_000, "nothing was begun that could not be finished"


def test_the_effort_of_several_comparisons_is_one() -> None:
    effort = Effort(500)
    for _ in range(50):
        BoundedMatcher("abababab", "babababa", effort).get_opcodes()
    assert effort.left < 100
    assert BoundedMatcher("abcdefgh" * 9, "hgfedcba" * 9, effort).ratio() == 0
