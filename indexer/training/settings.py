"""Every number that shapes the model, in one frozen place."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Settings of one training run; any change to them changes the fingerprints of later steps."""

    seed: int = 20261122
    # vocabulary
    vocab_size: int = 62_000
    english_words: int = 15_000
    english_pieces: int = 6_000
    numbers: int = 1_200
    general_share: float = 0.3
    # mix
    epochs: int = 2
    cloze_pairs: int = 250_000
    cloze_each: int = 2
    cloze_keep: float = 0.3
    cloze_microsoft: float = 0.4
    grouping: str = "cluster"
    run_length: int = 4
    clusters: int = 2000
    cluster_run: int = 32
    max_query_tokens: int = 48
    max_passage_tokens: int = 160
    heading_only: float = 0.3
    # model and loss
    dim: int = 384
    composed: bool = True
    ngram_buckets: int = 20_000
    sub_scale: float = 0.6
    han_scale: float = 1.0
    sif: float = 1e-3
    batch_size: int = 2048
    learning_rate: float = 0.008
    warmup: float = 0.05
    scale: float = 20.0
    matryoshka: tuple[int, ...] = ()
    token_dropout: float = 0.1
    small_talk: float = 0.3
    checkpoint_every: int = 100
    # baking
    norm_power: float = 0.75

    def pick(self, *names: str) -> dict[str, object]:
        """Return the named settings, for a step's fingerprint."""
        return {name: getattr(self, name) for name in names}


def load_settings(path: Path | None) -> Settings:
    """Read overrides of the defaults from a JSON file; without one return the defaults."""
    if path is None:
        return Settings()
    values = json.loads(path.read_text("utf-8"))
    known = {field.name for field in dataclasses.fields(Settings)}
    if unknown := set(values) - known:
        raise ValueError(f"unknown settings: {sorted(unknown)}")
    if "matryoshka" in values:
        values["matryoshka"] = tuple(values["matryoshka"])
    return Settings(**values)
