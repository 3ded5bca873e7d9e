from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.text import aligned, analyse, analyse_query, key, normalise, terms


def query_terms(text: str) -> set[str]:
    return {term.text for term in analyse_query(text)}


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("退貨運費", "退货运费"),
        ("ＡＢＣ　１２３", "abc 123"),
        ("Mira  5\nPro", "mira 5 pro"),
        ("35㎡", "35m2"),
    ],
)
def test_normal_form(text: str, normal: str) -> None:
    assert normalise(text) == normal
    assert normalise(normal) == normal


def test_equal_questions_have_equal_keys() -> None:
    assert key("退貨 運費,誰出？") == key("退货运费谁出?")
    assert key("？！") == ""


@pytest.mark.parametrize("query", ["kfr35gw", "KFR-35GW", "kfr 35gw", "ＫＦＲ－３５ＧＷ", "35gw"])
def test_product_codes_match_however_they_are_written(query: str) -> None:
    document = set(analyse("清和 1.5 匹挂机 KFR-35GW/LS1"))
    found = query_terms(query)
    assert found <= document
    assert found


def test_two_character_words_and_single_characters_are_found() -> None:
    document = set(analyse("花呗分期可以提前还清，退货另算"))
    assert query_terms("花呗") <= document
    assert query_terms("退") <= document


def test_chinese_and_arabic_quantities_agree() -> None:
    assert "7天" in analyse("七天无理由") and "7天" in analyse("7 天内")
    assert "15天" in analyse("十五天") and "20元" in analyse("二十块")
    assert "299元" not in analyse("1,299 元")
    assert "1299" in analyse("1,299 元")


def test_english_forms_agree() -> None:
    forms = [analyse(word)[0] for word in ("return", "returns", "returned", "returning")]
    assert set(forms) == {"return"}
    assert analyse("policies") == analyse("policy")


def test_stop_words_leave_queries_but_never_empty_them() -> None:
    assert "吗" not in query_terms("能退吗")
    assert query_terms("你好") == {"你好"}


def test_terms_stand_where_they_say() -> None:
    text = normalise("KFR-35GW 退货 7 天，Wi-Fi")
    for term in terms(text):
        assert 0 <= term.start < term.end <= len(text)
    places = {term.text: text[term.start : term.end] for term in terms(text)}
    assert places["退货"] == "退货"
    assert places["wifi"] == "wi-fi"


@given(st.text(max_size=60))
def test_analysis_takes_any_text_and_is_deterministic(text: str) -> None:
    assert analyse(text) == analyse(text)
    assert all(term for term in analyse(text))
    plain, offsets = aligned(text)
    assert len(offsets) == len(plain) + 1
    assert list(offsets) == sorted(offsets)
    assert offsets[-1] == len(text)


def test_alignment_points_into_the_source() -> None:
    plain, offsets = aligned("面積35㎡，退貨")
    at = plain.index("退货")
    assert "面積35㎡，退貨"[offsets[at] : offsets[at + 2]] == "退貨"


def test_importing_search_loads_nothing_heavy() -> None:
    heavy = ["faiss", "opencc", "rjieba", "torch", "sentence_transformers", "tokenizers", "flask"]
    code = f"import indexer.search, sys; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
