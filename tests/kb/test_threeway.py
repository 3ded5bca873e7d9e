"""Merging two changes of one text: what is merged, what is a conflict, what it may cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.model import Audience, Content, Kind, Slot
from kb.threeway import ContentMerge, Hunk, Side, lines_of, merge_content, merge_lines, merge_sets

BASE = (
    "## 规则\n\n签收次日起 7 天内可以退货。\n\n## 运费\n\n小件 10 元，由买家承担。\n\n## 例外\n\n无"
)
LINES = st.lists(st.sampled_from("甲乙丙丁戊己庚辛") | st.just(""), max_size=12).map("\n".join)
NAMES = st.lists(st.sampled_from("abcdef"), max_size=6, unique=True)


def kinds(hunks: tuple[Hunk, ...]) -> list[str]:
    return [hunk.side.value for hunk in hunks]


def merged(hunks: tuple[Hunk, ...]) -> str:
    return "".join(hunk.merged for hunk in hunks).removesuffix("\n")


def test_changes_in_different_places_are_put_together() -> None:
    mine, theirs = BASE.replace("7 天", "15 天"), BASE.replace("买家", "卖家") + "\n\n## 附\n\n有"
    hunks = merge_lines(BASE, mine, theirs)
    assert kinds(hunks) == ["same", "mine", "same", "theirs", "same", "theirs"]
    assert merged(hunks) == theirs.replace("7 天", "15 天")


def test_the_same_change_is_made_once() -> None:
    same = BASE.replace("10 元", "12 元")
    assert kinds(merge_lines(BASE, same, same)) == ["same", "both", "same"]
    assert merged(merge_lines(BASE, same, same)) == same


def test_different_changes_of_one_line_are_a_conflict() -> None:
    mine, theirs = BASE.replace("10 元", "12 元"), BASE.replace("10 元", "15 元")
    (conflict,) = [h for h in merge_lines(BASE, mine, theirs) if h.side is Side.CONFLICT]
    assert "12 元" in conflict.mine and "15 元" in conflict.theirs and "10 元" in conflict.base
    assert merged(merge_lines(BASE, mine, theirs)) == theirs


def test_changing_what_the_other_deleted_is_a_conflict() -> None:
    shorter = BASE[: BASE.index("\n\n## 运费")]
    for mine, theirs in ((shorter, BASE.replace("10", "12")), (BASE.replace("10", "12"), shorter)):
        assert "conflict" in kinds(merge_lines(BASE, mine, theirs))


def test_both_adding_at_one_place_is_a_conflict() -> None:
    assert kinds(merge_lines("甲\n乙", "甲\n一\n乙", "甲\n二\n乙")) == ["same", "conflict", "same"]


def test_unrelated_texts_are_one_conflict() -> None:
    unrelated = "\n".join(f"别的第 {number} 行" for number in range(50))
    hunks = merge_lines(BASE, unrelated, "完全不同\n的文字")
    assert kinds(hunks) == ["conflict"]
    assert hunks[0].mine == unrelated + "\n"


@pytest.mark.parametrize("nothing", ["", "\n", "\n\n\n"])
def test_deleting_everything(nothing: str) -> None:
    assert merged(merge_lines(BASE, nothing, BASE)) == nothing
    assert "conflict" in kinds(merge_lines(BASE, nothing, BASE.replace("10", "12")))


@given(LINES, LINES, LINES)
def test_hunks_hold_the_three_texts_and_say_who_changed(base: str, mine: str, theirs: str) -> None:
    hunks = merge_lines(base, mine, theirs)
    for text, part in ((base, "base"), (mine, "mine"), (theirs, "theirs")):
        assert "".join(getattr(hunk, part) for hunk in hunks) == "".join(lines_of(text))
    for before, after in pairwise(hunks):
        assert before.side is not after.side
    for hunk in hunks:
        assert (hunk.mine == hunk.base) == (hunk.side in (Side.SAME, Side.THEIRS))
        assert (hunk.theirs == hunk.base) == (hunk.side in (Side.SAME, Side.MINE))
        if hunk.side is Side.CONFLICT:
            assert hunk.mine != hunk.theirs


@given(LINES, LINES)
def test_where_one_side_stayed_the_other_wins(base: str, other: str) -> None:
    assert merged(merge_lines(base, other, base)) == other
    assert merged(merge_lines(base, base, other)) == other
    assert merged(merge_lines(base, other, other)) == other


@given(LINES, LINES, LINES)
def test_merging_the_other_way_round_is_the_mirror(base: str, mine: str, theirs: str) -> None:
    mirror = {Side.MINE: Side.THEIRS, Side.THEIRS: Side.MINE}
    one, other = merge_lines(base, mine, theirs), merge_lines(base, theirs, mine)
    turned = [(mirror.get(h.side, h.side), h.base, h.theirs, h.mine) for h in other]
    assert [(h.side, h.base, h.mine, h.theirs) for h in one] == turned


@given(NAMES, NAMES, NAMES)
def test_sets_keep_every_addition_and_every_removal(
    base: list[str], mine: list[str], theirs: list[str]
) -> None:
    found = merge_sets(base, mine, theirs)
    added = (set(mine) | set(theirs)) - set(base)
    gone = (set(base) - set(mine)) | (set(base) - set(theirs))
    assert set(found) == (set(base) | added) - gone
    assert len(found) == len(set(found))


CONTENT = Content(Kind.REPLY, "安抚", "## chat\n\n{{name}}您好", slots=(Slot("name", "称呼"),))


def fields(found: ContentMerge) -> dict[str, tuple[object, bool]]:
    return {field.field: (field.merged, field.clean) for field in found.fields}


def test_fields_are_merged_one_by_one() -> None:
    mine = replace(CONTENT, title="道歉", tags=("急",), risk=3, short_code="dq")
    theirs = replace(CONTENT, tags=("退货",), risk=1, audience=Audience.AGENT, short_code="dq")
    found = merge_content(CONTENT, mine, theirs)
    assert not found.clean
    assert fields(found) == {
        "title": ("道歉", True),
        "tags": (("退货", "急"), True),
        "risk": (1, False),
        "audience": (Audience.AGENT, True),
        "short_code": ("dq", True),
    }
    assert found.merged == replace(
        theirs, title="道歉", tags=("退货", "急"), short_code="dq", risk=1
    )


def test_variables_are_merged_by_name() -> None:
    def slots(**labels: str) -> Content:
        return replace(CONTENT, slots=tuple(Slot(*pair) for pair in labels.items()))

    base = slots(name="称呼", order="订单", sum="金额")
    found = merge_content(
        base,
        slots(name="客户", order="订单", day="日期"),
        slots(name="称呼", order="单号", sum="金额"),
    )
    assert found.clean
    assert found.merged.slots == (Slot("name", "客户"), Slot("order", "单号"), Slot("day", "日期"))
    torn = merge_content(base, slots(name="客户"), slots(name="顾客", order="订单", sum="金额"))
    assert not torn.clean
    assert torn.merged.slots == (Slot("name", "顾客"),)


def test_a_variable_taken_away_here_and_labelled_anew_there_is_a_conflict() -> None:
    def slots(**labels: str) -> Content:
        return replace(CONTENT, slots=tuple(Slot(*pair) for pair in labels.items()))

    base = slots(name="称呼", order="订单", sum="金额")
    without, labelled = slots(name="称呼", sum="金额"), slots(name="称呼", order="单号", sum="金额")
    for mine, theirs in ((without, labelled), (labelled, without)):
        found = merge_content(base, mine, theirs)
        assert not found.clean
        assert found.merged.slots == theirs.slots, "what is on record stays until somebody decides"


def test_what_nobody_changed_is_as_it_was() -> None:
    found = merge_content(CONTENT, CONTENT, CONTENT)
    assert (found.clean, found.fields, found.merged) == (True, (), CONTENT)
    assert kinds(found.body) == ["same"]


def _turned(count: int) -> list[str]:
    return [f"第 {number} 行" for number in range(count)]


@pytest.mark.parametrize(
    "make",
    [
        lambda: ("\n" * 250_000, "\n" * 249_000 + "x", "y" + "\n" * 248_000),
        lambda: ("\n".join(_turned(30_000)), "\n".join(_turned(30_000)[::-1]), "x"),
        lambda: ("甲\n乙\n" * 60_000, "乙\n甲\n" * 60_000, "丙\n甲\n" * 60_000),
        lambda: (
            "\n".join(str(number % 997) for number in range(100_000)),
            "\n".join(str(number * 7 % 997) for number in range(100_000)),
            "\n".join(str(number * 5 % 991) for number in range(100_000)),
        ),
        lambda: ("字" * 170_000, "字" * 169_999 + "子", "宇" + "字" * 169_999),
        lambda: (
            "\n".join(f"锚{n}\n" + "a\nb\n" * 99 for n in range(400)),
            "\n".join(f"锚{n}\n" + "b\na\n" * 99 for n in range(400)),
            "\n".join(f"锚{n}\n" + "b\nb\n" * 99 for n in range(400)),
        ),
    ],
    ids=["empty lines", "turned round", "two lines", "many repeats", "one line", "many gaps"],
)
def test_hostile_texts_cost_little(
    make: Callable[[], tuple[str, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No clock: what difflib is given to weigh is bounded, and all else is linear or sorting."""
    import kb.threeway as threeway

    weighed = 0
    real = threeway.SequenceMatcher

    def counted(junk: None, old: list[str], new: list[str], *, autojunk: bool) -> object:
        nonlocal weighed
        weighed += threeway.effort(old, new)
        return real(junk, old, new, autojunk=autojunk)

    monkeypatch.setattr(threeway, "SequenceMatcher", counted)
    base, mine, theirs = make()
    hunks = merge_lines(base, mine, theirs)
    assert "".join(hunk.mine for hunk in hunks) == "".join(lines_of(mine))
    assert weighed <= 2 * threeway.EFFORT
