"""Titles by sound: initials, whole pinyin, anything between, and what no title sounds like."""

from __future__ import annotations

import pytest

from assistant.canned.sounds import Sounds, initials, letters

TITLES = ("赠送快递券说明", "退还银行卡手续费", "重新安排 48 小时上门", "Refund status", "空调安装")


@pytest.fixture
def sounds() -> Sounds:
    return Sounds(TITLES)


@pytest.mark.parametrize(
    ("typed", "title", "from_start"),
    [
        ("zskd", 0, True),
        ("zskdqsm", 0, True),
        ("kdq", 0, False),
        ("zengsong", 0, True),
        ("zengskuaid", 0, True),
        ("kuaidi", 0, False),
        ("thyhk", 1, True),  # 还 as huan, 行 as hang
        ("tuihaiyinxing", 1, True),  # and in their other readings
        ("cxap48xs", 2, True),
        ("zhongxin", 2, True),
        ("refund", 3, True),
        ("rs", 3, True),
        ("ktaz", 4, True),
        ("k", 4, True),
    ],
)
def test_a_title_is_found_by_its_sound(
    sounds: Sounds, typed: str, title: int, from_start: bool
) -> None:
    assert sounds.find(typed)[title] is from_start


@pytest.mark.parametrize("typed", ["zkd", "engsong", "zskdx", "ongk", "xyz", "", "d"])
def test_what_no_title_sounds_like_is_not_found(sounds: Sounds, typed: str) -> None:
    assert sounds.find(typed) == {}


def test_one_letter_finds_beginnings_only(sounds: Sounds) -> None:
    assert set(sounds.find("k")) == {4}
    assert sounds.find("kd") == {0: False, 4: True}  # 空调, too, as kong diao


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("zskd", "zskd"),
        ("ZengSong kuai di", "zengsongkuaidi"),
        ("xi'an", "xian"),
        ("48xs", "48xs"),
        ("48", ""),
        ("退货", ""),
        ("th退", ""),
        ("a" * 41, ""),
        ("", ""),
    ],
)
def test_letters_are_what_can_be_pinyin(query: str, expected: str) -> None:
    assert letters(query) == expected


def test_initials_are_those_of_the_usual_reading() -> None:
    assert initials("赠送快递券说明") == "zskdqsm"
    assert initials("《》") == ""


def test_many_titles_of_one_letter_take_no_time_to_speak_of() -> None:
    # Each letter may end a syllable or go on: a search that tried all ways would never end.
    assert Sounds(["安" * 300] * 50).find("a" * 39 + "q") == {}
