from __future__ import annotations

import pytest

from indexer import dialogue
from indexer.dialogue import MAX_CHARS, MAX_TURNS, MAX_WORDS, Context, is_small_talk, read_context
from indexer.keywords import Document, KeywordIndex
from indexer.text import analyse

TEXTS = (
    "退款多久到账 微信支付 银行卡",
    "七天无理由退货 运费谁出",
    "冰箱 空调 门锁 路由器 保修几年",
    "空调安装收费 打孔",
    "国学院 文学院 人工智能学院 院长 专业",
    "积分什么时候过期",
    "return an international order, who pays the postage",
    "refund of a phone or a router",
    "shipping to Singapore takes five days",
)


@pytest.fixture(scope="module")
def index() -> KeywordIndex:
    return KeywordIndex.build([Document.of(analyse(text)) for text in TEXTS])


def read(index: KeywordIndex, query: str, *turns: str) -> Context:
    context = read_context(query, turns, index)
    assert context is not None
    return context


@pytest.mark.parametrize(
    ("turns", "query", "words"),
    [
        (["我想退货"], "那多久到账?", ("退货",)),
        (["我想退貨"], "那多久到賬?", ("退货",)),
        (["冰箱保修几年"], "要收费吗", ("冰箱保修",)),
        (["How do I return a phone?"], "and who pays?", ("return", "phone")),
    ],
)
def test_the_content_words_are_carried(
    index: KeywordIndex, turns: list[str], query: str, words: tuple[str, ...]
) -> None:
    assert read(index, query, *turns).words == words


def test_words_of_asking_and_unknown_words_are_not_carried(index: KeywordIndex) -> None:
    assert read(index, "那呢", "请问量子纠缠和退货什么时候能弄").words == ("退货",)
    assert read_context("那呢", ["今天天气怎么样"], index) is None
    assert read_context("那呢", [], index) is None
    assert read_context("那呢", [" ", ""], index) is None


def test_what_the_query_says_itself_is_not_carried(index: KeywordIndex) -> None:
    assert read(index, "运费谁出", "我要退货,运费怎么算").words == ("退货",)
    assert read_context("退货", ["退货"], index) is None


def test_the_turn_that_opened_the_topic_is_there_in_full(index: KeywordIndex) -> None:
    assert read(index, "要收费吗", "冰箱保修几年").text == "冰箱保修几年"
    assert read(index, "要收费吗", "空调安装打孔", "那积分呢").text.startswith("空调")


@pytest.mark.parametrize(
    ("query", "gone", "left"),
    [
        ("那空调呢", "冰箱", "保修几年"),
        ("what about the phone?", "router", "refund"),
        ("银行卡呢", "微信", "退款多久到账"),
    ],
)
def test_another_thing_of_the_same_kind_takes_the_place_of_the_old_one(
    index: KeywordIndex, query: str, gone: str, left: str
) -> None:
    first = {"冰箱": "冰箱保修几年", "router": "refund of a router", "微信": "微信退款多久到账"}[
        gone
    ]
    context = read(index, query, first)
    assert gone not in context.text
    assert gone not in "".join(context.words)
    assert left in context.text


def test_a_chain_of_variations_keeps_the_question(index: KeywordIndex) -> None:
    context = read(index, "路由器呢", "冰箱保修几年", "那空调呢")
    assert "保修几年" in context.text
    assert "冰箱" not in context.text and "空调" not in context.text


def test_the_only_thing_spoken_of_stays(index: KeywordIndex) -> None:
    assert "微信" in read(index, "银行卡呢", "可以用微信吗").text


def test_a_question_of_its_own_about_another_thing_does_not_replace(index: KeywordIndex) -> None:
    assert "空调" in read(index, "门锁怎么和它一起安装", "空调安装收费").text


def test_the_telling_words_of_the_answer_come_along(index: KeywordIndex) -> None:
    answer = "好的,量子到账后,空调安装要打孔的话会收费,退款还是原路,保修照旧"
    context = read_context("那要多久", ["我买了门锁"], index, answer)
    assert context is not None
    assert context.words[0] == "门锁"
    assert len(context.words) == 1 + MAX_WORDS
    assert "量子" not in context.words, "the index does not know it"
    assert context.text == " ".join(["我买了门锁", *context.words[1:]])
    assert read_context("那要多久", ["好的"], index, answer) is None, "nothing to hang on"


