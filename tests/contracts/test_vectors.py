"""What every vector index must do; each back-end is one more class below."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.vectors import FaissIndex, VectorIndex, bitmap
from tests.contracts.oracle import NumpyIndex


def clustered(count: int, dimensions: int = 32, seed: int = 3) -> NDArray[np.float16]:
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(12, dimensions))
    rows = centres[rng.integers(0, 12, count)] + 0.4 * rng.normal(size=(count, dimensions))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float16]:
    return clustered(3000)


class VectorIndexContract(ABC):
    """Subclass this and give `make`."""

    @abstractmethod
    def make(self, vectors: NDArray[np.float16]) -> VectorIndex:
        """An index over the vectors."""

    @pytest.fixture
    def index(self, vectors: NDArray[np.float16]) -> VectorIndex:
        return self.make(vectors)

    def test_knows_its_size(self, index: VectorIndex) -> None:
        assert (index.count, index.dimensions) == (3000, 32)

    @pytest.mark.parametrize("share", [1.0, 0.5, 0.1, 0.01, 0.001, 0.0])
    def test_recall_under_a_filter_is_that_of_the_oracle(
        self, index: VectorIndex, vectors: NDArray[np.float16], share: float
    ) -> None:
        oracle = NumpyIndex(vectors)
        rng = np.random.default_rng(5)
        for query in clustered(15, seed=11).astype(np.float32):
            allowed = rng.random(len(vectors)) < share
            rows, scores = index.search(query, 10, bitmap(allowed))
            expected, best = oracle.search(query, 10, bitmap(allowed))
            assert set(rows) <= set(np.flatnonzero(allowed))
            assert len(rows) == len(expected) == min(10, int(allowed.sum()))
            np.testing.assert_allclose(scores, best, atol=2e-6)
            # Rows may change places only where their scores are the same.
            assert set(rows[scores > best[-1:].sum() + 1e-5]) <= set(expected)

    def test_without_a_filter_everything_may_be_found(
        self, index: VectorIndex, vectors: NDArray[np.float16]
    ) -> None:
        rows, scores = index.search(vectors[42].astype(np.float32), 5, None)
        assert rows[0] == 42
        assert list(scores) == sorted(scores, reverse=True)

    def test_asking_for_more_than_there_is(self, vectors: NDArray[np.float16]) -> None:
        index = self.make(vectors[:3])
        rows, _ = index.search(vectors[0].astype(np.float32), 50, None)
        assert sorted(rows) == [0, 1, 2]

    @pytest.mark.parametrize("count", [1, 7, 8, 9, 63, 64, 65])
    def test_bitmaps_of_any_length(self, vectors: NDArray[np.float16], count: int) -> None:
        allowed = np.zeros(count, dtype=bool)
        allowed[-1] = True
        rows, _ = self.make(vectors[:count]).search(
            vectors[0].astype(np.float32), 5, bitmap(allowed)
        )
        assert list(rows) == [count - 1]

    def test_an_empty_index_finds_nothing(self) -> None:
        index = self.make(np.empty((0, 32), dtype=np.float16))
        rows, scores = index.search(np.ones(32, dtype=np.float32), 5, bitmap(np.empty(0, bool)))
        assert len(rows) == len(scores) == 0

    def test_threads_may_search_at_once(
        self, index: VectorIndex, vectors: NDArray[np.float16]
    ) -> None:
        wrong: list[int] = []

        def ask(start: int) -> None:
            for row in range(start, start + 40):
                if index.search(vectors[row].astype(np.float32), 1, None)[0][0] != row:
                    wrong.append(row)

        threads = [threading.Thread(target=ask, args=(at * 50,)) for at in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []


class TestNumpy(VectorIndexContract):
    def make(self, vectors: NDArray[np.float16]) -> VectorIndex:
        return NumpyIndex(vectors)


class TestFaissHalf(VectorIndexContract):
    def make(self, vectors: NDArray[np.float16]) -> VectorIndex:
        return FaissIndex(vectors)


class TestFaissFlat(VectorIndexContract):
    def make(self, vectors: NDArray[np.float16]) -> VectorIndex:
        return FaissIndex(vectors, half=False)
