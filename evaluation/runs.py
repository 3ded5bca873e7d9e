"""Running judged queries through the product's own search, and summing the scores up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import fmean
from typing import Any

from assistant.accounts.roles import Role, audiences_of
from evaluation import metrics
from evaluation.asking import with_context
from evaluation.judged import VARIANTS, Judged
from indexer.search import Searcher, SearchRequest
from kb.model import Audience

METRICS: dict[str, Callable[[Sequence[str], Mapping[str, int]], float]] = {
    "ndcg@10": lambda ranked, relevant: metrics.ndcg(ranked, relevant, 10),
    "mrr@10": lambda ranked, relevant: metrics.reciprocal_rank(ranked, relevant, 10),
    "hit@1": lambda ranked, relevant: metrics.hit(ranked, relevant, 1),
    "hit@3": lambda ranked, relevant: metrics.hit(ranked, relevant, 3),
    "recall@10": lambda ranked, relevant: metrics.recall(ranked, relevant, 10),
}
COVERAGE = 0.9


@dataclass(frozen=True, slots=True)
class Scored:
    """One query's ranking, best confidence and metric values (none for no-answer queries).

    `right_revision` tells whether an answering entry came in the revision asked for; None when
    the query asks for none. `titles` are those of `ranked`.
    """

    query: Judged
    ranked: tuple[str, ...]
    confidence: float
    any_answers: float
    answerable: bool
    scores: dict[str, float]
    right_revision: bool | None = None
    titles: tuple[str, ...] = field(default=())

    @property
    def right(self) -> float:
        """1.0 when the first entry answers; always 0.0 where nothing does."""
        return self.scores.get("hit@1", 0.0)


def measures(ranked: Sequence[str], relevant: Mapping[str, int]) -> dict[str, float]:
    """All metrics of one ranking."""
    return {name: metric(ranked, relevant) for name, metric in METRICS.items()}


def readers(query: Judged) -> frozenset[Audience]:
    """Who asks: an agent, or the back office where a query is about internal rules."""
    return audiences_of(Role.EDITOR if "agent" in query.tags else Role.AGENT)


def run(
    queries: Iterable[Judged], searcher: Searcher, parse_date: Callable[[str], datetime]
) -> list[Scored]:
    """Searches every query, ten results each, as an agent would.

    Queries tagged `agent` ask for internal rules too: they are searched as the back office would.
    Follow-ups carry what the customer said before.
    """
    return [_score(query, searcher, parse_date) for query in queries]


def _score(query: Judged, searcher: Searcher, parse_date: Callable[[str], datetime]) -> Scored:
    request = SearchRequest(
        query=query.query, limit=10, as_of=parse_date(query.as_of), audiences=readers(query)
    )
    response = searcher.search(with_context(request, query.context, query.answered))
    ranked = tuple(hit.entry_id for hit in response.hits)
    relevant = dict(query.relevant)
    answers = {hit.revision for hit in response.hits if relevant.get(hit.entry_id) == 2}
    return Scored(
        query,
        ranked,
        response.confidence,
        response.any_answers,
        response.answerable,
        measures(ranked, relevant) if relevant else {},
        query.revision in answers if query.revision else None,
        tuple(hit.title for hit in response.hits),
    )


def summary(scored: Sequence[Scored]) -> dict[str, Any]:
    """Means over the queries that have an answer, and abstention over all of them.

    `false_answers_at_90` is the share of unanswerable queries that would be answered if the
    threshold let through 90% of the answerable ones.
    """
    answered = [item for item in scored if item.query.relevant]
    idle = [item for item in scored if not item.query.relevant]
    result: dict[str, Any] = {"n": len(answered), "n_no_answer": len(idle)}
    for name in METRICS:
        result[name] = round(fmean(s.scores[name] for s in answered), 4) if answered else 0.0
    sure, unsure = [item.any_answers for item in answered], [item.any_answers for item in idle]
    result["abstention_auroc"] = round(metrics.auroc(sure, unsure), 4)
    result["answered_share"] = _share([item.answerable for item in answered])
    result["false_answer_share"] = _share([item.answerable for item in idle])
    point = metrics.at_coverage(points(scored), COVERAGE)
    result["false_answers_at_90"] = round(point.false_answers, 4) if idle else 0.0
    result["threshold_at_90"] = round(point.threshold, 4)
    dated = [item.right_revision for item in scored if item.right_revision is not None]
    result["n_revision"], result["right_revision"] = len(dated), _share(dated)
    result["ece"] = round(
        metrics.expected_calibration_error(
            [item.confidence for item in scored], [item.right for item in scored]
        ),
        4,
    )
    return result


def points(scored: Sequence[Scored]) -> list[metrics.Operating]:
    """What each possible threshold would do; see `metrics.operating_points`."""
    answered = [item for item in scored if item.query.relevant]
    return metrics.operating_points(
        [item.any_answers for item in answered],
        [item.right for item in answered],
        [item.any_answers for item in scored if not item.query.relevant],
    )


def _share(flags: Sequence[bool]) -> float:
    return round(fmean(flags), 4) if flags else 0.0


def by_tag(scored: Sequence[Scored]) -> dict[str, dict[str, Any]]:
    """The summary for each tag that occurs."""
    tags = sorted({tag for item in scored for tag in item.query.tags})
    return {tag: summary([item for item in scored if tag in item.query.tags]) for tag in tags}


def clean(scored: Sequence[Scored]) -> list[Scored]:
    """Queries of their own: neither variants nor follow-ups."""
    return [item for item in scored if item.query.clean]


def follow_ups(scored: Sequence[Scored]) -> list[Scored]:
    """Queries that need what was said before."""
    return [item for item in scored if item.query.follow_up]


def variants(scored: Sequence[Scored]) -> dict[str, dict[str, Any]]:
    """How much of the clean query's hit@3 its variants keep, by sort of variant and for all.

    Each variant is paired with its own clean query; pairs without an answer are left out. `kept`
    is the ratio of the two means, 0.0 when the clean queries find nothing.
    """
    known = {item.query.id: item for item in scored}
    pairs = [
        (item, known[item.query.variant_of])
        for item in scored
        if item.query.variant_of in known and item.scores and known[item.query.variant_of].scores
    ]
    sorts = {tag: [pair for pair in pairs if tag in pair[0].query.tags] for tag in VARIANTS}
    return {name: _kept(group) for name, group in (("all", pairs), *sorts.items()) if group}


def _kept(pairs: Sequence[tuple[Scored, Scored]]) -> dict[str, Any]:
    hits = fmean(item.scores["hit@3"] for item, _ in pairs)
    origin = fmean(item.scores["hit@3"] for _, item in pairs)
    return {
        "n": len(pairs),
        "hit@3": round(hits, 4),
        "clean_hit@3": round(origin, 4),
        "kept": round(hits / origin, 4) if origin else 0.0,
    }
