"""Token vectors with shared parts: Chinese characters and their pairs, English n-grams.

Rare words so inherit meaning from what they are made of. The sum is baked into one flat table at
the end; serving sees a plain static model.
"""

from __future__ import annotations

import zlib

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from indexer.training.settings import Settings
from indexer.training.textprep import HAN_RUN, WORD


def parts_of(token: str, known: dict[str, int], buckets: int) -> list[int]:
    """Return the numbers of the shared parts of a token; empty where it shares none.

    Args:
        token: A token.
        known: Numbers of Chinese characters and character pairs; new ones are added.
        buckets: Into how many rows the English n-grams are hashed; they count down from -1.
    """
    if HAN_RUN.fullmatch(token):
        pairs = [token[i : i + 2] for i in range(len(token) - 1)]
        return [known.setdefault(part, len(known)) for part in (*token, *pairs)]
    if len(token) > 3 and WORD.fullmatch(token):
        marked = f"<{token}>"
        grams = {marked[i : i + n] for n in (4, 5) for i in range(len(marked) - n + 1)}
        return [-1 - zlib.crc32(gram.encode()) % buckets for gram in sorted(grams)]
    return []


def part_weight(token: str, count: int, settings: Settings) -> float:
    """Return the weight of each part: full for Chinese, evened out for English n-grams."""
    if HAN_RUN.fullmatch(token):
        return settings.han_scale
    return float(settings.sub_scale / count**0.5)


class Table(nn.Module):
    """The trained table: `(own + parts) * weight` per token."""

    def __init__(self, tokens: list[str], df: NDArray[np.int64], settings: Settings) -> None:
        """Set up random vectors with inverse-frequency magnitudes.

        Args:
            tokens: The tokenizer's tokens in order of their ids.
            df: In how many texts each token stands.
            settings: Settings of the run.
        """
        super().__init__()
        torch.manual_seed(settings.seed)
        size, dim = len(tokens), settings.dim
        share = df / max(1, int(df.max()))
        magnitude = settings.sif / (settings.sif + share) if settings.sif > 0 else np.ones(size)
        self.magnitude: torch.Tensor
        scaled = torch.tensor(np.sqrt(magnitude), dtype=torch.float32)[:, None]
        self.register_buffer("magnitude", scaled)
        self.own = nn.Parameter(torch.randn(size, dim) / dim**0.5)
        self.parts: torch.Tensor | None = None
        if settings.composed:
            matrix, count = self._part_matrix(tokens, settings)
            self.parts = matrix
            self.shared = nn.Parameter(torch.randn(count, dim) / dim**0.5)

    @staticmethod
    def _part_matrix(tokens: list[str], settings: Settings) -> tuple[torch.Tensor, int]:
        characters: dict[str, int] = {}
        found = [parts_of(token, characters, settings.ngram_buckets) for token in tokens]
        rows = [at for at, parts in enumerate(found) for _ in parts]
        columns = [p if p >= 0 else len(characters) - 1 - p for parts in found for p in parts]
        values = [
            part_weight(token, len(parts), settings)
            for token, parts in zip(tokens, found, strict=True)
            for _ in parts
        ]
        count = len(characters) + settings.ngram_buckets
        index = torch.tensor([rows, columns])
        shape = (len(tokens), count)
        weights = torch.tensor(values)
        matrix = torch.sparse_coo_tensor(index, weights, shape, check_invariants=True)
        return matrix.coalesce(), count

    def forward(self) -> torch.Tensor:
        """Return the flat table."""
        table = self.own
        if self.parts is not None:
            table = table + torch.sparse.mm(self.parts, self.shared)
        return table * self.magnitude
