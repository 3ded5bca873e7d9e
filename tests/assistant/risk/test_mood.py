from __future__ import annotations

import pytest

from assistant.risk import Message, Mood, RiskSettings, load_settings
from assistant.risk.mood import MOODS, feature_names, signs
from assistant.risk.ngrams import grams, score
from tests.assistant.risk.conftest import Read

MOOD_OF = [
    ("退款一般几天到账", Mood.CALM),
    ("请问冰箱怎么调温度？", Mood.CALM),
    ("不着急，想问下发票怎么开", Mood.CALM),
    ("别急，我先找找订单号", Mood.CALM),
    ("我没有生气，只是确认一下保修期", Mood.CALM),
    ("价格过分便宜了哈哈", Mood.CALM),
    ("双11满多少送空气炸锅", Mood.CALM),
    ("我特别想要白色的", Mood.CALM),
    ("没事，不急，你们慢慢来", Mood.CALM),
    ("我的快递一直没动静，好着急", Mood.WORRIED),
    ("锁没电了进不了门，救命", Mood.WORRIED),
    ("I'm still waiting for my parcel", Mood.WORRIED),
    ("等了快两个小时了还没来，家里老人等着用", Mood.WORRIED),
    ("你们就是骗子", Mood.ANGRY),
    ("什么破服务，气死我了", Mood.ANGRY),
    ("空气炸锅漏油，气炸了", Mood.ANGRY),
    ("修了三次还坏！！到底管不管", Mood.ANGRY),
    ("推来推去没人管", Mood.ANGRY),
    ("谢谢啊，谢谢你们让我白等一天", Mood.ANGRY),
    ("你会不会说人话", Mood.ANGRY),
    ("This is ridiculous, worst service ever", Mood.ANGRY),
    ("WHERE IS MY order??? you lied", Mood.ANGRY),
]


@pytest.mark.parametrize(("text", "mood"), MOOD_OF)
def test_mood(read: Read, text: str, mood: Mood) -> None:
    assert read(text).mood is mood


def test_a_verdict_shows_its_words_as_they_were_written(read: Read) -> None:
    assert read("氣死我了，等了好久！！").mood_words == ("氣死", "！！")
    assert read("THIS IS RIDICULOUS").mood_words[0] == "RIDICULOUS"


@pytest.mark.parametrize("text", ["空气炸锅，我要的是空气炸锅！！", "这垃圾空气炸锅，你们别卖了"])
def test_a_word_that_begins_inside_of_another_is_none(read: Read, text: str) -> None:
    assert "气炸" not in read(text).mood_words


@pytest.mark.parametrize("text", ["乌龟都比你们快，三天了才挪一个城市", "良心不会痛吗你们"])
def test_a_mood_without_words_of_a_list_shows_a_clause(read: Read, text: str) -> None:
    found = read(text)
    assert found.mood is Mood.ANGRY
    assert found.mood_words
    assert all(word in text for word in found.mood_words)


def test_people_calm_down(read: Read) -> None:
    found = read("骗子，我要曝光你们", "好", "行", "谢谢", "那怎么退")
    assert found.mood is Mood.CALM
    assert found.mood_words == ()
    assert read("那怎么退", "你们就是骗子").mood is Mood.ANGRY


def test_what_our_side_says_is_no_sign_of_the_customers_mood(read: Read) -> None:
    found = read(Message("agent", "骗子 12315"), "好的")
    assert found.mood is Mood.CALM
    assert found.sensitive == ()


def test_nothing_said_is_calm(read: Read) -> None:
    assert read().mood is Mood.CALM
    assert read("  ").mood is Mood.CALM


def test_the_model_fits_the_code(settings: RiskSettings) -> None:
    model = settings.model
    assert model.features == feature_names()
    assert len(signs("你好", settings).values) == len(feature_names())
    assert len(model.weights) == len(model.biases) == len(MOODS)


def test_reading_is_the_same_each_time(settings: RiskSettings) -> None:
    text = "说三天处理，第三天了，屁都没放一个！！"
    again = load_settings()
    first, second = signs(text, settings).values, signs(text, again).values
    assert first == second
    assert settings.model.logits(text, first) == again.model.logits(text, second)


def test_grams_are_han_neighbours_words_and_marks() -> None:
    assert grams("气死了 so bad!!!!") == {
        "气", "死", "了", "气死", "死了", "气死了", "so", "bad", "so bad", "!!!"
    }  # fmt: skip
    assert score("气死", {"气": 1.0, "死": 0.5, "气死": 1.5}) == pytest.approx(3 / 3**0.5)
    assert score("", {"气": 1.0}) == 0.0
