from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from indexer.training.encoded import Encoded
from indexer.training.optimise import CHECKPOINT, ranking_loss, rate_at, train
from indexer.training.settings import Settings

TOKENS = ["<unk>", "退", "货", "退货", "运费", "refund", "7", "ms"]
SMALL = Settings(
    dim=8, batch_size=4, epochs=2, ngram_buckets=16, clusters=3, cluster_run=2, run_length=2,
    checkpoint_every=3,
)  # fmt: skip


def pairs(count: int = 40) -> Encoded:
    """Pairs of two tokens each; small talk of one token, so that every branch has work."""
    rng = np.random.default_rng(1)
    ids = rng.integers(1, len(TOKENS), size=2 * count).astype(np.int32)
    at = np.arange(0, 2 * count + 1, 2, dtype=np.int64)
    lines = 400  # more than the real fillers, whose number decides where English begins
    numbers = np.arange(count, dtype=np.int32)
    return Encoded(
        q_ids=ids, q_at=at, h_ids=ids, h_at=at, p_ids=ids[::-1].copy(), p_at=at,
        f_ids=np.ones(lines, np.int32), f_at=np.arange(lines + 1, dtype=np.int64),
        english=np.zeros(count, bool), weights=np.ones(count, np.float32),
        families=numbers % 2, labels=-1 - numbers, q_keys=numbers, p_keys=numbers + count,
        df=np.ones(len(TOKENS), np.int64),
    )  # fmt: skip


class Killed(Exception):
    """Stands for a kill at the end of an epoch."""


def kill(step: int, table: torch.Tensor) -> None:
    raise Killed


def test_a_killed_run_ends_with_the_weights_of_an_undisturbed_one(tmp_path: Path) -> None:
    whole = train(pairs(), TOKENS, SMALL, tmp_path / "whole")
    with pytest.raises(Killed):
        train(pairs(), TOKENS, SMALL, tmp_path / "killed", watch=kill)
    assert (tmp_path / "killed" / CHECKPOINT).is_file()
    steps: list[int] = []
    resumed = train(
        pairs(), TOKENS, SMALL, tmp_path / "killed", watch=lambda step, _: steps.append(step)
    )
    np.testing.assert_allclose(resumed, whole, atol=1e-6)
    assert steps == [18], "went on from the checkpoint, not from the start"


def test_marked_pairs_are_no_negatives() -> None:
    texts = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    nothing = torch.zeros(3, 3, dtype=torch.bool)
    twins = nothing.clone()
    twins[0, 1] = twins[1, 0] = True
    assert ranking_loss(texts, texts, twins, 20.0) < 1e-3
    assert ranking_loss(texts, texts, nothing, 20.0) > 0.4


def test_the_rate_warms_up_and_falls() -> None:
    rates = [rate_at(step, 100, Settings(learning_rate=1.0, warmup=0.1)) for step in range(100)]
    assert rates[:10] == pytest.approx([n / 10 for n in range(1, 11)])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[-1] == pytest.approx(0.02, abs=0.02)
