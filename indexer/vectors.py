"""Nearest vectors under a mask: one small protocol, FAISS behind it.

SQfp16 with a bitmap is the default: exact on the stored half-precision values, half the memory of
Flat and 2.3 times as fast at 100k rows (3.0 against 7.0 ms measured), and faster the tighter the
filter is. Graph and IVF indexes are no option: their recall collapses under a filter.

FAISS is imported on first use and told to use one thread in each thread that searches: OpenMP
threads started before a `fork` hang the child, and slow single queries down. Nothing is read from
or written to FAISS's own file format; indexes are rebuilt in memory from plain arrays.
"""

from __future__ import annotations

import threading
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Bitmap = NDArray[np.uint8]
Found = tuple[NDArray[np.int64], NDArray[np.float32]]
_BATCH = 8192
_thread = threading.local()


class VectorIndex(Protocol):
    """Immutable rows of vectors, searched by inner product. Safe to search from many threads."""

    @property
    def count(self) -> int:
        """Number of rows."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of each row."""
        ...

    def search(self, query: NDArray[np.float32], k: int, allowed: Bitmap | None) -> Found:
        """The k rows of highest inner product with the query, best first, and their scores.

        Args:
            query: One vector.
            k: How many rows at most; fewer come back when fewer are allowed.
            allowed: Little-endian bitmap over rows (`bitmap`); None allows all.
        """
        ...


def bitmap(allowed: NDArray[np.bool_]) -> Bitmap:
    """Pack one flag for each row into the bitmap that `VectorIndex.search` takes."""
    return np.packbits(allowed, bitorder="little")


class FaissIndex:
    """FAISS, exact: `IndexScalarQuantizer` in half precision, or `IndexFlat` in full.

    Args:
        vectors: Rows to index, read in batches, so a memory-mapped array is never held whole.
        half: Store in half precision. Lossless when the rows are float16 already.
    """

    def __init__(self, vectors: NDArray[np.floating[Any]], *, half: bool = True) -> None:
        faiss = _faiss()
        self._count, self._dimensions = (int(n) for n in vectors.shape)
        if half:
            self._index = faiss.IndexScalarQuantizer(
                self._dimensions, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
            )
        else:
            self._index = faiss.IndexFlatIP(self._dimensions)
        for start in range(0, self._count, _BATCH):
            self._index.add(np.ascontiguousarray(vectors[start : start + _BATCH], dtype=np.float32))

    @property
    def count(self) -> int:
        """Number of rows."""
        return self._count

    @property
    def dimensions(self) -> int:
        """Length of each row."""
        return self._dimensions

    def search(self, query: NDArray[np.float32], k: int, allowed: Bitmap | None) -> Found:
        """See `VectorIndex.search`."""
        faiss = _faiss()
        wanted = min(k, self._count)
        if wanted <= 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        options = None
        if allowed is not None:
            selector = faiss.IDSelectorBitmap(self._count, faiss.swig_ptr(allowed))
            options = faiss.SearchParameters(sel=selector)
        one = np.ascontiguousarray(query.reshape(1, -1), dtype=np.float32)
        scores, rows = self._index.search(one, wanted, params=options)
        real = rows[0] >= 0
        return rows[0][real], scores[0][real]


def _faiss() -> Any:  # noqa: ANN401 - the library has no types
    """FAISS, with OpenMP held to one thread in the calling thread."""
    import faiss

    if not getattr(_thread, "single", False):
        faiss.omp_set_num_threads(1)
        _thread.single = True
    return faiss
