"""From the features of a query's candidates to the probability that each answers.

Regression trees and a few rules give each candidate a score. From the scores and from what the
query met at all, one logistic model says whether anything answers, another which candidate does if
anything does; their product is a candidate's probability. Everything is read from one file, which
`zhike evaluate fit` writes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.errors import InvalidInput, Problem

SHIPPED = Path(__file__).parent / "models" / "ranking.json"

# In the order of the columns of a feature matrix.
DENSE = (
    *("dense_asked", "dense_body", "dense_best", "dense_mean", "dense_counter"),
    *("dense_asked_z", "dense_body_z", "support", "centre"),
)
FEATURES = (
    *DENSE,
    *("char_asked", "pair_asked", "word_asked", "char_body", "pair_body", "word_body"),
    *("char_raw", "pair_raw", "word_raw", "meant_asked", "meant_body", "meant_raw"),
    *("alike_asked", "alike_body", "same_asked", "same_body", "near_asked", "near_body"),
    *("back_asked", "back_body", "size_body", "overlap", "coverage", "unknown"),
    *("nouns_held", "nouns_unknown"),
    *("exact", "exact_counter", "code_found", "code_missing", "same_language", "length"),
    *("is_policy", "is_guide", "is_case", "is_reply"),
)
# What a stored question, or a question that an entry must not answer, adds to its score. Judged
# queries seldom repeat these word for word, so they are set, not learned.
RULES = {"exact": 4.0, "code_found": 2.0, "exact_counter": -8.0, "dense_counter": -15.0}
# What tells whether anything answers: these values of the leading candidate, and the highest.
MET = (
    *("coverage", "unknown", "nouns_held", "nouns_unknown", "overlap", "length"),
    *("char_body", "word_body", "meant_body", "alike_asked", "alike_body", "same_asked"),
    *("back_body", "dense_best", "dense_asked_z", "dense_body_z"),
)
# What a stored question met word for word adds to that, in logits.
MET_EXACTLY = 4.0
# Score of the candidate "nothing answers" in the share: keeps small indexes and filters sane.
NOTHING = -2.0
LEAVES = 8
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trees:
    """A sum of regression trees of at most eight leaves each.

    Evaluated by bits instead of branches: every split that is not met rules out the leaves on its
    left, and the first leaf left is the answer (Lucchese et al., QuickScorer, 2015).

    Attributes:
        columns: Column of `FEATURES` of each split; one row for each tree.
        limits: A split is met by values up to this one.
        masks: The leaves that stay possible where it is not met, as bits.
        values: Value of each leaf, from the left.
    """

    columns: NDArray[np.int16]
    limits: Floats
    masks: NDArray[np.uint8]
    values: Floats

    def sums(self, features: Floats) -> Doubles:
        """Sum over all trees for each row of a feature matrix."""
        if not len(self.columns):
            return np.zeros(len(features))
        missed = features[:, self.columns] > self.limits
        # A split that is met rules out nothing: 0 - 1 sets all bits.
        left = np.bitwise_and.reduce(self.masks | (missed.view(np.uint8) - 1), axis=2)
        leaf = _FIRST_BIT[left]
        found: Doubles = self.values[np.arange(len(self.columns)), leaf].sum(
            axis=1, dtype=np.float64
        )
        return found


_FIRST_BIT = np.array([(bits & -bits).bit_length() - 1 for bits in range(256)], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Two logistic models: whether anything answers, and which candidate does if anything does.

    Attributes:
        score: Weight of a candidate's score; never negative.
        share: Weight of its share, in logarithms; never negative.
        constant: Constant of the second model.
        met: Weights of the first model, of the values that `met` gives.
        idle: Constant of the first model.
    """

    score: float = 1.0
    share: float = 0.0
    constant: float = 0.0
    met: tuple[float, ...] = ()
    idle: float = 0.0

    def any_answers(self, scores: Doubles, features: Floats) -> float:
        """Probability that any candidate of a query answers it."""
        if not len(scores):
            return 0.0
        power = self.idle + MET_EXACTLY * float(features[:, _EXACT].max())
        if self.met:
            power += float(np.dot(self.met, met(scores, features)))
        return float(_logistic(np.array(power)))

    def each_answers(self, scores: Doubles) -> Doubles:
        """Probability of each candidate that it answers, if anything does."""
        return _logistic(self.score * scores + self.share * shares(scores) + self.constant)


@dataclass(frozen=True, slots=True)
class Model:
    """Trees, rules, calibration, and the probability from which a query counts as answerable."""

    trees: Trees
    calibration: Calibration = Calibration()
    threshold: float = 0.5

    def scores(self, features: Floats) -> Doubles:
        """Score of each row of a feature matrix whose columns are `FEATURES`."""
        return self.trees.sums(features) + rules(features)

    def judge(self, features: Floats) -> Judgement:
        """What the features of all candidates of one query say."""
        scores = self.scores(features)
        any_answers = self.calibration.any_answers(scores, features)
        each = self.calibration.each_answers(scores) if len(scores) else np.empty(0)
        return Judgement(any_answers, any_answers * each)

    def probabilities(self, features: Floats) -> Doubles:
        """Probability of each candidate of one query; grows with its score."""
        return self.judge(features).chances


