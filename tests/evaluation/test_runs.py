from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

import pytest

from evaluation import runs
from evaluation.judged import Judged
from indexer.search import Hit, Matched, Searcher, SearchRequest, SearchResponse
from kb.model import Audience, Kind


def hit(entry_id: str, confidence: float, revision: int = 1) -> Hit:
    return Hit(entry_id, revision, Kind.FAQ, "", "", confidence, Matched("title", ""))


@dataclass
class FakeSearcher:
    """Answers from a table and remembers what it was asked."""

    answers: dict[str, tuple[Hit, ...]]
    asked: list[SearchRequest] = field(default_factory=list)

    def search(self, request: SearchRequest) -> SearchResponse:
        self.asked.append(request)
        hits = self.answers[request.query]
        best = hits[0].confidence if hits else 0.0
        return SearchResponse(hits, best >= 0.5, best)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def run(searcher: FakeSearcher, *queries: Judged) -> list[runs.Scored]:
    return runs.run(queries, cast(Searcher, searcher), at)


def test_means_are_over_answerable_queries_and_abstention_over_all() -> None:
    searcher = FakeSearcher({
        "退款": (hit("a", 0.9), hit("b", 0.2)),
        "运费": (hit("x", 0.4), hit("b", 0.3)),
        "天气": (hit("a", 0.6),),
        "": (),
    })  # fmt: skip
    scored = run(
        searcher,
        Judged("q1", "退款", {"a": 2}, "dev", ("short",)),
        Judged("q2", "运费", {"b": 2}, "dev"),
        Judged("q3", "天气", {}, "dev"),
        Judged("q4", "", {}, "dev"),
    )
    found = runs.summary(scored)
    assert (found["n"], found["n_no_answer"]) == (2, 2)
    assert (found["hit@1"], found["hit@3"], found["mrr@10"]) == (0.5, 1.0, 0.75)
    assert (found["answered_share"], found["false_answer_share"]) == (0.5, 0.5)
    assert found["abstention_auroc"] == pytest.approx(0.75)
    assert found["n_revision"] == 0
    assert runs.by_tag(scored)["short"]["hit@1"] == 1.0


def test_a_query_about_another_day_wants_the_revision_of_that_day() -> None:
    searcher = FakeSearcher(
        {"现在": (hit("a", 0.9, 2),), "当时": (hit("b", 0.9, 1), hit("a", 0.8, 2))}
    )
    scored = run(
        searcher,
        Judged("q1", "现在", {"a": 2}, "dev", revision=2),
        Judged("q2", "当时", {"a": 2, "b": 1}, "dev", as_of="2025-11-03", revision=1),
    )
    assert [item.right_revision for item in scored] == [True, False]
    assert runs.summary(scored)["right_revision"] == 0.5
    assert searcher.asked[1].as_of == at("2025-11-03")


def test_only_queries_about_internal_rules_may_read_them() -> None:
    searcher = FakeSearcher({"赔付权限": ()})
    run(
        searcher,
        Judged("q1", "赔付权限", {}, "dev"),
        Judged("q2", "赔付权限", {}, "dev", ("agent",)),
    )
    assert Audience.INTERNAL not in searcher.asked[0].audiences
    assert Audience.INTERNAL in searcher.asked[1].audiences
