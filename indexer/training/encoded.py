"""Token ids of all training texts, as flat arrays that numpy can map."""

from __future__ import annotations

import logging
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from indexer.training.cloze import cloze_pairs
from indexer.training.corpus import Pair, family, read_pairs
from indexer.training.mix import weight
from indexer.training.progress import track
from indexer.training.settings import Settings

log = logging.getLogger(__name__)
Ints = NDArray[np.int32]
FILLERS = Path(__file__).with_name("fillers.txt")
_ARRAYS = (
    *("q_ids", "q_at", "h_ids", "h_at", "p_ids", "p_at", "f_ids", "f_at", "english"),
    *("weights", "families", "labels", "q_keys", "p_keys", "df"),
)


@dataclass(frozen=True)
class Encoded:
    """Training pairs as token ids.

    `q_` is the query, `h_` the query without its page title (the same where there is none), `p_`
    the passage, `f_` small talk that may be added to Chinese texts (first) or English ones; `_at`
    holds offsets. Equal keys or labels are never each other's negatives. `df`
    counts in how many texts a token stands.
    """

    q_ids: Ints
    q_at: NDArray[np.int64]
    h_ids: Ints
    h_at: NDArray[np.int64]
    p_ids: Ints
    p_at: NDArray[np.int64]
    f_ids: Ints
    f_at: NDArray[np.int64]
    english: NDArray[np.bool_]
    weights: NDArray[np.float32]
    families: Ints
    labels: Ints
    q_keys: Ints
    p_keys: Ints
    df: NDArray[np.int64]

    @cached_property
    def english_fillers(self) -> int:
        """Return the number of the first English filler."""
        lines = FILLERS.read_text("utf-8").splitlines()
        return sum(1 for line in lines if not line.startswith("en "))

    @classmethod
    def load(cls, folder: Path) -> Encoded:
        """Open the arrays that `write_encoded` saved."""
        return cls(**{name: np.load(folder / f"{name}.npy") for name in _ARRAYS})


def heading(pair: Pair) -> str:
    """Return the query without its first word when that is a page title."""
    if pair.kind != "title_section" or " " not in pair.query:
        return pair.query
    parts = pair.query.split(" ")
    if pair.lang == "en":
        half = parts[len(parts) // 2 :]
        return " ".join(half) if len(half) >= 3 else pair.query
    rest = " ".join(parts[1:])
    return rest if len(rest) >= 4 else pair.query


def _flat(tokenizer: Tokenizer, texts: list[str], limit: int) -> tuple[Ints, NDArray[np.int64]]:
    rows: list[list[int]] = []
    for at in track(range(0, len(texts), 4096), "chunks encoded"):
        encodings = tokenizer.encode_batch_fast(texts[at : at + 4096], add_special_tokens=False)
        rows.extend(encoding.ids[:limit] for encoding in encodings)
    lengths = np.fromiter((len(row) for row in rows), np.int64, len(rows))
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    flat = np.fromiter((i for row in rows for i in row), np.int32, int(offsets[-1]))
    return flat, offsets


def _key(text: str) -> int:
    return zlib.crc32(text.encode("utf-8")) & 0x7FFFFFFF


def _document_frequency(ids: Ints, at: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    rows = np.repeat(np.arange(len(at) - 1, dtype=np.int64), np.diff(at))
    distinct = np.unique(rows * size + ids)
    return np.bincount(distinct % size, minlength=size).astype(np.int64)


def write_encoded(
    pairs: Path, text: Path, tokenizer_file: Path, settings: Settings, folder: Path
) -> None:
    """Encode pairs and cloze pairs and save the arrays."""
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    rows = [pair for pair in read_pairs(pairs) if weight(pair) > 0]
    rows += cloze_pairs(text, settings)
    names = sorted({family(row.source) for row in rows})
    numbers = {name: at for at, name in enumerate(names)}
    q_ids, q_at = _flat(tokenizer, [row.query for row in rows], settings.max_query_tokens)
    h_ids, h_at = _flat(tokenizer, [heading(row) for row in rows], settings.max_query_tokens)
    p_ids, p_at = _flat(tokenizer, [row.passage for row in rows], settings.max_passage_tokens)
    fillers = sorted(FILLERS.read_text("utf-8").splitlines(), key=lambda f: f.startswith("en "))
    f_ids, f_at = _flat(tokenizer, [f.removeprefix("en ") for f in fillers], 8)
    size = tokenizer.get_vocab_size()
    label = [_key(f"{r.source} {r.label}") if r.label else -1 - at for at, r in enumerate(rows)]
    arrays: dict[str, NDArray[Any]] = {
        "q_ids": q_ids,
        "q_at": q_at,
        "h_ids": h_ids,
        "h_at": h_at,
        "p_ids": p_ids,
        "p_at": p_at,
        "f_ids": f_ids,
        "f_at": f_at,
        "english": np.array([row.lang == "en" for row in rows], np.bool_),
        "weights": np.array([weight(row) for row in rows], np.float32),
        "families": np.array([numbers[family(row.source)] for row in rows], np.int32),
        "labels": np.array(label, np.int32),
        "q_keys": np.array([_key(row.query) for row in rows], np.int32),
        "p_keys": np.array([_key(row.passage) for row in rows], np.int32),
        "df": _document_frequency(p_ids, p_at, size) + _document_frequency(q_ids, q_at, size),
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    log.info("pairs %d, tokens %d", len(rows), len(q_ids) + len(p_ids))
