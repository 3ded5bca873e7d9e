"""Logistic regression in numpy: the weights of the ranking, its calibration, its threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from indexer.figures import Floats, Measured, top_confidences
from indexer.ranking import FEATURES, Logistic, shares

LISTWISE = 1.0
# More similarity never makes an answer less likely, and more that is missing never makes it more
# likely: weights of the wrong sign would only be an accident of the sample.
SIGNS = dict.fromkeys(FEATURES[: FEATURES.index("length")], 1) | dict.fromkeys(
    ("dense_counter", "unknown", "exact_counter", "code_missing"), -1
)
RIDGE = 10.0
# Raw weights set beforehand: judged queries seldom repeat a stored question or come close to a
# counter-question, so there is too little to learn these from.
FIXED = {"exact": 4.0, "exact_counter": -8.0, "dense_counter": -15.0}
_STEPS = 1500


def fit(
    queries: Sequence[Measured],
    names: Sequence[str] = FEATURES,
    ridge: float = RIDGE,
    listwise: float = LISTWISE,
) -> Logistic:
    """Fit a logistic model to judged queries.

    The loss has two parts. Cross-entropy over all pairs makes the probabilities mean what they
    say; a softmax over each query's candidates, weighted by `listwise`, puts the right one first.
    All candidates of the retriever are kept as negatives: those are the hard ones.

    Args:
        queries: The queries to learn from.
        names: Features to use.
        ridge: Strength of the pull of standardised weights towards zero.
        listwise: Weight of the second part.

    Returns:
        The model, with the threshold that separates answerable queries best.
    """
    kept = [FEATURES.index(name) for name in names]
    used = [query for query in queries if len(query.entries)]
    raw = np.concatenate([query.features[:, kept] for query in used]).astype(np.float64)
    mean, scale = raw.mean(axis=0), raw.std(axis=0)
    scale[scale < 1e-9] = 1.0
    table = (raw - mean) / scale
    labels = np.concatenate([query.labels for query in used])
    groups = np.repeat(np.arange(len(used)), [len(query.entries) for query in used])
    fixed = np.array([FIXED.get(name, 0.0) for name in names]) * scale
    signs = np.array([float(SIGNS.get(name, 0)) for name in names])
    weights, bias = _descend(table, labels, groups, fixed, signs, ridge, listwise)
    weights = weights / scale
    bias -= float(mean @ weights)
    score = Logistic(bias, dict(zip(names, weights.tolist(), strict=True)))
    model = replace(score, calibration=_calibrate(score, used))
    return replace(model, threshold=best_threshold(model, queries))


def _calibrate(model: Logistic, queries: Sequence[Measured]) -> tuple[float, float, float]:
    """Weights of score and share by Newton's method on all pairs."""
    scores = [model.scores(query.features) for query in queries]
    columns = [np.stack([s, shares(s), np.ones_like(s)], axis=1) for s in scores]
    table = np.concatenate(columns)
    labels = np.concatenate([query.labels for query in queries])
    theta = np.array([0.5, 0.5, 0.0])
    for _ in range(40):
        chance = 1 / (1 + np.exp(-np.clip(table @ theta, -30, 30)))
        slope = table.T @ (chance - labels) + 1e-2 * theta
        curve = (table * (chance * (1 - chance))[:, None]).T @ table + 1e-2 * np.eye(3)
        theta = theta - np.linalg.solve(curve, slope)
    return max(float(theta[0]), 0.0), max(float(theta[1]), 0.0), float(theta[2])


def _descend(
    table: Floats,
    labels: Floats,
    groups: NDArray[np.int64],
    fixed: Floats,
    signs: Floats,
    ridge: float,
    listwise: float,
) -> tuple[Floats, float]:
    """Minimise the loss by Adam with a falling step."""
    count = int(groups[-1]) + 1
    mass = np.bincount(groups, labels, count)
    target, has_answer = labels / np.maximum(mass, 1e-9)[groups], (mass > 0)[groups]
    theta = np.append(fixed, -4.0)
    first, second = np.zeros_like(theta), np.zeros_like(theta)
    for step in range(1, _STEPS + 1):
        score = table @ theta[:-1] + theta[-1]
        error = 1 / (1 + np.exp(-score)) - labels
        if listwise:
            power = np.exp(score - np.maximum.reduceat(score, _starts(groups))[groups])
            share = power / np.bincount(groups, power, count)[groups]
            error = error + np.where(has_answer, listwise * (share - target), 0.0)
        slope = np.where(fixed, 0.0, table.T @ error + ridge * theta[:-1])
        gradient = np.append(slope, error.sum()) / count
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        rate = 0.1 * (1 - step / _STEPS) + 1e-4
        corrected = np.sqrt(second / (1 - 0.999**step)) + 1e-8
        theta = theta - rate * first / (1 - 0.9**step) / corrected
        theta[:-1][signs * theta[:-1] < 0] = 0.0
    return theta[:-1], float(theta[-1])


def _starts(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.flatnonzero(np.append(True, groups[1:] != groups[:-1]))


def best_threshold(model: Logistic, queries: Sequence[Measured]) -> float:
    """The confidence at which answerable and unanswerable queries are told apart best.

    Best means the highest mean of the share of answerable queries let through and the share of
    unanswerable ones held back. Without unanswerable queries: 0.5.
    """
    best, answerable = top_confidences(model, queries)
    if answerable.all() or not answerable.any():
        return 0.5
    cuts = np.unique(best)
    middles = (cuts[1:] + cuts[:-1]) / 2
    balance = [
        (best[answerable] >= cut).mean() + (best[~answerable] < cut).mean() for cut in middles
    ]
    good = middles[np.array(balance) >= max(balance) - 1e-9]
    return float(np.median(good))
