"""Learning the mood model: from product reviews and from labelled messages.

Reads the dev split and `moods.jsonl`, never the test split. A logistic regression on n-grams first
tells bad reviews from good ones; a multinomial one then weighs all signs, that score among them,
together with the n-grams of the labelled messages. Deterministic.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.risk.model import Mood
from assistant.risk.mood import MOODS, MoodModel, feature_names, signs
from assistant.risk.ngrams import grams
from assistant.risk.settings import load_settings
from assistant.risk.writing import written
from evaluation.risk.labelled import load, moods

REVIEWS = "sentiment_*.jsonl.gz"
_LONGEST = 160  # characters; longer reviews tell stories that no service message tells
_RAREST = 4
_REVIEW_GRAMS = 14_000
_STRENGTH = 4.0
_SIGNS_STRENGTH = 0.3
_LOUDNESS = 8.0  # of n-grams beside signs, each of the size of one
_LEAST_SCALE = 0.05
_FOLDS = 8
_SEED = 7

Floats = NDArray[np.float64]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Fitted:
    """The model as the packaged file holds it, and its figures in cross-validation."""

    table: Mapping[str, Any]
    figures: Mapping[str, Any]

    def text(self) -> str:
        """The file, one feature or block a line."""
        return json.dumps(self.table, ensure_ascii=False, separators=(",", ":")) + "\n"


def fit(reviews: Path, say: Say) -> Fitted:
    """Learn from a folder of reviews (`sentiment_*.jsonl.gz`) and from the dev messages."""
    texts = list(_reviews(reviews))
    say(f"{len(texts):,} reviews")
    bad = np.array([label == 0 for _, label in texts])
    table: dict[str, Any] = {"reviews": _review_weights([text for text, _ in texts], bad)}
    names = feature_names()
    blank: dict[str, Any] = {
        "grams": {},
        "features": list(names),
        "scales": [1.0] * len(names),
        "weights": [[0.0] * len(names)] * len(MOODS),
        "biases": [0.0] * len(MOODS),
    }
    settings = replace(load_settings(), model=MoodModel.from_json(table | blank))
    labelled = list(_messages())
    wanted = np.array([MOODS.index(mood) for _, mood in labelled])
    say(f"{len(labelled)} labelled messages")
    values = np.array([signs(text, settings).values for text, _ in labelled])
    scales = np.maximum(values.std(axis=0), _LEAST_SCALE)
    bags = _bags([written(text).text for text, _ in labelled])
    figures = _cross_validated(values / scales, bags, wanted)
    weights, biases = _softmax(values / scales, bags.matrix, wanted)
    signed, said = weights[:, : len(names)], weights[:, len(names) :] * _LOUDNESS
    learnt = {
        "features": list(names),
        "scales": [round(float(s), 4) for s in scales],
        "weights": [[round(float(w), 4) for w in row] for row in signed],
        "biases": [round(float(b), 4) for b in biases],
        "grams": {
            gram: [round(float(w) * 1000) for w in said[:, at]]
            for at, gram in enumerate(bags.names)
        },
    }
    return Fitted(learnt | table, figures)


@dataclass(frozen=True, slots=True)
class Bags:
    """N-grams of texts, one row a text of length one; columns by `names`."""

    names: Sequence[str]
    matrix: Any


def _bags(texts: Sequence[str], least: int = 1) -> Bags:
    """The n-grams that occur in at least so many texts."""
    from scipy.sparse import csr_matrix

    found = [sorted(grams(text)) for text in texts]
    counts = Counter(gram for one in found for gram in one)
    names = sorted(gram for gram, count in counts.items() if count >= least)
    known = {gram: at for at, gram in enumerate(names)}
    places = [(row, known[g], len(one)) for row, one in enumerate(found) for g in one if g in known]
    rows = [row for row, _, _ in places]
    columns = [column for _, column, _ in places]
    values = [1 / np.sqrt(length) for _, _, length in places]
    return Bags(names, csr_matrix((values, (rows, columns)), shape=(len(texts), len(names))))


def _reviews(folder: Path) -> Iterator[tuple[str, int]]:
    for file in sorted(folder.glob(REVIEWS)):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if len(row["text"]) <= _LONGEST:
                    yield row["text"], int(row["label"])


def _review_weights(texts: Sequence[str], bad: NDArray[np.bool_]) -> dict[str, int]:
    """Weights of the n-grams that tell most about a review, in thousandths."""
    from sklearn.linear_model import LogisticRegression

    bags = _bags([written(text).text for text in texts], _RAREST)
    model = LogisticRegression(C=_STRENGTH, max_iter=400, class_weight="balanced")
    model.fit(bags.matrix, bad)
    weights = dict(zip(bags.names, model.coef_[0], strict=True))
    best = sorted(weights, key=lambda gram: (-abs(weights[gram]), gram))[:_REVIEW_GRAMS]
    return {gram: round(float(weights[gram]) * 1000) for gram in sorted(best)}


def _messages() -> Iterator[tuple[str, Mood]]:
    """The labelled messages; of contacts those with one message, which alone has the mood."""
    for item in load("dev"):
        said = [m.text for m in item.messages if m.role == "customer"]
        if len(said) == 1:
            yield said[0], item.mood
    yield from moods()


def _softmax(values: Floats, bags: object, wanted: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Weights of the signs and then of the n-grams, one row a mood; and the biases."""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_SIGNS_STRENGTH, max_iter=3000, class_weight="balanced")
    model.fit(hstack([csr_matrix(values), csr_matrix(bags) * _LOUDNESS]).tocsr(), wanted)
    return model.coef_, model.intercept_


def _cross_validated(values: Floats, bags: Bags, wanted: NDArray[np.int64]) -> dict[str, Any]:
    from scipy.sparse import csr_matrix, hstack
    from sklearn.metrics import f1_score
    from sklearn.model_selection import StratifiedKFold

    joined = hstack([csr_matrix(values), bags.matrix * _LOUDNESS]).tocsr()
    guessed = np.zeros_like(wanted)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED)
    for train, held_out in folds.split(values, wanted):
        weights, biases = _softmax(values[train], bags.matrix[train], wanted[train])
        guessed[held_out] = (joined[held_out] @ weights.T + biases).argmax(axis=1)
    each = f1_score(wanted, guessed, average=None)
    return {
        "messages": len(wanted),
        "macro_f1": round(float(f1_score(wanted, guessed, average="macro")), 4),
        "f1": {mood.value: round(float(f), 4) for mood, f in zip(MOODS, each, strict=True)},
    }
