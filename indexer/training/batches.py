"""Plans which pairs stand together in a batch; whatever shares a batch is a negative."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from indexer.training.encoded import Encoded, Ints
from indexer.training.settings import Settings

Longs = NDArray[np.int64]


@dataclass(frozen=True)
class Batch:
    """One batch as tensors; `same` marks pairs that must not count as negatives."""

    q_ids: torch.Tensor
    q_at: torch.Tensor
    p_ids: torch.Tensor
    p_at: torch.Tensor
    same: torch.Tensor


def draw(data: Encoded, rng: np.random.Generator) -> Longs:
    """Draw one epoch: each pair its weight in times, fractions by chance."""
    counts = np.floor(data.weights + rng.random(len(data.weights), dtype=np.float32))
    return np.repeat(np.arange(len(data.weights)), counts.astype(np.int64))


def epoch_steps(data: Encoded, settings: Settings) -> int:
    """Return the number of batches per epoch; a little is left over in every grouping."""
    return int(float(data.weights.sum()) * 0.97 / settings.batch_size)


def _runs(rows: Longs, length: int, rng: np.random.Generator) -> Longs:
    """Shuffle short runs of neighbours, so that sections of one page meet as negatives."""
    cut = len(rows) - len(rows) % length
    runs = rows[:cut].reshape(-1, length)
    return np.concatenate([runs[rng.permutation(len(runs))].ravel(), rows[cut:]])


def _by_family(data: Encoded, rows: Longs, settings: Settings, rng: np.random.Generator) -> Longs:
    size = settings.batch_size
    rows = _runs(rows, settings.run_length, rng)
    mixed = rng.random(len(rows) // settings.run_length + 1) < 0.5
    is_mixed = np.repeat(mixed, settings.run_length)[: len(rows)]
    batches = [rows[is_mixed]]
    names = data.families[rows]
    large = [name for name in np.unique(names) if (names == name).sum() >= 8 * size]
    for name in large:
        batches.append(rows[(names == name) & ~is_mixed])
    batches.append(rows[~np.isin(names, large) & ~is_mixed])
    blocks = [part[: len(part) // size * size].reshape(-1, size) for part in batches]
    return np.concatenate(blocks)


def _clusters(
    data: Encoded, rows: Longs, table: torch.Tensor, settings: Settings, rng: np.random.Generator
) -> Longs:
    """Return for each row the nearest of some randomly chosen queries, by the model so far."""
    found = []
    middle = torch.empty(0)
    pick = rng.permutation(rows)[: settings.clusters]
    for part in (pick, *np.array_split(rows, max(1, len(rows) // 16384))):
        ids, owner = _take(data.q_ids, data.q_at, part)
        counts = np.bincount(owner, minlength=len(part))
        at = torch.from_numpy(np.cumsum(counts) - counts)
        flat = torch.from_numpy(ids.astype(np.int64))
        bags = functional.normalize(functional.embedding_bag(flat, table, at, mode="mean"), dim=-1)
        if len(middle):
            found.append((bags @ middle.T).argmax(dim=1).numpy())
        else:
            middle = bags
    return np.concatenate(found)


def plan_epoch(
    data: Encoded, settings: Settings, epoch: int, table: torch.Tensor | None = None
) -> Longs:
    """Return the batches of one epoch as rows of pair numbers.

    Grouping `random` mixes everything. `family` draws half of the batches from one publisher, with
    neighbouring sections together. `cluster` does so in the first epoch, and later puts queries
    together that the model itself finds alike: negatives get harder without a search for them.

    Args:
        data: Encoded pairs.
        settings: Settings of the run.
        epoch: Number of the epoch.
        table: The model so far, for clusters.
    """
    rng = np.random.default_rng([settings.seed, epoch])
    rows = draw(data, rng)
    size = settings.batch_size
    if settings.grouping == "cluster" and table is not None:
        near = _clusters(data, rows, table, settings, rng)
        rows = rows[np.lexsort((rng.random(len(rows)), near))]
        rows = _runs(rows, settings.cluster_run, rng)
        plan = rows[: len(rows) // size * size].reshape(-1, size)
    elif settings.grouping == "random":
        rows = rng.permutation(rows)
        plan = rows[: len(rows) // size * size].reshape(-1, size)
    else:
        plan = _by_family(data, rows, settings, rng)
    shuffled: Longs = plan[rng.permutation(len(plan))][: epoch_steps(data, settings)]
    return shuffled


def _take(ids: Ints, at: Longs, rows: Longs) -> tuple[Ints, Longs]:
    """Return the tokens of the rows and, for each token, the place of its row."""
    lengths = at[rows + 1] - at[rows]
    starts = np.cumsum(lengths) - lengths
    index = np.arange(lengths.sum()) + np.repeat(at[rows] - starts, lengths)
    return ids[index], np.repeat(np.arange(len(rows)), lengths)


def _small_talk(
    data: Encoded, rows: Longs, share: float, rng: np.random.Generator
) -> tuple[Ints, Longs]:
    """Return small talk for some of the rows, in their language."""
    fillers = len(data.f_at) - 1
    chosen = np.flatnonzero(rng.random(len(rows)) < share)
    english = data.english[rows[chosen]]
    low, high = (
        np.where(english, data.english_fillers, 0),
        np.where(english, fillers, data.english_fillers),
    )
    flat, owner = _take(data.f_ids, data.f_at, rng.integers(low, high))
    return flat, chosen[owner]


def _gather(
    data: Encoded,
    side: tuple[Ints, Longs],
    rows: Longs,
    settings: Settings,
    rng: np.random.Generator,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the token bags of the rows, thinned by dropout and with some small talk."""
    flat, owner = _take(*side, rows)
    if settings.token_dropout > 0:
        keep = rng.random(len(flat), dtype=np.float32) >= settings.token_dropout
        keep[np.flatnonzero(np.diff(owner, prepend=-1))] = True
        flat, owner = flat[keep], owner[keep]
    if settings.small_talk > 0:
        more, whose = _small_talk(data, rows, settings.small_talk, rng)
        flat, owner = np.concatenate([flat, more]), np.concatenate([owner, whose])
        order = np.argsort(owner, kind="stable")
        flat, owner = flat[order], owner[order]
    counts = np.bincount(owner, minlength=len(rows))
    return torch.from_numpy(flat.astype(np.int64)), torch.from_numpy(np.cumsum(counts) - counts)


def make_batch(data: Encoded, rows: Longs, settings: Settings, step: int) -> Batch:
    """Gather the token ids of a batch; dropout and heading choice depend on seed and step only."""
    rng = np.random.default_rng([settings.seed, 7, step])
    use_heading = rng.random() < settings.heading_only
    source = (data.h_ids, data.h_at) if use_heading else (data.q_ids, data.q_at)
    q_ids, q_at = _gather(data, source, rows, settings, rng)
    p_ids, p_at = _gather(data, (data.p_ids, data.p_at), rows, settings, rng)
    same = np.zeros((len(rows), len(rows)), bool)
    for keys in (data.q_keys, data.p_keys, data.labels):
        column = keys[rows]
        same |= column[:, None] == column[None, :]
    cross = data.q_keys[rows][:, None] == data.p_keys[rows][None, :]
    same |= cross | cross.T
    np.fill_diagonal(same, False)
    return Batch(q_ids, q_at, p_ids, p_at, torch.from_numpy(same))
