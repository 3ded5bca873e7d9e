"""A proposed sentence finds its place in the Markdown, with the markup left as it is."""

from __future__ import annotations

import pytest

from assistant.desk.applying import in_markdown

PLAIN = "签收后 7 天内可以退货。"


@pytest.mark.parametrize(
    ("body", "sentence", "proposal", "expected"),
    [
        (f"## 规则\n\n{PLAIN}\n", PLAIN, PLAIN.replace("7", "15"), (PLAIN, "签收后 15 天内可以退货。")),
        (
            "见[退货规则](kb:return-7-days)，签收后 **7 天**内可退。",
            "见退货规则，签收后 7 天内可退。",
            "见退货规则，签收后 17 天内可退。",
            (
                "见[退货规则](kb:return-7-days)，签收后 **7 天**内可退。",
                "见[退货规则](kb:return-7-days)，签收后 **17 天**内可退。",
            ),
        ),
        # The figure stands in the line twice: the words around it tell which one is meant.
        (
            "*会员* 7 天内换货，其他客户 7 天内退货。",
            "会员 7 天内换货，其他客户 7 天内退货。",
            "会员 7 天内换货，其他客户 15 天内退货。",
            (
                "*会员* 7 天内换货，其他客户 7 天内退货。",
                "*会员* 7 天内换货，其他客户 15 天内退货。",
            ),
        ),
        (f"{PLAIN}\n\n{PLAIN}\n", PLAIN, PLAIN.replace("7", "15"), None),
        ("别的话。", PLAIN, PLAIN.replace("7", "15"), None),
        (
            "签收后 **7** 天内可以退。",
            "签收后 7 天内可以退。",
            "签收后 7 个月内可以退。",
            ("签收后 **7** 天内可以退。", "签收后 **7** 个月内可以退。"),
        ),
        # The only "7 天" of the source is in the link, and that is not the one to change.
        (
            "见[7 天规则](kb:x)，签收后 **7** 天。",
            "见7 天规则，签收后 7 天。",
            "见7 天规则，签收后 9 天。",
            None,
        ),
    ],
)  # fmt: skip
def test_the_place_of_a_proposal(
    body: str, sentence: str, proposal: str, expected: tuple[str, str] | None
) -> None:
    found = in_markdown(body, sentence, proposal)
    assert found == expected
    if found:
        assert body.replace(*found, 1) != body
