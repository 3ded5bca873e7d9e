"""Metrics of ranking, abstention and calibration: pure functions, each with its source."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ROUNDS = 10_000
_AT_ONCE = 500


def dcg(gains: Sequence[float]) -> float:
    """Discounted cumulative gain with log2 discounts (Järvelin & Kekäläinen 2002), gain = grade."""
    return sum(gain / math.log2(rank + 2) for rank, gain in enumerate(gains))


def ndcg(ranked: Sequence[str], relevant: Mapping[str, int], k: int = 10) -> float:
    """DCG of the first `k` divided by that of the ideal order; 0.0 when nothing is relevant."""
    ideal = dcg(sorted(relevant.values(), reverse=True)[:k])
    found = dcg([relevant.get(item, 0) for item in ranked[:k]])
    return found / ideal if ideal else 0.0


def reciprocal_rank(ranked: Sequence[str], relevant: Mapping[str, int], k: int = 10) -> float:
    """1 / rank of the first relevant item among the first `k`, else 0.0."""
    for rank, item in enumerate(ranked[:k], start=1):
        if relevant.get(item, 0) > 0:
            return 1.0 / rank
    return 0.0


def hit(ranked: Sequence[str], relevant: Mapping[str, int], k: int) -> float:
    """1.0 if any of the first `k` is relevant, else 0.0."""
    return float(any(relevant.get(item, 0) > 0 for item in ranked[:k]))


def recall(ranked: Sequence[str], relevant: Mapping[str, int], k: int = 10) -> float:
    """Share of the relevant items that stand among the first `k`."""
    wanted = {item for item, grade in relevant.items() if grade > 0}
    return len(wanted.intersection(ranked[:k])) / len(wanted) if wanted else 0.0


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """Probability that a random positive scores above a random negative (ties count half).

    Equals the normalised Mann-Whitney U; 0.5 when either side is empty.
    """
    return _auroc(np.asarray(positives, dtype=float), np.asarray(negatives, dtype=float))


def _auroc(positives: Floats, negatives: Floats) -> float:
    if not len(positives) or not len(negatives):
        return 0.5
    ordered = np.sort(positives)
    below = np.searchsorted(ordered, negatives, "left")
    up_to = np.searchsorted(ordered, negatives, "right")
    return float((len(ordered) - (below + up_to) / 2).mean() / len(ordered))


@dataclass(frozen=True, slots=True)
class Operating:
    """What happens when queries are answered from a confidence of `threshold` on.

    Attributes:
        threshold: The least confidence that is answered.
        coverage: Share of the answerable queries that are answered.
        false_answers: Share of the unanswerable queries that are answered all the same.
        risk: Share of all answers whose first entry is wrong (El-Yaniv & Wiener 2010).
    """

    threshold: float
    coverage: float
    false_answers: float
    risk: float


def operating_points(
    answerable: Sequence[float], right: Sequence[float], unanswerable: Sequence[float]
) -> list[Operating]:
    """One point for each confidence that occurs, from the highest down: the trade between silence
    and error.

    Args:
        answerable: Confidence in each query that has an answer.
        right: 1.0 where the first entry for it is right, else 0.0.
        unanswerable: Confidence in each query that has none.
    """  # noqa: D205
    sure, good = np.asarray(answerable, dtype=float), np.asarray(right, dtype=float)
    idle = np.asarray(unanswerable, dtype=float)
    points = []
    for threshold in np.unique(np.concatenate([sure, idle]))[::-1]:
        given, wasted = sure >= threshold, idle >= threshold
        wrong = (1 - good[given]).sum() + wasted.sum()
        points.append(
            Operating(
                float(threshold),
                float(given.mean()) if len(sure) else 0.0,
                float(wasted.mean()) if len(idle) else 0.0,
                float(wrong / (given.sum() + wasted.sum())),
            )
        )
    return points


def at_coverage(points: Sequence[Operating], coverage: float = 0.9) -> Operating:
    """The strictest of `operating_points` that still answers this share of what has an answer.

    Its `false_answers` is the false-answer rate at that coverage.
    """
    for point in points:
        if point.coverage >= coverage:
            return point
    return Operating(0.0, 1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """Queries whose confidence lies in [lower, upper): how sure we were, how often we were right.

    The last bin includes 1.
    """

    lower: float
    upper: float
    count: int
    confidence: float
    accuracy: float


def reliability(
    probabilities: Sequence[float], outcomes: Sequence[float], bins: int = 10
) -> list[Bin]:
    """Equal-width bins over 0 to 1, empty ones included (DeGroot & Fienberg 1983)."""
    sure, good = np.asarray(probabilities, dtype=float), np.asarray(outcomes, dtype=float)
    place = np.minimum((sure * bins).astype(int), bins - 1)
    found = []
    for at in range(bins):
        own = place == at
        count = int(own.sum())
        confidence, accuracy = (float(sure[own].mean()), float(good[own].mean())) if count else (
            0.0, 0.0)  # fmt: skip
        found.append(Bin(at / bins, (at + 1) / bins, count, confidence, accuracy))
    return found


def expected_calibration_error(
    probabilities: Sequence[float], outcomes: Sequence[float], bins: int = 10
) -> float:
    """Mean gap between confidence and accuracy over equal-width bins (Guo et al. 2017)."""
    found = reliability(probabilities, outcomes, bins)
    total = sum(part.count for part in found)
    gap = sum(part.count * abs(part.confidence - part.accuracy) for part in found)
    return gap / total if total else 0.0


def paired_p_value(
    first: Sequence[float], second: Sequence[float], rounds: int = ROUNDS, seed: int = 7
) -> float:
    """Two-sided paired randomisation test (Smucker et al. 2007) on per-query scores.

    Signs of the differences are flipped at random; the share of rounds whose mean difference is
    at least as large as the observed one is the p-value. 1.0 when there is no difference at all.
    """
    differences = _differences(first, second)
    differences = differences[differences != 0]
    if not len(differences):
        return 1.0
    observed = abs(float(differences.sum()))
    source = np.random.default_rng(seed)
    extreme = 0
    for count in _portions(rounds):
        signs = source.integers(0, 2, size=(count, len(differences)), dtype=np.int8) * 2.0 - 1.0
        extreme += int((np.abs(signs @ differences) >= observed - 1e-9).sum())
    return (extreme + 1) / (rounds + 1)


def mean_difference_interval(
    first: Sequence[float], second: Sequence[float], share: float = 0.95,
    rounds: int = ROUNDS, seed: int = 7,
) -> tuple[float, float]:  # fmt: skip
    """Bootstrap percentile interval of the mean paired difference (Efron & Tibshirani 1993).

    Args:
        first: Score of each query.
        second: Score of the same queries in the other run.
        share: How often intervals so made hold the true mean.
        rounds: How many samples of the queries are drawn.
        seed: Of the random numbers: equal seeds, equal intervals.
    """
    differences = _differences(first, second)
    if not len(differences):
        return 0.0, 0.0
    source = np.random.default_rng(seed)
    means = [
        differences[source.integers(0, len(differences), size=(count, len(differences)))].mean(
            axis=1
        )
        for count in _portions(rounds)
    ]
    low, high = np.quantile(np.concatenate(means), [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)


def paired_auroc_p_value(
    first: tuple[Sequence[float], Sequence[float]],
    second: tuple[Sequence[float], Sequence[float]],
    rounds: int = 2_000,
    seed: int = 7,
) -> float:
    """Two-sided paired randomisation test of a difference in AUROC.

    In each round every query's two confidences change sides at random; confidences of both runs
    must be on one scale. 1.0 when there is no difference at all.

    Args:
        first: Confidences in the answerable and in the unanswerable queries.
        second: The same queries in the other run.
        rounds: How many random exchanges are tried.
        seed: Of the random numbers.
    """
    a, b = (np.concatenate([np.asarray(part, dtype=float) for part in run])
            for run in (first, second))  # fmt: skip
    split = len(first[0])
    if len(a) != len(b) or split != len(second[0]):
        raise ValueError("the two runs do not hold the same queries")
    if np.array_equal(a, b):
        return 1.0

    def difference(swap: NDArray[np.bool_]) -> float:
        one, two = np.where(swap, b, a), np.where(swap, a, b)
        return abs(_auroc(one[:split], one[split:]) - _auroc(two[:split], two[split:]))

    observed = difference(np.zeros(len(a), dtype=bool))
    source = np.random.default_rng(seed)
    extreme = sum(difference(source.random(len(a)) < 0.5) >= observed - 1e-12
                  for _ in range(rounds))  # fmt: skip
    return (extreme + 1) / (rounds + 1)


def _differences(first: Sequence[float], second: Sequence[float]) -> Floats:
    if len(first) != len(second):
        raise ValueError("paired scores must come in equal number")
    found: Floats = np.asarray(first, dtype=float) - np.asarray(second, dtype=float)
    return found


def _portions(rounds: int) -> Iterator[int]:
    """Rounds in portions that fit in memory."""
    for start in range(0, rounds, _AT_ONCE):
        yield min(_AT_ONCE, rounds - start)
