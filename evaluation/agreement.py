"""How far two people agree on the grades of judged queries (`data/second-judge.jsonl`).

One line of the file holds a query's id and, for every entry that was laid before the second judge,
the two grades in the order first, second, as they were given before the two talked::

    {"id": "j1-017", "grades": {"damage-claim": [2, 2], "shipping-time": [0, 0]}}

0 is not relevant, 1 helps, 2 answers. The first judge's grades are those of `judged.jsonl` at that
time; what was mended there later does not count as agreement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.judged import Judged
from evaluation.labelled_lines import read_lines
from kb.errors import InvalidInput

DEFAULT_FILE = Path(__file__).parent / "data" / "second-judge.jsonl"
GRADES = (0, 1, 2)
ROUNDS = 2_000
SEED = 20261122

Counts = NDArray[np.int64]
# What a difference counts: every one alike (Cohen 1960), or by its square (Cohen 1968), so that
# 0 against 2 counts four times as much as 0 against 1.
UNEQUAL = (~np.eye(len(GRADES), dtype=bool)).astype(float)
SQUARED = np.subtract.outer(GRADES, GRADES).astype(float) ** 2


@dataclass(frozen=True, slots=True)
class Twice:
    """A query graded by two people: for each entry the first and the second one's grade."""

    id: str
    pairs: tuple[tuple[int, int], ...]

    def answered(self) -> tuple[int, int]:
        """Whether each of the two found an entry that answers it, as 0 or 1."""
        first, second = zip(*self.pairs, strict=True)
        return int(max(first) == GRADES[-1]), int(max(second) == GRADES[-1])


def load(path: Path = DEFAULT_FILE) -> list[Twice]:
    """Reads the file. Raises InvalidInput with file:line for every line that makes no sense."""
    seen = set[str]()

    def once(raw: dict[str, Any]) -> Twice:
        one = _twice(raw)
        if one.id in seen:
            raise ValueError(f"{one.id} stands more than once")
        seen.add(one.id)
        return one

    found, problems = read_lines(path, once, "two judgements")
    if problems:
        raise InvalidInput(problems)
    return [one for _, one in found]


def confusion(pairs: Sequence[tuple[int, int]]) -> Counts:
    """How often each grade of the first judge (rows) met each one of the second."""
    counts = np.zeros((len(GRADES), len(GRADES)), dtype=np.int64)
    for pair in pairs:
        counts[pair] += 1
    return counts


def kappa(counts: Counts, weights: NDArray[np.float64] = UNEQUAL) -> NDArray[np.float64]:
    """Agreement beyond chance: 1 is perfect, 0 what two people who guess would have.

    Args:
        counts: A table of `confusion`, or a stack of them along the first axis.
        weights: What each difference counts.

    Returns:
        One figure for each table; NaN where both always gave one and the same grade, so that
        chance alone explains everything.
    """
    total = counts.sum(axis=(-2, -1))
    by_chance = counts.sum(axis=-1)[..., :, None] * counts.sum(axis=-2)[..., None, :]
    seen = (counts * weights).sum(axis=(-2, -1)) * total
    expected = (by_chance * weights).sum(axis=(-2, -1))
    with np.errstate(invalid="ignore"):
        return 1 - np.asarray(np.where(expected > 0, seen, np.nan) / np.maximum(expected, 1))


def measure(judged_twice: Sequence[Twice], queries: Sequence[Judged] = ()) -> dict[str, Any]:
    """Kappa over all pairs of query and entry, and on whether a query has an answer at all.

    Each figure comes with a 95% bootstrap interval over queries. With `queries`, those of queries
    about a date, of follow-ups and of the rest come along.
    """
    kinds = {query.id: _kind(query) for query in queries}
    parts = {
        kind: [one for one in judged_twice if kinds.get(one.id) == kind]
        for kind in ("plain", "follow-up", "dated")
    }
    return {
        **_figures(judged_twice),
        "confusion": confusion([pair for one in judged_twice for pair in one.pairs]).tolist(),
        "by_kind": {kind: _figures(part) for kind, part in parts.items() if part},
    }


def text(found: dict[str, Any]) -> str:
    """The figures of `measure` for people."""
    lines = [_line("all", found)]
    lines += [_line(kind, part) for kind, part in found["by_kind"].items()]
    lines += ["", "first \\ second" + "".join(f"{grade:7}" for grade in GRADES)]
    for grade, row in zip(GRADES, found["confusion"], strict=True):
        lines.append(f"{grade:14}" + "".join(f"{count:7}" for count in row))
    return "\n".join(lines)


def _line(name: str, part: dict[str, Any]) -> str:
    def told(key: str) -> str:
        value, interval = part[key], part[f"{key}_interval"]
        return "–" if value is None else f"{value:.3f} [{interval[0]:.3f}, {interval[1]:.3f}]"

    return (
        f"{name:<10} {part['queries']:4} queries {part['pairs']:5} pairs   "
        f"kappa {told('kappa')}   weighted {told('kappa_weighted')}   "
        f"answerable {told('kappa_answerable')}   equal {part['equal']:.3f}"
    )


def _kind(query: Judged) -> str:
    if query.history:
        return "follow-up"
    return "dated" if "asof" in query.tags else "plain"


def _figures(items: Sequence[Twice]) -> dict[str, Any]:
    grades = np.stack([confusion(one.pairs) for one in items])
    answered = np.stack([confusion([one.answered()]) for one in items])
    draws = np.random.default_rng(SEED).integers(0, len(items), (ROUNDS, len(items)))
    found: dict[str, Any] = {"queries": len(items), "pairs": int(grades.sum())}
    found["equal"] = round(float(np.trace(grades.sum(axis=0)) / grades.sum()), 4)
    for name, tables, weights in (
        ("kappa", grades, UNEQUAL),
        ("kappa_weighted", grades, SQUARED),
        ("kappa_answerable", answered, UNEQUAL),
    ):
        value = float(kappa(tables.sum(axis=0), weights))
        scattered = np.array([kappa(tables[draw].sum(axis=0), weights) for draw in draws])
        scattered = scattered[~np.isnan(scattered)]
        known = not np.isnan(value) and len(scattered) > 0
        found[name] = round(value, 4) if known else None
        interval = np.percentile(scattered, (2.5, 97.5)) if known else ()
        found[f"{name}_interval"] = [round(float(bound), 4) for bound in interval]
    return found


def _twice(raw: dict[str, Any]) -> Twice:
    pairs = tuple((first, second) for first, second in raw["grades"].values())
    if not pairs or any(grade not in GRADES for pair in pairs for grade in pair):
        raise ValueError("grades are 0, 1 and 2, two for each entry")
    return Twice(str(raw["id"]), pairs)
