"""The quality gate: no change may make search significantly worse on the dev queries.

A baseline is a committed file with the scores of every query. Only queries that still read and are
judged as they were then are compared; new ones wait for the next baseline.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

from evaluation import metrics
from evaluation.runs import METRICS, Scored
from kb.errors import InvalidInput, NotFound, Problem

FOLDER = Path(__file__).parent / "baselines"
ALPHA = 0.05
TOLERANCE = 0.005
GUARDED = ("ndcg@10", "hit@1")
ABSTENTION = "abstention_auroc"
_KEPT = 3  # entries kept of each ranking: enough to see what was found instead
REFRESH = "zhike evaluate judged --split {split} --save"


def default_file(split: str) -> Path:
    """Where the committed baseline of a split lies."""
    return FOLDER / f"judged-{split}.json"


@dataclass(frozen=True, slots=True)
class Check:
    """One guarded figure: its value then and now, the p-value of the paired test, the verdict."""

    name: str
    before: float
    now: float
    p: float

    @property
    def worse(self) -> bool:
        """Whether it fell by more than can be tolerated and more than chance explains."""
        return self.before - self.now > TOLERANCE and self.p < ALPHA


@dataclass(frozen=True, slots=True)
class Lost:
    """A query whose first entry was right and is so no more."""

    id: str
    query: str
    wanted: tuple[str, ...]
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison with the baseline came to.

    Attributes:
        checks: The guarded figures.
        n: Queries compared.
        lost: Queries that are answered right at once no more.
        won: How many are now and were not before.
        fresh: Queries that the baseline lacks or that read otherwise then.
        gone: Queries of the baseline that exist no more.
    """

    checks: tuple[Check, ...]
    n: int
    lost: tuple[Lost, ...] = ()
    won: int = 0
    fresh: int = 0
    gone: int = 0
    failed: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "failed", any(check.worse for check in self.checks))


def save(scored: Sequence[Scored], path: Path, split: str) -> None:
    """Write the scores of every query, one a line, to be compared with later."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"  {json.dumps(item.query.id)}: {json.dumps(_row(item), ensure_ascii=False)}"
             for item in sorted(scored, key=lambda item: item.query.id)]  # fmt: skip
    head = f'{{\n "split": {json.dumps(split)},\n "queries": {{\n'
    path.write_text(head + ",\n".join(lines) + "\n }\n}\n", encoding="utf-8")


def _row(item: Scored) -> dict[str, Any]:
    scores = {name: round(value, 5) for name, value in item.scores.items()}
    return {
        "key": item.query.key,
        **scores,
        "any_answers": round(item.any_answers, 5),
        "ranked": list(item.ranked[:_KEPT]),
    }


def read(path: Path, split: str) -> dict[str, Mapping[str, Any]]:
    """The rows of a baseline by query.

    Raises:
        NotFound: There is no such file.
        InvalidInput: It is no baseline, or one of another split.
    """
    if not path.is_file():
        raise NotFound(f"no baseline at {path}; write one with {REFRESH.format(split=split)}")
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        rows: dict[str, Mapping[str, Any]] = stored["queries"]
        if stored["split"] != split:
            raise ValueError(f"it holds the split {stored['split']}, not {split}")
        for row in rows.values():
            _ = row["key"], float(row["any_answers"]), row["ranked"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput([Problem(str(path), 0, "", f"not a baseline: {error}")]) from error
    return rows


def compare(scored: Sequence[Scored], before: Mapping[str, Mapping[str, Any]]) -> Verdict:
    """How a run stands to a baseline."""
    same = [item for item in scored if _same(item, before)]
    answered = [item for item in same if item.scores]
    checks = [_check(name, answered, before) for name in GUARDED if answered]
    idle = [item for item in same if not item.scores]
    if answered and idle:
        checks.append(_abstention(answered, idle, before))
    now = {item.query.id for item in scored}
    return Verdict(
        tuple(checks),
        len(same),
        tuple(_lost(item) for item in answered
              if before[item.query.id]["hit@1"] > item.scores["hit@1"]),
        sum(before[item.query.id]["hit@1"] < item.scores["hit@1"] for item in answered),
        len(scored) - len(same),
        sum(identity not in now for identity in before),
    )  # fmt: skip


def _same(item: Scored, before: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether the query was in the baseline, read and judged as now."""
    return before.get(item.query.id, {}).get("key") == item.query.key


