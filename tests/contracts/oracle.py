"""What every vector index is measured against."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.vectors import Bitmap, Found


class NumpyIndex:
    """The oracle: exact search by one matrix product, in float32 on the stored values."""

    def __init__(self, vectors: NDArray[np.floating[Any]]) -> None:
        self._vectors = np.asarray(vectors, dtype=np.float32)

    @property
    def count(self) -> int:
        """Number of rows."""
        return int(self._vectors.shape[0])

    @property
    def dimensions(self) -> int:
        """Length of each row."""
        return int(self._vectors.shape[1])

    def search(self, query: NDArray[np.float32], k: int, allowed: Bitmap | None) -> Found:
        """See `VectorIndex.search`."""
        rows = np.arange(self.count)
        if allowed is not None:
            rows = rows[np.unpackbits(allowed, count=self.count, bitorder="little").astype(bool)]
        scores = self._vectors[rows] @ query
        best = np.argsort(-scores, kind="stable")[:k]
        return rows[best].astype(np.int64), scores[best].astype(np.float32)
