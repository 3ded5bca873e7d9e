from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.snippets import limit_for, places, snippet, surfaces

RULES = "".join(f"第{n}条说明一般商品的处理办法和时间。" for n in range(20))


def test_limits() -> None:
    assert (limit_for("zh-CN"), limit_for("en")) == (120, 220)


def test_short_quotes_are_shown_whole() -> None:
    assert snippet("退货运费由客户承担。", {"退货": 1.0}, 120) == "退货运费由客户承担。"


def test_the_passage_with_the_most_telling_terms_wins() -> None:
    quote = RULES + "小件退货运费由客户承担 10 元。" + RULES
    found = snippet(quote, {"退货": 2.0, "运费": 2.0, "商品": 0.1}, 120)
    assert "小件退货运费由客户承担 10 元。" in found
    assert found in quote
    assert len(found) <= 120


def test_an_endless_sentence_is_cut_around_the_hit() -> None:
    quote = "前" * 300 + "退货运费" + "后" * 300
    found = snippet(quote, {"运费": 1.0}, 120)
    assert "退货运费" in found and found in quote and len(found) <= 120


def test_english_is_cut_between_words() -> None:
    quote = "word " * 100 + "international shipping takes long " + "word " * 100
    found = snippet(quote, {"ship": 1.0, "international": 1.0}, 220)
    assert "international shipping" in found
    assert found in quote and len(found) <= 220
    assert set(found.split()) <= set(quote.split())


def test_surfaces_are_as_written() -> None:
    assert surfaces("ＫＦＲ－35GW 的滤网", ["kfr35gw", "滤网"]) == ["ＫＦＲ－35GW", "滤网"]
    assert surfaces("退貨運費誰付", ["退货", "运费"]) == ["退貨運費"]
    assert surfaces("Returned parcels", ["return"]) == ["Returned"]
    assert surfaces("七天无理由", ["七天", "天无", "无理由"]) == ["七天无理由"]
    assert surfaces("没有", ["退货"]) == []


def test_terms_inside_other_words_are_no_english_hit() -> None:
    assert places("a relationship", ["ship"]) == []


@given(st.text(max_size=400), st.lists(st.text(min_size=1, max_size=3), max_size=4))
def test_everything_shown_is_verbatim(quote: str, wanted: list[str]) -> None:
    found = snippet(quote, dict.fromkeys(wanted, 1.0), 50)
    assert found in quote
    assert len(found) <= 50
    assert all(part in quote for part in surfaces(quote, wanted))