def _check(name: str, items: Sequence[Scored], before: Mapping[str, Mapping[str, Any]]) -> Check:
    now = [round(item.scores[name], 5) for item in items]
    then = [float(before[item.query.id][name]) for item in items]
    return Check(name, fmean(then), fmean(now), metrics.paired_p_value(now, then))


def _abstention(
    answered: Sequence[Scored], idle: Sequence[Scored], before: Mapping[str, Mapping[str, Any]]
) -> Check:
    def then(items: Sequence[Scored]) -> list[float]:
        return [float(before[item.query.id]["any_answers"]) for item in items]

    def now(items: Sequence[Scored]) -> list[float]:
        return [round(item.any_answers, 5) for item in items]

    old, new = (then(answered), then(idle)), (now(answered), now(idle))
    p = metrics.paired_auroc_p_value(new, old)
    return Check(ABSTENTION, metrics.auroc(*old), metrics.auroc(*new), p)


def _lost(item: Scored) -> Lost:
    wanted = sorted(item.query.relevant, key=lambda entry: -item.query.relevant[entry])
    return Lost(item.query.id, item.query.query, tuple(wanted), item.ranked[:_KEPT])


def differences(
    scored: Sequence[Scored], before: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """For every metric how much it changed since another run, and whether that is chance."""
    same = [item for item in scored if item.scores and _same(item, before)]
    found: dict[str, Any] = {"n": len(same)}
    for name in METRICS if same else ():
        check = _check(name, same, before)
        now = [item.scores[name] for item in same]
        then = [float(before[item.query.id][name]) for item in same]
        low, high = metrics.mean_difference_interval(now, then)
        found[name] = {
            "difference": round(check.now - check.before, 4),
            "p": round(check.p, 4),
            "interval": [round(low, 4), round(high, 4)],
        }
    return found


def as_json(verdict: Verdict) -> dict[str, Any]:
    """The verdict, ready for `json.dumps`."""
    return {
        "passed": not verdict.failed,
        "n": verdict.n,
        "fresh": verdict.fresh,
        "gone": verdict.gone,
        "won": verdict.won,
        "checks": [
            {"name": check.name, "before": round(check.before, 4), "now": round(check.now, 4),
             "p": round(check.p, 4), "worse": check.worse}
            for check in verdict.checks
        ],
        "lost": [
            {"id": lost.id, "query": lost.query, "wanted": list(lost.wanted),
             "found": list(lost.found)}
            for lost in verdict.lost
        ],
    }  # fmt: skip


def as_text(verdict: Verdict, split: str) -> str:
    """The verdict for people, with the way out."""
    refresh = REFRESH.format(split=split)
    lines = [f"quality gate on {verdict.n} {split} queries"]
    lines += [_line(check) for check in verdict.checks]
    if verdict.lost:
        lines.append(
            f"  first entry right before and not now: {len(verdict.lost)} "
            f"(the other way round: {verdict.won})"
        )
    for lost in verdict.lost:
        found = ", ".join(lost.found) or "nothing"
        lines.append(f"    {lost.id} {lost.query}")
        lines.append(f"      wanted {', '.join(lost.wanted)}; found {found}")
    if verdict.fresh or verdict.gone:
        lines.append(
            f"  {verdict.fresh} queries are new or changed since the baseline and "
            f"{verdict.gone} gone; refresh it with {refresh}"
        )
    if verdict.failed:
        lines.append(
            f"  failed: significantly worse than the baseline (p < {ALPHA}, drop > {TOLERANCE}). "
            f"Mend it; if the loss is meant, say why and refresh the baseline with {refresh}"
        )
    return "\n".join(lines)


def _line(check: Check) -> str:
    change = check.now - check.before
    return (
        f"  {check.name:<18}{check.before:>8.4f} -> {check.now:.4f} "
        f"({change:+.4f}, p {check.p:.4f})  {'WORSE' if check.worse else 'ok'}"
    )
