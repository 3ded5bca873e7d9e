"""The training loop: in-batch softmax over cosine similarities, resumable after a kill."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from indexer.training.batches import Batch, Longs, epoch_steps, make_batch, plan_epoch
from indexer.training.composition import Table
from indexer.training.encoded import Encoded
from indexer.training.settings import Settings

log = logging.getLogger(__name__)
CHECKPOINT = "checkpoint.pt"
WEIGHTS = "table.npy"
Floats = NDArray[np.float32]


def ranking_loss(
    query: torch.Tensor, passage: torch.Tensor, same: torch.Tensor, scale: float
) -> torch.Tensor:
    """Return the multiple-negatives ranking loss in both directions.

    The same as sentence-transformers' `MultipleNegativesRankingLoss` with two directions, except
    that pairs marked in `same` are left out of the negatives.
    """
    query = functional.normalize(query, dim=-1)
    passage = functional.normalize(passage, dim=-1)
    scores = (query @ passage.T * scale).masked_fill(same, -1e4)
    target = torch.arange(len(scores))
    forward = functional.cross_entropy(scores, target)
    backward = functional.cross_entropy(scores.T, target)
    return (forward + backward) / 2


def batch_loss(table: torch.Tensor, batch: Batch, settings: Settings) -> torch.Tensor:
    """Return the loss of one batch, over the full width and its leading parts."""
    query = functional.embedding_bag(batch.q_ids, table, batch.q_at, mode="mean")
    passage = functional.embedding_bag(batch.p_ids, table, batch.p_at, mode="mean")
    loss = ranking_loss(query, passage, batch.same, settings.scale)
    for width in settings.matryoshka:
        part = ranking_loss(query[:, :width], passage[:, :width], batch.same, settings.scale)
        loss = loss + part / len(settings.matryoshka)
    return loss


def rate_at(step: int, total: int, settings: Settings) -> float:
    """Return the learning rate: linear warm-up, then linear fall to 2%."""
    warm = max(1, round(total * settings.warmup))
    if step < warm:
        return settings.learning_rate * (step + 1) / warm
    return settings.learning_rate * max(0.02, 1 - (step - warm) / max(1, total - warm))


def _save(path: Path, state: dict[str, object]) -> None:
    aside = path.with_suffix(".tmp")
    torch.save(state, aside)
    os.replace(aside, path)


def _plan(data: Encoded, settings: Settings, epoch: int, folder: Path, model: Table) -> Longs:
    path = folder / f"plan-{epoch}.npy"
    if not path.exists():
        with torch.no_grad():
            plan = plan_epoch(data, settings, epoch, model() if epoch else None)
        aside = folder / "plan.tmp.npy"
        np.save(aside, plan)
        os.replace(aside, path)
    saved: Longs = np.load(path)
    return saved


def _resume(path: Path, model: Table, optimiser: torch.optim.Optimizer) -> int:
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["step"])


def train(
    data: Encoded,
    tokens: list[str],
    settings: Settings,
    checkpoints: Path,
    watch: Callable[[int, torch.Tensor], None] | None = None,
) -> Floats:
    """Train the table and return it.

    Args:
        data: Encoded pairs.
        tokens: The tokenizer's tokens in order of their ids.
        settings: Settings of the run.
        checkpoints: Folder where the state is kept between steps.
        watch: Called with step and table at the end of each epoch.

    Returns:
        The flat table, one row per token.
    """
    checkpoints.mkdir(parents=True, exist_ok=True)
    path = checkpoints / CHECKPOINT
    model = Table(tokens, data.df, settings)
    rate = settings.learning_rate
    optimiser = torch.optim.Adam(model.parameters(), lr=rate, betas=(0.9, 0.99), fused=True)
    per_epoch = epoch_steps(data, settings)
    total = per_epoch * settings.epochs
    start = _resume(path, model, optimiser)
    log.info("training from step %d of %d", start, total)
    began, recent, plan = time.monotonic(), 0.0, np.empty(0, np.int64)
    for step in range(start, total):
        epoch, at = divmod(step, per_epoch)
        if at == 0 or step == start:
            plan = _plan(data, settings, epoch, checkpoints, model)
        for group in optimiser.param_groups:
            group["lr"] = rate_at(step, total, settings)
        batch = make_batch(data, plan[at], settings, step)
        optimiser.zero_grad(set_to_none=True)
        loss = batch_loss(model(), batch, settings)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        recent = loss.item() if step == start else 0.95 * recent + 0.05 * loss.item()
        done = step + 1
        if done % 20 == 0:
            pace = (time.monotonic() - began) / (done - start)
            left = pace * (total - done)
            log.info("step %d/%d loss %.3f %.2fs/step ETA %.0fs", done, total, recent, pace, left)
        if done % settings.checkpoint_every == 0:
            state = {"model": model.state_dict(), "optimiser": optimiser.state_dict()}
            _save(path, {**state, "step": done})
        if watch is not None and at + 1 == per_epoch:
            with torch.no_grad():
                watch(done, model())
    with torch.no_grad():
        table: Floats = model().numpy()
    return table
