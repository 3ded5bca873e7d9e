"""A second opinion on the best entries of a search."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.build import Indexer
from indexer.reranking import JUDGED, Reranking, combined, load_reranking
from indexer.search import Searcher, SearchRequest, SearchResponse
from kb.errors import Unavailable
from kb.model import Audience
from kb.settings import Settings
from tests.indexer.fakes import EVERYONE, NOW, BigramEncoder, FakeKb, entry, revision
from tests.model_server import ModelServer, judgements, serving

REQUEST = SearchRequest("七天无理由退货", limit=100, audiences=EVERYONE)


class Judge:
    """Judges by a rule and remembers what it was shown."""

    name = "judge"

    def __init__(self, rule: Callable[[str, str], float]) -> None:
        self.rule = rule
        self.seen: list[tuple[str, list[str]]] = []

    def scores(self, query: str, passages: Sequence[str]) -> NDArray[np.float64]:
        self.seen.append((query, list(passages)))
        return np.array([self.rule(query, passage) for passage in passages])


def plainly(response: SearchResponse) -> SearchResponse:
    """Without what differs from search to search."""
    return replace(response, timings={})


@pytest.fixture
def asking(
    indexer: Indexer, encoder: BigramEncoder, root: Path
) -> Callable[[Judge, float], Searcher]:
    def make(judge: Judge, weight: float) -> Searcher:
        reranking = Reranking(judge, weight)
        return Searcher(root / "staff", encoder, clock=lambda: NOW, reranking=reranking)

    return make


Asking = Callable[[Judge, float], Searcher]


def test_the_mean_of_two_opinions_is_one() -> None:
    assert combined([0.5, 0.9], [0.5, 0.9], 0.5) == pytest.approx([0.5, 0.9])
    assert combined([0.2], [0.8], 0.5) == pytest.approx([0.5])
    assert combined([0.2, 0.7], [0.9, 0.1], 0.0) == pytest.approx([0.2, 0.7])
    assert combined([0.2, 0.7], [0.9, 0.1], 1.0) == pytest.approx([0.9, 0.1])
    odds = 0.75 * math.log(0.2 / 0.8) + 0.25 * math.log(0.9 / 0.1)
    assert combined([0.2], [0.9], 0.25) == pytest.approx([1 / (1 + math.exp(-odds))])


def test_nobody_is_ever_quite_sure() -> None:
    found = combined([0.0, 1.0, 0.5], [1.0, 0.0, 1.0], 0.5)
    assert all(0 < chance < 1 for chance in found)
    assert found[2] == pytest.approx(1 / (1 + math.exp(-0.5 * math.log(9999))))


@pytest.mark.parametrize("scores", [[], [0.1], [0.1, 1.5], [0.1, float("nan")]])
def test_what_is_no_probability_is_refused(scores: list[float]) -> None:
    with pytest.raises(ValueError, match="probability"):
        combined([0.5, 0.5], scores, 0.5)


def test_no_setting_changes_nothing(searcher: Searcher, asking: Asking) -> None:
    settings = Settings(Path("var"), "sqlite://", ZoneInfo("UTC"))
    assert load_reranking(settings) is None
    plain = searcher.search(REQUEST)
    assert "rerank" not in plain.timings
    silent = asking(Judge(lambda query, passage: 0.5), 0.0).search(REQUEST)
    assert [hit.entry_id for hit in silent.hits] == [hit.entry_id for hit in plain.hits]
    assert [hit.confidence for hit in silent.hits] == pytest.approx(
        [hit.confidence for hit in plain.hits]
    )


def test_order_follows_the_combined_probability(searcher: Searcher, asking: Asking) -> None:
    plain = searcher.search(REQUEST)
    chosen = plain.hits[2]
    judge = Judge(lambda query, passage: 0.999 if chosen.title in passage else 0.001)
    response = asking(judge, 0.9).search(REQUEST)
    assert plain.hits[0].entry_id != chosen.entry_id == response.hits[0].entry_id
    own = {hit.entry_id: hit.confidence for hit in plain.hits}
    for hit in response.hits:
        opinion = 0.999 if hit.entry_id == chosen.entry_id else 0.001
        assert [hit.confidence] == pytest.approx(combined([own[hit.entry_id]], [opinion], 0.9))
    confidences = [hit.confidence for hit in response.hits]
    assert confidences == sorted(confidences, reverse=True)
    assert response.confidence == confidences[0] <= response.any_answers <= 1
    assert {hit.entry_id for hit in response.hits} == set(own)


def test_doubt_makes_a_question_unanswerable(searcher: Searcher, asking: Asking) -> None:
    assert searcher.search(REQUEST).answerable
    doubtful = asking(Judge(lambda query, passage: 0.0), 0.9).search(REQUEST)
    assert doubtful.hits and not doubtful.answerable


def test_confidence_does_not_hang_on_the_limit(asking: Asking) -> None:
    searcher = asking(Judge(lambda query, passage: len(passage) % 7 / 10), 0.5)
    few = searcher.search(replace(REQUEST, limit=1))
    assert few.hits == searcher.search(REQUEST).hits[:1]


def test_only_what_may_be_read_is_shown_to_the_model(asking: Asking) -> None:
    judge = Judge(lambda query, passage: 0.5)
    asking(judge, 0.5).search(replace(REQUEST, audiences=frozenset({Audience.CUSTOMER})))
    (query, passages), *_ = judge.seen
    assert query == "七天无理由退货"
    assert "七天无理由退货规则\n" in "\n".join(passages)
    assert not any("补偿" in passage or "取件费" in passage for passage in passages)


def test_only_the_best_are_judged(kb: FakeKb, encoder: BigramEncoder, root: Path) -> None:
    for at in range(40):
        kb.put(
            entry(revision(f"faq-{at:02}", title=f"第 {at} 条退货规则", body=f"退货规则 {at}。"))
        )
    Indexer(kb, encoder, root).build()
    judge = Judge(lambda query, passage: 0.01)
    plain = Searcher(root / "staff", encoder, clock=lambda: NOW).search(REQUEST)
    searcher = Searcher(root / "staff", encoder, clock=lambda: NOW, reranking=Reranking(judge, 0.5))
    response = searcher.search(REQUEST)
    assert len(judge.seen[0][1]) == JUDGED < len(response.hits)
    own = {hit.entry_id: hit.confidence for hit in plain.hits}
    now = {hit.entry_id: hit.confidence for hit in response.hits}
    beyond = [hit.entry_id for hit in plain.hits[JUDGED:]]
    assert all(now[one] == own[one] for one in beyond)
    confidences = list(now.values())
    assert confidences == sorted(confidences, reverse=True)


@pytest.mark.parametrize("failure", [Unavailable("out"), RuntimeError("broken"), None])
def test_a_failing_model_leaves_the_plain_ranking(
    searcher: Searcher,
    asking: Asking,
    caplog: pytest.LogCaptureFixture,
    failure: Exception | None,
) -> None:
    def rule(query: str, passage: str) -> float:
        if failure:
            raise failure
        return 2.0

    judge = Judge(rule)
    made = asking(judge, 0.5)
    plain = plainly(searcher.search(REQUEST))
    for _ in range(3):
        found = plainly(made.search(REQUEST))
        assert found.degraded and "re-ranker judge" in found.degraded_reason
        assert replace(found, degraded=False, degraded_reason="") == plain
    assert caplog.text.count("re-ranker judge failed") == 1
    judge.rule = lambda query, passage: 0.5
    assert not made.search(REQUEST).degraded


def test_nothing_found_is_not_judged(asking: Asking) -> None:
    judge = Judge(lambda query, passage: 0.5)
    assert not asking(judge, 0.5).search(replace(REQUEST, audiences=frozenset())).hits
    assert judge.seen == []


@pytest.fixture
def server() -> Iterator[ModelServer]:
    rule = judgements(lambda query, passage: 0.99 if "积分" in passage else 0.1)
    with serving(rule) as server:
        yield server


def test_one_setting_names_the_endpoint(
    server: ModelServer, kb: FakeKb, encoder: BigramEncoder, root: Path
) -> None:
    settings = Settings(
        Path("var"),
        "sqlite://",
        ZoneInfo("UTC"),
        reranker=server.address("/v1/rerank"),
        reranker_key="sk-1",
        reranker_weight=0.9,
    )
    kb.put(entry(revision("points", title="退货与积分")))
    Indexer(kb, encoder, root).build()
    reranking = load_reranking(settings)
    searcher = Searcher(root / "staff", encoder, clock=lambda: NOW, reranking=reranking)
    response = searcher.search(REQUEST)
    assert response.hits[0].entry_id == "points" and not response.degraded
    assert server.headers[0]["Authorization"] == "Bearer sk-1"
    assert response.timings["rerank"] > 0
