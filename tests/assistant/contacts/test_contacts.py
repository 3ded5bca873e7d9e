"""Contacts: masked, idempotent, taken by one, forgotten in time; on each kind of database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from assistant.contacts.contacts import Contacts
from assistant.contacts.model import (
    MAX_MESSAGES,
    Changes,
    Message,
    NewContact,
    NewMessage,
    Speaker,
    Status,
)
from assistant.contacts.rules import MAX_SLOTS
from kb import tables
from kb.errors import Conflict, InvalidInput, NotFound
from kb.model import Channel
from kb.store import read, write
from tests.assistant.conftest import NOW, FakeClock
from tests.assistant.contacts.conftest import BOSS, LI, PLATFORM, WANG

Open = Callable[..., str]
HOSTILE = (
    "<script>alert(1)</script>",
    "\x00nul and \x1b[31m escape",
    "\r\n\r\ndata: forged\n\nid: 9\n\n",
    "\u2028\u2029\u202e反转\ufeff",
    "'; DROP TABLE contact; --",
    "{{7*7}} ${x} %s %n",
    "𠮷" * 2000,
    '"\\u0000"',
)


def says(text: str, role: Speaker = Speaker.CUSTOMER, external_id: str | None = None) -> NewMessage:
    return NewMessage(role, text, external_id)


def everything(engine: Engine) -> str:
    """All that the database holds of contacts, as one text."""
    names = ("contact", "contact_message", "contact_read", "event")
    kept = [tables.metadata.tables[name] for name in names]
    with read(engine) as connection:
        return "\n".join(str(row) for table in kept for row in connection.execute(table.select()))


def test_personal_data_is_masked_before_it_is_stored(contacts: Contacts, database: Engine) -> None:
    mobile, mail, order = "13812345678", "li@example.com", "LS20251110001"
    new = NewContact(
        Channel.CHAT,
        customer={"name": "李女士", "phone": mobile},
        slots={"order.no": order, mobile: "x"},
        messages=(says(f"我的手机{mobile}"),),
        external_id=f"wx:{mobile}",
    )
    contact_id = contacts.create(new, PLATFORM)[0].contact.id
    contacts.add_message(contact_id, LI, says(f"请发到{mail}", Speaker.AGENT, f"m {mail}"))
    contacts.change(contact_id, LI, Changes(slots={"mail": mail}))
    contacts.hand_over(contact_id, LI, f"组{mobile}", f"订单 {order}")
    contacts.close(contact_id, LI, f"已联系{mobile}")
    kept = everything(database)
    assert "李女士" in kept
    assert "已联系[手机号]" in kept
    for secret in (mobile, mail, order):
        assert secret not in kept


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_comes_back_as_it_was(contacts: Contacts, opened: Open, text: str) -> None:
    contact_id = opened(text)
    contacts.change(contact_id, LI, Changes(slots={text[:200]: text}))
    contacts.close(contact_id, LI, text)
    seen, messages, _ = contacts.get(contact_id, LI)
    assert messages[0].text == text
    assert seen.contact.slots == {text[:200]: text}
    assert seen.contact.outcome == text


def test_an_external_id_names_one_contact_and_one_message(contacts: Contacts, opened: Open) -> None:
    contact_id = opened("在吗", external_id="wx:13812345678")
    again, created = contacts.create(
        NewContact(Channel.EMAIL, external_id="wx:13812345678"), PLATFORM
    )
    assert (again.contact.id, again.contact.channel, created) == (contact_id, Channel.CHAT, False)
    first, new = contacts.add_message(contact_id, PLATFORM, says("第一句", external_id="m1"))
    other, old = contacts.add_message(contact_id, PLATFORM, says("改过的", external_id="m1"))
    assert (new, old) == (True, False)
    assert other == first
    assert len(contacts.get(contact_id, LI)[1]) == 2


def test_messages_of_one_external_id_in_one_request_are_one(contacts: Contacts) -> None:
    sent = (says("甲", external_id="m1"), says("乙"), says("甲", external_id="m1"))
    seen, _ = contacts.create(NewContact(Channel.CHAT, messages=sent), PLATFORM)
    assert [m.text for m in contacts.get(seen.contact.id, LI)[1]] == ["甲", "乙"]


def test_long_numbers_of_a_platform_stay_as_they_are(contacts: Contacts, opened: Open) -> None:
    contact_id = opened()
    for number in (*range(10**12 * 4, 10**12 * 4 + 40), 7_301_234_567_890_123_456):
        added, _ = contacts.add_message(contact_id, PLATFORM, says("x", external_id=str(number)))
        assert added.external_id == str(number)


def test_the_same_message_from_many_senders_at_once_is_stored_once(
    contacts: Contacts, opened: Open
) -> None:
    contact_id = opened()

    def send(_: int) -> bool:
        return contacts.add_message(contact_id, PLATFORM, says("一次", external_id="m1"))[1]

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, range(8))) == [False] * 7 + [True]
    assert contacts.get(contact_id, LI)[0].contact.message_count == 1


def test_the_waiting_clock_runs_from_the_first_unanswered_message(
    contacts: Contacts, opened: Open, clock: FakeClock
) -> None:
    contact_id = opened("第一句")
    clock.advance(timedelta(minutes=3))
    contacts.add_message(contact_id, PLATFORM, says("第二句"))
    assert contacts.get(contact_id, LI)[0].contact.waiting_since == NOW
    contacts.add_message(contact_id, PLATFORM, says("排队中", Speaker.SYSTEM))
    assert contacts.get(contact_id, LI)[0].contact.waiting_since == NOW
    contacts.add_message(contact_id, LI, says("您好", Speaker.AGENT))
    assert contacts.get(contact_id, LI)[0].contact.waiting_since is None
    clock.advance(timedelta(minutes=1))
    contacts.add_message(contact_id, PLATFORM, says("第三句"))
    contact = contacts.get(contact_id, LI)[0].contact
    assert contact.waiting_since == contact.last_message_at == NOW + timedelta(minutes=4)


def test_unread_counts_for_each_reader(contacts: Contacts, opened: Open) -> None:
    contact_id = opened("一", "二")
    contacts.change(contact_id, LI, Changes(assigned_to=LI.name))
    assert contacts.get(contact_id, LI)[0].unread == 2
    assert contacts.mark_read(contact_id, LI).unread == 0
    assert contacts.get(contact_id, BOSS)[0].unread == 2
    contacts.add_message(contact_id, PLATFORM, says("三"))
    assert contacts.listing(LI)[0][0].unread == 1
    # What the platform sends for the agent counts as read by the agent.
    contacts.add_message(contact_id, PLATFORM, says("您好", Speaker.AGENT))
    assert contacts.get(contact_id, LI)[0].unread == 0
    assert contacts.get(contact_id, BOSS)[0].unread == 3


def test_of_two_who_take_a_contact_one_gets_it(contacts: Contacts, opened: Open) -> None:
    for _ in range(5):
        contact_id = opened("在吗")

        def take(who: object, contact_id: str = contact_id) -> str:
            try:
                contacts.change(contact_id, who, Changes(assigned_to=who.name))  # type: ignore[attr-defined, arg-type]
            except Conflict:
                return "late"
            return who.name  # type: ignore[attr-defined, no-any-return]

        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(take, (LI, WANG)))
        assert results.count("late") == 1
        holder = contacts.get(contact_id, BOSS)[0].contact.assigned_to
        assert holder in results


def test_a_change_is_compared_and_swapped(contacts: Contacts, opened: Open) -> None:
    contact_id = opened("在吗")
    version = contacts.get(contact_id, LI)[0].contact.version
    contacts.change(contact_id, LI, Changes(slots={"a": "1"}), version)
    with pytest.raises(Conflict) as caught:
        contacts.change(contact_id, WANG, Changes(slots={"a": "2"}), version)
    assert caught.value.current_version == version + 1
    assert contacts.get(contact_id, LI)[0].contact.slots == {"a": "1"}


def test_who_may_see_what(contacts: Contacts, opened: Open) -> None:
    theirs, free, lis = opened("一"), opened("二"), opened("三")
    contacts.change(theirs, WANG, Changes(assigned_to=WANG.name))
    contacts.change(lis, LI, Changes(assigned_to=LI.name))

    def listed(viewer: object, **how: bool) -> set[str]:
        return {seen.contact.id for seen in contacts.listing(viewer, **how)[0]}  # type: ignore[arg-type]

    assert listed(LI) == {free, lis}
    assert listed(LI, mine=True) == {lis}
    assert listed(BOSS) == listed(PLATFORM) == {theirs, free, lis}
    actions: list[Callable[[], object]] = [
        lambda: contacts.get(theirs, LI),
        lambda: contacts.change(theirs, LI, Changes(slots={"a": "1"})),
        lambda: contacts.add_message(theirs, LI, says("x")),
        lambda: contacts.close(theirs, LI),
        lambda: contacts.reopen(theirs, LI),
        lambda: contacts.mark_read(theirs, LI),
        lambda: contacts.hand_over(theirs, LI, "组", "x"),
        lambda: contacts.get("0" * 12, BOSS),
    ]
    for act in actions:
        with pytest.raises(NotFound):
            act()
    contacts.add_message(theirs, PLATFORM, says("平台接着送"))
    contacts.add_message(theirs, BOSS, says("主管说", Speaker.AGENT))


def test_an_external_id_does_not_open_somebody_elses_contact(
    contacts: Contacts, opened: Open
) -> None:
    contact_id = opened("一", external_id="c1")
    contacts.change(contact_id, WANG, Changes(assigned_to=WANG.name))
    with pytest.raises(Conflict):
        contacts.create(NewContact(Channel.CHAT, external_id="c1"), LI)


def test_closing_reopening_and_handing_over(
    contacts: Contacts, opened: Open, clock: FakeClock
) -> None:
    contact_id = opened("投诉")
    contacts.change(contact_id, LI, Changes(assigned_to=LI.name))
    handed = contacts.hand_over(contact_id, LI, "投诉组", "转交「投诉组」:升级").contact
    assert (handed.assigned_to, handed.skill_group, handed.status) == (None, "投诉组", Status.OPEN)
    assert handed.waiting_since == NOW
    assert [m.role for m in contacts.get(contact_id, WANG)[1]] == ["customer", "system"]
    closed = contacts.close(contact_id, WANG, "已补偿").contact
    assert (closed.status, closed.outcome, closed.waiting_since) == (Status.CLOSED, "已补偿", None)
    assert contacts.listing(WANG)[0] == []
    assert len(contacts.listing(WANG, Status.CLOSED)[0]) == 1
    assert contacts.reopen(contact_id, WANG).contact.status is Status.OPEN
    contacts.close(contact_id, WANG)
    clock.advance(timedelta(hours=1))
    contacts.add_message(contact_id, PLATFORM, says("还没收到"))
    again = contacts.get(contact_id, WANG)[0].contact
    assert (again.status, again.closed_at, again.waiting_since) == (Status.OPEN, None, clock.now)


def test_limits_are_told(contacts: Contacts, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    contact_id = opened("x")
    slots = {f"s{n}": "x" for n in range(MAX_SLOTS)}
    contacts.change(contact_id, LI, Changes(slots=slots))
    with pytest.raises(InvalidInput):
        contacts.change(contact_id, LI, Changes(slots={"one.more": "x"}))
    contacts.change(contact_id, LI, Changes(slots={"s0": "", "one.more": "x"}))
    assert MAX_MESSAGES == 1000
    monkeypatch.setattr("assistant.contacts.contacts.MAX_MESSAGES", 1)
    with pytest.raises(InvalidInput):
        contacts.add_message(contact_id, LI, says("y"))


def test_what_was_closed_long_ago_is_forgotten(
    contacts: Contacts, opened: Open, clock: FakeClock, database: Engine
) -> None:
    old, later, open_one = opened("旧的秘密"), opened("新的"), opened("没关的")
    contacts.close(old, LI)
    clock.advance(timedelta(days=29))
    contacts.close(later, LI)
    assert contacts.forget(30) == 0
    clock.advance(timedelta(days=1, seconds=1))
    assert contacts.forget(30) == 1
    assert "旧的秘密" not in everything(database)
    with pytest.raises(NotFound):
        contacts.get(old, BOSS)
    for kept in (later, open_one):
        contacts.get(kept, BOSS)
    assert numbers(database) == [5], "the newest stays: the next is numbered after it"
    contacts.mark_read(later, LI)
    assert numbers(database) == [5, 6]


def numbers(database: Engine) -> list[int]:
    with read(database) as connection:
        return list(connection.execute(sa.select(tables.event.c.seq)).scalars())


def test_the_risk_is_read_at_every_message(database: Engine, clock: FakeClock) -> None:
    asked: list[tuple[list[str], dict[str, str]]] = []

    def assess(
        messages: Sequence[Message], slots: Mapping[str, str], now: datetime
    ) -> Mapping[str, object]:
        asked.append(([m.text for m in messages], dict(slots)))
        return {"grade": "A", "words": ["曝光"], "at": now.isoformat()}

    contacts = Contacts(database, clock, assess)
    new = NewContact(Channel.CHAT, customer={"level": "VIP"}, messages=(says("我要曝光"),))
    seen, _ = contacts.create(new, PLATFORM)
    contacts.add_message(seen.contact.id, LI, says("您好", Speaker.AGENT))
    assert asked == [
        (["我要曝光"], {"customer.level": "VIP"}),
        (["我要曝光", "您好"], {"customer.level": "VIP"}),
    ]
    kept = contacts.get(seen.contact.id, LI)[0].contact.risk
    assert kept == {"grade": "A", "words": ["曝光"], "at": NOW.isoformat()}


def test_a_change_and_its_event_are_one(
    contacts: Contacts, opened: Open, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact_id = opened("一")

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("cut off")

    before = everything(database)
    monkeypatch.setattr("assistant.contacts.store.append_event", fail)
    with pytest.raises(RuntimeError):
        contacts.add_message(contact_id, PLATFORM, says("二"))
    assert everything(database) == before


def test_forgetting_goes_in_parts(
    contacts: Contacts, opened: Open, clock: FakeClock, monkeypatch: pytest.MonkeyPatch,
    database: Engine,
) -> None:  # fmt: skip
    monkeypatch.setattr("assistant.contacts.upkeep._FORGOTTEN_AT_ONCE", 2)
    for _ in range(5):
        contacts.close(opened("x"), LI)
    clock.advance(timedelta(days=2))
    assert contacts.forget(1) == 5
    with write(database) as connection:
        assert connection.execute(tables.contact.delete()).rowcount == 0


def test_a_message_that_comes_in_between_counts(database: Engine, clock: FakeClock) -> None:
    other = Contacts(database, clock)
    asked: list[list[str]] = []

    def assess(
        messages: Sequence[Message], slots: Mapping[str, str], now: datetime
    ) -> Mapping[str, object]:
        asked.append([m.text for m in messages])
        if len(asked) == 1:
            other.add_message(contact_id, PLATFORM, says("抢先"))
        return {"count": len(messages)}

    contact_id = other.create(NewContact(Channel.CHAT), PLATFORM)[0].contact.id
    contacts = Contacts(database, clock, assess)
    added, _ = contacts.add_message(contact_id, PLATFORM, says("随后"))
    assert (added.number, asked) == (2, [["随后"], ["抢先", "随后"]])
    assert contacts.get(contact_id, LI)[0].contact.risk == {"count": 2}


@pytest.fixture
def writing(monkeypatch: pytest.MonkeyPatch) -> list[Connection]:
    """Not empty while contacts keep everybody else from writing."""
    held: list[Connection] = []

    @contextmanager
    def watched(engine: Engine) -> Iterator[Connection]:
        with write(engine) as connection:
            held.append(connection)
            try:
                yield connection
            finally:
                held.pop()

    monkeypatch.setattr("assistant.contacts.contacts.write", watched)
    return held


def test_nobody_waits_for_the_risk_of_a_new_contact(
    database: Engine, clock: FakeClock, writing: list[Connection]
) -> None:
    """It is read while others may write; who opens the same contact meanwhile is first."""
    other = Contacts(database, clock)
    new = NewContact(Channel.CHAT, messages=(says("甲"),), external_id="c1")

    def assess(
        messages: Sequence[Message], slots: Mapping[str, str], now: datetime
    ) -> Mapping[str, object]:
        assert not writing
        assert other.create(new, PLATFORM)[1]
        return {}

    seen, made = Contacts(database, clock, assess).create(new, PLATFORM)
    assert not made
    assert [m.text for m in other.get(seen.contact.id, LI)[1]] == ["甲"]


def test_resuming_adds_what_is_new_and_lets_others_write_meanwhile(
    database: Engine, clock: FakeClock, writing: list[Connection]
) -> None:
    other = Contacts(database, clock)
    asked: list[list[str]] = []

    def assess(
        messages: Sequence[Message], slots: Mapping[str, str], now: datetime
    ) -> Mapping[str, object]:
        asked.append([m.text for m in messages])
        if len(asked) == 1:
            assert not writing
            other.add_message(contact_id, PLATFORM, says("抢先", external_id="m2"))
        return {"count": len(messages)}

    contact_id = other.create(
        NewContact(Channel.CHAT, messages=(says("甲", external_id="m1"),)), PLATFORM
    )[0].contact.id
    other.close(contact_id, LI)
    new = [says("甲", external_id="m1"), says("抢先", external_id="m2"), says("随后")]
    resumed = Contacts(database, clock, assess).resume(
        contact_id, PLATFORM, new, "投诉组", lambda *_: None
    )
    assert asked == [["甲", "抢先", "随后"], ["甲", "抢先", "随后"]]
    assert [m.text for m in other.get(contact_id, LI)[1]] == ["甲", "抢先", "随后"]
    assert (resumed.contact.message_count, resumed.contact.risk) == (3, {"count": 3})
    assert (resumed.contact.status, resumed.contact.skill_group) == (Status.OPEN, "投诉组")
