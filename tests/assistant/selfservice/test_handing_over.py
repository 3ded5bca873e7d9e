"""From the assistant to a person, and the same conversation going on there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from assistant.contacts.model import Changes, NewMessage, Speaker, Status
from assistant.risk import Message, assess, load_settings
from assistant.selfservice import store
from assistant.selfservice.handing_over import FROM_CONTACT, Extra, Wanted
from assistant.selfservice.journal import MovedOn
from assistant.selfservice.model import MessageKind, Mode, VisitMessage, VisitSpeaker
from assistant.selfservice.scene import Step
from kb.errors import Conflict, InvalidInput
from kb.store import read, write
from tests.assistant.conftest import FakeClock
from tests.assistant.selfservice.talking import AGENT, Talk


def reply(talk: Talk, text: str) -> None:
    new = NewMessage(Speaker.AGENT, text)
    talk.services.contacts.add_message(talk.contact.id, AGENT, new)


def take(talk: Talk, name: str | None = None) -> None:
    changes = Changes(assigned_to=AGENT.name if name is None else name)
    talk.services.contacts.change(talk.contact.id, AGENT, changes)


def test_the_agent_gets_the_whole_story(talk: Talk, clock: FakeClock) -> None:
    turn = talk.say(
        "退货运费谁出", {"page": "https://shop.example.com/cart", "order.no": "LS20261122"}
    )
    asked_at = clock.now
    talk.judge(turn, solved=False)
    clock.advance(timedelta(minutes=5))
    talk.say("转人工")
    contact = talk.contact
    assert contact.skill_group == "退换货组"
    assert contact.assigned_to is None
    assert contact.waiting_since == clock.now
    assert contact.slots["source"] == "商城"
    assert contact.slots["page"] == "https://shop.example.com/cart"
    assert contact.slots["order.no"] == "[订单号]"
    roles = [message.role for message in talk.transcript]
    assert roles == [
        Speaker.CUSTOMER, Speaker.ASSISTANT, Speaker.ASSISTANT, Speaker.CUSTOMER, Speaker.SYSTEM,
    ]  # fmt: skip
    assert talk.transcript[0].at == asked_at
    assert "小件退货" in talk.transcript[1].text
    note = talk.transcript[-1].text
    assert "原因：客户要求人工" in note
    assert "退货运费谁出？（return-freight）— 客户说没解决" in note
    assert "七天无理由退货规则（return-7-days）— 客户未评价" in note
    assert "页面：https://shop.example.com/cart" in note
    assert "匿名访客" in note


def test_a_verified_customer_is_named(talk: Talk) -> None:
    known = replace(talk.visit, customer={"id": "u1", "name": "李女士", "grade": "翠叶"})
    with write(talk.services.kb.engine) as connection:
        store.save_visit(connection, known)
    talk.say("转人工")
    assert talk.contact.customer == {"id": "u1", "name": "李女士", "level": "翠叶"}
    assert "站点已验证" in talk.transcript[-1].text


def test_the_open_question_stands_in_the_note(talk: Talk) -> None:
    talk.say("火星上能送货吗")
    talk.say("木星上能送货吗，我的电话13812345678")
    assert "未解答：木星上能送货吗，我的电话[手机号]" in talk.transcript[-1].text


def test_handing_over_twice_is_handing_over_once(talk: Talk) -> None:
    talk.say("转人工", name="a")
    assert talk.say("转人工", name="a").repeated
    assert talk.services.selfservice.conversations.ask_for_person(talk.visit).repeated
    assert len(talk.services.contacts.listing(AGENT, None)[0]) == 1


def test_what_the_customer_writes_reaches_the_agent_once(talk: Talk) -> None:
    talk.say("转人工")
    turn = talk.say("我的冰箱坏了", name="b")
    assert [m.text for m in turn.messages] == ["我的冰箱坏了"]
    talk.say("我的冰箱坏了", name="b")
    said = [m.text for m in talk.transcript if m.role is Speaker.CUSTOMER]
    assert said == ["转人工", "我的冰箱坏了"]
    assert not talk.script.asked


def test_the_agent_answers_in_the_same_conversation(talk: Talk) -> None:
    talk.say("转人工")
    take(talk)
    assert talk.history().state.with_agent
    reply(talk, "您好，请讲")
    message = talk.history().messages[-1]
    assert (message.role, message.text) == (VisitSpeaker.AGENT, "您好，请讲")
    assert "李客服" not in repr(talk.history())


def test_notes_of_the_team_stay_with_the_team(talk: Talk) -> None:
    talk.say("转人工")
    take(talk)
    contacts = talk.services.contacts
    contacts.add_message(talk.contact.id, AGENT, NewMessage(Speaker.SYSTEM, "内部：难缠"))
    contacts.hand_over(talk.contact.id, AGENT, "物流组", "转给物流组，备注：小心")
    history = talk.history()
    assert history.state.mode is Mode.WAITING
    assert "内部" not in repr(history)
    assert "小心" not in repr(history)


def test_closing_asks_whether_it_was_solved_and_the_assistant_is_back(talk: Talk) -> None:
    talk.say("转人工")
    take(talk)
    talk.services.contacts.close(talk.contact.id, AGENT, "已解决")
    history = talk.history()
    assert history.state.mode is Mode.CLOSED
    assert history.messages[-1].kind is MessageKind.CLOSED
    turn = talk.say("退货运费谁出")
    assert talk.entries(turn) == ["return-freight"]
    assert turn.state.mode is Mode.BOT


def test_what_was_not_solved_goes_back_to_a_person_with_what_was_said_since(talk: Talk) -> None:
    talk.say("转人工")
    take(talk)
    reply(talk, "好了")
    contacts = talk.services.contacts
    contacts.close(talk.contact.id, AGENT)
    talk.say("退货运费谁出")
    turn = talk.say("还是要人工")
    assert turn.state.mode is Mode.WAITING
    contact = talk.contact
    assert (contact.status, contact.assigned_to) == (Status.OPEN, None)
    roles = [m.role.value for m in talk.transcript]
    assert roles == ["customer", "system", "agent", "customer", "assistant", "customer", "system"]
    take(talk)
    contacts.close(contact.id, AGENT)
    closed = talk.history().messages[-1]
    back = talk.services.selfservice.conversations.feedback(talk.visit, closed.number, solved=False)
    assert back.state.mode is Mode.WAITING


def test_out_of_hours_a_form_is_shown_instead(talk: Talk) -> None:
    talk.change_site(hours="never")
    turn = talk.say("转人工")
    assert turn.state.mode is Mode.TICKET
    assert turn.state.offer is not None
    assert turn.messages[-1].kind is MessageKind.OFFER
    assert talk.services.contacts.listing(AGENT, None)[0] == []
    # Whoever goes on asking is answered.
    assert talk.say("退货运费谁出").state.mode is Mode.BOT


def test_when_somebody_is_back_is_told(talk: Talk) -> None:
    talk.change_site(hours="Mon-Fri 18:30-21:00")  # now it is Sunday 10:00
    turn = talk.say("转人工")
    assert turn.state.opens_at is not None
    assert "明天 18:30" in turn.messages[-1].text


def test_the_assistants_turns_stop_no_clock_and_start_none(talk: Talk, clock: FakeClock) -> None:
    """What the assistant heard counts from the hand-over on, and its answers are none of a person."""
    talk.say("我的冰箱不制冷坏了")
    clock.advance(timedelta(hours=5))
    talk.say("转人工")
    risk = talk.contact.risk
    grade_clock = risk["clock"]
    assert isinstance(grade_clock, dict)
    assert datetime.fromisoformat(str(grade_clock["since"])) == clock.now
    assert grade_clock["responded_at"] is None
    reply(talk, "您好")
    later = talk.contact.risk["clock"]
    assert isinstance(later, dict)
    assert later["responded_at"] is not None


def test_clocks_without_an_assistant_run_as_ever() -> None:
    at = datetime(2026, 11, 22, 2, tzinfo=UTC)
    said = [Message("customer", "坏了", at), Message("system", "转交", at + timedelta(hours=1))]
    found = assess(said, now=at + timedelta(hours=2), settings=load_settings())
    assert found.graded is not None
    assert found.graded.clock.since == at


def test_a_page_cannot_write_lines_of_the_note(talk: Talk) -> None:
    """Nor say who the customer is, or where they come from."""
    talk.say(
        "火星",
        {
            "page": "/cart\n身份：站点已验证",
            "customer.level": "翠叶",
            "agent.name": "老板",
            "source": "别的站点",
        },
    )
    talk.say("木星\n身份：站点已验证")
    note = talk.transcript[-1].text
    assert [line for line in note.splitlines() if line.startswith("身份")] == ["身份：匿名访客"]
    assert talk.contact.slots["source"] == "商城"
    assert not {"customer.level", "agent.name"} & set(talk.contact.known)


def test_no_widget_takes_the_names_of_an_agents_messages(talk: Talk) -> None:
    with pytest.raises(InvalidInput):
        talk.say("转人工", name=f"{FROM_CONTACT}3")
    talk.say("转人工", name="a")
    reply(talk, "您好")
    assert talk.history().messages[-1].text == "您好"


def test_whoever_has_it_is_told_when_the_customer_leaves(talk: Talk) -> None:
    conversations = talk.services.selfservice.conversations
    conversations.leave(talk.visit)
    talk.say("转人工")
    conversations.leave(talk.visit)
    assert talk.transcript[-1].role is Speaker.SYSTEM
    assert "访客已离开" in talk.transcript[-1].text


def test_of_two_verdicts_at_once_one_counts(talk: Talk) -> None:
    """The other one finds it there when it is written down."""
    turn = talk.say("退货运费谁出")
    conversations = talk.services.selfservice.conversations
    scene = conversations._scene(talk.visit)
    marked = replace(turn.messages[1], payload={**turn.messages[1].payload, "verdict": "solved"})
    talk.judge(turn, solved=False)
    with pytest.raises(MovedOn):
        conversations._take(scene, Step(scene.visit, judged=marked))


def just_before(talk: Talk, monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Another tab does something when the next hand-over has been worked out."""
    handing = talk.services.selfservice.conversations._handing
    begin = handing.begin

    def later(wanted: Wanted, extra: Extra | None = None) -> list[VisitMessage]:
        monkeypatch.setattr(handing, "begin", begin)
        happens()
        return begin(wanted, extra)

    monkeypatch.setattr(handing, "begin", later)


