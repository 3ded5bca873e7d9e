"""Answers for customers: short, from public articles alone, and none that was turned down."""

from __future__ import annotations

import pytest

from assistant.replies.tables import load_tables
from assistant.selfservice.answering import Asked, PublicAnswers
from assistant.wiring import Services
from kb.sections import plain_text
from tests.assistant.selfservice.talking import Script


@pytest.fixture
def answers(talk_services: Services, script: Script) -> PublicAnswers:
    own = talk_services.selfservice
    return PublicAnswers(script, own.knowledge, load_tables(), talk_services.clock,
                         owners=lambda entry_id: f"组 {entry_id}")  # fmt: skip


def ids(answers: PublicAnswers, asked: Asked) -> list[str]:
    return [answer.entry_id for answer in answers.reply(asked).answers]


def test_every_sentence_stands_in_the_public_revision(
    answers: PublicAnswers, talk_services: Services
) -> None:
    reply = answers.reply(Asked("退货运费谁出"))
    (answer,) = reply.answers
    revision = talk_services.selfservice.knowledge.article(answer.entry_id)
    assert revision is not None
    assert answer.short == ("小件退货由客户承担 10 元运费。".replace("客户", "您"),)
    assert answer.evidence
    for piece in answer.evidence:
        assert (piece.entry_id, piece.revision) == (revision.entry_id, revision.number)
        assert piece.quote in plain_text(revision.content.body)
    assert reply.owner == "组 return-freight"
    assert answer.valid_since == revision.published_at


def test_what_is_not_public_is_never_said_although_it_is_found(
    answers: PublicAnswers, script: Script
) -> None:
    """Even a searcher that hands over internal ids, and surer ones, changes nothing."""
    reply = answers.reply(Asked("能补偿多少"))
    assert script.asked
    assert reply.answers == ()
    assert reply.clarify is None
    assert reply.unanswered == ("能补偿多少",)
    assert answers.reply(Asked("补偿权限", chosen="authority")).answers == ()
    assert "authority" not in repr(answers.suggestions("补偿"))
    assert answers.suggestions("补偿") == ("七天无理由退货规则",)


def test_several_questions_get_an_answer_each(answers: PublicAnswers) -> None:
    asked = Asked("退款多久到账？发票怎么开？")
    assert ids(answers, asked) == ["refund-when", "invoice-where"]


def test_a_part_without_an_answer_is_told(answers: PublicAnswers) -> None:
    reply = answers.reply(Asked("退款多久到账？火星能送货吗？"))
    assert [answer.entry_id for answer in reply.answers] == ["refund-when"]
    assert reply.unanswered == ("火星能送货吗？",)


def test_a_rejected_article_makes_way_for_the_next(answers: PublicAnswers) -> None:
    assert ids(answers, Asked("退货运费")) == ["return-freight"]
    again = Asked("退货运费", rejected=frozenset({"return-freight"}))
    assert ids(answers, again) == ["return-7-days"]
    none = Asked("退货运费", rejected=frozenset({"return-freight", "return-7-days"}))
    assert answers.reply(none).answers == ()


def test_two_products_are_asked_about_and_the_choice_is_answered(answers: PublicAnswers) -> None:
    reply = answers.reply(Asked("不制冷怎么办"))
    assert reply.answers == ()
    assert reply.clarify is not None
    options = {option.entry_id: option.text for option in reply.clarify.options}
    assert set(options) == {"fridge-not-cooling", "ac-not-cooling"}
    chosen = Asked(options["ac-not-cooling"], ("不制冷怎么办",), chosen="ac-not-cooling")
    (answer,) = answers.reply(chosen).answers
    assert answer.entry_id == "ac-not-cooling"


def test_the_page_tells_the_product(answers: PublicAnswers) -> None:
    assert ids(answers, Asked("不制冷怎么办", product="breeze-26")) == ["ac-not-cooling"]
    assert ids(answers, Asked("不制冷怎么办", product="霜序 452 冰箱")) == ["fridge-not-cooling"]


def test_a_product_in_the_question_counts_more_than_the_page(answers: PublicAnswers) -> None:
    assert ids(answers, Asked("空调不制冷", product="frost-452")) == ["ac-not-cooling"]


def test_a_follow_up_hangs_on_what_was_said(answers: PublicAnswers) -> None:
    assert ids(answers, Asked("那谁出", ("退货运费",))) == ["return-freight"]
    assert answers.reply(Asked("那谁出")).answers == ()


def test_an_order_number_is_filled_in_and_never_left_open(answers: PublicAnswers) -> None:
    (answer,) = answers.reply(Asked("催单", slots={"order.no": "LS20261122"})).answers
    assert "LS20261122" in answer.short[0]
    assert answers.reply(Asked("催单")).answers == ()


def test_below_the_threshold_nothing_is_claimed(answers: PublicAnswers) -> None:
    """Two unsure articles are asked about, one alone is not enough even for that."""
    reply = answers.reply(Asked("含糊的问题"))
    assert reply.answers == ()
    assert reply.clarify is not None
    assert answers.reply(Asked("火星")).clarify is None
