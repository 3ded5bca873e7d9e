"""Running judged queries through the product's own search, and summing the scores up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Any

from evaluation import metrics
from evaluation.judged import Judged
from indexer.search import Searcher, SearchRequest
from kb.model import Audience

METRICS: dict[str, Callable[[Sequence[str], dict[str, int]], float]] = {
    "ndcg@10": lambda ranked, relevant: metrics.ndcg(ranked, relevant, 10),
    "mrr@10": lambda ranked, relevant: metrics.reciprocal_rank(ranked, relevant, 10),
    "hit@1": lambda ranked, relevant: metrics.hit(ranked, relevant, 1),
    "hit@3": lambda ranked, relevant: metrics.hit(ranked, relevant, 3),
    "recall@10": lambda ranked, relevant: metrics.recall(ranked, relevant, 10),
}


AGENTS = frozenset({Audience.CUSTOMER, Audience.AGENT})


@dataclass(frozen=True, slots=True)
class Scored:
    """One query's ranking, confidences and metric values (none for no-answer queries)."""

    query: Judged
    ranked: tuple[str, ...]
    confidence: float
    answerable: bool
    scores: dict[str, float]


def run(
    queries: Iterable[Judged], searcher: Searcher, parse_date: Callable[[str], datetime]
) -> list[Scored]:
    """Searches every query as an agent would (customer and agent entries), ten results each."""
    return [_score(query, searcher, parse_date) for query in queries]


def _score(query: Judged, searcher: Searcher, parse_date: Callable[[str], datetime]) -> Scored:
    response = searcher.search(
        SearchRequest(
            query=query.query,
            limit=10,
            as_of=parse_date(query.as_of),
            audiences=frozenset(Audience) if "agent" in query.tags else AGENTS,
        )
    )
    ranked = tuple(hit.entry_id for hit in response.hits)
    relevant = dict(query.relevant)
    scores = {name: metric(ranked, relevant) for name, metric in METRICS.items()}
    return Scored(
        query,
        ranked,
        response.hits[0].confidence if response.hits else 0.0,
        response.answerable,
        scores if relevant else {},
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
    result["answered_share"] = _share(answered)
    result["false_answer_share"] = _share(unanswerable)
    result["ece"] = round(
        metrics.expected_calibration_error(
            [item.confidence for item in scored],
            [item.scores.get("hit@1", 0.0) for item in scored],
        ),
        4,
    )
    return result


def _share(items: Sequence[Scored]) -> float:
    return round(fmean(item.answerable for item in items), 4) if items else 0.0


def by_tag(scored: Sequence[Scored]) -> dict[str, dict[str, Any]]:
    """The summary for each tag that occurs."""
    tags = sorted({tag for item in scored for tag in item.query.tags})
    return {tag: summary([item for item in scored if tag in item.query.tags]) for tag in tags}
