from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evaluation.fitting.calibration import best_threshold, calibrate
from evaluation.fitting.ranking import cross_checked, fit, left_out, ndcg
from evaluation.fitting.tasks import Query, Task, folds
from evaluation.fitting.trees import columns, learn
from indexer.ranking import DENSE, FEATURES, LEAVES, RULES, Model


def query(seed: int, *, answerable: bool = True) -> Query:
    """Thirty candidates; where there is an answer it shares clearly more than the others."""
    rng = np.random.default_rng(seed)
    features = rng.normal(0, 0.1, size=(30, len(FEATURES))).astype(np.float32)
    features[:, [FEATURES.index(name) for name in RULES]] = 0
    grades = np.zeros(30, dtype=np.int64)
    if answerable:
        grades[seed % 30] = 2
        for name in ("dense_best", "pair_body", "coverage"):
            features[seed % 30, FEATURES.index(name)] += 0.5
    return Query(f"q{seed}", f"g{seed}", features, grades, (2,) if answerable else ())


def task(name: str, first: int, *, own: bool = False, count: int = 60) -> Task:
    return Task(name, tuple(query(first + n, answerable=n % 5 > 0) for n in range(count)), own)


def test_trees_are_those_of_the_library() -> None:
    import lightgbm

    tasks = [task("a", 0)]
    names = columns()
    assert set(names).isdisjoint(RULES)
    seen: list[lightgbm.Booster] = []
    original = lightgbm.train

    def train(*args: Any, **kwargs: Any) -> lightgbm.Booster:
        seen.append(original(*args, **kwargs))
        return seen[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lightgbm, "train", train)
        trees = learn(tasks, rounds=12)
    features = np.concatenate([q.features for q in task("b", 500).queries])
    chosen = [FEATURES.index(name) for name in names]
    np.testing.assert_allclose(
        trees.sums(features), seen[0].predict(features[:, chosen]), atol=1e-4
    )
    assert trees.values.shape == (12, LEAVES)


def test_learning_is_repeatable_and_obeys_directions() -> None:
    tasks = [task("a", 0), task("b", 300)]
    trees = learn(tasks, rounds=20)
    assert np.array_equal(trees.limits, learn(tasks, rounds=20).limits)
    low = np.concatenate([q.features for q in tasks[0].queries[:5]])
    high = low.copy()
    high[:, FEATURES.index("pair_body")] += 0.4
    assert (trees.sums(high) >= trees.sums(low) - 1e-9).all()


def test_the_keyword_model_uses_no_vectors() -> None:
    trees = learn([task("a", 0)], without=DENSE, rounds=10)
    used = {FEATURES[column] for column in np.unique(trees.columns[np.isfinite(trees.limits)])}
    assert used.isdisjoint(DENSE)


def test_a_fit_finds_what_matters_and_is_honest_about_it() -> None:
    tasks = [task("own", 0, own=True, count=120), task("other", 1000)]
    ranking = fit(tasks)
    fresh = task("fresh", 5000)
    found = [ranking.full.probabilities(q.features) for q in fresh.queries]
    right = [int(p.argmax()) for p in found]
    answerable = [q.answerable for q in fresh.queries]
    hits = [
        q.grades[at] > 0 for q, at, f in zip(fresh.queries, right, answerable, strict=True) if f
    ]
    assert np.mean(hits) > 0.9
    sure = [p.max() for p, flag in zip(found, answerable, strict=True) if flag]
    idle = [p.max() for p, flag in zip(found, answerable, strict=True) if not flag]
    assert np.mean(sure) > np.mean(idle) + 0.2
    assert 0 < ranking.full.threshold < 1
    assert set(ranking.figures["full"]["ndcg@10"]) == {"own", "other"}


def test_a_fit_needs_our_own_content() -> None:
    with pytest.raises(ValueError, match="own content"):
        fit([task("other", 0)])


def test_each_query_is_scored_by_trees_that_have_not_seen_it() -> None:
    tasks = [task("a", 0)]
    checked = cross_checked(tasks, rounds=5)
    out = next(iter(folds(tasks[0].queries, 4)))
    kept = Task("a", tuple(q for q, o in zip(tasks[0].queries, out, strict=True) if not o))
    model = Model(learn([kept], rounds=5))
    at = int(np.flatnonzero(out)[0])
    np.testing.assert_allclose(checked.scores["a"][at], model.scores(tasks[0].queries[at].features))
    assert set(left_out([task("a", 0), task("b", 300)], rounds=5)) == {"a", "b"}


def test_folds_keep_groups_together_and_cover_everything() -> None:
    queries = [
        Query(f"q{n}", f"g{n % 7}", np.zeros((1, 1), np.float32), np.zeros(1, int), ())
        for n in range(40)
    ]
    held = np.stack(list(folds(queries, 4)))
    assert (held.sum(axis=0) == 1).all()
    for group in range(7):
        part = held[:, [n for n in range(40) if n % 7 == group]]
        assert (part == part[:, :1]).all()


def test_answers_outside_the_candidates_count_as_lost() -> None:
    found = Query("q", "g", np.zeros((2, 1), np.float32), np.array([0, 2]), (2, 2))
    assert ndcg(found, np.array([0.0, 1.0])) == pytest.approx(1 / (1 + 1 / np.log2(3)))


def test_a_calibration_is_right_on_average() -> None:
    rng = np.random.default_rng(3)
    queries, scores = [], []
    for n in range(600):
        some, right = rng.uniform() < 0.7, rng.uniform() < 0.8
        grades = np.array([2, 0, 0] if right else [0, 2, 0], dtype=np.int64) * some
        features = np.zeros((3, len(FEATURES)), dtype=np.float32)
        features[:, FEATURES.index("nouns_held")] = rng.normal(0.8 if some else 0.4, 0.2)
        queries.append(Query(str(n), str(n), features, grades, (2,) if some else ()))
        scores.append(np.array([2.0, 1.0, -3.0]))
    calibration = calibrate(queries, scores)
    some = [calibration.any_answers(s, q.features) for q, s in zip(queries, scores, strict=True)]
    assert np.mean(some) == pytest.approx(np.mean([q.answerable for q in queries]), abs=0.03)
    low, high = np.array(some)[[not q.answerable for q in queries]], np.array(some)
    assert high.mean() > low.mean() + 0.1
    each = calibration.each_answers(scores[0])
    assert each[0] == pytest.approx(0.8, abs=0.08)
    assert list(each) == sorted(each, reverse=True)


def test_the_threshold_lies_between_the_two_groups() -> None:
    assert 0.3 < best_threshold([False, False, True, True], [0.1, 0.3, 0.7, 0.9]) < 0.7
    assert best_threshold([True, True], [0.1, 0.2]) == 0.5
