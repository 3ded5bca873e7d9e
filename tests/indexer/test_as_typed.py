"""The demonstration content, asked as people type."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluation.workspace import workspace
from indexer.results import Hit, SearchResponse
from indexer.search import Searcher, SearchRequest
from kb.model import Audience
from tests.indexer.fakes import NOW, day

ROOT = Path(__file__).parents[2]
STAFF = frozenset({Audience.CUSTOMER, Audience.AGENT})
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def content() -> Iterator[Searcher]:
    with workspace(ROOT / "content") as copy:
        yield copy.searcher


def ask(searcher: Searcher, query: str, **options: object) -> SearchResponse:
    request = {"audiences": STAFF, "as_of": NOW, "limit": 10, **options}
    return searcher.search(SearchRequest(query, **request))  # type: ignore[arg-type]


def top(found: SearchResponse, count: int = 3) -> list[str]:
    return [hit.entry_id for hit in found.hits[:count]]


@pytest.mark.parametrize(
    ("typed", "read", "entry"),
    [
        ("tuihuo", "退货", "reply-return-accept"),
        ("tui huo yun fei shui chu", "退货运费谁出", "return-7-days"),
        ("bingxiang bu zhileng", "冰箱不制冷", "fridge-not-cooling"),
        ("冰箱 buzhileng", "冰箱 不制冷", "fridge-not-cooling"),
        ("fapiao zenme kai", "发票怎么开", "invoice-rule"),
        ("唤货需要多久", "换货需要多久", "exchange-rule"),
        ("发漂怎么开", "发票怎么开", "invoice-rule"),
        ("冰葙不制冷", "冰箱不制冷", "fridge-not-cooling"),
        ("路油器怎么恢复出厂", "路由器怎么恢复出厂", "faq-router-reset"),
        ("我的指文识别不了", "我的指纹识别不了", "lock-fingerprint"),
        ("退欵什么时候到", "退款什么时候到", "faq-refund-when"),
    ],
)
def test_what_was_mistyped_is_found_and_said(
    content: Searcher, typed: str, read: str, entry: str
) -> None:
    found = ask(content, typed)
    assert found.corrected == read
    assert entry in top(found)
    assert found.answerable == ask(content, read).answerable


@pytest.mark.parametrize(
    ("typed", "entry"),
    [
        ("在吗在吗 我那个啥 冰箱咋不制冷了啊!!", "fridge-not-cooling"),
        ("亲，麻烦问一下退货运费谁出呀~~~😭😭", "return-7-days"),
        ("退貨的運費要我自己付嗎", "return-7-days"),
        ("ＫＦＲ－３５ＧＷ 不制冷", "ac-not-cooling"),
        ("KFR 35 GW 不制冷", "ac-not-cooling"),
        ("kfr35gw不制冷", "ac-not-cooling"),
        ("七天无理由退货", "return-7-days"),
        ("7天无理由退货", "return-7-days"),
    ],
)
def test_spelling_and_noise_do_not_matter(content: Searcher, typed: str, entry: str) -> None:
    found = ask(content, typed)
    assert entry in top(found)
    assert found.corrected == ""


@pytest.mark.parametrize(
    "query",
    [
        "退货",
        "换货要等好久吗，我家里急用",
        "空调不冷",
        "我是金叶会员，退个路由器运费怎么算",
        "搬家后扫地机还在用老房子的图",
        "how long until I get my money back to my bank card",
        "tyth",
        "你们卖洗衣机吗",
        "公积金能提出来买家电吗",
    ],
)
def test_a_query_without_mistakes_is_left_alone(content: Searcher, query: str) -> None:
    assert ask(content, query).corrected == ""


def verbatim(hit: Hit) -> bool:
    shown = (hit.title, hit.matched.text, hit.snippet)
    return all(any(term in text for text in shown) for term in hit.matched.terms)


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("退貨運費", "退货"),
        ("tuihuo yunfei", "退货"),
        ("发漂怎么开", "发票"),
        ("ｋｆｒ３５ｇｗ", "KFR-35GW"),
        ("七日", "7 天"),
        ("在吗 冰箱咋不制冷", "不制冷"),
    ],
)
def test_what_is_highlighted_stands_in_what_is_shown(
    content: Searcher, typed: str, word: str
) -> None:
    hits = ask(content, typed).hits
    assert all(map(verbatim, hits))
    assert any(word in term for hit in hits for term in hit.matched.terms)


def test_the_question_of_a_long_story_is_answered(content: Searcher) -> None:
    story = (
        "本来我是想买你们的空调的，去年邻居装了说不错，后来双十一太忙就忘了，"
        "现在家里那台老的又吵又费电还能用，我看到有广告，旧的能抵多少钱"
    )
    found = ask(content, story)
    assert found.answerable
    assert top(found, 2)[0] in {"trade-in-2026", "faq-trade-in-how"}


def test_corrections_follow_what_the_caller_may_read(content: Searcher) -> None:
    internal = ask(content, "tiaoxiu banci", audiences=frozenset(Audience))
    assert internal.corrected == "调休班次"
    assert internal.hits[0].audience is Audience.INTERNAL
    for audiences in (STAFF, frozenset({Audience.CUSTOMER})):
        others = ask(content, "tiaoxiu banci", audiences=audiences)
        assert "调休" not in others.corrected and "班次" not in others.corrected


def test_a_correction_holds_for_its_day(content: Searcher) -> None:
    found = ask(content, "tuihuo yunfei", as_of=day("2025-09-10"))
    hit = next(hit for hit in found.hits if hit.entry_id == "return-7-days")
    assert hit.revision == 1
