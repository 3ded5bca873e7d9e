from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from indexer.build import Indexer
from indexer.ranking import FEATURES
from indexer.search import Hit, Searcher, SearchRequest
from kb.errors import InvalidInput
from kb.model import Audience, Channel, Kind, Status
from tests.contracts.oracle import NumpyIndex
from tests.indexer.fakes import (
    EVERYONE,
    NOW,
    BigramEncoder,
    FakeKb,
    day,
    entry,
    revision,
    with_status,
)


def find(searcher: Searcher, query: str, **options: object) -> dict[str, Hit]:
    request = SearchRequest(query, **{"audiences": EVERYONE, "limit": 100, **options})
    return {hit.entry_id: hit for hit in searcher.search(request).hits}


def first(searcher: Searcher, query: str, **options: object) -> Hit:
    return next(iter(find(searcher, query, **options).values()))


def test_the_right_entry_comes_first_once(searcher: Searcher) -> None:
    response = searcher.search(SearchRequest("退款要几天", audiences=EVERYONE))
    ids = [hit.entry_id for hit in response.hits]
    assert ids[0] == "faq-refund-when"
    assert len(ids) == len(set(ids))
    assert response.confidence == response.hits[0].confidence
    assert [h.confidence for h in response.hits] == sorted(
        (h.confidence for h in response.hits), reverse=True
    )
    assert not response.degraded and response.generation
    assert {"encode", "mask", "vectors", "keywords", "fuse", "total"} <= set(response.timings)


def test_a_known_question_is_answerable_and_nonsense_is_not(searcher: Searcher) -> None:
    assert searcher.search(SearchRequest("退款要几天？")).answerable
    assert not searcher.search(SearchRequest("量子力学的薛定谔方程")).answerable


@pytest.mark.parametrize("query", ["退貨運費誰出", "退货运费谁出？", "退货  运费，谁出"])
def test_variants_of_writing_are_the_same_question(searcher: Searcher, query: str) -> None:
    hit = first(searcher, query)
    assert (hit.entry_id, hit.matched.field) == ("return-7-days", "question")
    assert hit.score_parts["exact"] == 1.0


@pytest.mark.parametrize("query", ["kfr35gw", "KFR-35GW", "ＫＦＲ－３５ＧＷ"])
def test_product_codes(searcher: Searcher, query: str) -> None:
    assert first(searcher, query).entry_id == "ac-not-cooling"


def test_why_it_matched(searcher: Searcher) -> None:
    hit = first(searcher, "小件退货运费要多少")
    assert hit.entry_id == "return-7-days"
    assert hit.snippet == "小件商品的退货运费由客户承担 10 元。"
    assert hit.heading == "退货运费"
    assert any("运费" in term for term in hit.matched.terms)
    for term in hit.matched.terms:
        assert term in hit.matched.text or term in hit.snippet or term in hit.title
    assert set(hit.score_parts) == set(FEATURES)


def test_ids_and_short_codes_are_found_exactly(searcher: Searcher) -> None:
    assert first(searcher, "TYTH").entry_id == "reply-return"
    assert first(searcher, "case-fridge").entry_id == "case-fridge"
    assert first(searcher, "tyth").matched.field == "code"


def test_a_counter_question_does_not_lead_to_its_entry(searcher: Searcher) -> None:
    own = find(searcher, "退款要几天")["faq-refund-when"].confidence
    against = find(searcher, "换货要多久").get("faq-refund-when")
    assert against is None or against.confidence < min(0.05, own / 10)


def test_counter_questions_are_never_shown(searcher: Searcher) -> None:
    for hit in find(searcher, "换货要多久？").values():
        assert "换货" not in hit.matched.text + hit.snippet
        assert hit.matched.field != "counter"


@pytest.mark.parametrize(
    ("as_of", "number"),
    [
        ("2025-01-01", 1),
        ("2026-05-31", 1),
        ("2026-06-01", 2),
        ("2026-11-30", 2),
        ("2026-12-01", 3),
    ],
)
def test_the_revision_in_force_at_a_moment(searcher: Searcher, as_of: str, number: int) -> None:
    hit = find(searcher, "七天无理由退货", as_of=day(as_of))["return-7-days"]
    assert hit.revision == number
    assert hit.effective_from is not None and hit.effective_from <= day(as_of)
    assert hit.effective_until is None or day(as_of) < hit.effective_until


def test_the_interval_tells_when_the_next_revision_takes_over(searcher: Searcher) -> None:
    hit = find(searcher, "七天无理由退货")["return-7-days"]
    assert (hit.effective_from, hit.effective_until) == (day("2026-06-01"), day("2026-12-01"))


