"""How close texts are in meaning, by the search encoder; remembered per entry."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from indexer.encoder import Encoder, Vectors

_ENTRIES = 512


class Meaning:
    """Closeness of a question to the passages of an entry.

    Passages of the entries used last stay encoded, so that a question costs one encoding.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._remembered = lru_cache(maxsize=_ENTRIES)(self._encode)

    def closeness(self, question: str, texts: Sequence[str]) -> list[float]:
        """Cosine of the question to each text, negative ones as 0."""
        asked = self._encoder.encode([question], query=True)[0]
        return [max(0.0, float(value)) for value in self._remembered(tuple(texts)) @ asked]

    def _encode(self, texts: tuple[str, ...]) -> Vectors:
        return self._encoder.encode(texts)