def test_what_is_replaced_does_not_come_back_by_the_answer(index: KeywordIndex) -> None:
    context = read_context("银行卡呢", ["退款多久到账"], index, "微信支付到账很快")
    assert context is not None
    assert "微信" not in context.text


def test_a_name_is_carried_past_other_questions_when_spoken_of_again(index: KeywordIndex) -> None:
    turns = ("人工智能学院在哪", "院长是谁", "保修几年", "打孔收费吗", "空调安装运费", "积分过期")
    assert "人工智能" not in read(index, "谁出", *turns).text
    linked = read(index, "学院有什么专业", *turns)
    assert "人工智能" in linked.words


def test_a_new_topic_pushes_the_old_one_back(index: KeywordIndex) -> None:
    context = read(index, "多少钱", "国学院院长", "空调安装收费")
    assert context.words[-1] == "空调安装收费"
    assert "国学院" not in context.words


@pytest.mark.parametrize(
    ("query", "leans", "leaves"),
    [
        ("那多久到账", True, False),
        ("运费呢?", True, False),
        ("它要钱吗", True, False),
        ("does it cost anything", True, False),
        ("and how long?", True, False),
        ("item number", False, False),
        ("对了,积分怎么用", False, True),
        ("By the way, how do I pay", False, True),
        ("空调怎么安装", False, False),
    ],
)
def test_wording_shows_whether_it_hangs_on_something(
    index: KeywordIndex, query: str, leans: bool, leaves: bool
) -> None:
    context = read(index, query, "我想退货")
    assert (context.leans, context.leaves) == (leans, leaves)


def test_the_words_of_its_own_are_counted(index: KeywordIndex) -> None:
    assert read(index, "那多久呢", "我想退货").own == ()
    context = read(index, "量子空调", "我想退货")
    assert (context.own, context.unknown) == (("量子", "空调"), 1)
    assert read(index, "那个打孔费", "我想退货").unknown == 0  # 打孔 is known


@pytest.mark.parametrize(
    ("turn", "talk"),
    [
        ("好的", True),
        ("好的好的,谢谢啦!", True),
        ("嗯嗯", True),
        ("在吗？", True),
        ("OK, thanks!", True),
        ("", True),
        ("👍", True),
        ("好的,那我要退货", False),
        ("谢谢参与活动的积分", False),
        ("okra", False),
    ],
)
def test_small_talk_is_nothing_else(turn: str, talk: bool) -> None:
    assert is_small_talk(turn) is talk


def test_small_talk_is_passed_over(index: KeywordIndex) -> None:
    plain = read(index, "那多久到账", "我想退货")
    assert read(index, "那多久到账", "我想退货", "好的", "谢谢") == plain
    assert read(index, "那多久到账", "你好", "在吗", "我想退货") == plain


def test_cost_is_bounded_for_hostile_turns(index: KeywordIndex) -> None:
    long = "冰箱空调门锁路由器微信银行卡运费积分" * 110
    context = read(index, "那呢", *([long[:2000]] * 100))
    assert len(context.words) <= MAX_WORDS
    assert len(context.text) <= (MAX_TURNS + 1) * MAX_CHARS
    answered = read_context("那呢", ["退货"], index, long * 50)
    assert answered is not None and len(answered.words) <= 1 + MAX_WORDS
    odd = ["\x00" * 2000, "(" * 2000, "呢" * 2000, "🙂" * 2000, "a" * 2000, "\n退货\n", "[退货" * 9]
    assert "退货" in read(index, "那呢" * 900, *odd).text


def test_only_the_newest_telling_turns_are_read(
    index: KeywordIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    hear = dialogue._Topic.hear
    monkeypatch.setattr(
        dialogue._Topic, "hear", lambda self, turn: (heard.append(turn), hear(self, turn))[1]
    )
    turns = ["我要退货", *(f"空调{n}" for n in range(20)), *["好的"] * 50]
    read(index, "那呢", *turns)
    assert heard == [f"空调{n}" for n in range(12, 20)]
