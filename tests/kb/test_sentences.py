"""Where sentences end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.sentences import split


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("七天内可退。运费十元!", ["七天内可退。", "运费十元!"]),
        ("能退吗?能；要付运费", ["能退吗?", "能；", "要付运费"]),
        ("他说“可以。”然后走了。", ["他说“可以。”", "然后走了。"]),
        ("（见第 3 条。）请注意……谢谢", ["（见第 3 条。）", "请注意……", "谢谢"]),
        ("第一行\n第二行", ["第一行", "第二行"]),
        ("价格 3.5 元。版本 1.2.3", ["价格 3.5 元。", "版本 1.2.3"]),
        ("It costs 3.5 yuan. Fine.", ["It costs 3.5 yuan.", "Fine."]),
        ("See https://a.example/x?y=1;z=2. Next.", ["See https://a.example/x?y=1;z=2.", "Next."]),
        ("We open at 9 a.m. and close at 6 p.m. daily.", ["We open at 9 a.m. and close at 6 p.m. daily."]),
        ("Use a cable, e.g. USB-C. Then restart.", ["Use a cable, e.g. USB-C.", "Then restart."]),
        ("See No. 5. The answer is no. Go on.", ["See No. 5.", "The answer is no.", "Go on."]),
        ("1. Open the app. 2 taps.", ["1. Open the app.", "2 taps."]),
        ("Really?! Yes.", ["Really?!", "Yes."]),
        ("", []),
        ("。。。\n!", []),
    ],
)  # fmt: skip
def test_split(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@given(st.text(st.sampled_from("退货a1 .。!?;；…\n“”)e.g"), max_size=60))
def test_sentences_are_verbatim_and_lose_no_word(text: str) -> None:
    place = 0
    for sentence in split(text):
        start = text.index(sentence, place)
        assert not any(char.isalnum() for char in text[place:start])
        assert sentence == sentence.strip()
        place = start + len(sentence)
    assert not any(char.isalnum() for char in text[place:])
