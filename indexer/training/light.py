"""A reader of the model folder with tokenizers and numpy alone, as a reference."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

Floats = NDArray[np.float32]


class LightEncoder:
    """Mean of token vectors, scaled to unit length; an empty text gives zeros."""

    def __init__(self, tokenizer: Tokenizer, table: Floats) -> None:
        """Keep the parts.

        Args:
            tokenizer: The tokenizer.
            table: One row per token.
        """
        self.tokenizer = tokenizer
        self.table = table

    @classmethod
    def load(cls, folder: Path) -> LightEncoder:
        """Read a model folder."""
        weights = load_file(folder / "model.safetensors")
        table = weights["embeddings"].astype(np.float32) * weights["weights"][:, None]
        return cls(Tokenizer.from_file(str(folder / "tokenizer.json")), table)

    def encode(self, texts: list[str]) -> Floats:
        """Return one unit vector per text."""
        out = np.zeros((len(texts), self.table.shape[1]), np.float32)
        encodings = self.tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        for row, encoding in zip(out, encodings, strict=True):
            if encoding.ids:
                mean = self.table[encoding.ids].mean(axis=0)
                row[:] = mean / max(float(np.linalg.norm(mean)), 1e-12)
        return out
