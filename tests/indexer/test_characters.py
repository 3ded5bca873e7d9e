from __future__ import annotations

import pytest

from indexer.characters import blurred_sound, initials, likeness, readings, syllables, word_readings


def test_readings_are_those_in_use() -> None:
    assert readings("货") == ("huo",)
    assert set(readings("行")) == {"xing", "hang"}
    assert readings("\u3402") == ()
    assert 390 < len(syllables()) < 430
    assert {"tui", "lv", "zhuang"} <= syllables()


def test_words_are_read_in_all_ways() -> None:
    assert ("yin", "hang") in word_readings("银行")
    assert word_readings("退a") == []
    assert initials("退货运费") == {"thyf"}


@pytest.mark.parametrize(("one", "other"), [("zhi", "zi"), ("leng", "nen"), ("shang", "san")])
def test_syllables_that_many_do_not_tell_apart(one: str, other: str) -> None:
    assert blurred_sound([one]) == blurred_sound([other])


def test_how_easily_one_character_is_typed_for_another() -> None:
    assert likeness("票", "漂") == 1.0  # the same sound
    assert 0.3 <= likeness("贷", "货") < 1.0  # the same lower half
    assert likeness("至", "字") > likeness("至", "字", slurred=False)
    assert likeness("洗", "扫") == 0.0
