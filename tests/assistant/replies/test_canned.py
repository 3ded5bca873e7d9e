from __future__ import annotations

from assistant.replies.canned import fill, template
from assistant.replies.model import Part
from kb.model import Channel
from tests.assistant.replies.conftest import Ask
from tests.assistant.replies.fakes import Library


def test_known_slots_are_filled_and_missing_ones_reported_and_left_visible() -> None:
    text, missing = fill("{{customer.name}}，订单 {{order.no}}。", {"customer.name": "李女士"})
    assert text == "李女士，订单 {{order.no}}。"
    assert missing == ("order.no",)


def test_a_value_cannot_smuggle_in_another_slot_or_a_line() -> None:
    text, missing = fill("{{a}}", {"a": "x\n{{b}}", "b": "secret"})
    assert text == "x {{b}}"
    assert missing == ()


def test_a_blank_value_counts_as_missing() -> None:
    assert fill("{{a}}", {"a": "  "}) == ("{{a}}", ("a",))


def test_the_variant_follows_the_channel(library: Library) -> None:
    revision = library.source("reply-delay", 1)
    email = template(revision, Channel.EMAIL)
    assert email[0][0].text == "{{customer.name}}，您好："
    assert template(revision, Channel.APP) == template(revision, Channel.CHAT)
    assert template(revision, Channel.PHONE) == template(revision, Channel.CHAT)


def test_parts_follow_the_order_empathise_confirm_resolve(library: Library) -> None:
    paragraphs = template(library.source("reply-delay", 1), Channel.CHAT)
    assert [p[0].part for p in paragraphs] == [Part.EMPATHY, Part.COMPENSATION, Part.ACTION]


def test_the_quote_is_the_template_and_slot_numbers_need_no_evidence(ask: Ask) -> None:
    slots = {"customer.name": "李女士", "order.no": "20261120777"}
    response = ask("怎么还没到", slots=slots)
    canned = next(s for s in response.suggestions if s.entry_id == "reply-delay")
    assert canned.text.startswith("李女士，让您白等了")
    fact = next(s for s in canned.sentences if "20261120777" in s.text)
    assert fact.evidence[0].quote.startswith("订单 {{order.no}} 超过")
    assert canned.slots_missing == ()


def test_missing_slots_are_on_the_sentence_and_the_suggestion(ask: Ask) -> None:
    response = ask("怎么还没到")
    canned = next(s for s in response.suggestions if s.entry_id == "reply-delay")
    assert canned.slots_missing == ("customer.name", "order.no")
    assert "{{order.no}}" in canned.text
