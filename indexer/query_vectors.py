"""Vectors of queries, or none while a remote encoder does not answer: search goes on by keywords.

Logs when an outage begins and when it ends, not each query in between.
"""

from __future__ import annotations

import logging

from indexer.encoder import Encoder, Vectors
from kb.errors import Unavailable

log = logging.getLogger(__name__)


class QueryVectors:
    """What a search needs of an encoder, without its failures. Thread-safe.

    Args:
        encoder: Embeds the queries.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._out = False

    @property
    def trouble(self) -> str:
        """What to tell while the encoder does not answer; empty while it does."""
        return self.outage if self._out else ""

    @property
    def outage(self) -> str:
        """What to tell of an answer that had to do without the encoder."""
        return f"encoder {self._encoder.name} does not answer: keywords only"

    def fingerprint(self) -> str:
        """The encoder's fingerprint; empty while it cannot be known."""
        try:
            found = self._encoder.fingerprint
        except Unavailable as error:
            self._failed(error)
            return ""
        self._worked()
        return found

    def of(self, text: str) -> Vectors | None:
        """Vector of one query; None while the encoder does not answer."""
        try:
            found: Vectors = self._encoder.encode([text], query=True)[0]
        except Unavailable as error:
            self._failed(error)
            return None
        self._worked()
        return found

    def _failed(self, error: Unavailable) -> None:
        if not self._out:
            self._out = True
            log.warning("%s: searching by keywords only", error)

    def _worked(self) -> None:
        if self._out:
            self._out = False
            log.info("encoder %s answers again", self._encoder.name)
