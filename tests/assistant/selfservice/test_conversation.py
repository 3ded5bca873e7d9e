"""A customer talks to the assistant: what it says, what it remembers, and when it gives up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assistant.risk.model import HandoverReason
from assistant.selfservice.conversation import MAX_TEXT
from assistant.selfservice.model import MessageKind, Mode, VisitSpeaker
from assistant.selfservice.store import said_in
from kb.errors import InvalidInput, NotFound
from kb.store import read
from tests.assistant.conftest import FakeClock
from tests.assistant.selfservice.talking import Talk


def kinds(talk: Talk) -> list[str]:
    return [message.kind.value for message in talk.history().messages]


def test_a_question_is_answered_and_both_are_kept(talk: Talk) -> None:
    turn = talk.say("退货运费谁出")
    asked, answered = turn.messages
    assert (asked.role, asked.number, asked.text) == (VisitSpeaker.CUSTOMER, 1, "退货运费谁出")
    assert (answered.role, answered.kind) == (VisitSpeaker.ASSISTANT, MessageKind.ANSWER)
    assert talk.entries(turn) == ["return-freight"]
    assert turn.state.mode is Mode.BOT
    assert talk.history().messages == turn.messages


@pytest.mark.parametrize(
    ("text", "part"),
    [("你好", "智能助手"), ("谢谢!", "不客气"), ("再见", "再见"), ("hello", "virtual assistant"),
     ("你是机器人吗", "智能助手")],
)  # fmt: skip
def test_small_talk_has_a_fixed_answer_and_no_search(talk: Talk, text: str, part: str) -> None:
    turn = talk.say(text)
    assert turn.messages[-1].kind is MessageKind.SAID
    assert part in turn.messages[-1].text
    assert not talk.script.asked


def test_a_greeting_in_front_of_a_question_is_no_small_talk(talk: Talk) -> None:
    assert talk.entries(talk.say("你好，退货运费谁出")) == ["return-freight"]


def test_the_same_name_is_the_same_message(talk: Talk) -> None:
    first = talk.say("退货运费谁出", name="a")
    searched = len(talk.script.asked)
    again = talk.say("退货运费谁出", name="a")
    assert again.repeated
    assert again.messages == first.messages
    assert len(talk.script.asked) == searched
    assert len(talk.history().messages) == 2


def test_what_is_stored_is_masked_and_what_is_searched_is_not(talk: Talk) -> None:
    talk.say("我的手机13812345678，退货运费谁出", {"order.no": "LS202611220001", "page": "/cart"})
    assert "13812345678" in talk.script.asked[0].query
    with read(talk.services.kb.engine) as connection:
        stored = repr(said_in(connection, talk.visit.id))
    assert "13812345678" not in stored
    assert "LS202611220001" not in stored
    assert "/cart" in stored


def test_an_order_number_is_told_once_and_kept_masked(talk: Talk) -> None:
    turn = talk.say("催单", {"order.no": "LS202611220001"})
    assert "LS202611220001" in turn.answers[0].short[0]
    stored = repr(talk.history().messages)
    assert "LS202611220001" not in stored
    assert "[订单号]" in stored


def test_a_choice_is_understood_with_the_question_before_it(talk: Talk) -> None:
    asked_back = talk.say("不制冷怎么办").messages[-1]
    assert asked_back.kind is MessageKind.CLARIFY
    options = asked_back.payload["options"]
    assert isinstance(options, list)
    (text,) = [o["text"] for o in options if o["id"] == "ac-not-cooling"]
    turn = talk.say(text)
    assert talk.entries(turn) == ["ac-not-cooling"]
    assert talk.services.selfservice.conversations.history(talk.visit).state.offer is None
    # Having been asked back was no miss: one more message without an answer is the first.
    assert talk.say("火星").messages[-1].kind is MessageKind.ABSTAIN


def test_nothing_is_asked_back_twice_in_a_row(talk: Talk) -> None:
    assert talk.say("不制冷怎么办").messages[-1].kind is MessageKind.CLARIFY
    assert talk.say("就是不制冷").messages[-1].kind is not MessageKind.CLARIFY


def test_one_miss_is_admitted_and_the_second_brings_a_person(talk: Talk) -> None:
    first = talk.say("火星上能送货吗")
    assert first.messages[-1].kind is MessageKind.ABSTAIN
    assert first.state.offer is HandoverReason.NO_KNOWLEDGE
    second = talk.say("木星呢")
    assert second.state.mode is Mode.WAITING
    assert second.messages[-1].kind is MessageKind.HANDOVER
    assert second.messages[-1].payload["reason"] == "no_knowledge"


def test_an_answer_in_between_begins_the_count_anew(talk: Talk) -> None:
    talk.say("火星上能送货吗")
    talk.say("退货运费谁出")
    assert talk.say("木星上能送货吗").state.mode is Mode.BOT


def test_gaps_are_noted_for_those_who_write(talk: Talk) -> None:
    talk.say("火星上能送货吗")
    gaps, _total = talk.services.insights.gaps()
    assert [gap.query for gap in gaps] == ["火星上能送货吗"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("转人工", "asked_for_person"),
        ("你们就是骗子！！气死我了", "upset"),
        ("再不处理我就打12315", "sensitive"),
    ],
)
def test_some_messages_bring_a_person_at_once(talk: Talk, text: str, reason: str) -> None:
    turn = talk.say(text)
    assert turn.state.mode is Mode.WAITING
    assert turn.messages[-1].payload["reason"] == reason
    assert not talk.script.asked


def test_a_plain_question_is_no_outburst(talk: Talk) -> None:
    """The mood model alone hears anger in this; no word shows it."""
    assert talk.say("你们卖洗衣机吗").state.mode is Mode.BOT


def test_a_worried_customer_is_answered_with_a_kind_word(talk: Talk) -> None:
    turn = talk.say("退款一直没到账，急死我了，怎么办")
    assert talk.entries(turn) == ["refund-when"]
    assert "着急" in turn.messages[-1].text


def test_not_solved_brings_the_next_best_and_never_the_same_again(talk: Talk) -> None:
    turn = talk.say("退货运费谁出")
    turn = talk.judge(turn, solved=False)
    assert talk.entries(turn) == ["return-7-days"]
    turn = talk.judge(turn, solved=False)
    assert turn.messages[-1].kind is MessageKind.ABSTAIN
    assert turn.state.offer is HandoverReason.NO_KNOWLEDGE
    assert "return-freight" not in talk.entries(talk.say("退货运费谁出"))
    every = [e for m in talk.history().messages for e in m.payload.get("answers", [])]  # type: ignore[attr-defined]
    assert [e["id"] for e in every] == ["return-freight", "return-7-days"]


def test_a_verdict_counts_once(talk: Talk) -> None:
    turn = talk.say("退货运费谁出")
    number = turn.messages[-1].number
    talk.judge(turn, solved=True)
    count = len(talk.history().messages)
    again = talk.services.selfservice.conversations.feedback(talk.visit, number, solved=False)
    assert again.repeated
    assert len(talk.history().messages) == count
    for number in (0, 1, 99):
        with pytest.raises(NotFound):
            talk.services.selfservice.conversations.feedback(talk.visit, number, solved=True)


def test_what_helped_is_counted(talk: Talk) -> None:
    insights, helpful = talk.services.insights, talk.services.selfservice.helpful
    talk.judge(talk.say("退货运费谁出"), solved=True)
    talk.judge(talk.say("发票在哪里"), solved=False)
    insights.gaps()  # waits for what is still being noted
    assert insights.usage() == {"return-freight": 1}
    assert (helpful.lately("return-freight").yes, helpful.lately("invoice-where").no) == (1, 1)


def test_the_same_words_are_not_said_again_to_who_is_not_helped(talk: Talk) -> None:
    """还是不行: the answer that was just given is passed over."""
    talk.say("退货运费谁出")
    assert talk.entries(talk.say("那还是没说清运费谁出")) == ["return-7-days"]


def test_answers_come_in_the_language_of_the_message(talk: Talk) -> None:
    turn = talk.say("Can you deliver to Mars?")
    assert turn.messages[-1].text.startswith("I found no reliable answer")


def test_too_much_is_refused(talk: Talk) -> None:
    for text in ("", "  \n", "长" * (MAX_TEXT + 1)):
        with pytest.raises(InvalidInput):
            talk.say(text)
    assert not talk.history().messages


def test_an_ended_visit_says_nothing_more(talk: Talk) -> None:
    talk.services.selfservice.sessions.end(talk.visit.id)
    with pytest.raises(NotFound):
        talk.say("退货运费谁出")


def test_who_comes_back_later_has_not_missed_anything(talk: Talk, clock: FakeClock) -> None:
    talk.say("退货运费谁出")
    clock.advance(timedelta(minutes=20))
    assert talk.entries(talk.say("到账要多久")) == ["refund-when"]
    assert kinds(talk) == ["said", "answer", "said", "answer"]
