"""How close private and team replies are to a query in meaning: they are in no index."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from assistant.canned.model import Item
from indexer.encoder import Encoder, Vectors

_KEPT = 8_192  # vectors of a few hundred bytes to a kilobyte each
_LONGEST = 300  # characters of a reply that say what it is about
# Similarities of the demonstration company's ways of asking: to the reply meant 0.35 in the median
# and 0.7 at best, to others 0.13 and rarely (one in twenty) above 0.28.
_FLOOR, _RANGE = 0.2, 0.5


class Closeness:
    """Measures replies against a query; each text is encoded once and remembered."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vector = lru_cache(maxsize=_KEPT)(self._encode)

    def warm_up(self) -> None:
        """Load the encoder's model now instead of with the first search."""
        self._encoder.encode(["退货"], query=True)

    def sureness(self, query: str, items: Sequence[Item]) -> list[float]:
        """For each reply from 0 to 1 how surely it is meant: by its title or by its whole text.

        The scale is laid beside the search's confidence so that both can be ranked together; it
        is no calibrated probability.
        """
        if not items:
            return []
        asked = self._encoder.encode([query], query=True)[0]
        titles = np.stack([self._vector(item.title) for item in items]) @ asked
        texts = np.stack([self._vector(item.text[:_LONGEST]) for item in items]) @ asked
        near = (np.maximum(titles, texts) - _FLOOR) / _RANGE
        return [float(value) for value in np.clip(near, 0.0, 1.0)]

    def _encode(self, text: str) -> Vectors:
        vector: Vectors = self._encoder.encode([text])[0]
        return vector
