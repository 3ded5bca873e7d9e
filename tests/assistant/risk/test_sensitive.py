from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.risk import RiskSettings, load_settings
from assistant.risk.sensitive import sensitive_words
from assistant.risk.writing import undisguised, written
from tests.assistant.risk.conftest import Read

SETTINGS = load_settings()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("我要打12315", ("12315",)),
        ("我要去消费者协会投诉，再找律师起诉", ("消费者协会", "律师", "起诉")),
        ("I will sue you", ("sue you",)),
        ("用工商银行卡付的", ()),
        ("路由器开流媒体很卡", ()),
        ("照片曝光补偿怎么调", ()),
        ("订单号 123155566", ()),
        ("there is an issue with my lock", ()),
        ("发票抬头是某某律师事务所", ()),
        ("收货地址在法院路 3 号", ()),
        ("这款空调有漏电保护吗", ()),
        ("在抖音直播间下单的", ()),
        ("家里黑猫总抓扫地机", ()),
        ("麻烦告诉我怎么退", ()),
    ],
)
def test_words_and_their_harmless_uses(read: Read, text: str, words: tuple[str, ...]) -> None:
    assert read(text).sensitive_words == words


@pytest.mark.parametrize(
    ("text", "topic", "shown"),
    [
        ("曝 光 你们", "exposure", "曝 光"),
        ("曝-光你们", "exposure", "曝-光"),
        ("曝🔥光", "exposure", "曝🔥光"),
        ("曝\u200b光", "exposure", "曝\u200b光"),
        ("爆光", "exposure", "爆光"),
        ("bào光你们", "exposure", "bào光"),
        ("再不處理就曝光", "exposure", "曝光"),
        ("1 2 3 1 5 见", "regulator", "1 2 3 1 5"),
        ("打１２３１５", "regulator", "１２３１５"),
        ("12-315", "regulator", "12-315"),
        ("幺二三幺五", "regulator", "幺二三幺五"),
        ("消 协见", "regulator", "消 协"),
        ("黑猫投诉已提交", "regulator", "黑猫"),
        ("工商局见", "regulator", "工商局"),
        ("收律師函吧", "legal", "律師函"),
        ("今晚就发到我的抖音上", "exposure", "发到我的抖音"),
        ("手机鼓包了", "safety", "鼓包"),
        ("账号被盗了", "privacy", "账号被盗"),
        ("我真的不想活了", "life", "不想活"),
        ("我已经报警了", "police", "已经报警"),
    ],
)
def test_disguises_are_seen_through_and_shown_as_written(
    read: Read, text: str, topic: str, shown: str
) -> None:
    found = {word.topic: word for word in read(text).sensitive}
    assert topic in found
    assert found[topic].word == shown
    assert found[topic].advice


@pytest.mark.parametrize("text", ["12-31 5点到可以吗", "周末一起，诉求是换货", "约 3 15 分钟"])
def test_separators_do_not_make_words(read: Read, text: str) -> None:
    assert read(text).sensitive == ()


def test_a_threat_stays_said_and_brings_the_path(read: Read) -> None:
    found = read("我要曝光你们", "好", "行", "谢谢", "那怎么退")
    assert found.sensitive_words == ("曝光",)
    assert found.escalation is not None
    assert found.escalation.minutes == 10
    assert found.escalation.path
    assert read("那怎么退").escalation is None


@given(st.text(max_size=60))
def test_what_is_shown_stands_in_the_text(text: str) -> None:
    for word in sensitive_words(text, SETTINGS):
        assert word.word in text


@given(st.text(max_size=60))
def test_every_character_knows_its_place(text: str) -> None:
    for found in (written(text), undisguised(text)):
        assert len(found.offsets) == len(found.text) + 1
        assert list(found.offsets) == sorted(found.offsets)
        assert found.offsets[len(found.text)] == len(text)


def test_a_site_adds_words_of_its_own(tmp_path: Path, settings: RiskSettings) -> None:
    (tmp_path / "risk").mkdir()
    own = '{"also": {"exposure": ["本地宝见"]}}'
    (tmp_path / "risk" / "sensitive.json").write_text(own, "utf-8")
    mine = load_settings(tmp_path)
    text = "本地宝见，曝光你们"
    assert [w.listed for w in sensitive_words(text, settings)] == ["曝光"]
    assert [w.listed for w in sensitive_words(text, mine)] == ["本地宝见", "曝光"]


def test_advice_and_path_are_in_english_as_far_as_the_site_wrote_them(
    tmp_path: Path, read: Read
) -> None:
    found = read("我要曝光你们")
    assert found.sensitive[0].advice_en.startswith("Do not talk them out of it")
    assert found.escalation is not None
    assert len(found.escalation.path_en) == len(found.escalation.path)
    (tmp_path / "risk").mkdir()
    own = '{"topics": {"exposure": {"words": ["曝光"], "advice": "转主管"}}}'
    (tmp_path / "risk" / "sensitive.json").write_text(own, "utf-8")
    (word,) = sensitive_words("我要曝光你们", load_settings(tmp_path))
    assert (word.advice, word.advice_en) == ("转主管", "")


def test_groups_have_names_in_other_languages(settings: RiskSettings) -> None:
    assert settings.group_label("投诉处理组", "en") == "Complaints"
    assert settings.group_label("投诉处理组", "zh-CN") == "投诉处理组"
    assert settings.group_label("夜班组", "en") == "夜班组"
    assert {"投诉处理组", "跨境组", "知识运营组"} < set(settings.skill_groups)
    assert len(settings.skill_groups) == len(set(settings.skill_groups))
