from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.measures import measured
from indexer.text import analyse, analyse_query, normalise


def said(text: str) -> list[str]:
    return [found.text for found in measured(normalise(text))]


@pytest.mark.parametrize(
    "spellings",
    [
        ("七天", "7天", "7 日", "一周", "1个星期", "７天"),
        ("两千块", "2000元", "2,000 元", "¥2000", "￥2,000", "2000rmb"),
        ("3成", "三成", "30%", "百分之三十", "30％"),
        ("35平", "35平米", "35 平方", "三十五平方米", "35㎡", "35m²"),
        ("5升", "5L", "五升", "5000ml"),
        ("10公斤", "10kg", "20斤", "十千克"),
        ("3小时", "3h", "三个钟头", "三个小时"),
        ("48小时", "48h", "两天", "2天"),
        ("1.5匹", "1.5P", "1.5 匹"),
        ("26度", "26℃", "26°C"),
        ("12个月", "一年", "十二个月"),
        ("半个月", "15天", "十五天"),
        ("八折", "8折"),
    ],
)
def test_one_quantity_has_one_spelling(spellings: tuple[str, ...]) -> None:
    found = {text: said(text) for text in spellings}
    assert all(len(quantities) == 1 for quantities in found.values()), found
    assert len({quantities[0] for quantities in found.values()}) == 1, found


@pytest.mark.parametrize(
    ("one", "other"),
    [("7天", "7个工作日"), ("3个月", "3月"), ("1匹", "1.5匹"), ("30%", "30元"), ("7天", "15天")],
)
def test_different_quantities_differ(one: str, other: str) -> None:
    assert said(one) != said(other)


@pytest.mark.parametrize(
    "text", ["KFR-35GW", "IP68", "平安到家", "成功了", "第一平台", "万一坏了", "千万别", "A7天"]
)
def test_names_and_words_are_no_quantities(text: str) -> None:
    assert said(text) == []


def test_a_query_finds_the_document_that_spells_it_otherwise() -> None:
    document = set(analyse("签收次日起 7 天内，满 2000 元，冷藏室 5 升"))
    for query in ("七天", "两千块", "5L"):
        assert {term.text for term in analyse_query(query)} & document


@given(st.text(alphabet="0123456789一二十百千万个半天月年元块成%平米斤.,-¥ ", max_size=30))
def test_any_text_is_taken_and_places_are_inside(text: str) -> None:
    for found in measured(text):
        assert 0 <= found.start < found.end <= len(text)
        assert found.text
