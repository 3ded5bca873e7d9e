"""Running judged queries through the product's own search, and summing the scores up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Any

from assistant.accounts.roles import Role, audiences_of
from evaluation import metrics
from evaluation.judged import Judged
from indexer.search import Searcher, SearchRequest

METRICS: dict[str, Callable[[Sequence[str], dict[str, int]], float]] = {
    "ndcg@10": lambda ranked, relevant: metrics.ndcg(ranked, relevant, 10),
    "mrr@10": lambda ranked, relevant: metrics.reciprocal_rank(ranked, relevant, 10),
    "hit@1": lambda ranked, relevant: metrics.hit(ranked, relevant, 1),
    "hit@3": lambda ranked, relevant: metrics.hit(ranked, relevant, 3),
    "recall@10": lambda ranked, relevant: metrics.recall(ranked, relevant, 10),
}


@dataclass(frozen=True, slots=True)
class Scored:
    """One query's ranking, best confidence and metric values (none for no-answer queries).

    `right_revision` tells whether an answering entry came in the revision asked for; None when
    the query asks for none.
    """

    query: Judged
    ranked: tuple[str, ...]
    confidence: float
    answerable: bool
    scores: dict[str, float]
    right_revision: bool | None = None


def run(
    queries: Iterable[Judged], searcher: Searcher, parse_date: Callable[[str], datetime]
) -> list[Scored]:
    """Searches every query, ten results each, as an agent would.

    Queries tagged `agent` ask for internal rules too: they are searched as the back office would.
    """
    return [_score(query, searcher, parse_date) for query in queries]


def _score(query: Judged, searcher: Searcher, parse_date: Callable[[str], datetime]) -> Scored:
    response = searcher.search(
        SearchRequest(
            query=query.query,
            limit=10,
            as_of=parse_date(query.as_of),
            audiences=audiences_of(Role.EDITOR if "agent" in query.tags else Role.AGENT),
        )
    )
    ranked = tuple(hit.entry_id for hit in response.hits)
    relevant = dict(query.relevant)
    scores = {name: metric(ranked, relevant) for name, metric in METRICS.items()}
    answers = {hit.revision for hit in response.hits if relevant.get(hit.entry_id) == 2}
    return Scored(
        query,
        ranked,
        response.confidence,
        response.answerable,
        scores if relevant else {},
        query.revision in answers if query.revision else None,
    )


def summary(scored: Sequence[Scored]) -> dict[str, Any]:
    """Means over the queries that have an answer, and abstention over all of them."""
    answered = [item for item in scored if item.query.relevant]
    unanswerable = [item for item in scored if not item.query.relevant]
    result: dict[str, Any] = {"n": len(answered), "n_no_answer": len(unanswerable)}
    for name in METRICS:
        result[name] = round(fmean(s.scores[name] for s in answered), 4) if answered else 0.0
    result["abstention_auroc"] = round(
        metrics.auroc(
            [item.confidence for item in answered], [item.confidence for item in unanswerable]
        ),
        4,
    )
    result["answered_share"] = _share([item.answerable for item in answered])
    result["false_answer_share"] = _share([item.answerable for item in unanswerable])
    dated = [item.right_revision for item in scored if item.right_revision is not None]
    result["n_revision"], result["right_revision"] = len(dated), _share(dated)
    result["ece"] = round(
        metrics.expected_calibration_error(
            [item.confidence for item in scored],
            [item.scores.get("hit@1", 0.0) for item in scored],
        ),
        4,
    )
    return result


def _share(flags: Sequence[bool]) -> float:
    return round(fmean(flags), 4) if flags else 0.0


def by_tag(scored: Sequence[Scored]) -> dict[str, dict[str, Any]]:
    """The summary for each tag that occurs."""
    tags = sorted({tag for item in scored for tag in item.query.tags})
    return {tag: summary([item for item in scored if tag in item.query.tags]) for tag in tags}
