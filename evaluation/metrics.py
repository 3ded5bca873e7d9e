"""Retrieval and abstention metrics: pure functions, each with its definition and source."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence


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
    if not positives or not negatives:
        return 0.5
    ordered = sorted([(score, 1) for score in positives] + [(score, 0) for score in negatives])
    ranks = 0.0
    start = 0
    while start < len(ordered):
        end = start
        while end < len(ordered) and ordered[end][0] == ordered[start][0]:
            end += 1
        mean_rank = (start + end + 1) / 2
        ranks += mean_rank * sum(label for _, label in ordered[start:end])
        start = end
    n_pos, n_neg = len(positives), len(negatives)
    return (ranks - n_pos * (n_pos + 1) / 2) / (n_pos * n_neg)


def expected_calibration_error(
    probabilities: Sequence[float], outcomes: Sequence[float], bins: int = 10
) -> float:
    """Mean gap between confidence and accuracy over equal-width bins (Guo et al. 2017)."""
    if not probabilities:
        return 0.0
    groups: list[list[tuple[float, float]]] = [[] for _ in range(bins)]
    for probability, outcome in zip(probabilities, outcomes, strict=True):
        groups[min(int(probability * bins), bins - 1)].append((probability, outcome))
    gaps = (abs(sum(p for p, _ in group) - sum(o for _, o in group)) for group in groups if group)
    return sum(gaps) / len(probabilities)


def paired_p_value(
    first: Sequence[float], second: Sequence[float], rounds: int = 10_000, seed: int = 7
) -> float:
    """Two-sided paired randomisation test (Smucker et al. 2007) on per-query scores.

    Signs of the differences are flipped at random; the share of rounds whose mean difference is
    at least as large as the observed one is the p-value. 1.0 when there is no difference at all.
    """
    differences = [a - b for a, b in zip(first, second, strict=True) if a != b]
    if not differences:
        return 1.0
    observed = abs(sum(differences))
    source = random.Random(seed)
    extreme = sum(
        abs(sum(d if source.random() < 0.5 else -d for d in differences)) >= observed - 1e-12
        for _ in range(rounds)
    )
    return (extreme + 1) / (rounds + 1)
