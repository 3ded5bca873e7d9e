"""From the features of a pair (query, revision) to the probability that it answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.errors import InvalidInput, Problem

SHIPPED = Path(__file__).parent / "models" / "ranking.json"

# In the order of the columns of a feature matrix.
DENSE = (
    *("dense_asked", "dense_body", "dense_best", "dense_mean", "dense_counter"),
    *("dense_asked_z", "dense_body_z"),
)
FEATURES = (
    *DENSE,
    *("keyword_asked", "keyword_body", "overlap", "coverage", "unknown"),
    *("exact", "exact_counter", "code_found", "code_missing", "same_language", "length"),
    *("is_policy", "is_guide", "is_case", "is_reply"),
)


# Score of the candidate "nothing answers" in the share: keeps small indexes and filters sane.
NOTHING = -2.0


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model in two steps: a score for each pair, then its probability.

    The score is linear in the raw features. The probability is a logistic of the score itself and
    of its share, in logarithms, among all candidates of the query and "nothing answers": being
    clearly the best of them makes an answer likelier, having equals makes it less so.

    Attributes:
        bias: Constant of the score.
        weights: Weight of each feature; features left out weigh nothing.
        calibration: Weights of score and share, and a constant.
        threshold: Probability from which a query counts as answerable.
    """

    bias: float
    weights: Mapping[str, float]
    calibration: tuple[float, float, float] = (1.0, 0.0, 0.0)
    threshold: float = 0.5

    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Score of each row of a feature matrix whose columns are `FEATURES`."""
        column = np.array([self.weights.get(name, 0.0) for name in FEATURES])
        # Row by row sums, not a matrix product: a pair's score must not depend on its neighbours.
        found: NDArray[np.float64] = (features * column).sum(axis=1) + self.bias
        return found

    def probabilities(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probability of each candidate of one query; grows with the score."""
        scores = self.scores(features)
        level, share, constant = self.calibration
        power = level * scores + share * shares(scores) + constant
        found: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.clip(power, -30, 30)))
        return found


def shares(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logarithm of each score's share among all of them and "nothing answers"."""
    top = max(float(scores.max(initial=NOTHING)), NOTHING)
    total = np.exp(scores - top).sum() + np.exp(NOTHING - top)
    found: NDArray[np.float64] = scores - top - np.log(total)
    return found


@dataclass(frozen=True, slots=True)
class Ranking:
    """The fitted models: with vectors, and for keyword-only mode; `figures` tell how good."""

    full: Logistic
    keywords: Logistic
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
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInput([Problem(str(path), 0, "", f"no ranking file: {error}")]) from error

    def text(self) -> str:
        """The file's text."""
        models = {
            name: {
                "bias": round(model.bias, 5),
                "calibration": [round(part, 5) for part in model.calibration],
                "threshold": round(model.threshold, 4),
                "weights": {n: round(w, 5) for n, w in model.weights.items()},
            }
            for name, model in (("full", self.full), ("keywords", self.keywords))
        }
        return json.dumps({**models, "figures": self.figures}, indent=1, ensure_ascii=False) + "\n"


def _model(stored: Mapping[str, Any]) -> Logistic:
    weights = {str(name): float(weight) for name, weight in stored["weights"].items()}
    if unknown := set(weights) - set(FEATURES):
        raise ValueError(f"unknown features {sorted(unknown)}")
    level, share, constant = (float(part) for part in stored.get("calibration", (1, 0, 0)))
    if level < 0 or share < 0:
        raise ValueError("a probability must grow with its score")
    return Logistic(
        float(stored["bias"]), weights, (level, share, constant), float(stored["threshold"])
    )
