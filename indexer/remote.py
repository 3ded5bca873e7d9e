"""Encoders and re-rankers that are served elsewhere, over HTTP.

Texts leave this machine for the configured host, and for no other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.endpoint import INDEXING, WAITING, Address, Endpoint, Patience

Vectors = NDArray[np.float32]
_BATCH = 64
_PROBE = "知客"
_MALFORMED = (KeyError, TypeError, ValueError, OverflowError)


class RemoteEncoder:
    """A model behind an OpenAI-compatible `POST …/embeddings`, as an `Encoder`.

    How long its vectors are is asked for when first needed, so making one needs no network.

    Args:
        endpoint: Where it is served.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self.name = f"{endpoint.address.model} ({endpoint.address.host})"

    @cached_property
    def dimensions(self) -> int:
        """Length of each vector.

        Raises:
            Unavailable: The endpoint did not tell.
        """
        return int(self._ask([_PROBE], WAITING).shape[1])

    @cached_property
    def fingerprint(self) -> str:
        """Hash of address, model and dimensions.

        A model that is changed behind an unchanged address and name cannot be noticed.

        Raises:
            Unavailable: The endpoint did not tell the dimensions.
        """
        address = self._endpoint.address
        identity = f"{address.url}\n{address.model}\n{self.dimensions}"
        return f"remote-{hashlib.sha256(identity.encode()).hexdigest()[:16]}"

    def encode(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """Vectors of the texts; see `Encoder.encode`.

        Texts for the index are asked for patiently, queries briefly. Both are sent as they are:
        models that want a prefix for queries need an endpoint that adds it.

        Raises:
            Unavailable: The endpoint gave no usable vectors.
        """
        found = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        # Nothing is asked about blank texts: most endpoints refuse them.
        told = [at for at, text in enumerate(texts) if text.strip()]
        for start in range(0, len(told), _BATCH):
            rows = told[start : start + _BATCH]
            part = self._ask([texts[at] for at in rows], WAITING if query else INDEXING)
            if part.shape[1] != self.dimensions:
                reason = f"vectors of {part.shape[1]} dimensions instead of {self.dimensions}"
                raise self._endpoint.failure(reason)
            found[rows] = part
        return found

    def _ask(self, texts: list[str], patience: Patience) -> Vectors:
        model = self._endpoint.address.model
        body = {"model": model, "input": texts, "encoding_format": "float"}
        answer = self._endpoint.post(body, patience)
        try:
            parts = _in_order(answer["data"], len(texts))
            found = np.array([part["embedding"] for part in parts], dtype=np.float64)
            if found.ndim != 2 or not found.shape[1] or not np.isfinite(found).all():
                raise ValueError
        except _MALFORMED:
            raise self._endpoint.failure("the answer holds no embeddings of the texts") from None
        norms = np.linalg.norm(found, axis=1, keepdims=True)
        unit: Vectors = (found / np.maximum(norms, 1e-12)).astype(np.float32)
        return unit


class RemoteReranker:
    """A model behind a Jina- or Cohere-style `POST …/rerank`, as a `Reranker`.

    Args:
        endpoint: Where it is served.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self.name = f"{endpoint.address.model} ({endpoint.address.host})"

    def scores(self, query: str, passages: Sequence[str]) -> NDArray[np.float64]:
        """Probability of each passage; see `Reranker.scores`.

        Raises:
            Unavailable: The endpoint gave no usable scores.
        """
        if not passages:
            return np.empty(0)
        model = self._endpoint.address.model
        body = {"model": model, "query": query, "documents": list(passages)}
        answer = self._endpoint.post(body, WAITING)
        try:
            parts = _in_order(answer["results"], len(passages))
            found = np.array([part["relevance_score"] for part in parts], dtype=np.float64)
        except _MALFORMED:
            raise self._endpoint.failure("the answer holds no scores of the passages") from None
        if found.ndim != 1 or not ((found >= 0) & (found <= 1)).all():
            raise self._endpoint.failure("the scores are not probabilities from 0 to 1")
        return found


def remote_encoder(setting: str, value: str, key: str) -> RemoteEncoder:
    """The encoder at the address that a setting gives; raises InvalidInput for a bad one."""
    return RemoteEncoder(Endpoint(Address.read(setting, value), key))


def remote_reranker(setting: str, value: str, key: str) -> RemoteReranker:
    """The re-ranker at the address that a setting gives; raises InvalidInput for a bad one."""
    return RemoteReranker(Endpoint(Address.read(setting, value), key))


def _in_order(parts: Any, count: int) -> list[Any]:  # noqa: ANN401 - JSON from elsewhere
    """The parts of an answer in the order in which they were asked for."""
    places = [part["index"] for part in parts]
    if sorted(places) != list(range(count)):
        raise ValueError
    return [part for _, part in sorted(zip(places, parts, strict=True), key=lambda pair: pair[0])]
