"""Learns the trees of the ranking with LightGBM and turns them into the product's own form.

LambdaMART (Burges, From RankNet to LambdaRank to LambdaMART, 2010): trees that are grown to mend
the order of each query's candidates. More similarity may never make an answer less likely, nor
more that is missing make it likelier: splits of the wrong direction would be accidents of the
sample, and are forbidden.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.fitting.tasks import Floats, Query, Task
from indexer.ranking import FEATURES, LEAVES, RULES, Trees, trees_of

ROUNDS = 180
RATE = 0.07
# Candidates kept of each query: what answers, and those that a first glance finds best. The others
# teach nothing and cost most of the time.
KEPT = 60
# What our own content counts beside one public collection: it is what people look at.
OWN = 10.0
_FREE = {"length", "size_body", "same_language", "is_policy", "is_guide", "is_case", "is_reply"}
_FALLING = {"unknown", "code_missing", "nouns_unknown"}
_GLANCE = ("dense_best", "pair_raw", "char_raw", "word_asked", "exact")


def columns(without: Collection[str] = ()) -> list[str]:
    """Names of the features that trees may use, but for some; the rules have their own."""
    return [name for name in FEATURES if name not in {*RULES, *without}]


def learn(tasks: Sequence[Task], *, without: Collection[str] = (), rounds: int = ROUNDS) -> Trees:
    """Trees from the answerable queries of some tasks; each public task counts the same."""
    import lightgbm

    names = columns(without)
    chosen = [FEATURES.index(name) for name in names]
    rows, grades, sizes, weights = [], [], [], []
    for task in tasks:
        queries = [query for query in task.queries if query.answerable and query.grades.any()]
        for query in queries:
            kept = _kept(query)
            rows.append(query.features[kept][:, chosen])
            grades.append(np.minimum(query.grades[kept], 2))
            sizes.append(len(kept))
            weights.append(np.full(len(kept), (OWN if task.own else 1.0) * 1000 / len(queries)))
    model = lightgbm.train(
        {
            "objective": "lambdarank",
            "num_leaves": LEAVES,
            "learning_rate": RATE,
            "min_data_in_leaf": 40,
            "bagging_fraction": 0.7,
            "bagging_freq": 1,
            "feature_fraction": 0.4,
            "lambdarank_truncation_level": 15,
            "monotone_constraints": [_direction(name) for name in names],
            "max_bin": 63,
            "seed": 1122,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": 2,
            "verbosity": -1,
        },
        lightgbm.Dataset(
            np.concatenate(rows),
            np.concatenate(grades),
            group=sizes,
            weight=np.concatenate(weights),
            feature_name=names,
        ),
        num_boost_round=rounds,
    )
    dump = model.dump_model()
    return trees_of([_tree(info["tree_structure"], names) for info in dump["tree_info"]])


def _direction(name: str) -> int:
    return 0 if name in _FREE else -1 if name in _FALLING else 1


def _kept(query: Query) -> NDArray[np.int64]:
    glance = sum(_standard(query.features[:, FEATURES.index(name)]) for name in _GLANCE)
    order = np.argsort(-(glance + 1e6 * (query.grades > 0)), kind="stable")
    return np.sort(order[:KEPT])


def _standard(values: Floats) -> Floats:
    found: Floats = values / max(float(values.std()), 1e-6)
    return found


def _tree(root: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Splits, with the leaves left possible where they are not met, and leaves from the left."""
    splits: list[tuple[str, float, int]] = []
    leaves: list[float] = []

    def walk(node: Mapping[str, Any]) -> None:
        if "leaf_value" in node:
            leaves.append(float(node["leaf_value"]))
            return
        first = len(leaves)
        at = len(splits)
        splits.append(("", 0.0, 0))
        walk(node["left_child"])
        ruled_out = sum(1 << leaf for leaf in range(first, len(leaves)))
        splits[at] = (names[node["split_feature"]], float(node["threshold"]), 255 - ruled_out)
        walk(node["right_child"])

    walk(root)
    return {"splits": splits, "leaves": leaves}