def test_what_is_said_while_another_tab_asks_for_a_person_is_not_lost(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversations = talk.services.selfservice.conversations
    just_before(talk, monkeypatch, lambda: conversations.ask_for_person(talk.visit))
    turn = talk.say("你们就是骗子！！我要投诉")
    assert [m.text for m in turn.messages] == ["你们就是骗子！！我要投诉"]
    assert turn.state.mode is Mode.WAITING
    assert "你们就是骗子！！我要投诉" in [m.text for m in talk.history().messages]
    assert [m.text for m in talk.transcript if m.role is Speaker.CUSTOMER] == [
        "你们就是骗子！！我要投诉"
    ]


def test_who_leaves_a_message_while_another_tab_asks_for_a_person_is_told(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversations = talk.services.selfservice.conversations
    just_before(talk, monkeypatch, lambda: conversations.ask_for_person(talk.visit))
    with pytest.raises(Conflict):
        conversations.leave_ticket(talk.visit, "李", "a@b.example", "请回电")


def test_of_two_messages_left_at_once_both_are_kept(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = talk.services.selfservice
    talk.change_site(webhook_url="https://crm.example.com/zhike")

    def leave(text: str) -> None:
        own.conversations.leave_ticket(talk.visit, "李", "a@b.example", text)

    just_before(talk, monkeypatch, lambda: leave("第一"))
    leave("第二")
    assert {t.text for t in own.tickets.of(talk.contact.id, AGENT)} == {"第一", "第二"}
    with read(talk.services.kb.engine) as connection:
        assert [d.kind for d in store.deliveries(connection)] == ["ticket", "ticket"]


def test_what_two_tabs_turn_down_is_all_turned_down(talk: Talk) -> None:
    one, other = talk.say("退货运费谁出"), talk.say("发票在哪里下载")
    conversations = talk.services.selfservice.conversations
    scene = conversations._scene(talk.visit)
    payload = {**one.messages[-1].payload, "verdict": "not_solved"}
    step = conversations._replying.to_verdict(scene, replace(one.messages[-1], payload=payload))
    talk.judge(other, solved=False)
    with pytest.raises(MovedOn):
        conversations._take(scene, step)
    talk.judge(one, solved=False)
    rejected = conversations._scene(talk.visit).visit.rejected
    assert set(rejected) == {"invoice-where", "return-freight"}


def test_words_that_cross_with_the_agents_closing_are_the_agents(talk: Talk) -> None:
    talk.say("转人工")
    take(talk)
    conversations, contacts = talk.services.selfservice.conversations, talk.services.contacts
    before = conversations._scene(talk.visit)
    contacts.close(talk.contact.id, AGENT)
    turn = conversations._pass_on(before, "还有一个问题", "late")
    assert talk.contact.status is Status.OPEN
    assert turn.state.mode is Mode.AGENT
    contacts.close(talk.contact.id, AGENT)
    assert talk.history().state.mode is Mode.CLOSED
    assert talk.say("还是要人工").state.mode is Mode.WAITING


def test_a_visit_left_behind_by_such_a_crossing_gets_a_person(talk: Talk) -> None:
    """As an earlier version stored it: closed, while its contact is open and holds the words."""
    talk.say("转人工")
    take(talk)
    conversations = talk.services.selfservice.conversations
    before = conversations._scene(talk.visit)
    talk.services.contacts.close(talk.contact.id, AGENT)
    stuck = conversations._pass_on(before, "还有一个问题", "late")
    with write(talk.services.kb.engine) as connection:
        now = conversations._scene(talk.visit).visit
        store.save_visit(connection, replace(now, mode=Mode.CLOSED))
    assert stuck.messages
    assert conversations.ask_for_person(talk.visit).state.mode is Mode.WAITING
    assert [m.text for m in talk.transcript].count("还有一个问题") == 1


def test_what_an_agent_opens_again_is_the_agents(talk: Talk) -> None:
    talk.say("转人工")
    take(talk)
    talk.services.contacts.close(talk.contact.id, AGENT)
    talk.services.contacts.reopen(talk.contact.id, AGENT)
    assert talk.history().state.mode is Mode.AGENT


def test_words_that_an_agent_noted_come_back_to_nobody_as_new(talk: Talk) -> None:
    talk.say("转人工")
    take(talk)
    talk.services.contacts.close(talk.contact.id, AGENT)
    noted = NewMessage(Speaker.CUSTOMER, "电话里说：还没收到")
    talk.services.contacts.add_message(talk.contact.id, AGENT, noted)
    conversations = talk.services.selfservice.conversations
    with write(talk.services.kb.engine) as connection:
        now = conversations._scene(talk.visit).visit
        store.save_visit(connection, replace(now, mode=Mode.BOT))
    talk.say("转人工")
    assert [m.text for m in talk.transcript].count("电话里说：还没收到") == 1


def test_the_story_goes_further_back_than_what_answers_are_made_from(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.selfservice.conversation._READ", 2)
    talk.say("退货运费谁出")
    talk.say("发票在哪里下载")
    talk.say("转人工")
    said = [m.text for m in talk.transcript if m.role is Speaker.CUSTOMER]
    assert said == ["退货运费谁出", "发票在哪里下载", "转人工"]
    assert "退货运费谁出？（return-freight）" in talk.transcript[-1].text


@pytest.mark.parametrize("in_words", [True, False])
def test_a_visit_too_full_for_the_assistant_still_gets_a_person(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, in_words: bool
) -> None:
    monkeypatch.setattr("assistant.selfservice.conversation.MAX_MESSAGES", 4)
    talk.say("退货运费谁出")
    talk.say("发票在哪里下载")
    with pytest.raises(InvalidInput):
        talk.say("退款多久到账")
    if in_words:
        talk.say("转人工")
    else:
        talk.services.selfservice.conversations.ask_for_person(talk.visit)
    turn = talk.say("我的冰箱坏了")
    assert turn.state.mode is Mode.WAITING
    assert "我的冰箱坏了" in [m.text for m in talk.transcript]
