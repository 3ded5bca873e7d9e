"""Fits what turns scores into probabilities, and chooses the threshold from which to answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from evaluation.fitting.tasks import Query
from indexer.ranking import MET_NAMES, Calibration, met, shares

Doubles = NDArray[np.float64]
# What a candidate that only helps (grade 1) counts, beside one that answers (grade 2).
HELPS = 0.8
# Pull of the standardised weights towards zero.
RIDGE_ANY = 10.0
RIDGE_EACH = 1.0
# Share of the answerable queries that must be answered.
COVERAGE = 0.9
# Only the first few candidates are ever shown, and the first one is what is answered with.
_DEPTH = 5
_FIRST = 4.0


def calibrate(queries: Sequence[Query], scores: Sequence[Doubles]) -> Calibration:
    """Logistic regressions by Newton's method.

    Whether anything answers is learned from all queries; which candidate does, from the leading
    candidates of the answerable ones.

    Args:
        queries: Judged queries, unanswerable ones among them.
        scores: Score of each candidate of each query, from trees that have not seen the query:
            scores of known queries would make it too sure of itself.
    """
    found = [(q, s) for q, s in zip(queries, scores, strict=True) if len(s)]
    table = np.array([met(s, q.features) for q, s in found])
    answerable = np.array([float(q.answerable) for q, _ in found])
    some = _logistic(table, answerable, np.ones(len(found)), RIDGE_ANY)
    rows, labels, weights = [], [], []
    for query, values in found:
        if query.answerable:
            share = shares(values)
            for place, at in enumerate(np.argsort(-values, kind="stable")[:_DEPTH]):
                rows.append([values[at], share[at]])
                labels.append((0.0, HELPS, 1.0)[min(int(query.grades[at]), 2)])
                weights.append(_FIRST if place == 0 else 1.0)
    each = _logistic(np.array(rows), np.array(labels), np.array(weights), RIDGE_EACH)
    assert len(some) == len(MET_NAMES) + 1
    return Calibration(
        float(each[0]),
        float(each[1]),
        float(each[2]),
        tuple(map(float, some[:-1])),
        float(some[-1]),
    )


def _logistic(table: Doubles, target: Doubles, weight: Doubles, ridge: float) -> Doubles:
    """Weights and, last, the constant; those of score and share (the first two) never negative."""
    mean, spread = table.mean(axis=0), table.std(axis=0)
    spread[spread < 1e-9] = 1.0
    standard = np.column_stack([(table - mean) / spread, np.ones(len(table))])
    theta = _newton(standard, target, weight, ridge, ())
    if fixed := [at for at in (0, 1) if theta[at] < 0]:  # a probability must grow with its score
        theta = _newton(standard, target, weight, ridge, fixed)
        theta[:2] = np.maximum(theta[:2], 0)
    theta[:-1] /= spread
    theta[-1] -= float(mean @ theta[:-1])
    return theta


def _newton(
    table: Doubles, target: Doubles, weight: Doubles, ridge: float, fixed: Collection[int]
) -> Doubles:
    free = [at for at in range(table.shape[1]) if at not in fixed]
    part = table[:, free]
    penalty = np.full(len(free), ridge)
    penalty[-1] = 1e-3
    theta = np.zeros(len(free))
    for _ in range(60):
        chance = 1 / (1 + np.exp(-np.clip(part @ theta, -30, 30)))
        slope = part.T @ (weight * (chance - target)) + penalty * theta
        curve = (part * (weight * chance * (1 - chance))[:, None]).T @ part + np.diag(penalty)
        theta = theta - np.linalg.solve(curve, slope)
    found = np.zeros(table.shape[1])
    found[free] = theta
    return found


def best_threshold(answerable: Sequence[bool], chance: Sequence[float]) -> float:
    """The probability at which answerable and unanswerable queries are told apart best.

    Best means the highest mean of the share of answerable queries let through, which is to be at
    least nine in ten, and the share of unanswerable ones held back. Without unanswerable queries,
    or without others: 0.5.

    Args:
        answerable: Whether anything answers each query.
        chance: Probability of each that anything does.
    """
    flags, values = np.array(answerable), np.array(chance)
    if flags.all() or not flags.any():
        return 0.5
    cuts = np.unique(values)
    middles = (cuts[1:] + cuts[:-1]) / 2 if len(cuts) > 1 else cuts
    through = np.array([(values[flags] >= cut).mean() for cut in middles])
    back = np.array([(values[~flags] < cut).mean() for cut in middles])
    balance = np.where(through >= COVERAGE, through + back, through - 1)
    return float(np.median(middles[balance >= balance.max() - 1e-9]))
