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


def test_operating_points_trade_silence_against_error() -> None:
    points = metrics.operating_points([0.9, 0.8, 0.3], [1.0, 0.0, 1.0], [0.8, 0.1])
    assert [point.threshold for point in points] == [0.9, 0.8, 0.3, 0.1]
    assert [point.coverage for point in points] == pytest.approx([1 / 3, 2 / 3, 1.0, 1.0])
    assert [point.false_answers for point in points] == [0.0, 0.5, 0.5, 1.0]
    assert [point.risk for point in points] == pytest.approx([0.0, 2 / 3, 2 / 4, 3 / 5])
    assert metrics.operating_points([], [], []) == []


def test_false_answers_are_told_at_the_strictest_threshold_with_that_coverage() -> None:
    sure = [n / 10 for n in range(1, 11)]
    points = metrics.operating_points(sure, [1.0] * 10, [0.95, 0.25, 0.15, 0.05])
    point = metrics.at_coverage(points, 0.9)
    assert (point.threshold, point.coverage, point.false_answers) == (0.2, 0.9, 0.5)
    assert metrics.at_coverage([], 0.9).false_answers == 1.0


def test_reliability_has_equal_bins_and_the_last_holds_one() -> None:
    bins = metrics.reliability([0.0, 0.05, 0.15, 1.0], [0, 1, 1, 1])
    assert len(bins) == 10
    assert [part.count for part in bins] == [2, 1, 0, 0, 0, 0, 0, 0, 0, 1]
    assert (bins[0].confidence, bins[0].accuracy) == (pytest.approx(0.025), 0.5)
    assert (bins[9].lower, bins[9].upper, bins[9].accuracy) == (0.9, 1.0, 1.0)
    assert metrics.expected_calibration_error([], []) == 0.0


def test_paired_test_agrees_with_counting_all_signs() -> None:
    first, second = [0.9, 0.8, 0.4, 0.7, 0.6], [0.5, 0.7, 0.5, 0.2, 0.3]
    differences = [a - b for a, b in zip(first, second, strict=True)]
    sums = [
        abs(sum(d if bits >> at & 1 else -d for at, d in enumerate(differences)))
        for bits in range(2**5)
    ]
    exact = sum(value >= abs(sum(differences)) - 1e-9 for value in sums) / len(sums)
    assert metrics.paired_p_value(first, second) == pytest.approx(exact, abs=0.02)
    assert metrics.paired_p_value(first, second) == metrics.paired_p_value(second, first)
    with pytest.raises(ValueError, match="equal number"):
        metrics.paired_p_value([1.0], [])


def test_the_interval_of_a_difference_holds_it_and_narrows_with_queries() -> None:
    few = [0.3, 0.5, 0.1, 0.4] * 3
    low, high = metrics.mean_difference_interval(few, [0.2] * len(few))
    assert low < 0.125 < high
    many = few * 20
    narrow = metrics.mean_difference_interval(many, [0.2] * len(many))
    assert narrow[1] - narrow[0] < (high - low) / 3
    assert metrics.mean_difference_interval(few, few) == (0.0, 0.0)
    assert metrics.mean_difference_interval([], []) == (0.0, 0.0)


def test_a_worse_auroc_is_told_from_chance() -> None:
    good = ([0.9 - n / 100 for n in range(40)], [0.1 + n / 100 for n in range(40)])
    bad = (list(reversed(good[1])), list(reversed(good[0])))
    assert metrics.paired_auroc_p_value(good, good) == 1.0
    assert metrics.paired_auroc_p_value(good, bad) < 0.01
    noisy = ([value + (0.01 if n % 2 else -0.01) for n, value in enumerate(good[0])], good[1])
    assert metrics.paired_auroc_p_value(good, noisy) > 0.2
    with pytest.raises(ValueError, match="same queries"):
        metrics.paired_auroc_p_value(good, ([0.5], [0.5]))
