from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from indexer.catalogue import load
from indexer.keywords import K1, B, Document, KeywordIndex

TEXTS = [["退货", "运费", "退货"], ["运费"], [], ["空调", "滤网", "清洗", "运费"]]


def build(texts: list[list[str]]) -> KeywordIndex:
    return KeywordIndex.build([Document.of(terms) for terms in texts])


def by_hand(texts: list[list[str]], query: list[str]) -> list[float]:
    """BM25 as written in the textbook."""
    filled = [text for text in texts if text]
    mean = sum(map(len, filled)) / len(filled)
    scores = []
    for text in texts:
        score, counted = 0.0, Counter(text)
        for term in query:
            df = sum(term in other for other in texts)
            idf = np.log1p((len(filled) - df + 0.5) / (df + 0.5))
            tf = counted[term]
            score += idf * tf * (K1 + 1) / (tf + K1 * (1 - B + B * len(text) / mean))
        scores.append(float(score))
    return scores


def test_scores_are_those_of_the_formula() -> None:
    index = build(TEXTS)
    query = ["退货", "运费", "没有"]
    positions = index.positions(query)
    families = np.array([[True, True, True], [False, True, False]])
    bm25, shared = index.scores(positions, index.weights(positions), families)
    np.testing.assert_allclose(bm25[0], by_hand(TEXTS, query), rtol=1e-5)
    np.testing.assert_allclose(bm25[1], by_hand(TEXTS, ["运费"]), rtol=1e-5)
    assert list(np.flatnonzero(shared)) == [0, 1, 3]


def test_unknown_terms_weigh_as_the_rarest() -> None:
    index = build(TEXTS)
    positions = index.positions(["运费", "没有"])
    weights = index.weights(positions)
    assert positions[1] == -1
    assert weights[1] == np.float32(index.rarest) > weights[0]


def test_masses_are_the_idf_of_distinct_terms() -> None:
    index = build(TEXTS)
    known = index.idf[index.positions(["退货", "运费"])].sum()
    np.testing.assert_allclose(index.masses[0], known)
    assert index.masses[2] == 0


def test_empty_index_and_empty_query() -> None:
    index = build([])
    assert list(index.positions(["退货"])) == [-1]
    found, shared = index.scores(np.array([-1]), np.ones(1, np.float32), np.ones((1, 1), bool))
    assert found.shape == (1, 0)
    assert len(shared) == 0
    none = np.empty(0, dtype=np.int64)
    families = np.ones((1, 0), dtype=bool)
    assert not build(TEXTS).scores(none, np.empty(0, np.float32), families)[0].any()


def test_arrays_survive_storage(tmp_path: Path) -> None:
    index = build(TEXTS)
    for name, array in index.arrays().items():
        np.save(tmp_path / f"{name}.npy", array)
    again = KeywordIndex.from_arrays(
        {name: load(tmp_path / f"{name}.npy") for name in index.arrays()}
    )
    positions = again.positions(["退货", "空调"])
    asked = (positions, index.weights(positions), np.ones((1, len(positions)), dtype=bool))
    np.testing.assert_array_equal(again.scores(*asked)[0], index.scores(*asked)[0])
