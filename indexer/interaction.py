"""Late interaction: how well each word of a query is met by some word of a text.

The static table gives every word its vector, whatever stands around it. A query's score is the
weighted mean over its words of the best similarity in the text (MaxSim: Khattab & Zaharia, ColBERT,
2020), squared so that half-alike words count little. Words count by the length of their vectors,
in which training left how telling they are, times their rarity in the index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.catalogue import Array, Writers, load, saver
from indexer.encoder import SHIPPED, StaticEncoder

MOST_QUERY = 64
MOST_CHUNK = 200
SAME = 0.99
NEAR = 0.6
# Columns of the table that are compared: half of them tell nearly as much in half the time.
_WIDTH = 192
Floats = NDArray[np.float32]
Tokens = NDArray[np.uint16]
Places = NDArray[np.int64]


@lru_cache(maxsize=1)
def shipped() -> StaticEncoder:
    """The shipped table, whatever encoder makes the vectors."""
    return StaticEncoder(SHIPPED)


def tokens_of(texts: Sequence[str]) -> list[Tokens]:
    """Words of texts as numbers of the table's rows; at most `MOST_CHUNK` for each."""
    return [np.asarray(ids[:MOST_CHUNK], dtype=np.uint16) for ids in shipped().tokens(texts)]


def rarity(tokens: Sequence[Tokens]) -> Floats:
    """Inverse document frequency of each row of the table over the texts."""
    df = np.zeros(shipped().size, dtype=np.float32)
    for found in tokens:
        df[np.unique(found)] += 1
    count = max(len(tokens), 1)
    return np.log1p((count - df + 0.5) / (df + 0.5)).astype(np.float32)


def files(tokens: Sequence[Tokens]) -> Writers:
    """Writers of the files that `Interaction.read` opens."""
    made = Interaction.of(tokens)
    arrays: dict[str, Array] = {"tokens": made.tokens, "starts": made.starts, "idf": made.idf}
    return {f"late_{name}.npy": saver(array) for name, array in arrays.items()}


@dataclass(frozen=True, slots=True)
class Met:
    """How texts meet a query, one value for each text, 0 to 1.

    Attributes:
        alike: Weighted mean of the squared best similarities.
        same: Weight of the query's words that stand in the text.
        near: Weight of those that something in the text is near to.
        back: The other way round: how much of the text the query speaks of.
    """

    alike: Floats
    same: Floats
    near: Floats
    back: Floats


@dataclass(frozen=True)
class Interaction:
    """The stored words of all chunks.

    Attributes:
        tokens: Rows of the table, chunk after chunk.
        starts: Where each chunk's tokens start; one more element than chunks.
        idf: Rarity of each row of the table.
    """

    tokens: Tokens
    starts: NDArray[np.int64]
    idf: Floats

    @classmethod
    def of(cls, tokens: Sequence[Tokens]) -> Interaction:
        """The words of all chunks, in order."""
        flat = np.concatenate(tokens) if tokens else np.empty(0, dtype=np.uint16)
        starts = np.cumsum([0, *(len(found) for found in tokens)], dtype=np.int64)
        return cls(flat, starts, rarity(tokens))

    @classmethod
    def read(cls, folder: Path) -> Interaction:
        """Open what `files` wrote."""
        tokens, starts, idf = (load(folder / f"late_{n}.npy") for n in ("tokens", "starts", "idf"))
        return cls(
            np.asarray(tokens, dtype=np.uint16),
            np.asarray(starts, dtype=np.int64),
            np.asarray(idf, dtype=np.float32),
        )

    @cached_property
    def _weights(self) -> Floats:
        found: Floats = shipped().lengths * self.idf
        return found

    def meet(self, query: str, chunks: NDArray[np.int64]) -> Met:
        """Meet a query with some chunks."""
        empty = np.zeros(len(chunks), dtype=np.float32)
        asked = np.asarray(shipped().tokens([query])[0][:MOST_QUERY], dtype=np.int64)
        sizes = self.starts[chunks + 1] - self.starts[chunks]
        filled = np.flatnonzero(sizes)
        if not len(asked) or not len(filled):
            return Met(empty, empty, empty, empty)
        sizes = sizes[filled]
        ends = np.cumsum(sizes)
        begins = ends - sizes
        at = np.arange(ends[-1]) + np.repeat(self.starts[chunks[filled]] - begins, sizes)
        flat = np.asarray(self.tokens[at], dtype=np.int64)
        distinct, place = _distinct(flat, len(self.idf))
        wanted, times = np.unique(asked, return_counts=True)
        table = shipped()
        near = table.unit(wanted, _WIDTH) @ table.unit(distinct, _WIDTH).T
        spread = np.take(near, place, axis=1)
        best = np.maximum.reduceat(spread, begins, axis=1)
        weights = self._weights[wanted] * times
        weights /= max(float(weights.sum()), 1e-9)
        own = self._weights[flat]
        back = np.add.reduceat(own * near.max(axis=0)[place], begins) / np.maximum(
            np.add.reduceat(own, begins), 1e-9
        )
        columns = (
            weights @ np.maximum(best, 0) ** 2, weights @ (best > SAME), weights @ (best > NEAR),
            back,
        )  # fmt: skip
        found = np.zeros((4, len(chunks)), dtype=np.float32)
        for row, column in enumerate(columns):
            found[row, filled] = column
        return Met(*found)


def _distinct(numbers: NDArray[np.int64], count: int) -> tuple[NDArray[np.int64], Places]:
    """The distinct ones among numbers below `count`, ascending, and the place of each in these.

    As `np.unique` gives them, without sorting: there are many words and few distinct ones.
    """
    known = np.zeros(count, dtype=np.bool_)
    known[numbers] = True
    distinct = np.flatnonzero(known)
    places = np.empty(count, dtype=np.int64)
    places[distinct] = np.arange(len(distinct))
    return distinct, places[numbers]
