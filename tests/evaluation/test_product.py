from __future__ import annotations

from pathlib import Path

import pytest

from evaluation import product as module
from evaluation.beir import Asked, Passage
from evaluation.product import entry_of, number_of, product
from indexer.results import SearchRequest, SearchResponse
from indexer.search import Searcher
from indexer.text import analyse
from kb.sections import plain_text
from kb.validation import ID
from tests.indexer.fakes import BigramEncoder

DOCUMENTS = [
    Passage("A", "退货期限", "签收次日起七天内可以退货。"),
    Passage("B", "", "退款三个工作日到账。"),
    Passage("C", "", "空调由师傅上门安装，打孔另收费。"),
    Passage("same", "", "退款三个工作日到账"),
]


def test_a_document_becomes_an_entry_that_says_what_it_said() -> None:
    text = "# 1. *退货* [不](是) 链接\n- 第一 `行`\n| a | b |\n|---|---|\n1. _x_ <y> \\* ~~z~~"
    entry = entry_of(Passage("甲", "两行\n标题", text), 12, "zh")
    content = entry.published[0].content
    assert plain_text(content.body) == text.replace("`", "'")
    assert (content.title, content.lang) == ("两行 标题", "zh-CN")
    assert ID.fullmatch(entry.id)
    assert number_of(entry.id) == 12
    assert len(analyse(entry.id)) == 1  # no query meets a part of it


def test_a_document_without_a_title_gets_none() -> None:
    entry = entry_of(Passage("a", "", "Refunds take three days."), 0, "en")
    content = entry.published[0].content
    assert (content.title, content.questions, content.lang) == ("", (), "en")


def test_all_three_ways_find_documents_by_their_own_ids() -> None:
    with product(DOCUMENTS, "zh", BigramEncoder()) as search:
        asked = Asked("q", "退款三个工作日到账", self_id="same")
        for rank in (search.hybrid, search.dense, search.keyword):
            found = rank(asked, 3)
            assert found[0][0] == "B"
            assert "same" not in [document for document, _ in found]
            scores = [score for _, score in found]
            assert scores == sorted(scores, reverse=True)
            assert len(found) <= 3
        assert len(search.dense(asked, 3)) == 3
        assert [document for document, _ in search.keyword(Asked("q", "打孔"), 3)] == ["C"]
        assert search.hybrid(Asked("q", "  "), 3) == []
        assert search.hybrid(Asked("q", "退款" * 2_000), 3)


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with product(DOCUMENTS, "zh", BigramEncoder()):
        assert list(tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []


def test_earlier_turns_go_with_the_query(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[SearchRequest] = []

    class Watched(Searcher):
        def search(self, request: SearchRequest) -> SearchResponse:
            asked.append(request)
            return super().search(request)

    monkeypatch.setattr(module, "Searcher", Watched)
    with product(DOCUMENTS, "zh", BigramEncoder()) as search:
        search.hybrid(Asked("q", "那多久到账", context=("我要退款", " ")), 3)
        search.hybrid(Asked("q", "那多久到账"), 3)
    assert [request.context for request in asked] == [("我要退款",), ()]