class Judgement(NamedTuple):
    """Whether anything answers a query, and the probability of each candidate."""

    any_answers: float
    chances: Doubles


def _logistic(power: Doubles) -> Doubles:
    found: Doubles = 1.0 / (1.0 + np.exp(-np.clip(power, -30, 30)))
    return found


def rules(features: Floats) -> Doubles:
    """What the rules add to the score of each row."""
    found = np.zeros(len(features))
    for name, weight in RULES.items():
        found += weight * features[:, FEATURES.index(name)]
    return found


def shares(scores: Doubles) -> Doubles:
    """Logarithm of each score's share among all of them and "nothing answers"."""
    top = max(float(scores.max(initial=NOTHING)), NOTHING)
    total = np.exp(scores - top).sum() + np.exp(NOTHING - top)
    found: Doubles = scores - top - np.log(total)
    return found


def met(scores: Doubles, features: Floats) -> Doubles:
    """What a query met: score and share of the leader, its values of `MET`, the highest ones."""
    leader = int(scores.argmax())
    values = features[:, _MET]
    level = [scores[leader], shares(scores)[leader]]
    found: Doubles = np.concatenate([level, values[leader], values.max(axis=0)]).astype(np.float64)
    return found


_MET = [FEATURES.index(name) for name in MET]
_EXACT = FEATURES.index("exact")
MET_NAMES = ("score", "share", *(f"leader_{name}" for name in MET), *(f"best_{n}" for n in MET))


@dataclass(frozen=True, slots=True)
class Ranking:
    """The fitted models: with vectors, and for keyword-only mode; `figures` tell how good."""

    full: Model
    keywords: Model
    figures: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path = SHIPPED) -> Ranking:
        """Read a ranking file.

        Raises:
            InvalidInput: It is malformed or names unknown features.
        """
        try:
            stored = json.loads(path.read_text("utf-8"))
            models = [_model(stored[name]) for name in ("full", "keywords")]
            return cls(models[0], models[1], stored.get("figures", {}))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InvalidInput([Problem(str(path), 0, "", f"no ranking file: {error}")]) from error

    def text(self) -> str:
        """The file's text, one tree a line."""
        parts = [f'"{name}": {_text(getattr(self, name))}' for name in ("full", "keywords")]
        figures = json.dumps(self.figures, ensure_ascii=False)
        return "{\n" + ",\n".join(parts) + f',\n"figures": {figures}\n}}\n'


def _text(model: Model) -> str:
    calibration = model.calibration
    head = {
        "threshold": round(model.threshold, 4),
        "each": {
            "score": round(calibration.score, 5),
            "share": round(calibration.share, 5),
            "constant": round(calibration.constant, 5),
        },
        "any": {
            **dict(zip(MET_NAMES, (round(weight, 5) for weight in calibration.met), strict=False)),
            "constant": round(calibration.idle, 5),
        },
    }
    trees = model.trees
    lines = [
        json.dumps(
            {
                "splits": [
                    [FEATURES[column], round(float(limit), 6), int(mask)]
                    for column, limit, mask in zip(columns, limits, masks, strict=True)
                    if mask != _NEVER
                ],
                "leaves": [round(float(value), 6) for value in values],
            }
        )
        for columns, limits, masks, values in zip(
            trees.columns, trees.limits, trees.masks, trees.values, strict=True
        )
    ]
    return json.dumps(head)[:-1] + ', "trees": [\n ' + ",\n ".join(lines) + "\n]}"


_NEVER = 255  # mask of a split that fills up a smaller tree: it rules out nothing


def trees_of(trees: list[dict[str, Any]]) -> Trees:
    """Trees from their splits (feature, limit, mask) and leaves.

    Raises:
        ValueError: A feature is unknown or a tree too large.
    """
    shape = (len(trees), LEAVES - 1)
    columns, limits = np.zeros(shape, dtype=np.int16), np.full(shape, np.inf, dtype=np.float32)
    masks = np.full(shape, _NEVER, dtype=np.uint8)
    values = np.zeros((len(trees), LEAVES), dtype=np.float32)
    for row, tree in enumerate(trees):
        leaves = tree["leaves"]
        if len(tree["splits"]) != len(leaves) - 1 or not 1 <= len(leaves) <= LEAVES:
            raise ValueError(f"tree {row} has {len(leaves)} leaves")
        values[row, : len(leaves)] = leaves
        for at, (name, limit, mask) in enumerate(tree["splits"]):
            columns[row, at], limits[row, at], masks[row, at] = FEATURES.index(name), limit, mask
    return Trees(columns, limits, masks, values)


def _model(stored: Mapping[str, Any]) -> Model:
    each, some = stored["each"], stored["any"]
    if unknown := set(some) - {*MET_NAMES, "constant"}:
        raise ValueError(f"unknown features {sorted(unknown)}")
    calibration = Calibration(
        float(each["score"]),
        float(each["share"]),
        float(each["constant"]),
        tuple(float(some.get(name, 0.0)) for name in MET_NAMES),
        float(some["constant"]),
    )
    if calibration.score < 0 or calibration.share < 0:
        raise ValueError("a probability must grow with its score")
    return Model(trees_of(stored["trees"]), calibration, float(stored["threshold"]))
