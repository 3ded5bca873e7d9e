from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

import pytest

from evaluation import runs
from evaluation.judged import Judged, Turn
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
        return SearchResponse(hits, best >= 0.5, best, any_answers=best)


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


def test_follow_ups_carry_what_the_customer_said_and_nothing_else() -> None:
    searcher = FakeSearcher({"那多久到账": ()})
    history = (Turn("customer", "我要退款"), Turn("agent", "好的"), Turn("customer", "快点"))
    scored = run(searcher, Judged("q1", "那多久到账", {"a": 2}, "dev", history=history))
    assert searcher.asked[0].context == ("我要退款", "快点")
    assert runs.follow_ups(scored) == scored
    assert runs.clean(scored) == []


def test_variants_are_paired_with_their_own_clean_queries() -> None:
    searcher = FakeSearcher({
        "退货": (hit("a", 0.9),), "退贷": (hit("a", 0.9),), "tuihuo": (hit("x", 0.9),),
        "运费": (hit("x", 0.9),), "運費": (hit("b", 0.9),),
    })  # fmt: skip
    scored = run(
        searcher,
        Judged("q1", "退货", {"a": 2}, "dev"),
        Judged("q2", "退贷", {"a": 2}, "dev", ("typo",), variant_of="q1"),
        Judged("q3", "tuihuo", {"a": 2}, "dev", ("pinyin",), variant_of="q1"),
        Judged("q4", "运费", {"b": 2}, "dev"),
        Judged("q5", "運費", {"b": 2}, "dev", ("traditional",), variant_of="q4"),
        Judged("q6", "運費", {"b": 2}, "dev", ("traditional",), variant_of="elsewhere"),
    )
    found = runs.variants(scored)
    assert found["typo"] == {"n": 1, "hit@3": 1.0, "clean_hit@3": 1.0, "kept": 1.0}
    assert found["pinyin"]["kept"] == 0.0
    assert found["traditional"] == {"n": 1, "hit@3": 1.0, "clean_hit@3": 0.0, "kept": 0.0}
    assert found["all"] == {"n": 3, "hit@3": 0.6667, "clean_hit@3": 0.6667, "kept": 1.0}
    assert [item.query.id for item in runs.clean(scored)] == ["q1", "q4"]


def test_false_answers_are_told_at_ninety_in_a_hundred_answered() -> None:
    answers = {f"a{n}": (hit("a", n / 10),) for n in range(1, 11)}
    idle = {"n1": (hit("a", 0.25),), "n2": (hit("a", 0.05),)}
    scored = run(
        FakeSearcher({**answers, **idle}),
        *(Judged(text, text, {"a": 2}, "dev") for text in answers),
        *(Judged(text, text, {}, "dev") for text in idle),
    )
    found = runs.summary(scored)
    assert (found["false_answers_at_90"], found["threshold_at_90"]) == (0.5, 0.2)
