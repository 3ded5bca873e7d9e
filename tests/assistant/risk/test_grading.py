from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from assistant.risk import Assessment, Clock, Colour, Grade, Message, Reason
from tests.assistant.risk.conftest import NOW, Read


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def customer(text: str, ago: float) -> Message:
    return Message("customer", text, NOW - minutes(ago))


def agent(text: str, ago: float) -> Message:
    return Message("agent", text, NOW - minutes(ago))


def clock(found: Assessment) -> Clock:
    assert found.graded is not None
    return found.graded.clock


def due(moment: datetime) -> float:
    return (moment - NOW) / minutes(1)


@pytest.mark.parametrize(
    ("text", "grade", "reason"),
    [
        ("退款一般几天到账", Grade.C, Reason.INQUIRY),
        ("冰箱不制冷了", Grade.B, Reason.FAULT),
        ("多收了我五十块", Grade.B, Reason.MONEY),
        ("说好周六送，到现在没收到", Grade.B, Reason.LATE),
        ("插座冒烟了", Grade.A, Reason.SAFETY),
        ("我要打12315", Grade.A, Reason.SENSITIVE),
        ("孩子被反锁在屋里", Grade.A, Reason.EMERGENCY),
    ],
)
def test_grade_and_reason(read: Read, text: str, grade: Grade, reason: Reason) -> None:
    graded = read(text).graded
    assert graded is not None
    assert (graded.grade, graded.reason) == (grade, reason)
    assert all(word in text for word in graded.words)
    assert bool(graded.words) == (grade is not Grade.C)


def test_a_valued_customer_who_is_upset_comes_first(read: Read) -> None:
    known = {"customer.level": "翠叶会员"}
    urgent = read("我的快递一直没动静，好着急", slots=known).graded
    assert urgent is not None
    assert (urgent.grade, urgent.reason) == (Grade.A, Reason.VALUED_CUSTOMER)
    calm = read("退款一般几天到账", slots=known).graded
    assert calm is not None
    assert calm.grade is Grade.C


@pytest.mark.parametrize(
    ("text", "respond", "resolve"),
    [("插座冒烟了", 10, 120), ("冰箱不制冷了", 30, 240), ("保修多久", 60, 480)],
)
def test_clocks_run_from_the_message(read: Read, text: str, respond: float, resolve: float) -> None:
    found = clock(read(customer(text, 5)))
    assert found.since == NOW - minutes(5)
    assert (due(found.respond_by), due(found.resolve_by)) == (respond - 5, resolve - 5)
    assert found.responded_at is None


def test_an_answer_stops_the_first_clock_only(read: Read) -> None:
    found = clock(read(customer("冰箱不制冷了", 20), agent("马上查", 15)))
    assert found.responded_at == NOW - minutes(15)
    assert due(found.resolve_by) == 240 - 20


def test_a_graver_ground_starts_its_own_clock_and_postpones_nothing(read: Read) -> None:
    found = read(customer("冰箱不制冷了", 200), agent("马上查", 190), customer("现在还冒烟了", 2))
    assert clock(found).since == NOW - minutes(200)
    assert due(clock(found).respond_by) == 10 - 2
    assert due(clock(found).resolve_by) == 240 - 200
    assert clock(found).responded_at is None


def test_repeating_oneself_restarts_nothing(read: Read) -> None:
    found = read(customer("冰箱不制冷了", 100), agent("马上查", 90), customer("冰箱还不制冷", 1))
    assert due(clock(found).resolve_by) == 240 - 100
    assert clock(found).responded_at == NOW - minutes(90)


def test_messages_without_a_time_came_now_and_none_comes_later(read: Read) -> None:
    assert clock(read("冰箱不制冷了")).since == NOW
    ahead = Message("customer", "冰箱不制冷了", NOW + timedelta(days=9))
    assert clock(read(ahead)).since == NOW


@pytest.mark.parametrize(
    ("text", "colour", "reason"),
    [
        ("电池鼓包了", Colour.RED, Reason.SAFETY),
        ("不处理我就找媒体曝光", Colour.RED, Reason.SENSITIVE),
        ("这是第三次坏了，骗子！", Colour.YELLOW, Reason.REPEATED),
        ("误工费你们必须赔", Colour.YELLOW, Reason.COMPENSATION),
        ("我要投诉安装师傅", Colour.GREEN, Reason.FIRST_COMPLAINT),
    ],
)
def test_colours_of_complaints(read: Read, text: str, colour: Colour, reason: Reason) -> None:
    found = read(text).complaint
    assert found is not None
    assert (found.colour, found.reason) == (colour, reason)
    assert found.words
    assert all(word in text for word in found.words)


@pytest.mark.parametrize(
    "text", ["保修多久", "冰箱不制冷了", "又来打扰啦，想再买一台", "投诉邮箱是哪个"]
)
def test_no_complaint(read: Read, text: str) -> None:
    assert read(text).complaint is None


def test_an_earlier_contact_makes_a_later_complaint_yellow(read: Read) -> None:
    found = read("上次说昨天给我回电的", Message("agent", "抱歉"), "你们就是骗子").complaint
    assert found is not None
    assert found.colour is Colour.YELLOW


def test_a_passed_outburst_is_no_complaint(read: Read) -> None:
    found = read("气死我了", Message("agent", "已补发"), "好的", "谢谢", "收到了", "没有别的了")
    assert found.complaint is None


def test_nobody_spoke(read: Read) -> None:
    found = read(Message("agent", "您好"))
    assert (found.graded, found.complaint) == (None, None)
    assert not found.handover.needed
