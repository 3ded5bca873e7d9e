from __future__ import annotations

import json

import numpy as np
import pytest

from indexer.concepts import FILE, MOST, Concepts, named, thesaurus
from indexer.keywords import Document, KeywordIndex
from indexer.text import analyse, normalise

TEXTS = ["退货运费由买家承担", "空调不制冷先清洗滤网", "会员积分", "shipping fee of a return"]
INDEX = KeywordIndex.build([Document.of(analyse(text)) for text in TEXTS])


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("邮费谁出", 0),
        ("who pays the postage", 0),
        ("my air conditioners blow warm air", 1),
        ("挂机没冷气", 1),
        ("运费", 3),
    ],
)
def test_a_concept_is_found_by_another_word(query: str, text: int) -> None:
    scores, mass = Concepts(INDEX).scores(named(query))
    assert scores[text] > 0
    assert scores[2] == 0
    assert scores.max() <= mass * 2.2 + 1e-6


def test_the_longest_member_counts() -> None:
    groups = thesaurus().groups
    found = named("不制冷")
    assert all(any("制冷" in member.text for member in groups[at]) for at in found)


def test_parts_of_latin_words_name_nothing() -> None:
    assert named("package") == () or all(
        "ac" not in [member.text for member in thesaurus().groups[at]] for at in named("package")
    )


def test_at_most_a_few_concepts_are_looked_up() -> None:
    everything = " ".join(member for group in _stored() for member in group)
    assert len(named(everything)) == MOST


def test_nothing_named_nothing_found() -> None:
    scores, mass = Concepts(INDEX).scores(named("哈哈哈"))
    assert mass == 0
    assert not scores.any()
    empty = KeywordIndex.build([])
    assert not len(Concepts(empty).scores(named("运费"))[0])


def test_the_file_is_clean() -> None:
    groups = _stored()
    counted: dict[str, int] = {}
    for group in groups:
        assert len(group) >= 2, group
        assert len(set(group)) == len(group), group
        for member in group:
            assert member == normalise(member) and member.strip(), member
            counted[member] = counted.get(member, 0) + 1
    assert max(counted.values()) <= 2
    assert np.mean([any(m.isascii() for m in group) for group in groups]) > 0.5


def _stored() -> list[list[str]]:
    found: list[list[str]] = json.loads(FILE.read_text("utf-8"))["groups"]
    return found
