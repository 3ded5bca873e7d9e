"""Ids offered for new entries."""

import pytest

from assistant.desk.naming import suggested_id
from kb.model import Kind
from kb.validation import id_problem


def free(_entry_id: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("title", "kind", "offered"),
    [
        ("空调不凉排查步骤", Kind.GUIDE, "kongtiao-bu-liang-paicha-buzhou"),
        ("滤网多久洗一次", Kind.FAQ, "faq-lvwang-duojiu-xi-yici"),
        ("How to return a phone bought abroad", Kind.POLICY, "return-phone-bought-abroad"),
        ("Mira 5 发热怎么办", Kind.GUIDE, "mira-5-fare-zenmeban"),
        ("FAQ 退货", Kind.FAQ, "faq-tuihuo"),
        ("退", Kind.POLICY, "tui"),
        ("a b", Kind.POLICY, "policy-b"),
        ("ＭＩＲＡ５", Kind.POLICY, "mira5"),
    ],
)
def test_titles_suggest_ids(title: str, kind: Kind, offered: str) -> None:
    assert suggested_id(title, kind, free) == offered


@pytest.mark.parametrize("title", ["", "！！——", "😀", "the of"])
def test_titles_without_words_suggest_none(title: str) -> None:
    assert suggested_id(title, Kind.FAQ, free) == ""


def test_a_taken_id_is_numbered() -> None:
    taken = {"tuihuo-guize", "tuihuo-guize-2"}
    assert suggested_id("退货规则", Kind.POLICY, taken.__contains__) == "tuihuo-guize-3"


def test_whatever_is_offered_is_an_id() -> None:
    for title in (
        "无理由退货规则（翠叶会员 15 天，其他客户 7 天）",
        "x" * 300,
        "-a-",
        "龘靐龗 9",
        "1",
    ):
        for kind in Kind:
            offered = suggested_id(title, kind, free)
            assert not offered or not id_problem(offered), (title, offered)
