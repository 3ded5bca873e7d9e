from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assistant.replies.grounding import Gate
from assistant.replies.model import Evidence, Part, Sentence
from kb.model import Audience, Status
from tests.assistant.replies.fakes import NOW, Library

QUOTE = "使用微信支付付款的订单，退款在 1–3 个工作日到账。"
EVERYBODY = frozenset(Audience)


def said(text: str, quote: str = QUOTE, entry: str = "refund-timing", number: int = 1) -> Sentence:
    return Sentence(text, Part.FACTS, (Evidence(entry, number, quote),))


@pytest.fixture
def gate(library: Library) -> Gate:
    return Gate(library.source, NOW, EVERYBODY)


def test_a_quoted_sentence_passes(gate: Gate) -> None:
    assert gate.passes(said(QUOTE))


@pytest.mark.parametrize(
    "tampered",
    [
        "使用微信支付付款的订单，退款在 1–2 个工作日到账。",
        "使用微信支付付款的订单，退款在 1–3 天到账。",
        "使用微信支付付款的订单，退款在 1–3 个工作日到账，另补 5 元。",
        "退款在 11 月 30 日到账。",
    ],
)
def test_a_number_that_is_not_in_the_quote_is_dropped(gate: Gate, tampered: str) -> None:
    assert not gate.passes(said(tampered))


def test_the_same_number_in_other_figures_passes(gate: Gate) -> None:
    assert gate.passes(said("微信支付的退款，一至三个工作日到账。"))


def test_a_quote_that_is_not_in_the_revision_is_dropped(gate: Gate) -> None:
    assert not gate.passes(said("退款在 9 天到账。", quote="退款在 9 天到账。"))


def test_a_fact_without_evidence_is_dropped(gate: Gate) -> None:
    assert not gate.passes(Sentence("退款很快到账。", Part.FACTS))


def test_empathy_needs_no_evidence_but_may_state_no_number(gate: Gate) -> None:
    assert gate.passes(Sentence("理解您着急的心情。", Part.EMPATHY))
    assert not gate.passes(Sentence("我们 2 小时内解决。", Part.EMPATHY))


def test_every_quote_must_hold(gate: Gate) -> None:
    good, bad = Evidence("refund-timing", 1, QUOTE), Evidence("refund-timing", 1, "没有这句")
    assert not gate.passes(Sentence(QUOTE, Part.FACTS, (good, bad)))


@pytest.mark.parametrize("entry", ["authority", "agent-grades", "case-late"])
def test_text_for_staff_never_goes_to_a_customer(gate: Gate, library: Library, entry: str) -> None:
    text = library.source(entry, 1).content.body.splitlines()[1]
    assert not gate.passes(said(text, quote=text, entry=entry))


def test_a_canned_reply_for_agents_may_be_sent_an_internal_one_not(library: Library) -> None:
    text = "请在“我的-订单”里点“延迟补偿”领取。"
    sentence = said(text, quote=text, entry="reply-delay")
    assert Gate(library.source, NOW, EVERYBODY).passes(sentence)
    content = library.source("reply-delay", 1).content
    library.change("reply-delay", content=replace(content, audience=Audience.INTERNAL))
    assert not Gate(library.source, NOW, EVERYBODY).passes(sentence)


def test_what_the_caller_may_not_read_is_not_said(library: Library) -> None:
    text = "请在“我的-订单”里点“延迟补偿”领取。"
    customers = Gate(library.source, NOW, frozenset({Audience.CUSTOMER}))
    assert not customers.passes(said(text, quote=text, entry="reply-delay"))


def test_an_unknown_revision_is_dropped(gate: Gate) -> None:
    assert not gate.passes(said(QUOTE, number=9))


def test_a_withdrawn_revision_is_dropped(library: Library, gate: Gate) -> None:
    library.change("refund-timing", status=Status.WITHDRAWN)
    assert not gate.passes(said(QUOTE))


def test_validity_is_half_open(library: Library) -> None:
    content = library.source("refund-timing", 1).content
    start, end = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    library.change(
        "refund-timing", content=replace(content, effective_from=start, effective_until=end)
    )

    def passes(moment: datetime) -> bool:
        return Gate(library.source, moment, EVERYBODY).passes(said(QUOTE))

    assert passes(start)
    assert not passes(end)
    assert not passes(datetime(2026, 5, 31, tzinfo=UTC))
