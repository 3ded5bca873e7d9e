from __future__ import annotations

import sys

import numpy as np
import pytest

from evaluation.baseline import TOLD, Bm25, Question, cuts, strongest
from kb.errors import NotFound


def words(text: str) -> list[str]:
    return text.split()


def test_bm25_prefers_rare_words_and_short_documents() -> None:
    index = Bm25(["a", "b", "c"], ["red shoe", "red hat big long", "blue shoe"], words)
    assert [document for document, _ in index.rank("red shoe", 3)] == ["a", "c", "b"]
    assert [document for document, _ in index.rank("hat", 3)] == ["b"]
    assert index.rank("green", 3) == []


def test_bm25_is_lucenes_formula() -> None:
    index = Bm25(["a", "b"], ["x x y", "y z"], words)
    idf = np.log(1 + (2 - 1 + 0.5) / (1 + 0.5))
    tf = 2 / (2 + 1.5 * (1 - 0.75 + 0.75 * 3 / 2.5))
    assert index.rank("x", 1) == [("a", pytest.approx(idf * tf, rel=1e-4))]


def test_ties_go_to_the_earlier_document_and_only_allowed_ones_are_found() -> None:
    index = Bm25(list("abcd"), ["x"] * 4, words)
    assert [document for document, _ in index.rank("x", 2)] == ["a", "b"]
    allowed = np.array([False, True, False, True])
    assert [document for document, _ in index.rank("x", 2, allowed)] == ["b", "d"]


def test_documents_without_any_word_are_never_found() -> None:
    assert Bm25(["a", "b"], ["", " "], words).rank("x", 2) == []
    assert [i for i, _ in Bm25(["a", "b"], ["", "x"], words).rank("x", 2)] == ["b"]


def test_chinese_is_cut_into_words_or_characters_and_pairs() -> None:
    ways = cuts("zh")
    assert ways["jieba words"]("Ｉphone退货，运费！") == ["iphone", "退货", "运费"]
    assert ways["characters and pairs"]("退货iPhone15吗") == ["退", "货", "退货", "iphone15", "吗"]


def test_english_is_cut_plain_stemmed_and_without_stop_words() -> None:
    ways = cuts("en")
    text = "How do I return the shoes"
    assert ways["words"](text) == ["how", "do", "i", "return", "the", "shoes"]
    assert ways["stems without stop words"](text) == ["return", "shoe"]


def test_the_strongest_way_is_chosen_on_the_questions_themselves() -> None:
    texts = ["行驶证丢失可补办", "保单丢失联系公司", "车险安装多少钱"]
    questions = [Question("行车证丢了怎么补", {"0": 1}), Question("保的单子丢了", {"1": 1})]
    chosen = strongest(["0", "1", "2"], texts, questions, "zh")
    assert chosen.name == "characters and pairs"
    assert chosen.tried[chosen.name] == max(chosen.tried.values()) == 1.0
    assert chosen.tried["jieba words"] < 1.0
    assert chosen.index.rank("安装", 1)[0][0] == "2"


def test_stems_are_told_but_the_english_baseline_is_words() -> None:
    texts = ["returning shoes", "a shoe store", "the opening hours"]
    questions = [Question("return a shoe", {"0": 1}), Question("hour", {"2": 1})]
    chosen = strongest(["0", "1", "2"], texts, questions, "en")
    assert chosen.name.startswith("words")
    assert chosen.tried["stems"] == 1.0 > chosen.tried[chosen.name]


def test_what_a_question_excludes_takes_no_place() -> None:
    texts = ["退货 运费", "退货"]
    chosen = strongest(
        ["self", "other"], texts, [Question("退货 运费", {"other": 1}, "self")], "zh"
    )
    assert set(chosen.tried.values()) == {1.0}


@pytest.mark.parametrize(
    ("context", "answered", "best"),
    [((), "", ""), (("退货",), "运费", TOLD[1]), (("你好",), "退货", TOLD[2]), (("运费",), "", "")],
)
def test_what_is_told_of_the_turns_before_is_chosen_too(
    context: tuple[str, ...], answered: str, best: str
) -> None:
    texts = ["七天内可以退货", "五元运费", "七天内可以换货"]
    about = 0 if best else 2
    asked = "多久" if best else "换货"
    chosen = strongest(
        list("012"), texts, [Question(asked, {str(about): 1}, "", context, answered)], "zh"
    )
    assert chosen.told == best
    assert chosen.tried[chosen.name] == 1.0
    assert len(chosen.tried) == (6 if context else 2)


def test_without_the_library_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bm25s", None)
    with pytest.raises(NotFound, match="pip install bm25s"):
        Bm25(["a"], ["x"], words)
