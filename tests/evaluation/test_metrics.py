import math

import pytest

from evaluation import metrics


def test_ndcg_of_ideal_order_is_one_and_of_nothing_zero() -> None:
    relevant = {"a": 2, "b": 1}
    assert metrics.ndcg(["a", "b", "c"], relevant) == pytest.approx(1.0)
    assert metrics.ndcg(["c", "d"], relevant) == 0.0
    swapped = (1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3))
    assert metrics.ndcg(["b", "a"], relevant) == pytest.approx(swapped)


def test_reciprocal_rank_hit_and_recall_respect_the_cut() -> None:
    ranked = ["x", "y", "a", "b"]
    relevant = {"a": 1, "b": 1, "z": 0}
    assert metrics.reciprocal_rank(ranked, relevant) == pytest.approx(1 / 3)
    assert metrics.reciprocal_rank(ranked, relevant, k=2) == 0.0
    assert metrics.hit(ranked, relevant, 2) == 0.0
    assert metrics.hit(ranked, relevant, 3) == 1.0
    assert metrics.recall(ranked, relevant, 3) == pytest.approx(0.5)


def test_auroc_counts_pairs_with_ties_half() -> None:
    assert metrics.auroc([0.9, 0.8], [0.1, 0.2]) == 1.0
    assert metrics.auroc([0.1], [0.9]) == 0.0
    assert metrics.auroc([0.5, 0.9], [0.5, 0.1]) == pytest.approx(3.5 / 4)


def test_calibration_error_is_zero_for_honest_confidence() -> None:
    assert metrics.expected_calibration_error([0.75] * 4, [1, 1, 1, 0]) == pytest.approx(0.0)
    assert metrics.expected_calibration_error([0.95] * 2, [0, 0]) == pytest.approx(0.95)


def test_paired_test_tells_noise_from_a_real_difference() -> None:
    base = [0.1 * (i % 7) for i in range(60)]
    assert metrics.paired_p_value(base, base) == 1.0
    assert metrics.paired_p_value([b + 0.2 for b in base], base) < 0.001
    noise = [b + (0.05 if i % 2 else -0.05) for i, b in enumerate(base)]
    assert metrics.paired_p_value(noise, base) > 0.5
