"""Writes the sentence-transformers folder."""

from __future__ import annotations

import json
import shutil
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

WEIGHTS = "model.safetensors"
_PACKAGE = "sentence_transformers.sentence_transformer.modules"
_MODULES = [
    {
        "idx": 0,
        "name": "0",
        "path": "",
        "type": f"{_PACKAGE}.static_embedding.StaticEmbedding",
    },
    {
        "idx": 1,
        "name": "1",
        "path": "1_Normalize",
        "type": f"{_PACKAGE}.normalize.Normalize",
    },
]


def temper(table: NDArray[np.float32], power: float) -> NDArray[np.float32]:
    """Return the table with each vector's length raised to a power; below 1 evens lengths out."""
    length = np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-6)
    tempered: NDArray[np.float32] = (table * length ** (power - 1.0)).astype(np.float32)
    return tempered


def quantise(table: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return the table as int8 rows and one float32 factor per row.

    `StaticEmbedding.load` multiplies them back (`embeddings[i] * weights[i]`) in float32.
    """
    peak = np.abs(table).max(axis=1)
    factor = np.where(peak > 0, peak / 127.0, 1.0).astype(np.float32)
    rows = np.clip(np.rint(table / factor[:, None]), -127, 127).astype(np.int8)
    return rows, factor


def _dump(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", "utf-8")


def write_model(table: NDArray[np.float32], tokenizer: Path, folder: Path) -> None:
    """Write a complete model folder, but for its card, aside, then swap it in file by file.

    Args:
        table: One row per token.
        tokenizer: The tokenizer.json to ship.
        folder: The model folder.
    """
    aside = folder.with_name("." + folder.name + ".aside")
    shutil.rmtree(aside, ignore_errors=True)
    (aside / "1_Normalize").mkdir(parents=True)
    rows, factor = quantise(table)
    save_file({"embeddings": rows, "weights": factor}, aside / WEIGHTS)
    (aside / WEIGHTS).chmod(0o644)
    shutil.copyfile(tokenizer, aside / "tokenizer.json")
    _dump(aside / "modules.json", _MODULES)
    _dump(aside / "1_Normalize" / "config.json", {})
    _dump(
        aside / "config_sentence_transformers.json",
        {
            "__version__": {
                "sentence_transformers": version("sentence-transformers"),
                "pytorch": version("torch").split("+")[0],
            },
            "model_type": "SentenceTransformer",
            "prompts": {"query": "", "document": ""},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    )
    (folder / "1_Normalize").mkdir(parents=True, exist_ok=True)
    for path in sorted(aside.rglob("*")):
        if path.is_file():
            path.replace(folder / path.relative_to(aside))
    shutil.rmtree(aside)
