"""One measurement on the judged queries: the product, its halves and BM25, summed up."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from assistant.replies.clarifying import LEAST
from evaluation import judged, runs, yardsticks
from evaluation.metrics import Bin, Operating, reliability
from evaluation.runs import Scored
from evaluation.workspace import workspace
from evaluation.yardsticks import Scores
from kb.clock import parse_local
from kb.errors import InvalidInput, Problem
from kb.model import Entry


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Confidences at which the service changes its behaviour.

    From `answer` on it answers; from `ask` on it may ask back with what could be meant; below it
    abstains.
    """

    answer: float
    ask: float


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything a measurement found.

    Attributes:
        split: The split measured.
        scored: The product's result for each query.
        others: Scores by query of the other systems, by name.
        bm25: How the best BM25 reads texts; empty when it was not asked.
        thresholds: Where the product answers, asks back, abstains.
        titles: Title of each entry.
        encoder: Name of the model.
        milliseconds: Time of one search, in the middle of all.
    """

    split: str
    scored: list[Scored]
    others: dict[str, Scores]
    bm25: str
    thresholds: Thresholds
    titles: Mapping[str, str]
    encoder: str
    milliseconds: float = field(default=0.0)


def measure(content: Path, queries: Path | None, split: str, *, compare: bool = True) -> Measured:
    """Index `content` in a temporary copy and ask it the queries of a split.

    Args:
        content: Folder of entries.
        queries: File of judged queries; None means those that come with the product.
        split: `dev` or `test`.
        compare: Whether the halves of search and BM25 are asked too.

    Raises:
        InvalidInput: An entry or a query is wrong, or a query names an entry that is not there.
        NotFound: BM25's library is not installed.
    """
    source = queries or judged.DEFAULT_FILE
    wanted = judged.load(source, split)
    with workspace(content) as copy:
        titles = _titles(copy.entries)
        if missing := judged.missing_entries(wanted, titles):
            problems = [Problem(str(source), 0, "relevant", f"no entry {name}") for name in missing]
            raise InvalidInput(problems)
        tz = copy.settings.site_tz
        dates = {query.as_of: parse_local(query.as_of, tz) for query in wanted}
        times: list[float] = []
        scored = []
        for query in wanted:
            began = time.perf_counter()
            scored += runs.run([query], copy.searcher, dates.__getitem__)
            times.append((time.perf_counter() - began) * 1000)
        others: dict[str, Scores] = {}
        how = ""
        if compare:
            others = yardsticks.halves(wanted, copy.searcher, copy.encoder, dates.__getitem__)
            others["bm25"], how = yardsticks.bm25(wanted, copy.entries, dates.__getitem__)
        thresholds = Thresholds(copy.searcher.ranking.full.threshold, LEAST)
        name = Path(copy.encoder.name).name
    return Measured(
        split, scored, others, how, thresholds, titles, name, median(times) if times else 0.0
    )


def _titles(entries: Sequence[Entry]) -> dict[str, str]:
    return {entry.id: entry.revisions[-1].content.title for entry in entries if entry.revisions}


def bins(measured: Measured) -> list[Bin]:
    """How often the first entry was right, by how sure the product was."""
    return reliability(
        [item.confidence for item in measured.scored], [item.right for item in measured.scored]
    )


def at_threshold(measured: Measured) -> Operating:
    """What the product's own threshold does."""
    wanted = [item for item in measured.scored if item.query.relevant]
    idle = [item for item in measured.scored if not item.query.relevant]
    given = [item for item in measured.scored if item.answerable]
    return Operating(
        measured.thresholds.answer,
        sum(item.answerable for item in wanted) / max(len(wanted), 1),
        sum(item.answerable for item in idle) / max(len(idle), 1),
        sum(not item.right for item in given) / max(len(given), 1),
    )


def result(measured: Measured) -> dict[str, Any]:
    """All figures of a measurement, ready for `json.dumps`.

    `clean` leaves out variants and follow-ups, which have figures of their own.
    """
    scored = measured.scored
    found: dict[str, Any] = {
        "split": measured.split,
        "all": runs.summary(scored),
        "clean": runs.summary(runs.clean(scored)),
        "by_tag": runs.by_tag(scored),
        "variants": runs.variants(scored),
        "multi_turn": runs.summary(runs.follow_ups(scored)),
        "reliability": [
            {"lower": part.lower, "upper": part.upper, "count": part.count,
             "confidence": round(part.confidence, 4), "accuracy": round(part.accuracy, 4)}
            for part in bins(measured)
        ],
        "p50_ms": round(measured.milliseconds, 2),
    }  # fmt: skip
    if measured.others:
        found["systems"] = yardsticks.figures(scored, measured.others)
        found["bm25"] = measured.bm25
    return found


_COLUMNS = ("n", "ndcg@10", "mrr@10", "hit@1", "hit@3", "recall@10")


def text(found: Mapping[str, Any]) -> str:
    """The figures of `result` for people."""
    rows = [("all", found["all"]), ("clean", found["clean"]), *found["by_tag"].items()]
    lines = ["  ".join([f"{found['split']:<14}", *(f"{name:>9}" for name in _COLUMNS)])]
    for name, values in rows:
        if values["n"]:
            lines.append("  ".join([f"{name:<14}", *(f"{values[c]:>9}" for c in _COLUMNS)]))
    overall = found["all"]
    lines.append(
        f"no-answer queries {overall['n_no_answer']}: AUROC {overall['abstention_auroc']}, "
        f"answered {overall['answered_share']:.0%} of answerable and "
        f"{overall['false_answer_share']:.0%} of unanswerable ones "
        f"({overall['false_answers_at_90']:.0%} at 90% coverage); ECE {overall['ece']}"
    )
    if overall["n_revision"]:
        lines.append(
            f"queries about another day {overall['n_revision']}: "
            f"{overall['right_revision']:.0%} found the revision of that day"
        )
    for name, values in found["variants"].items():
        lines.append(
            f"variants ({name}) {values['n']}: hit@3 {values['hit@3']} against "
            f"{values['clean_hit@3']} of their clean queries, {values['kept']:.1%} kept"
        )
    follow_ups = found["multi_turn"]
    if follow_ups["n"]:
        lines.append(f"follow-ups {follow_ups['n']}: hit@1 {follow_ups['hit@1']}, "
                     f"hit@3 {follow_ups['hit@3']}")  # fmt: skip
    return "\n".join([*lines, *_systems(found)])


def _systems(found: Mapping[str, Any]) -> list[str]:
    if "systems" not in found:
        return []
    lines = ["systems"]
    for name, values in found["systems"].items():
        cells = "  ".join(f"{metric} {values[metric]:.4f}" for metric in runs.METRICS)
        line = f"  {name:<8} {cells}"
        if versus := values.get("vs_bm25"):
            low, high = versus["interval"]
            line += (f"  {versus['ratio']:.3f} x bm25 (p {versus['p']:.4f}, "
                     f"difference {low:+.4f} to {high:+.4f})")  # fmt: skip
        lines.append(line)
    return [*lines, f"  bm25 reads: {found['bm25']}"]
