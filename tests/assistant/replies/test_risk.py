from __future__ import annotations

import pytest

from assistant.replies import Message, Mood, load_tables
from assistant.replies.risk import assess

TABLES = load_tables()
MOODS = [
    ("退款一般几天到账", Mood.CALM),
    ("请问冰箱怎么调温度？", Mood.CALM),
    ("不着急，想问下发票怎么开", Mood.CALM),
    ("别急，我先找找订单号", Mood.CALM),
    ("价格过分便宜了哈哈", Mood.WORRIED),
    ("我的快递一直没动静，好着急", Mood.WORRIED),
    ("锁没电了进不了门，救命", Mood.WORRIED),
    ("到底什么时候给我退", Mood.WORRIED),
    ("I'm still waiting for my parcel", Mood.WORRIED),
    ("你们就是骗子", Mood.ANGRY),
    ("什么破服务，气死我了", Mood.ANGRY),
    ("修了三次还坏！！到底管不管", Mood.ANGRY),
    ("推来推去没人管", Mood.ANGRY),
    ("This is ridiculous, worst service ever", Mood.ANGRY),
    ("WHERE IS MY order??? you lied", Mood.ANGRY),
]


def read(*texts: str) -> tuple[Mood, tuple[str, ...], tuple[str, ...]]:
    messages = [Message("customer", text) for text in texts]
    risk = assess(messages, TABLES, departments=(), questions=1)
    return risk.mood, risk.mood_words, risk.sensitive_words


@pytest.mark.parametrize(("text", "mood"), MOODS)
def test_mood(text: str, mood: Mood) -> None:
    assert read(text)[0] is mood


def test_a_verdict_shows_its_words() -> None:
    assert read("气死我了，等了好久！！")[1] == ("气死", "！！")


def test_people_calm_down_but_a_threat_stays_said() -> None:
    mood, _, sensitive = read("骗子，我要曝光你们", "好", "行", "谢谢", "那怎么退")
    assert mood is Mood.CALM
    assert sensitive == ("曝光",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("我要打12315", ("12315",)),
        ("我要去消费者协会投诉，再找律师起诉", ("消费者协会", "律师", "起诉")),
        ("用工商银行卡付的", ()),
        ("路由器开流媒体很卡", ()),
        ("照片曝光补偿怎么调", ()),
        ("订单号 123155566", ()),
        ("I will sue you", ("sue",)),
        ("there is an issue with my lock", ()),
    ],
)
def test_sensitive_words(text: str, words: tuple[str, ...]) -> None:
    assert read(text)[2] == words


def test_a_sensitive_word_brings_the_escalation_path() -> None:
    messages = [Message("customer", "不解决我就找媒体")]
    risk = assess(messages, TABLES, departments=(), questions=1)
    assert risk.escalation is not None
    assert risk.escalation.minutes == 10
    assert risk.escalation.path


def test_complexity_counts_departments_questions_and_repetition() -> None:
    messages = [Message("customer", "第三次来问了")]
    simple = assess(messages[:0], TABLES, departments=("物流组",), questions=1)
    hard = assess(messages, TABLES, departments=("物流组", "退换货组"), questions=2)
    assert simple.complexity.level == "low"
    assert hard.complexity.level == "high"
    assert hard.complexity.repeated


def test_what_the_agent_says_is_no_sign_of_the_customers_mood() -> None:
    messages = [Message("agent", "骗子 12315"), Message("customer", "好的")]
    risk = assess(messages, TABLES, departments=(), questions=1)
    assert risk.mood is Mood.CALM
    assert risk.sensitive_words == ()
