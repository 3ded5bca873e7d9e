"""Fits a whole ranking and says how good it is on queries that it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation import metrics
from evaluation.fitting.calibration import best_threshold, calibrate
from evaluation.fitting.tasks import Query, Task, folds
from evaluation.fitting.trees import ROUNDS, learn
from indexer.ranking import DENSE, Calibration, Model, Ranking, Trees

Say = Callable[[str], None]
FOLDS = 4
_DEPTH = 10


@dataclass(frozen=True, slots=True)
class Checked:
    """Scores of every query of every task, by trees that were learned without it."""

    scores: Mapping[str, list[NDArray[np.float64]]]

    def ndcg(self, task: Task) -> float:
        """Mean nDCG@10 over the answerable queries of a task."""
        found = zip(task.queries, self.scores[task.name], strict=True)
        return fmean(ndcg(query, scores) for query, scores in found if query.answerable)


def ndcg(query: Query, scores: NDArray[np.float64]) -> float:
    """nDCG@10 of one ranking, gain = grade; what was not even a candidate counts as lost."""
    order = np.argsort(-scores, kind="stable")[:_DEPTH]
    ideal = metrics.dcg([float(grade) for grade in query.ideal[:_DEPTH]])
    return metrics.dcg([float(query.grades[at]) for at in order]) / ideal


def cross_checked(
    tasks: Sequence[Task], *, without: Collection[str] = (), rounds: int = ROUNDS
) -> Checked:
    """Cross-validate: each query is scored by trees learned from the other folds of all tasks."""
    scores: dict[str, list[NDArray[np.float64]]] = {
        task.name: [np.empty(0)] * len(task.queries) for task in tasks
    }
    splits = {task.name: list(folds(task.queries, FOLDS)) for task in tasks}
    for fold in range(FOLDS):
        kept = [_part(task, ~splits[task.name][fold]) for task in tasks]
        model = Model(learn(kept, without=without, rounds=rounds))
        for task in tasks:
            for at in np.flatnonzero(splits[task.name][fold]):
                scores[task.name][at] = model.scores(task.queries[at].features)
    return Checked(scores)


def left_out(
    tasks: Sequence[Task], *, without: Collection[str] = (), rounds: int = ROUNDS
) -> dict[str, float]:
    """nDCG@10 of each task by trees learned from the other tasks alone: what a stranger meets."""
    found = {}
    for task in tasks:
        others = [other for other in tasks if other is not task]
        model = Model(learn(others, without=without, rounds=rounds))
        scores = {task.name: [model.scores(query.features) for query in task.queries]}
        found[task.name] = Checked(scores).ndcg(task)
    return found


def fit(tasks: Sequence[Task], *, say: Say = lambda text: None) -> Ranking:
    """Fit both models.

    The calibration and the threshold come from our own content, scored in cross-validation.

    Args:
        tasks: What to learn from; one of them is our own content.
        say: Told what is being done.

    Raises:
        ValueError: No task is our own content.
    """
    models, figures = [], {}
    for name, without in (("full", ()), ("keywords", DENSE)):
        say(f"{name}: cross-validation")
        checked = cross_checked(tasks, without=without)
        say(f"{name}: all queries")
        trees = learn(tasks, without=without)
        model, quality = _calibrated(trees, tasks, checked)
        models.append(model)
        figures[name] = {
            **quality,
            "ndcg@10": {task.name: round(checked.ndcg(task), 4) for task in tasks},
        }
    return Ranking(models[0], models[1], figures)


def _calibrated(
    trees: Trees, tasks: Sequence[Task], checked: Checked
) -> tuple[Model, dict[str, Any]]:
    own = next((task for task in tasks if task.own), None)
    if own is None:
        raise ValueError("the calibration needs our own content among the tasks")
    scores = checked.scores[own.name]
    some, first = [0.0] * len(own.queries), [0.0] * len(own.queries)
    for out in folds(own.queries, FOLDS):
        inside = np.flatnonzero(~out)
        calibration = calibrate([own.queries[at] for at in inside], [scores[at] for at in inside])
        for at in np.flatnonzero(out):
            some[at], first[at] = _judged(calibration, own.queries[at], scores[at])
    answerable = [query.answerable for query in own.queries]
    right = [_right(q, s) for q, s in zip(own.queries, scores, strict=True)]
    sure = [value for value, flag in zip(some, answerable, strict=True) if flag]
    idle = [value for value, flag in zip(some, answerable, strict=True) if not flag]
    quality = {
        "auroc": round(metrics.auroc(sure, idle), 4),
        "ece": round(metrics.expected_calibration_error(first, right), 4),
        "hit@1": round(fmean(r for r, flag in zip(right, answerable, strict=True) if flag), 4),
        "hit@3": round(
            fmean(_hit(q, s, 3) for q, s in zip(own.queries, scores, strict=True) if q.answerable),
            4,
        ),
    }
    threshold = best_threshold(answerable, some)
    return Model(trees, calibrate(own.queries, scores), threshold), quality


def _judged(
    calibration: Calibration, query: Query, scores: NDArray[np.float64]
) -> tuple[float, float]:
    """Probability that anything answers, and that the leading candidate does."""
    if not len(scores):
        return 0.0, 0.0
    some = calibration.any_answers(scores, query.features)
    return some, some * float(calibration.each_answers(scores).max())


def _right(query: Query, scores: NDArray[np.float64]) -> float:
    return _hit(query, scores, 1)


def _hit(query: Query, scores: NDArray[np.float64], depth: int) -> float:
    order = np.argsort(-scores, kind="stable")[:depth]
    return float(bool((query.grades[order] > 0).any()))


def _part(task: Task, kept: NDArray[np.bool_]) -> Task:
    return Task(
        task.name, tuple(q for q, keep in zip(task.queries, kept, strict=True) if keep), task.own
    )
