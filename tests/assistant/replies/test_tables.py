from __future__ import annotations

from pathlib import Path

import pytest

from assistant.replies import load_tables
from assistant.replies.vocabulary import Vocabulary
from kb.errors import InvalidInput
from kb.quantities import quantities


def test_an_override_replaces_only_its_keys(tmp_path: Path) -> None:
    (tmp_path / "replies").mkdir()
    (tmp_path / "replies" / "words.json").write_text('{"elsewhere": ["某东"]}', "utf-8")
    tables = load_tables(tmp_path)
    assert tables.words["elsewhere"] == ["某东"]
    assert tables.words["small_talk"] == load_tables().words["small_talk"]


def test_every_defect_of_an_override_is_named(tmp_path: Path) -> None:
    (tmp_path / "replies").mkdir()
    (tmp_path / "replies" / "words.json").write_text('{"elswhere": {}, "products": 3}', "utf-8")
    (tmp_path / "risk").mkdir()
    (tmp_path / "risk" / "groups.json").write_text("{", "utf-8")
    with pytest.raises(InvalidInput) as caught:
        load_tables(tmp_path)
    assert {p.field for p in caught.value.problems} == {"elswhere", "products", ""}


def test_synonyms_and_product_names_can_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "replies").mkdir()
    override = '{"synonyms": {"球鞋": "运动鞋"}, "products": ["跑鞋"]}'
    (tmp_path / "replies" / "words.json").write_text(override, "utf-8")
    vocabulary = Vocabulary.from_words(load_tables(tmp_path).words)
    assert vocabulary.in_article_words("球鞋能退吗") == "球鞋能退吗 运动鞋"
    assert "跑鞋" in vocabulary.product_terms
    assert "冰箱" not in vocabulary.product_terms
    assert "冰箱" in Vocabulary.from_words(load_tables().words).product_terms


def _texts(node: object) -> list[str]:
    if isinstance(node, str):
        return [node]
    assert isinstance(node, dict)
    return [text for child in node.values() for text in _texts(child)]


def test_our_own_phrases_state_no_number() -> None:
    assert [t for t in _texts(load_tables().phrases) if quantities(t)] == []


def test_both_languages_have_the_same_phrases() -> None:
    def shape(node: object) -> object:
        return {k: shape(v) for k, v in node.items()} if isinstance(node, dict) else None

    phrases = load_tables().phrases
    assert shape(phrases["zh"]) == shape(phrases["en"])
