"""What differs between two texts, told by its figures first."""

from __future__ import annotations

import pytest

from assistant.shift.differences import Difference, Moved, difference


def moved(before: str, after: str) -> list[tuple[str, str]]:
    return [(m.before, m.after) for m in difference(before, after).moved]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("签收后 7 天内可退。", "签收后 15 天内可退。", [("7 天", "15 天")]),
        ("运费 10 元，3 天到账。", "运费 12 元，3 天到账。", [("10 元", "12 元")]),
        (
            "运费 10 元，3 天到账。",
            "运费 12 元，5 天到账。",
            [("10 元", "12 元"), ("3 天", "5 天")],
        ),
        ("赔付七天。", "赔付 7 日。", []),
        ("满 200 元减 20 元。", "满 300 元减 20 元，每人一次。", [("200 元", "300 元")]),
        ("| 小件 | 10 元 |", "| 小件 | 12 元 |", [("10 元", "12 元")]),
        ("可退。", "不可退。", []),
    ],
)
def test_figures_that_changed(before: str, after: str, expected: list[tuple[str, str]]) -> None:
    assert moved(f"## 规则\n\n{before}", f"## 规则\n\n{after}") == expected


def test_the_sentence_of_the_new_text_stands_beside_the_figures() -> None:
    (figure,) = difference("第一条。7 天内可退。", "第一条。15 天内可退。").moved
    assert figure == Moved("7 天", "15 天", "15 天内可退。")


def test_each_figure_is_compared_with_the_sentence_that_says_the_same() -> None:
    before = "小件 24 小时内报损。大件 48 小时内报损。"
    after = "大件 72 小时内报损。小件 24 小时内报损。"
    assert moved(before, after) == [("48 小时", "72 小时")]


def test_words_added_removed_and_changed() -> None:
    found = difference(
        "甲规则照旧。旧的要去掉吧。能够退货。", "甲规则照旧。不能够退货。完全另一句新话！"
    )
    assert found == Difference(
        reworded=(("能够退货。", "不能够退货。"),),
        added=("完全另一句新话！",),
        removed=("旧的要去掉吧。",),
    )


def test_markup_alone_is_no_difference() -> None:
    assert difference("- **7 天**内可退。", "* 7 天内可退。") == Difference()


def test_long_texts_that_share_nothing_are_told_without_comparing_each_with_each() -> None:
    before = "".join(f"旧句子第{n}条内容甲乙丙。" for n in "一二三四五六七八九" for _ in range(60))
    after = "".join(f"{n}全新文字丁戊己。" for n in "一二三四五六七八九" for _ in range(60))
    found = difference(before, after)
    assert len(found.added) == len(found.removed) == 540
