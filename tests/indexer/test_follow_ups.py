from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.build import Indexer
from indexer.encoder import SHIPPED, StaticEncoder
from indexer.results import MAX_CONTEXT, MAX_QUERY
from indexer.search import Searcher, SearchRequest, SearchResponse
from indexer.snippets import surfaces
from kb.errors import InvalidInput
from kb.model import Entry, Kind
from tests.indexer.fakes import NOW, FakeKb, entry, revision


def faq(entry_id: str, title: str, body: str, *questions: str, **more: str) -> Entry:
    return entry(
        revision(entry_id, kind=Kind.FAQ, title=title, body=body, questions=questions, **more)
    )


SHOP = (
    faq("refund", "退款多久到账？", "仓库收到退货后 7 个工作日内到账。", "退货的钱什么时候退给我"),
    faq("freight", "退货运费谁出？", "无理由退货的运费由您承担。", "寄回去的运费"),
    faq("duration", "换货要多久？", "换货 5 天内发出新机。", "换新的什么时候到"),
    faq("fridge-warranty", "冰箱保修几年？", "冰箱整机保修 3 年。"),
    faq("ac-warranty", "空调保修几年？", "空调整机保修 6 年。"),
    faq("ac-install", "空调安装收费吗？", "空调基础安装免费，打孔另收 80 元。"),
    faq("points", "积分什么时候过期？", "积分在次年年底过期。", "积分有效期"),
    faq("invoice", "发票在哪里下载？", "在订单详情里下载电子发票。", "怎么开发票"),
    faq("cancel", "怎么取消订单？", "没发货的订单在订单详情里取消。"),
    faq("lock", "门锁没电了怎么办？", "用充电宝给门锁应急供电。"),
    faq("intl", "How do I return an order from abroad?", "Send it back within 14 days.",
        "return an international order", lang="en"),
    faq("intl-postage", "Who pays the postage of an international return?",
        "You pay the postage unless the product is faulty.", "return postage", lang="en"),
    faq("intl-ship", "How long does international shipping take?", "5 to 10 days.", lang="en"),
)  # fmt: skip


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    root: Path = tmp_path_factory.mktemp("follow-ups") / "index"
    encoder = StaticEncoder(SHIPPED)
    Indexer(FakeKb(list(SHOP)), encoder, root).build()
    yield Searcher(root / "staff", encoder, clock=lambda: NOW)


def ask(searcher: Searcher, query: str, *context: str) -> SearchResponse:
    return searcher.search(SearchRequest(query, context=context))


def untimed(response: SearchResponse) -> SearchResponse:
    return replace(response, timings={})


@pytest.mark.parametrize(
    ("turns", "query", "entry_id", "words"),
    [
        (["我想退货"], "那多久到账?", "refund", ("退货",)),
        (["我要退货", "好的谢谢"], "那运费呢", "freight", ("退货",)),
        (["积分有什么用"], "那什么时候过期", "points", ("积分",)),
        (["冰箱保修几年"], "那空调呢?", "ac-warranty", ("保修",)),
        (["空调保修几年", "安装收费吗"], "冰箱保修呢", "fridge-warranty", None),
        (["I want to return an international order"], "and who pays for it?", "intl-postage", None),
    ],
)
def test_a_follow_up_finds_what_it_hangs_on(
    searcher: Searcher, turns: list[str], query: str, entry_id: str, words: tuple[str, ...] | None
) -> None:
    found = ask(searcher, query, *turns)
    assert found.hits[0].entry_id == entry_id
    assert words is None or found.context_used in (words, ())
    assert found.confidence == found.hits[0].confidence


def test_the_words_carried_are_told(searcher: Searcher) -> None:
    assert ask(searcher, "那空调呢?").hits[0].entry_id == "ac-install"
    assert ask(searcher, "那空调呢?", "冰箱保修几年").context_used == ("保修",)


@pytest.mark.parametrize(
    ("turn", "query"),
    [
        ("我想退货", "积分什么时候过期"),
        ("积分有效期", "对了,门锁没电了怎么办"),
        ("空调安装收费吗", "发票在哪里下载"),
        ("退款多久到账", "换个问题,空调保修几年"),
        ("How do I return an order?", "By the way, how long does international shipping take?"),
    ],
)
def test_a_change_of_topic_drops_the_context(searcher: Searcher, turn: str, query: str) -> None:
    alone = ask(searcher, query)
    changed = ask(searcher, query, turn)
    assert changed.context_used == ()
    assert untimed(changed) == untimed(alone)


@pytest.mark.parametrize("query", ["给我讲个冷笑话听听", "明天股票行情怎么样"])
def test_the_question_before_is_not_answered_once_more(searcher: Searcher, query: str) -> None:
    assert not ask(searcher, query, "退款多久到账").answerable


@pytest.mark.parametrize("context", [("",), ("好的",), ("你好", "在吗", "👍"), ("今天天气不错",)])
def test_turns_that_say_nothing_change_nothing(
    searcher: Searcher, context: tuple[str, ...]
) -> None:
    assert untimed(ask(searcher, "那多久到账", *context)) == untimed(ask(searcher, "那多久到账"))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    query=st.sampled_from(["那多久到账", "运费呢", "空调", "it", "发票怎么开", "?"]),
    turns=st.lists(
        st.text(alphabet="退货款冰箱空调积分好的谢 abc?,。0😀\n", max_size=30), max_size=6
    ),
)
def test_the_ranking_stays_one(searcher: Searcher, query: str, turns: list[str]) -> None:
    found = ask(searcher, query, *turns)
    ids = [hit.entry_id for hit in found.hits]
    confidences = [hit.confidence for hit in found.hits]
    assert len(ids) == len(set(ids))
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 <= confidence <= 1 for confidence in confidences)
    assert not found.context_used or turns
    assert untimed(found) == untimed(ask(searcher, query, *turns))


def test_why_it_matched_stays_verbatim(searcher: Searcher) -> None:
    bodies = {made.id: made.revisions[0].content for made in SHOP}
    found = ask(searcher, "那空调呢?", "冰箱保修几年")
    assert found.context_used
    for hit in found.hits:
        content = bodies[hit.entry_id]
        assert hit.matched.text in (content.title, *content.questions) or (
            hit.matched.text in content.body
        )
        shown = (hit.title, hit.matched.text, hit.snippet)
        assert all(
            any(surfaces(text, [term.lower()]) for text in shown) for term in hit.matched.terms
        )


def test_the_limit_cuts_the_common_ranking(searcher: Searcher) -> None:
    request = SearchRequest("那空调呢?", context=("冰箱保修几年",))
    every = searcher.search(replace(request, limit=50)).hits
    assert searcher.search(replace(request, limit=2)).hits == every[:2]


def test_hostile_turns_are_taken_and_longer_ones_refused(searcher: Searcher) -> None:
    full = ("退货" * (MAX_QUERY // 2),) * MAX_CONTEXT
    assert ask(searcher, "那多久到账", *full).hits[0].entry_id == "refund"
    assert ask(searcher, "那" * MAX_QUERY, *full).hits
    for context in (("a" * (MAX_QUERY + 1),), ("a",) * (MAX_CONTEXT + 1)):
        with pytest.raises(InvalidInput) as refused:
            ask(searcher, "那多久到账", *context)
        assert [problem.field for problem in refused.value.problems] == ["context"]
