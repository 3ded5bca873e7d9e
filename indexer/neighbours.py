"""What the candidates of a query say about each other.

Texts that are alike tend to answer the same questions (van Rijsbergen's cluster hypothesis, 1979):
a candidate gains by candidates like it that fit well, and by lying near the middle of those that
fit best (Rocchio's feedback, 1971, in vectors).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
# How fast the say of a neighbour falls with its distance, and of a candidate with its score.
_SHARP = 10.0
_LEADING = 8.0
_BEST = 5


def support(vectors: Floats, first: Floats) -> Floats:
    """How well the neighbours of each candidate fit, 0 to 1.

    Args:
        vectors: One unit vector for each candidate.
        first: A first score of each.
    """
    weight = np.exp(_LEADING * (first - first.max(initial=0.0)))
    alike = np.exp(_SHARP * (vectors @ vectors.T - 1))
    np.fill_diagonal(alike, 0)
    found: Floats = (alike @ weight / np.maximum(alike.sum(axis=1), 1e-9)).astype(np.float32)
    return found


def nearness_to_best(vectors: Floats, first: Floats, query: Floats) -> Floats:
    """Similarity of each candidate to the query moved halfway towards those that fit best."""
    top = np.argsort(-first, kind="stable")[:_BEST]
    middle = vectors[top].sum(axis=0)
    moved = query + middle / max(float(np.linalg.norm(middle)), 1e-6)
    found: Floats = (vectors @ moved / max(float(np.linalg.norm(moved)), 1e-6)).astype(np.float32)
    return found
