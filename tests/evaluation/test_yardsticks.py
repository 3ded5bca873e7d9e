from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from evaluation import yardsticks
from evaluation.baseline import cuts
from evaluation.judged import Judged, Turn
from evaluation.runs import Scored
from evaluation.yardsticks import DatedBm25
from indexer.build import Indexer
from indexer.search import Searcher
from kb.model import Audience
from tests.indexer.fakes import BigramEncoder, FakeKb, day, entry, revision

AGENT = frozenset({Audience.CUSTOMER, Audience.AGENT})


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def shop() -> FakeKb:
    return FakeKb([
        entry(revision("return", 1, title="退货", body="**七天**内退货。", since="2025-01-01"),
              revision("return", 2, title="退货", body="十五天内退货。", since="2026-06-01")),
        entry(revision("secret", title="退货赔付上限", body="组长可赔。",
                       audience=Audience.INTERNAL, since="2025-01-01")),
        entry(revision("refund", title="退款", body="三个工作日到账。", since="2025-01-01",
                       questions=("钱啥时候回来",))),
    ])  # fmt: skip


def test_bm25_sees_what_the_reader_may_see_on_that_day(shop: FakeKb) -> None:
    index = DatedBm25(shop.entries, cuts("zh")["characters and pairs"])
    everyone = frozenset(Audience)
    early, late = day("2026-01-01"), day("2026-07-01")
    assert index.rank("七天", early, AGENT)[0][0] == "return"
    assert index.rank("七天", late, AGENT)[0][1] < index.rank("七天", early, AGENT)[0][1]
    found = [identity for identity, _ in index.rank("赔付上限", late, AGENT)]
    assert "secret" not in found
    assert index.rank("赔付上限", late, everyone)[0][0] == "secret"
    assert index.rank("退货", day("2024-01-01"), everyone) == []
    assert index.rank("啥时候", late, AGENT)[0][0] == "refund"


def test_a_document_is_title_questions_and_plain_body(shop: FakeKb) -> None:
    first = shop.entries[0].revisions[0].content
    assert yardsticks.whole(first) == "退货\n七天内退货。"


def test_bm25_takes_the_best_reading_and_joins_turns_where_that_helps(shop: FakeKb) -> None:
    follow_up = Judged("q2", "那要多久", {"refund": 2}, "dev", as_of="2026-07-01",
                       history=(Turn("customer", "我的退款"),))  # fmt: skip
    queries = [
        Judged("q1", "十五天", {"return": 2}, "dev", as_of="2026-07-01"),
        follow_up,
        Judged("q3", "天气", {}, "dev", as_of="2026-07-01"),
    ]
    scores, how = yardsticks.bm25(queries, shop.entries, moment)
    assert how.endswith("follow-ups with earlier turns")
    assert set(scores) == {"q1", "q2"}
    assert scores["q2"]["hit@1"] == 1.0
    _, alone = yardsticks.bm25(queries[:1], shop.entries, moment)
    assert "turns" not in alone


def test_both_halves_are_asked_under_the_same_filter(shop: FakeKb, tmp_path: Path) -> None:
    encoder = BigramEncoder()
    Indexer(shop, encoder, tmp_path).build()
    searcher = Searcher(tmp_path / "staff", encoder)
    query = Judged("q1", "退货赔付上限", {"secret": 2}, "dev", as_of="2026-07-01")
    inside = Judged("q2", "退货赔付上限", {"secret": 2}, "dev", ("agent",), as_of="2026-07-01")
    found = yardsticks.halves([query, inside], searcher, encoder, moment)
    for name in ("dense", "keyword"):
        assert found[name]["q1"]["recall@10"] == 0.0
        assert found[name]["q2"]["hit@1"] == 1.0


def test_figures_put_every_system_beside_bm25() -> None:
    def scores(value: float) -> dict[str, float]:
        return dict.fromkeys(("ndcg@10", "mrr@10", "hit@1", "hit@3", "recall@10"), value)

    scored = [Scored(Judged(f"q{n}", "甲", {"a": 2}, "dev"), ("a",), 0.9, 0.9, True, scores(0.9))
              for n in range(20)]  # fmt: skip
    scored.append(Scored(Judged("no", "乙", {}, "dev"), (), 0.1, 0.1, False, {}))
    weak = {f"q{n}": scores(0.6) for n in range(20)}
    found = yardsticks.figures(scored, {"dense": weak, "bm25": weak})
    assert list(found) == ["hybrid", "dense", "bm25"]
    assert found["hybrid"]["vs_bm25"]["ratio"] == 1.5
    assert found["hybrid"]["vs_bm25"]["p"] < 0.001
    assert found["dense"]["vs_bm25"] == {"ratio": 1.0, "p": 1.0, "interval": [0.0, 0.0]}
    assert "vs_bm25" not in found["bm25"]