def test_future_and_expired_are_absent_now_and_present_then(searcher: Searcher) -> None:
    assert "promo-1111" not in find(searcher, "双11 满减活动")
    assert "promo-1111" in find(searcher, "双11 满减活动", as_of=day("2025-11-11"))
    assert "promo-1111" not in find(searcher, "双11 满减活动", as_of=day("2025-11-12"))
    assert "return-7-days" not in find(searcher, "七天无理由退货", as_of=day("2024-12-31"))


def test_time_passing_needs_no_rebuild(
    indexer: Indexer, encoder: BigramEncoder, root: Path
) -> None:
    now = day("2026-11-30")
    searcher = Searcher(root / "staff", encoder, clock=lambda: now)
    before = find(searcher, "七天无理由退货")["return-7-days"].revision
    now = day("2026-12-01")
    assert (before, find(searcher, "七天无理由退货")["return-7-days"].revision) == (2, 3)


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.PUBLISHED])
def test_only_published_revisions_exist(
    kb: FakeKb, encoder: BigramEncoder, root: Path, status: Status
) -> None:
    kb.put(with_status(entry(revision("hidden", title="隐藏的条目")), status))
    Indexer(kb, encoder, root).build()
    searcher = Searcher(root / "staff", encoder, clock=lambda: NOW)
    for as_of in (day("2026-01-02"), NOW, day("2030-01-01")):
        assert "hidden" not in find(searcher, "隐藏的条目", as_of=as_of)


def test_a_superseded_entry_gives_way(kb: FakeKb, encoder: BigramEncoder, root: Path) -> None:
    kb.put(entry(revision("old-rule", title="旧的积分规则")))
    kb.put(
        entry(
            revision("new-rule", title="新的积分规则", since="2026-07-01",
                     supersedes=("old-rule",), audience=Audience.INTERNAL)
        )
    )  # fmt: skip
    Indexer(kb, encoder, root).build()
    staff = Searcher(root / "staff", encoder, clock=lambda: NOW)
    assert "old-rule" not in find(staff, "积分规则")
    assert "old-rule" in find(staff, "积分规则", as_of=day("2026-06-30"))
    # The public index ends it at the same moment, though it never hears why.
    public = Searcher(root / "public", encoder, clock=lambda: NOW)
    assert "old-rule" not in find(public, "积分规则")


def test_audiences(searcher: Searcher) -> None:
    query = "冰箱退货 补偿权限"
    customer = find(searcher, query, audiences=frozenset({Audience.CUSTOMER}))
    agent = find(searcher, query, audiences=frozenset({Audience.CUSTOMER, Audience.AGENT}))
    assert {hit.audience for hit in customer.values()} == {Audience.CUSTOMER}
    assert "case-fridge" in agent and "compensation-authority" not in agent
    assert "compensation-authority" in find(searcher, query)
    assert find(searcher, query, audiences=frozenset()) == {}


def test_customers_are_the_default_audience(searcher: Searcher) -> None:
    hits = searcher.search(SearchRequest("补偿审批权限", limit=100)).hits
    assert {hit.audience for hit in hits} == {Audience.CUSTOMER}


def test_kinds(searcher: Searcher) -> None:
    found = find(searcher, "退货", kinds=frozenset({Kind.CASE, Kind.REPLY}))
    assert set(found) == {"case-fridge", "reply-return"}
    assert find(searcher, "退货", kinds=frozenset()) == {}


def test_channels_choose_the_variant(searcher: Searcher) -> None:
    said = {
        channel: find(searcher, "办退货", channel=channel)["reply-return"].snippet
        for channel in (Channel.CHAT, Channel.APP, Channel.PHONE)
    }
    assert said[Channel.CHAT] == said[Channel.APP] == "好的，马上给您办退货。"
    assert said[Channel.PHONE] == "您好，电话里为您登记退货。"


def test_entries_for_one_channel_stay_there(kb: FakeKb, encoder: BigramEncoder, root: Path) -> None:
    kb.put(entry(revision("phone-only", title="电话专属优惠", channels=(Channel.PHONE,))))
    Indexer(kb, encoder, root).build()
    searcher = Searcher(root / "staff", encoder, clock=lambda: NOW)
    seen = {c for c in Channel if "phone-only" in find(searcher, "电话专属优惠", channel=c)}
    assert seen == {Channel.PHONE}
    assert "phone-only" in find(searcher, "电话专属优惠")


