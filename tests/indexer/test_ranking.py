from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from indexer.ranking import (
    FEATURES,
    MET_NAMES,
    NOTHING,
    RULES,
    SHIPPED,
    Calibration,
    Model,
    Ranking,
    met,
    shares,
    trees_of,
)
from kb.errors import InvalidInput

NO_TREES = trees_of([])


def pair(**values: float) -> np.ndarray:
    return np.array([values.get(name, 0.0) for name in FEATURES], dtype=np.float32)


def steps(*limits: float) -> Model:
    """A model whose score is how many of these limits the coverage exceeds."""
    trees = [{"splits": [["coverage", limit, 254]], "leaves": [0.0, 1.0]} for limit in limits]
    return Model(trees_of(trees), Calibration(1.0, 0.5, -1.0))


def test_the_shipped_file_is_read_and_written_back(tmp_path: Path) -> None:
    ranking = Ranking.read()
    for model in (ranking.full, ranking.keywords):
        assert 0 < model.threshold < 1
        assert len(model.trees.columns) > 50
    path = tmp_path / "ranking.json"
    path.write_text(ranking.text(), "utf-8")
    again = Ranking.read(path)
    features = np.random.default_rng(1).normal(size=(50, len(FEATURES))).astype(np.float32)
    np.testing.assert_array_equal(
        again.full.probabilities(features), ranking.full.probabilities(features)
    )
    assert again.text() == SHIPPED.read_text("utf-8")


def test_shipped_scores_never_fall_when_a_similarity_grows() -> None:
    rng = np.random.default_rng(7)
    model = Ranking.read().full
    for name in ("dense_best", "pair_body", "alike_body", "coverage", "char_raw"):
        low = rng.uniform(0, 1, size=(40, len(FEATURES))).astype(np.float32)
        high = low.copy()
        high[:, FEATURES.index(name)] += 0.3
        assert (model.scores(high) >= model.scores(low) - 1e-9).all(), name


def test_a_tree_is_evaluated_as_its_branches_say() -> None:
    # coverage <= .5 ? (overlap <= .2 ? 1 : 2) : (unknown <= .7 ? 3 : 4)
    tree = {
        "splits": [["coverage", 0.5, 0b11111100], ["overlap", 0.2, 0b11111110],
                   ["unknown", 0.7, 0b11111011]],
        "leaves": [1.0, 2.0, 3.0, 4.0],
    }  # fmt: skip
    trees = trees_of([tree, tree])
    rows = [
        pair(coverage=c, overlap=o, unknown=u)
        for c, o, u in ((0.5, 0.2, 1), (0.1, 0.3, 0), (0.6, 0.9, 0.7), (0.6, 0.0, 0.8))
    ]
    assert list(trees.sums(np.stack(rows))) == [2.0, 4.0, 6.0, 8.0]


def test_no_trees_and_no_candidates() -> None:
    model = Model(NO_TREES)
    assert list(model.scores(np.stack([pair(), pair()]))) == [0.0, 0.0]
    assert len(model.probabilities(np.empty((0, len(FEATURES)), dtype=np.float32))) == 0


def test_rules_are_added_to_the_trees() -> None:
    model = Model(NO_TREES)
    for name, weight in RULES.items():
        assert model.scores(np.stack([pair(**{name: 1.0})]))[0] == pytest.approx(weight)


BAD = {
    "unknown feature": {"splits": [["x", 0, 1]], "leaves": [0, 1]},
    "too few leaves": {"splits": [["coverage", 0, 1]], "leaves": [0]},
    "too many leaves": {"splits": [["coverage", 0, 1]] * 8, "leaves": [0] * 9},
}
GOOD = {
    "threshold": 0.5,
    "each": {"score": 1, "share": 0, "constant": 0},
    "any": {"score": 1, "best_coverage": 1, "constant": 0},
    "trees": [],
}
FALLING = {**GOOD, "each": {"score": 1, "share": -1, "constant": 0}}
STRANGE = {**GOOD, "any": {"best_x": 1, "constant": 0}}


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", '{"full": {}}', "{"),
        *(json.dumps({"full": model, "keywords": GOOD}) for model in (FALLING, STRANGE)),
        *(json.dumps({"full": {**GOOD, "trees": [tree]}, "keywords": GOOD}) for tree in BAD.values()),
    ],
)  # fmt: skip
def test_bad_files_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ranking.json"
    path.write_text(text, "utf-8")
    with pytest.raises(InvalidInput, match=r"ranking\.json"):
        Ranking.read(path)


def test_probability_grows_with_the_score() -> None:
    model = steps(0.2, 0.4, 0.8)
    found = model.probabilities(np.stack([pair(coverage=c) for c in (0.0, 0.3, 0.6, 1.0)]))
    assert list(found) == sorted(set(found))
    assert 0 < found[0] < found[-1] < 1


def test_equals_share_their_probability_and_order_does_not_matter() -> None:
    model = steps(0.2, 0.4, 0.8)
    alone = model.probabilities(np.stack([pair(coverage=1)]))[0]
    twins = model.probabilities(np.stack([pair(coverage=1)] * 2))
    assert twins[0] == twins[1] < alone
    mixed = np.stack([pair(coverage=c) for c in (0.2, 0.9, 0.5)])
    np.testing.assert_array_equal(
        model.probabilities(mixed[::-1])[::-1].round(12), model.probabilities(mixed).round(12)
    )


def test_a_query_that_met_more_is_surer_and_keeps_its_order() -> None:
    weights = tuple(2.0 if name == "best_coverage" else 0.0 for name in MET_NAMES)
    trees = steps(0.2, 0.4).trees
    model = Model(trees, Calibration(1.0, 0.0, -2.0, weights, -1.0))
    little = model.judge(np.stack([pair(coverage=0.3), pair(coverage=0.1)]))
    much = model.judge(np.stack([pair(coverage=0.3), pair(coverage=0.1), pair(coverage=1.0)]))
    assert much.any_answers > little.any_answers
    assert (much.chances[:2] > little.chances).all()
    assert (much.chances <= much.any_answers).all()


def test_what_is_met_is_that_of_the_leader_and_the_best() -> None:
    scores = np.array([1.0, 3.0])
    found = met(scores, np.stack([pair(coverage=0.9), pair(coverage=0.4)]))
    by_name = dict(zip(MET_NAMES, found, strict=True))
    assert by_name["score"] == 3.0
    assert by_name["leader_coverage"] == pytest.approx(0.4)
    assert by_name["best_coverage"] == pytest.approx(0.9)


def test_a_stored_question_is_surely_answered() -> None:
    model = Model(NO_TREES, Calibration(1.0, 0.0, 0.0, (), -1.0))
    plain, exact = model.judge(np.stack([pair()])), model.judge(np.stack([pair(exact=1.0)]))
    assert plain.any_answers < 0.5 < 0.9 < exact.any_answers


def test_shares_are_logarithms_of_parts_of_one() -> None:
    assert np.exp(shares(np.array([1.0, 2.0, 3.0]))).sum() < 1
    assert np.isfinite(shares(np.array([-900.0, 900.0]))).all()
    assert shares(np.array([NOTHING]))[0] == pytest.approx(np.log(0.5))
