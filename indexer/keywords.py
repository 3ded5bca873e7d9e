"""BM25 over compressed sparse rows: plain numpy arrays that can be memory-mapped and masked.

Terms are stored as 64-bit hashes, sorted, so that looking up a query's terms is one binary search
and no vocabulary has to be loaded. The chance that any two of a million terms collide is below
one in ten million.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
T = TypeVar("T", bound=np.generic)
K1 = 1.2
B = 0.6


@lru_cache(maxsize=200_000)
def term_hash(term: str) -> int:
    """The 64-bit hash under which a term is stored."""
    return int.from_bytes(blake2b(term.encode(), digest_size=8).digest(), "little")


def hashes(terms: Sequence[str]) -> Hashes:
    """Hashes of terms, in order."""
    return np.fromiter((term_hash(term) for term in terms), dtype=np.uint64, count=len(terms))


@dataclass(frozen=True, slots=True)
class Document:
    """Terms of one document: each hash once, how often it occurs, and the length in terms."""

    terms: Hashes
    counts: NDArray[np.uint16]
    length: int

    @classmethod
    def of(cls, terms: Sequence[str]) -> Document:
        """The document with these terms."""
        counted = Counter(terms)
        counts = np.minimum(list(counted.values()), 65_535) if counted else []
        return cls(hashes(list(counted)), np.asarray(counts, dtype=np.uint16), len(terms))


@dataclass(frozen=True, slots=True)
class KeywordIndex:
    """Postings of all documents.

    Attributes:
        terms: Sorted term hashes.
        idf: Inverse document frequency of each term.
        starts: Where each term's postings start; one more element than terms.
        rows: Document of each posting, ascending within a term.
        impacts: BM25 weight of each posting, idf left out.
        masses: Sum of the idf of each document's distinct terms.
    """

    terms: Hashes
    idf: NDArray[np.float32]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    impacts: NDArray[np.float32]
    masses: NDArray[np.float32]

    @classmethod
    def build(cls, documents: Sequence[Document]) -> KeywordIndex:
        """Index documents; their position is their row."""
        lengths = np.array([d.length for d in documents], dtype=np.float32)
        sizes = np.array([len(d.terms) for d in documents], dtype=np.int64)
        flat = _joined([d.terms for d in documents], np.uint64)
        counts = _joined([d.counts for d in documents], np.uint16).astype(np.float32)
        owners = np.repeat(np.arange(len(documents), dtype=np.int32), sizes)
        order = np.argsort(flat, kind="stable")
        terms, starts = np.unique(flat[order], return_index=True)
        ends = np.append(starts, len(flat)).astype(np.int64)
        df = np.diff(ends).astype(np.float32)
        filled = max(int((lengths > 0).sum()), 1)
        idf = np.log1p((filled - df + 0.5) / (df + 0.5)).astype(np.float32)
        mean = float(lengths.sum()) / filled or 1.0
        tf, size = counts[order], lengths[owners[order]]
        impacts = tf * (K1 + 1) / (tf + K1 * (1 - B + B * size / mean))
        masses = np.zeros(len(documents), dtype=np.float32)
        np.add.at(masses, owners[order], np.repeat(idf, np.diff(ends)))
        return cls(terms, idf, ends, owners[order], impacts.astype(np.float32), masses)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> KeywordIndex:
        """The index whose `arrays` these are."""
        # Plain views: slicing a memory map costs several times as much, and a search slices a lot.
        return cls(**{n: arrays[n].view(np.ndarray) for n in cls.__slots__})

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """All arrays by name, to be stored."""
        return {name: getattr(self, name) for name in self.__slots__}

    @property
    def rarest(self) -> float:
        """The idf of a term that no document holds."""
        return float(np.log1p((len(self.masses) + 0.5) / 0.5))

    def positions(self, terms: Sequence[str]) -> NDArray[np.int64]:
        """Position of each term in the index, -1 where no document holds it."""
        wanted = hashes(terms)
        if not len(self.terms):
            return np.full(len(terms), -1, dtype=np.int64)
        at = np.searchsorted(self.terms, wanted)
        at[at == len(self.terms)] = 0
        return np.where(self.terms[at] == wanted, at, -1)

    def weights(self, positions: NDArray[np.int64]) -> NDArray[np.float32]:
        """The idf at each position; that of an unknown term where it is negative."""
        found = np.full(len(positions), self.rarest, dtype=np.float32)
        known = positions >= 0
        found[known] = self.idf[positions[known]]
        return found

    def postings(self, position: int) -> NDArray[np.int32]:
        """Rows of the documents that hold a term, ascending."""
        return self.rows[self.starts[position] : self.starts[position + 1]]

    def scores(
        self,
        positions: NDArray[np.int64],
        weights: NDArray[np.float32],
        families: NDArray[np.bool_],
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """BM25 of every document by each family of terms, and the idf sum of the terms it shares.

        Args:
            positions: Distinct positions of the query's terms; negative ones are skipped.
            weights: What each term counts.
            families: One row for each family: which terms belong to it.

        Returns:
            One row for each family, one column for each document; and one value for each document.
        """
        bm25 = np.zeros((len(families), len(self.masses)), dtype=np.float32)
        shared = np.zeros(len(self.masses), dtype=np.float32)
        for at in np.flatnonzero(positions >= 0):
            position = positions[at]
            span = slice(self.starts[position], self.starts[position + 1])
            rows, found = self.rows[span], weights[at] * self.impacts[span]
            for family in np.flatnonzero(families[:, at]):
                bm25[family, rows] += found
            shared[rows] += self.idf[position]
        return bm25, shared


def _joined(parts: Sequence[NDArray[T]], kind: type[T]) -> NDArray[T]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=kind)
