from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.figures import Measured, measures
from indexer.fitting import FIXED, SIGNS, best_threshold, fit
from indexer.ranking import FEATURES, Logistic, Ranking, shares
from kb.errors import InvalidInput


def pair(**values: float) -> np.ndarray:
    return np.array([values.get(name, 0.0) for name in FEATURES], dtype=np.float32)


def test_the_shipped_file_is_readable_and_sane(tmp_path: Path) -> None:
    ranking = Ranking.read()
    for model in (ranking.full, ranking.keywords):
        assert 0 < model.threshold < 1
        for name, sign in SIGNS.items():
            assert sign * model.weights.get(name, 0.0) >= 0, name
    (tmp_path / "ranking.json").write_text(ranking.text(), "utf-8")
    again = Ranking.read(tmp_path / "ranking.json")
    assert again.full.weights == pytest.approx(ranking.full.weights)
    assert again.full.calibration == pytest.approx(ranking.full.calibration)


UNKNOWN = '{"full": {"bias": 0, "threshold": 1, "weights": {"x": 1}}}'


@pytest.mark.parametrize("text", ["", "[]", '{"full": {}}', "{", UNKNOWN])
def test_bad_files_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ranking.json"
    path.write_text(text, "utf-8")
    with pytest.raises(InvalidInput, match=r"ranking\.json"):
        Ranking.read(path)


def test_probability_grows_with_the_score() -> None:
    model = Logistic(-3, {"coverage": 5.0}, (0.4, 0.9, 1.0))
    features = np.stack([pair(coverage=c) for c in (0.0, 0.3, 0.6, 1.0)])
    found = model.probabilities(features)
    assert list(found) == sorted(found)
    assert 0 < found[0] < found[-1] < 1


def test_equals_share_their_probability_and_order_does_not_matter() -> None:
    model = Logistic(-3, {"coverage": 6.0}, (0.4, 0.9, 1.0))
    alone = model.probabilities(np.stack([pair(coverage=1)]))[0]
    twins = model.probabilities(np.stack([pair(coverage=1)] * 2))
    assert twins[0] == twins[1] < alone
    mixed = np.stack([pair(coverage=c) for c in (0.2, 0.9, 0.5)])
    np.testing.assert_array_equal(
        model.probabilities(mixed[::-1])[::-1].round(12), model.probabilities(mixed).round(12)
    )


def test_a_lone_bad_candidate_is_not_likely_for_being_alone() -> None:
    model = Logistic(-8, {"coverage": 6.0}, (0.4, 0.9, 1.5))
    assert model.probabilities(np.stack([pair()]))[0] < 0.01
    assert len(model.probabilities(np.empty((0, len(FEATURES)), dtype=np.float32))) == 0


def test_shares_are_logarithms_of_parts_of_one() -> None:
    assert np.exp(shares(np.array([1.0, 2.0, 3.0]))).sum() < 1
    assert np.isfinite(shares(np.array([-900.0, 900.0]))).all()


def judged(seed: int, answerable: bool = True) -> Measured:
    """A query with one candidate that shares many words, among others that share few."""
    rng = np.random.default_rng(seed)
    rows = [pair(coverage=rng.uniform(0, 0.5), overlap=rng.uniform(0, 0.2)) for _ in range(20)]
    if answerable:
        rows[7] = pair(coverage=rng.uniform(0.6, 1), overlap=rng.uniform(0.2, 0.6))
    entries = tuple(f"entry-{n}" for n in range(20))
    return Measured(entries, np.stack(rows), {"entry-7": 2} if answerable else {})


def test_a_fit_learns_what_matters() -> None:
    learned = [judged(n, n % 4 != 0) for n in range(80)]
    model = fit(learned)
    figures = measures(model, [judged(n, n % 4 != 0) for n in range(100, 160)])
    assert figures["hit1"] > 0.95
    assert figures["auroc"] > 0.9
    assert figures["ece"] < 0.15
    assert model.weights["coverage"] > 0
    assert 0 < model.threshold < 1
    for name, weight in FIXED.items():
        assert model.weights[name] == pytest.approx(weight)


def test_a_fit_is_deterministic() -> None:
    learned = [judged(n, n % 4 != 0) for n in range(20)]
    assert fit(learned) == fit(learned)


def test_a_fit_may_leave_features_out() -> None:
    model = fit([judged(n) for n in range(20)], ["coverage"])
    assert set(model.weights) == {"coverage"}
    assert model.threshold == 0.5


def test_the_threshold_lies_between_the_two_groups() -> None:
    model = Logistic(-3, {"coverage": 6.0})
    queries = [
        Measured(("a",), np.stack([pair(coverage=c)]), {"a": 2} if c > 0.5 else {})
        for c in (0.1, 0.2, 0.3, 0.7, 0.8)
    ]
    low, high = model.probabilities(np.stack([pair(coverage=0.3), pair(coverage=0.7)]))
    assert low < best_threshold(model, queries) < high


def test_measures_by_hand() -> None:
    model = Logistic(0, {"coverage": 1.0})
    rows = np.stack([pair(coverage=c) for c in (0.9, 0.5, 0.1)])
    figures = measures(model, [Measured(("x", "y", "z"), rows, {"y": 2})])
    assert figures["hit1"] == 0
    assert figures["hit3"] == 1
    assert figures["ndcg10"] == pytest.approx(1 / np.log2(3))
