"""What else could have been asked the judged queries: the halves of search, and BM25.

BM25 gets every advantage: for each query it holds only the entries in force at that moment for
those readers, each as title, questions and body; the way to cut words and whether a follow-up is
joined with the turns before it are chosen by its nDCG@10 on these very queries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from statistics import fmean
from typing import Any

from evaluation.baseline import Bm25, Cut, cuts
from evaluation.halves import Ranked, by_keywords, by_vectors
from evaluation.judged import Judged
from evaluation.runs import METRICS, Scored, measures, readers
from evaluation.significance import versus
from indexer.encoder import Encoder
from indexer.search import Searcher
from kb.model import Audience, Content, Entry
from kb.sections import plain_text
from kb.validity import Timeline

Scores = dict[str, dict[str, float]]
COUNT = 10
# What BM25 is told of the turns before a follow-up: nothing, the customer's, or everybody's.
_TOLD = ("", "earlier turns", "all that was said")


def halves(
    queries: Sequence[Judged], searcher: Searcher, encoder: Encoder,
    parse_date: Callable[[str], datetime],
) -> dict[str, Scores]:  # fmt: skip
    """Scores by query of the product's vectors alone (`dense`) and keywords alone (`keyword`)."""
    opened = searcher.opened()
    found: dict[str, Scores] = {"dense": {}, "keyword": {}}
    if opened is None:
        return found
    for query in queries:
        if not query.relevant:
            continue
        mask = opened.masks.at(parse_date(query.as_of), readers(query))
        near = by_vectors(opened, encoder, mask, query.query, COUNT)
        said = by_keywords(opened, mask, query.query, COUNT)
        for name, ranked in (("dense", near), ("keyword", said)):
            found[name][query.id] = measures([identity for identity, _ in ranked], query.relevant)
    return found


class DatedBm25:
    """BM25 over the entries in force at a moment for some readers, cut by one function."""

    def __init__(self, entries: Sequence[Entry], cut: Cut) -> None:
        self._entries, self._cut = entries, cut
        self._timeline = Timeline(entries)
        self._indexes: dict[tuple[tuple[str, int], ...], Bm25] = {}

    def rank(
        self, query: str, moment: datetime, audiences: frozenset[Audience], count: int = COUNT
    ) -> Ranked:
        """The best entries with their scores."""
        visible = [
            revision
            for entry in self._entries
            if (revision := self._timeline.at(entry.id, moment))
            and revision.content.audience in audiences
        ]
        key = tuple((revision.entry_id, revision.number) for revision in visible)
        if key not in self._indexes:
            texts = [whole(revision.content) for revision in visible]
            self._indexes[key] = Bm25([identity for identity, _ in key], texts, self._cut)
        return self._indexes[key].rank(query, count)


def whole(content: Content) -> str:
    """Title, questions and body without markup."""
    return "\n".join([content.title, *content.questions, plain_text(content.body)])


def bm25(
    queries: Sequence[Judged], entries: Sequence[Entry], parse_date: Callable[[str], datetime]
) -> tuple[Scores, str]:
    """Scores by query of the best BM25, and how it reads texts.

    Raises:
        NotFound: The library is not installed.
    """
    wanted = [query for query in queries if query.relevant]
    tried: dict[str, Scores] = {}
    for name, cut in cuts("zh").items():
        index = DatedBm25(entries, cut)
        for told in _TOLD if any(query.follow_up for query in wanted) else _TOLD[:1]:
            label = f"{name}, follow-ups with {told}" if told else name
            tried[label] = {
                query.id: measures(_ids(index, query, told, parse_date), query.relevant)
                for query in wanted
            }
    best = max(tried, key=lambda name: mean(tried[name], "ndcg@10"))
    return tried[best], best


def _ids(
    index: DatedBm25, query: Judged, told: str, parse_date: Callable[[str], datetime]
) -> list[str]:
    said = {_TOLD[1]: query.context, _TOLD[2]: [turn.text for turn in query.history]}
    text = " ".join([*said.get(told, ()), query.query])
    return [i for i, _ in index.rank(text, parse_date(query.as_of), readers(query))]


def mean(scores: Scores, name: str) -> float:
    """Mean of a metric over the queries; 0.0 without any."""
    return fmean(values[name] for values in scores.values()) if scores else 0.0


def figures(scored: Sequence[Scored], others: dict[str, Scores]) -> dict[str, dict[str, Any]]:
    """Means of every system over the queries scored, the product first as `hybrid`.

    Each system but BM25 has `vs_bm25`: ratio of nDCG@10, p-value of a paired randomisation test
    and a 95% bootstrap interval of the mean difference.
    """
    own = {item.query.id: item.scores for item in scored if item.scores}
    systems = {"hybrid": own, **{
        name: {identity: scores[identity] for identity in own} for name, scores in others.items()
    }}  # fmt: skip
    found: dict[str, dict[str, Any]] = {
        name: {metric: round(mean(scores, metric), 4) for metric in METRICS}
        for name, scores in systems.items()
    }
    if own and "bm25" in systems:
        base = [systems["bm25"][identity]["ndcg@10"] for identity in own]
        for name, scores in systems.items():
            if name != "bm25":
                ours = [scores[identity]["ndcg@10"] for identity in own]
                found[name]["vs_bm25"] = versus(ours, base)
    return found
