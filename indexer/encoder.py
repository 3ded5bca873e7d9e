"""Text to vectors: the encoder protocol, the light runtime and any sentence-transformers model.

Serving reads the shipped model with `tokenizers` and numpy in a fraction of a second. The
sentence_transformers import (10 s, 415 MiB) is paid only for models the light runtime cannot read,
and only in this module; models that are served elsewhere are in `indexer.remote`. No method starts
OpenMP threads, so a process may fork after loading; sentence-transformers models are the exception:
load them after the fork.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kb.errors import InvalidInput, NotFound, Problem

if TYPE_CHECKING:
    from kb.settings import Settings

Vectors = NDArray[np.float32]
SHIPPED = Path(__file__).parent / "models" / "zhike-static-zh-en"
_AT_ONCE = 4096  # rows of a table that are made floats at a time


class Encoder(Protocol):
    """Maps texts to vectors whose inner product is their similarity.

    Attributes:
        name: For people: the model's name or folder.
    """

    name: str

    @property
    def fingerprint(self) -> str:
        """Changes whenever any vector would; an index of another one is refused.

        Raises:
            Unavailable: A remote model did not answer.
        """
        ...

    @property
    def dimensions(self) -> int:
        """Length of each vector; raises what `fingerprint` raises."""
        ...

    def encode(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """Vectors of the texts, one row each, L2-normalised.

        A text without any known token gets the zero vector.

        Args:
            texts: Any texts; no preparation is expected.
            query: Whether they are queries; some models treat these differently.

        Raises:
            Unavailable: A remote model did not answer.
        """
        ...


class NotStatic(ValueError):
    """The folder is not a static embedding model that the light runtime can read."""


class StaticEncoder:
    """The light runtime for sentence-transformers static embedding folders.

    Reads what `SentenceTransformer(path)` reads, `modules.json` first, and gives the same vectors:
    the mean of the token rows, normalised. Weights may be float32, float16 or int8 with a scale
    for each token, and stay compact in memory. Safe to share between threads and across `fork`.

    Raises:
        NotFound: There is no such folder.
        NotStatic: The model has other modules than a static embedding and a normaliser.
    """

    def __init__(self, path: Path) -> None:
        from safetensors import safe_open
        from tokenizers import Tokenizer

        folder = _static_folder(path)
        weights = folder / "model.safetensors"
        with safe_open(weights, framework="numpy") as tensors:
            stored = {name: tensors.get_tensor(name) for name in tensors.keys()}
        self._rows = stored["embedding.weight" if "embedding.weight" in stored else "embeddings"]
        self._mapping: NDArray[np.integer[Any]] | None = stored.get("mapping")
        self._scales: NDArray[np.floating[Any]] | None = stored.get("weights")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._lengths: dict[int, Vectors] = {}
        self.name = path.name
        self.dimensions = int(self._rows.shape[1])
        self.fingerprint = f"static-{_digest([weights, folder / 'tokenizer.json'])}"

    def encode(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """Vectors of the texts; see `Encoder.encode`. Queries are treated like other texts."""
        found = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for at, text in enumerate(texts):
            ids = self._tokenizer.encode(text, add_special_tokens=False).ids
            if ids:
                found[at] = self._mean(np.asarray(ids))
        norms = np.linalg.norm(found, axis=1, keepdims=True)
        unit: Vectors = found / np.maximum(norms, 1e-12)
        return unit

    @property
    def size(self) -> int:
        """Number of rows of the table."""
        return len(self._rows if self._mapping is None else self._mapping)

    @cached_property
    def lengths(self) -> Vectors:
        """Length of the vector of each row of the table: how much it moves a mean."""
        found: Vectors = np.linalg.norm(self._values(np.arange(self.size)), axis=1)
        return found

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Rows of the table that the texts are made of, in order."""
        # One by one: a batch would start threads, and a process must be free to fork.
        return [self._tokenizer.encode(text, add_special_tokens=False).ids for text in texts]

    def unit(self, ids: NDArray[np.int64], width: int) -> Vectors:
        """Vectors of rows of the table, their first columns only, L2-normalised."""
        rows = ids if self._mapping is None else self._mapping[ids]
        found: Vectors = self._rows[:, :width][rows].astype(np.float32)
        found /= self._lengths_of(width)[rows, None]
        return found

    def _lengths_of(self, width: int) -> Vectors:
        """Length of the first columns of each stored row; worked out once, queries need many."""
        if width not in self._lengths:
            lengths = np.empty(len(self._rows), dtype=np.float32)
            for at in range(0, len(lengths), _AT_ONCE):
                some = self._rows[at : at + _AT_ONCE, :width].astype(np.float32)
                lengths[at : at + _AT_ONCE] = np.linalg.norm(some, axis=1)
            self._lengths[width] = np.maximum(lengths, 1e-12)
        return self._lengths[width]

    def _mean(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        mean: NDArray[np.float32] = self._values(ids).mean(axis=0)
        return mean

    def _values(self, ids: NDArray[np.int64]) -> Vectors:
        rows = ids if self._mapping is None else self._mapping[ids]
        values: Vectors = self._rows[rows].astype(np.float32)
        if self._scales is not None:
            values *= self._scales[ids, None].astype(np.float32)
        return values


class SentenceTransformerEncoder:
    """Any sentence-transformers model, by name or folder, as an `Encoder`.

    Importing the library and loading takes seconds and hundreds of MiB; models by name are
    downloaded on first use. Remote code is never trusted. Safe to share between threads.

    Raises:
        NotFound: No such model, or it cannot be downloaded.
    """

    def __init__(self, name_or_path: str) -> None:
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(name_or_path, device="cpu", trust_remote_code=False)
        except (OSError, ValueError) as error:
            raise NotFound(f"encoder {name_or_path!r} cannot be loaded: {error}") from error
        self.name = name_or_path
        self.dimensions = int(self._model.get_embedding_dimension() or 0)
        self.fingerprint = f"st-{self._state_digest()}"

    def encode(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """Vectors of the texts; see `Encoder.encode`. The model's own query prompt is used."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        encode = self._model.encode_query if query else self._model.encode_document
        found = encode(
            list(texts), convert_to_numpy=True, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(found, dtype=np.float32)

    def _state_digest(self) -> str:
        """Hash of weights and prompts: the same model elsewhere on disk is the same encoder."""
        digest = hashlib.sha256(json.dumps(self._model.prompts, sort_keys=True).encode())
        for name, tensor in sorted(self._model.state_dict().items()):
            digest.update(name.encode())
            digest.update(tensor.detach().cpu().float().contiguous().numpy().data)
        return digest.hexdigest()[:16]


class CrossEncoderReranker:
    """Any sentence-transformers cross-encoder, by name or folder, as a `Reranker`.

    Its one output is read as the log odds that the passage answers, whatever activation it was
    stored with. Costs, trust and threads are as with `SentenceTransformerEncoder`.

    Raises:
        NotFound: No such model, or it cannot be downloaded.
        InvalidInput: It tells classes apart instead of giving one score.
    """

    def __init__(self, name_or_path: str) -> None:
        from sentence_transformers import CrossEncoder
        from torch.nn import Sigmoid

        try:
            self._model = CrossEncoder(name_or_path, device="cpu", trust_remote_code=False)
        except (OSError, ValueError) as error:
            raise NotFound(f"re-ranker {name_or_path!r} cannot be loaded: {error}") from error
        if self._model.num_labels != 1:
            message = f"{name_or_path!r} gives {self._model.num_labels} scores instead of one"
            raise InvalidInput([Problem("environment", 0, "ZHIKE_RERANKER", message)])
        self.name = name_or_path
        self._activation = Sigmoid()

    def scores(self, query: str, passages: Sequence[str]) -> NDArray[np.float64]:
        """Probability of each passage; see `indexer.reranking.Reranker.scores`."""
        if not passages:
            return np.empty(0)
        pairs = [(query, passage) for passage in passages]
        found = self._model.predict(pairs, activation_fn=self._activation, show_progress_bar=False)
        return np.asarray(found, dtype=np.float64)


def load_encoder(settings: Settings) -> Encoder:
    """The encoder the settings name: the shipped one when empty, an endpoint, or `open_encoder`.

    Raises:
        NotFound: The model cannot be found.
        InvalidInput: The address of the endpoint or its key is malformed.
    """
    from indexer.endpoint import is_address
    from indexer.remote import remote_encoder

    if is_address(settings.encoder):
        return remote_encoder("ZHIKE_ENCODER", settings.encoder, settings.encoder_key)
    return open_encoder(settings.encoder or str(SHIPPED))


def open_encoder(name_or_path: str) -> Encoder:
    """An encoder by name or folder.

    Folders of static models use the light runtime, everything else sentence-transformers.

    Raises:
        NotFound: The model cannot be found.
    """
    path = Path(name_or_path)
    if not path.is_dir():
        return SentenceTransformerEncoder(name_or_path)
    try:
        return StaticEncoder(path)
    except NotStatic:
        return SentenceTransformerEncoder(name_or_path)


def _static_folder(path: Path) -> Path:
    """The folder that holds weights and tokenizer of the model's static embedding module."""
    modules = path / "modules.json"
    if not modules.is_file():
        raise NotFound(f"no model at {path}: modules.json is missing")
    listed = json.loads(modules.read_text("utf-8"))
    types = [str(module["type"]).rsplit(".", 1)[-1] for module in listed]
    settings = path / "config_sentence_transformers.json"
    prompted = settings.is_file() and json.loads(settings.read_text("utf-8")).get(
        "default_prompt_name"
    )
    if types not in (["StaticEmbedding"], ["StaticEmbedding", "Normalize"]) or prompted:
        raise NotStatic(f"{path} is not a plain static embedding model: {', '.join(types)}")
    folder = path / str(listed[0]["path"])
    if not (folder / "model.safetensors").is_file():
        raise NotFound(f"no weights at {folder}: model.safetensors is missing")
    return folder


def _digest(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]