@pytest.mark.parametrize("as_of", ["2025-06-01", "2025-11-05", "2026-11-22", "2027-01-01"])
@pytest.mark.parametrize("audiences", [EVERYONE, frozenset({Audience.CUSTOMER})])
@pytest.mark.parametrize("kinds", [None, frozenset({Kind.POLICY, Kind.CASE})])
def test_nothing_the_filter_allows_is_missed(
    searcher: Searcher,
    encoder: BigramEncoder,
    as_of: str,
    audiences: frozenset[Audience],
    kinds: frozenset[Kind] | None,
) -> None:
    opened = searcher.opened()
    assert opened is not None and opened.vectors is not None and opened.rows is not None
    mask = opened.masks.at(day(as_of), audiences, kinds)
    oracle = NumpyIndex(opened.rows)
    for query in ("退货运费", "退款", "shipping", "空调 E5"):
        vector = encoder.encode([query])[0]
        rows, scores = opened.vectors.search(vector, 5, mask.dense)
        expected, best = oracle.search(vector, 5, mask.dense)
        np.testing.assert_allclose(scores, best, atol=1e-5)
        assert mask.searchable[rows].all()
        found = find(searcher, query, as_of=day(as_of), audiences=audiences, kinds=kinds)
        owners = opened.catalogue.arrays["chunk_revisions"][expected]
        assert {opened.catalogue.revisions[row].entry_id for row in owners} <= set(found)


def test_confidence_does_not_depend_on_the_limit(searcher: Searcher) -> None:
    few = searcher.search(SearchRequest("退货运费", limit=1, audiences=EVERYONE))
    many = searcher.search(SearchRequest("退货运费", limit=100, audiences=EVERYONE))
    assert few.hits[0] == many.hits[0]
    assert (few.confidence, few.answerable) == (many.confidence, many.answerable)


def test_searching_is_deterministic(searcher: Searcher) -> None:
    request = SearchRequest("冰箱不想要了", audiences=EVERYONE)
    one, two = searcher.search(request), searcher.search(request)
    assert one.hits == two.hits


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (SearchRequest(""), "query"),
        (SearchRequest(" \n　"), "query"),
        (SearchRequest("退" * 2001), "query"),
        (SearchRequest("退", limit=0), "limit"),
        (SearchRequest("退", limit=101), "limit"),
        (SearchRequest("退", as_of=datetime(2026, 1, 1)), "as_of"),
    ],
)
def test_bad_requests_are_refused(searcher: Searcher, request_: SearchRequest, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        searcher.search(request_)
    assert [problem.field for problem in refusal.value.problems] == [field]


@pytest.mark.parametrize(
    "query", ["退" * 2000, "?!。", "😀", "\x00", "a" * 2000, "的", "1 2 3 " * 300]
)
def test_strange_queries_do_no_harm(searcher: Searcher, query: str) -> None:
    response = searcher.search(SearchRequest(query, audiences=EVERYONE))
    assert 0 <= response.confidence <= 1


def test_no_index_yet(tmp_path: Path, encoder: BigramEncoder) -> None:
    searcher = Searcher(tmp_path / "staff", encoder)
    response = searcher.search(SearchRequest("退货"))
    assert (response.hits, response.degraded, response.generation) == ((), True, "")
    assert searcher.generation == ""


def test_an_empty_knowledge_base(tmp_path: Path, encoder: BigramEncoder) -> None:
    Indexer(FakeKb([]), encoder, tmp_path).build()
    response = Searcher(tmp_path / "staff", encoder).search(SearchRequest("退货"))
    assert (response.hits, response.answerable, response.degraded) == ((), False, False)


def test_far_away_dates(searcher: Searcher) -> None:
    begin, end = (moment.replace(tzinfo=UTC) for moment in (datetime.min, datetime.max))
    early = searcher.search(SearchRequest("退货", as_of=begin)).hits
    late = searcher.search(SearchRequest("退货", as_of=end)).hits
    assert all(hit.effective_from is None for hit in early)
    assert late
    assert all(hit.effective_until is None for hit in late)


def test_other_time_zones_mean_the_same_moment(searcher: Searcher) -> None:
    from zoneinfo import ZoneInfo

    moment = day("2026-12-01") - timedelta(seconds=1)
    local = moment.astimezone(ZoneInfo("Asia/Shanghai"))
    one = find(searcher, "七天无理由退货", as_of=moment)["return-7-days"]
    assert one == find(searcher, "七天无理由退货", as_of=local)["return-7-days"]
    assert one.revision == 2


def test_a_body_without_text_shows_its_title(
    kb: FakeKb, encoder: BigramEncoder, root: Path
) -> None:
    bare = revision("bare", title="只有标题的条目")
    kb.put(entry(replace(bare, content=replace(bare.content, body=""))))
    Indexer(kb, encoder, root).build()
    searcher = Searcher(root / "staff", encoder, clock=lambda: NOW)
    assert find(searcher, "只有标题的条目")["bare"].snippet == "只有标题的条目"
