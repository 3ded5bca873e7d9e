"""What customers leave while nobody is there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assistant.accounts.roles import Principal, PrincipalKind, Role
from assistant.contacts.model import Changes, NewMessage, Speaker
from assistant.selfservice import store
from assistant.selfservice.model import MessageKind, Mode
from kb.errors import Conflict, NotFound
from kb.store import read
from tests.assistant.conftest import FakeClock
from tests.assistant.selfservice.talking import AGENT, Talk

OTHER = Principal(PrincipalKind.PERSON, "w", "王客服", Role.AGENT, login="w")


def leave(talk: Talk) -> None:
    talk.change_site(hours="never")
    talk.say("退货运费谁出")
    talk.say("转人工")
    turn = talk.services.selfservice.conversations.leave_ticket(
        talk.visit, "李女士", "13812345678", "请回电 13812345678，冰箱坏了"
    )
    assert turn.state.mode is Mode.BOT
    assert turn.messages[-1].kind is MessageKind.TICKET


def test_a_ticket_is_a_contact_with_a_way_to_reach_them(talk: Talk) -> None:
    leave(talk)
    contact = talk.contact
    assert contact.customer["name"] == "李女士"
    assert "访客留言" in talk.transcript[-1].text
    assert talk.transcript[-2].role is Speaker.ASSISTANT
    (ticket,) = talk.services.selfservice.tickets.of(contact.id, AGENT)
    assert (ticket.name, ticket.reach) == ("李女士", "13812345678")
    assert ticket.text == "请回电 [手机号]，冰箱坏了"
    assert ticket.done_at is None


def test_the_number_stands_nowhere_else(talk: Talk) -> None:
    leave(talk)
    assert "13812345678" not in repr(talk.history())
    assert "13812345678" not in repr(talk.transcript)
    assert "13812345678" not in repr(talk.contact)
    with read(talk.services.kb.engine) as connection:
        assert "13812345678" not in repr(store.deliveries(connection))


def test_only_who_may_see_the_contact_sees_the_ticket(talk: Talk) -> None:
    leave(talk)
    tickets = talk.services.selfservice.tickets
    talk.services.contacts.change(talk.contact.id, AGENT, Changes(assigned_to=AGENT.name))
    contact_id = talk.contact.id
    with pytest.raises(NotFound):
        tickets.of(contact_id, OTHER)
    (ticket,) = tickets.of(contact_id, AGENT)
    with pytest.raises(NotFound):
        tickets.finish(contact_id, ticket.id, OTHER)


def test_done_is_done_the_first_time(talk: Talk, clock: FakeClock) -> None:
    leave(talk)
    tickets, contact_id = talk.services.selfservice.tickets, talk.contact.id
    (ticket,) = tickets.of(contact_id, AGENT)
    (done,) = tickets.finish(contact_id, ticket.id, AGENT)
    assert done.done_at == clock.now
    clock.advance(timedelta(hours=1))
    (again,) = tickets.finish(contact_id, ticket.id, AGENT)
    assert again.done_at == done.done_at
    with pytest.raises(NotFound):
        tickets.finish(contact_id, "0" * 12, AGENT)


def test_an_agent_who_answers_a_ticket_has_the_conversation(talk: Talk) -> None:
    leave(talk)
    talk.services.contacts.add_message(
        talk.contact.id, AGENT, NewMessage(Speaker.AGENT, "您好，看到您的留言了")
    )
    history = talk.history()
    assert history.state.mode is Mode.AGENT
    assert history.messages[-1].text == "您好，看到您的留言了"


def test_a_second_ticket_joins_the_first(talk: Talk, clock: FakeClock) -> None:
    leave(talk)
    clock.advance(timedelta(minutes=1))
    talk.services.selfservice.conversations.leave_ticket(
        talk.visit, "李女士", "a@b.example", "补充"
    )
    assert len(talk.services.contacts.listing(AGENT, None)[0]) == 1
    tickets = talk.services.selfservice.tickets.of(talk.contact.id, AGENT)
    assert [ticket.reach for ticket in tickets] == ["13812345678", "a@b.example"]
    assert [m.text for m in talk.transcript if m.text == "补充"] == ["补充"]


def test_no_ticket_while_a_person_is_there(talk: Talk) -> None:
    talk.say("转人工")
    with pytest.raises(Conflict):
        talk.services.selfservice.conversations.leave_ticket(
            talk.visit, "李", "a@b.example", "补充"
        )


def test_the_same_name_is_the_same_ticket(talk: Talk) -> None:
    """Also when somebody has taken it on meanwhile."""
    conversations = talk.services.selfservice.conversations
    given = (talk.visit, "李女士", "a@b.example", "请回电", "t1")
    first = conversations.leave_ticket(*given)
    again = conversations.leave_ticket(*given)
    assert (first.repeated, again.repeated) == (False, True)
    assert again.messages == first.messages
    new = NewMessage(Speaker.AGENT, "您好")
    talk.services.contacts.add_message(talk.contact.id, AGENT, new)
    assert conversations.leave_ticket(*given).repeated
    assert len(talk.services.selfservice.tickets.of(talk.contact.id, AGENT)) == 1
    assert [m.text for m in talk.transcript].count("请回电") == 1
