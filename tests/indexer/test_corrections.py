from __future__ import annotations

from pathlib import Path

import pytest

from indexer.corrections import corrections
from indexer.keywords import Document, KeywordIndex
from indexer.pinyin import is_pinyin, read_initials, read_syllables, without_tones
from indexer.text import analyse, analyse_query
from indexer.vocabulary import Words
from kb.model import Audience
from tests.indexer.test_vocabulary import vocabulary

TITLES = (
    "退货的运费谁出",
    "退货运费",
    "退款多久到账",
    "发票怎么开",
    "冰箱不制冷怎么办",
    "路由器怎么重置",
    "门锁指纹录不上",
    "优惠券过期了",
    "空调安装要多少钱",
    "扫地机连不上网",
    "return policy and warranty",
)


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Words:
    folder: Path = tmp_path_factory.mktemp("words")
    made = [(Audience.CUSTOMER, {"title": title}) for title in TITLES]
    return vocabulary(folder, *made).for_readers(Audience)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def index() -> KeywordIndex:
    return KeywordIndex.build([Document.of(analyse(title)) for title in TITLES])


def read(query: str, words: Words, index: KeywordIndex) -> list[str]:
    terms = [term.text for term in analyse_query(query)]
    known = index.positions(terms)
    unknown = frozenset(t for t, at in zip(terms, known, strict=True) if at < 0)
    return [found.text for found in corrections(query, unknown, words, lambda word: True)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("退贷运费谁出", "退货运费谁出"),
        ("发漂怎么开", "发票怎么开"),
        ("冰葙不制冷", "冰箱不制冷"),
        ("路油器怎么重置", "路由器怎么重置"),
        ("指文录不上", "指纹录不上"),
        ("优惠卷过期了", "优惠券过期了"),
        ("空掉安装", "空调安装"),
        ("退欵多久到账", "退款多久到账"),
        ("退火运废谁出", "退货运费谁出"),
    ],
)
def test_characters_typed_for_others(
    typed: str, meant: str, words: Words, index: KeywordIndex
) -> None:
    assert read(typed, words, index)[0] == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tuihuo", "退货"),
        ("tui huo yun fei", "退货运费"),
        ("Tui4huo4 Yun4fei4", "退货运费"),
        ("tuihuo de yunfei", "退货的运费"),
        ("bingxiang bu zhileng", "冰箱不制冷"),
        ("冰箱 buzhileng", "冰箱 不制冷"),
        ("saodiji连不上网", "扫地机连不上网"),
        ("kongtiao anzhuang yao duoshao qian", "空调安装要多少钱"),
        ("thyf", "退货运费"),
        ("retrun policy", "return policy"),
        ("waranty", "warranty"),
    ],
)
def test_letters_typed_for_characters(
    typed: str, meant: str, words: Words, index: KeywordIndex
) -> None:
    assert read(typed, words, index)[0] == meant


@pytest.mark.parametrize(
    "query",
    [
        *TITLES,
        "退货",
        "kfr35gw",
        "我老婆说颜色不好看",
        "客厅想换个大点的",
        "明天来得及吗",
        "how long does it take",
        "xyzzy",
        "e5",
        "你好",
    ],
)
def test_what_is_no_mistake_stays(query: str, words: Words, index: KeywordIndex) -> None:
    assert read(query, words, index) == []


def test_the_case_of_the_rest_is_kept(words: Words, index: KeywordIndex) -> None:
    assert read("App里的路油器", words, index)[0] == "App里的路由器"


def test_a_word_that_may_not_be_read_is_never_suggested(words: Words, index: KeywordIndex) -> None:
    unknown = frozenset({"tuihuo"})
    assert corrections("tuihuo", unknown, words, lambda word: False) == []


def test_syllables_are_told_from_other_letters() -> None:
    assert all(map(is_pinyin, ("tuihuo", "xian", "lv", "a")))
    assert not any(map(is_pinyin, ("thyf", "return", "wifi", "7tian", "")))
    assert without_tones("tui4huo4") == "tuihuo"
    assert without_tones("mira5") == "mira5"


def test_a_space_ends_a_syllable(words: Words) -> None:
    assert read_syllables(["tui", "huo"], words)[0].words == ("退货",)
    assert not any("退货" in r.words for r in read_syllables(["tu", "ihuo"], words))


def test_initials_that_several_words_have_mean_nothing(tmp_path: Path) -> None:
    made = [(Audience.CUSTOMER, {"title": title}) for title in ("优惠券", "银行群")]
    ambiguous = vocabulary(tmp_path, *made).for_readers(Audience)  # type: ignore[arg-type]
    assert read_initials("yhq", ambiguous) == ""
