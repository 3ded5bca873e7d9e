"""What each part of the ranking is worth: figures of rankings learned without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

from evaluation.fitting.ranking import cross_checked, left_out
from evaluation.fitting.tasks import Task
from indexer.ranking import DENSE

_SIDES = ("asked", "body", "raw")


def _sides(*families: str) -> tuple[str, ...]:
    return tuple(f"{family}_{side}" for family in families for side in _SIDES)


LATE = tuple(f"{name}_{side}" for name in ("alike", "same", "near", "back") for side in _SIDES[:2])
# By name, the features that go.
PARTS: Mapping[str, Sequence[str]] = {
    "nothing: the whole ranking": (),
    "vectors": DENSE,
    "single characters": _sides("char"),
    "pairs of characters": _sides("pair"),
    "words of a dictionary": _sides("word"),
    "concepts (thesaurus)": _sides("meant"),
    "late interaction": LATE,
    "neighbours": ("support", "centre"),
    "whole-entry coverage": ("coverage", "unknown", "overlap"),
    "all but vectors and words": (
        *_sides("char", "pair", "meant"), *LATE, "support", "centre", "coverage", "unknown",
        "overlap",
    ),
}  # fmt: skip


def table(tasks: Sequence[Task], say: Callable[[str], None]) -> str:
    """A Markdown table: mean nDCG@10 of each task without each part, in cross-validation."""
    names = [task.name for task in tasks]
    lines = [
        "# What each part of the ranking is worth",
        "",
        "nDCG@10 of rankings learned without a part. Each query is scored by trees that were",
        "learned without it (four folds); in the last line by trees that have not seen its whole",
        "collection. Written by `zhike evaluate fit --ablation`.",
        "",
        _row(["without", *names, "mean"]),
        _row(["---", *("---:" for _ in names), "---:"]),
    ]
    for part, features in PARTS.items():
        say(f"without {part}")
        checked = cross_checked(tasks, without=features)
        lines.append(_figures(part, [checked.ndcg(task) for task in tasks]))
    say("collections left out")
    found = left_out(tasks)
    lines.append(_figures("the collection itself", [found[name] for name in names]))
    return "\n".join(lines) + "\n"


def _figures(name: str, values: Sequence[float]) -> str:
    return _row([name, *(f"{value:.3f}" for value in values), f"{fmean(values):.3f}"])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
