"""How good a ranking is on judged queries."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.ranking import Logistic

Floats = NDArray[np.float64]
# What an entry that only helps (grade 1) counts, beside one that answers (grade 2).
HELPS = 0.4


@dataclass(frozen=True, slots=True)
class Measured:
    """A judged query with its measured candidates.

    Attributes:
        entries: Entry of each candidate.
        features: One row for each candidate.
        relevant: Grade of each relevant entry; empty when nothing answers.
    """

    entries: tuple[str, ...]
    features: NDArray[np.float32]
    relevant: Mapping[str, int]

    @property
    def labels(self) -> Floats:
        """1 for candidates that answer, `HELPS` for those that help, 0 for the others."""
        grades = [self.relevant.get(entry, 0) for entry in self.entries]
        return np.array([(0.0, HELPS, 1.0)[min(grade, 2)] for grade in grades])


def top_confidences(
    model: Logistic, queries: Sequence[Measured]
) -> tuple[Floats, NDArray[np.bool_]]:
    """The best confidence of each query, and whether anything answers it."""
    best = [float(model.probabilities(q.features).max()) if q.entries else 0.0 for q in queries]
    return np.array(best), np.array([bool(q.relevant) for q in queries])


def measures(model: Logistic, queries: Sequence[Measured]) -> dict[str, float]:
    """Quality on judged queries.

    `ndcg10`, `hit1`, `hit3` (an entry of grade 2 among the first 1 or 3; of any grade where the
    query has none) are means over answerable queries; `auroc` tells how well the best confidence
    separates answerable queries from the others; `ece` is the expected calibration error of the
    first hit over ten bins.
    """
    ranked = [_ranked(model, query) for query in queries if query.relevant]
    best, answerable = top_confidences(model, queries)
    return {
        "queries": len(queries),
        "ndcg10": float(np.mean([_ndcg(grades, ideal) for grades, ideal in ranked])),
        "hit1": float(np.mean([_hit(grades, ideal, 1) for grades, ideal in ranked])),
        "hit3": float(np.mean([_hit(grades, ideal, 3) for grades, ideal in ranked])),
        "auroc": _auroc(best, answerable),
        "answered": float((best[answerable] >= model.threshold).mean()),
        "abstained": float((best[~answerable] < model.threshold).mean())
        if not answerable.all()
        else 1.0,
        "ece": _ece(model, queries),
    }


def _ranked(model: Logistic, query: Measured) -> tuple[list[int], list[int]]:
    order = np.argsort(-model.probabilities(query.features), kind="stable")[:10]
    grades = [query.relevant.get(query.entries[at], 0) for at in order]
    return grades, sorted(query.relevant.values(), reverse=True)


def _ndcg(grades: Sequence[int], ideal: Sequence[int]) -> float:
    def gain(row: Sequence[int]) -> float:
        return sum((2.0**g - 1.0) / math.log2(at + 2) for at, g in enumerate(row[:10]))

    return gain(grades) / gain(ideal)


def _hit(grades: Sequence[int], ideal: Sequence[int], depth: int) -> bool:
    return max(grades[:depth], default=0) >= ideal[0]


def _auroc(scores: Floats, positive: NDArray[np.bool_]) -> float:
    if positive.all() or not positive.any():
        return 1.0
    wins = scores[positive][:, None] - scores[~positive][None, :]
    return float(np.where(wins > 0, 1.0, np.where(wins == 0, 0.5, 0.0)).mean())


def _ece(model: Logistic, queries: Sequence[Measured]) -> float:
    used = [query for query in queries if query.entries]
    found = [model.probabilities(query.features) for query in used]
    chance = np.array([chances.max() for chances in found])
    right = np.array([q.labels[int(c.argmax())] for q, c in zip(used, found, strict=True)])
    bins = np.minimum((chance * 10).astype(int), 9)
    parts = [bins == part for part in range(10) if (bins == part).any()]
    gaps = [abs(chance[p].mean() - right[p].mean()) * p.mean() for p in parts]
    return float(np.sum(gaps))
