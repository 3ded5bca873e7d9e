from __future__ import annotations

import numpy as np

from indexer.neighbours import nearness_to_best, support


def unit(*rows: list[float]) -> np.ndarray:
    found = np.array(rows, dtype=np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


VECTORS = unit([1, 0, 0], [1, 0.1, 0], [0, 1, 0], [0, 0.9, 0.4], [0, 0, 1])
FIRST = np.array([1.0, 0.2, 0.1, 0.1, 0.1], dtype=np.float32)


def test_the_neighbour_of_a_good_candidate_gains_most() -> None:
    found = support(VECTORS, FIRST)
    assert found.argmax() == 1
    assert (found >= 0).all()
    assert (found <= 1).all()


def test_no_candidate_supports_itself() -> None:
    alone = support(unit([1, 0, 0]), np.ones(1, dtype=np.float32))
    assert alone[0] == 0


def test_the_middle_of_the_best_draws_the_query() -> None:
    query = unit([0, 0.5, 1])[0]
    found = nearness_to_best(VECTORS[:3], FIRST[:3], query)
    plain = VECTORS[:3] @ query
    assert found[1] - plain[1] > found[2] - plain[2]
