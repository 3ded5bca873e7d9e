from __future__ import annotations

import numpy as np

from indexer.keywords import Document, KeywordIndex
from indexer.lexical import FAMILIES, MAX_TERMS, read_terms
from indexer.text import analyse

TEXTS = ["退货运费由买家承担", "退款原路退回银行卡", "Our return policy", "空调不制冷 检查滤网"]
INDEX = KeywordIndex.build([Document.of(analyse(text)) for text in TEXTS])


def by_family(query: str) -> dict[str, np.ndarray]:
    said = read_terms(query, INDEX)
    bm25, _ = INDEX.scores(said.positions, said.weights, said.families)
    return dict(zip(FAMILIES, bm25, strict=True))


def test_single_characters_find_what_pairs_do_not() -> None:
    found = by_family("货怎么退呀")
    assert found["char"].argmax() == 0 < found["char"][0]
    assert found["pair"][0] == 0


def test_pairs_find_a_phrase_however_it_is_cut() -> None:
    found = by_family("费由买")
    assert found["pair"].argmax() == 0 < found["pair"][0]


def test_latin_words_are_in_every_family() -> None:
    found = by_family("returns")
    assert all(values.argmax() == 2 and values[2] > 0 for values in found.values())


def test_what_is_said_twice_counts_by_its_root() -> None:
    once, twice = read_terms("运费", INDEX), read_terms("运费 运费", INDEX)
    np.testing.assert_allclose(twice.weights, once.weights * np.sqrt(2), rtol=1e-6)


def test_no_score_exceeds_the_mass() -> None:
    said = read_terms("退货运费由买家承担 return", INDEX)
    bm25, _ = INDEX.scores(said.positions, said.weights, said.families)
    assert (bm25.max(axis=1) <= said.masses).all()


def test_very_long_queries_keep_their_rarest_terms() -> None:
    filler = "".join(chr(0x4E00 + at) for at in range(900))
    said = read_terms(filler + "退货运费", INDEX)
    assert len(said.positions) == len(said.weights) == said.families.shape[1] == MAX_TERMS


def test_empty_query() -> None:
    said = read_terms("", INDEX)
    bm25, shared = INDEX.scores(said.positions, said.weights, said.families)
    assert bm25.shape == (len(FAMILIES), len(TEXTS))
    assert not bm25.any()
    assert not shared.any()
