from __future__ import annotations

from pathlib import Path

import pytest

from indexer.build import Indexer
from indexer.chunking import chunks
from indexer.search import Searcher
from indexer.text import normalise, terms
from indexer.vocabulary import KEYS, ROWS, TEXT, Vocabulary, Words, files, forms
from kb.model import Audience, Kind
from tests.indexer.fakes import BigramEncoder, FakeKb, entry, revision

CUSTOMERS = frozenset({Audience.CUSTOMER})


def vocabulary(folder: Path, *content: tuple[Audience, dict[str, object]]) -> Vocabulary:
    """A vocabulary of revisions with these fields."""
    made = []
    for at, (audience, fields) in enumerate(content):
        pieces = chunks(revision(f"entry-{at}", **fields))  # type: ignore[arg-type]
        analysed = [(piece, list(terms(normalise(piece.text)))) for piece in pieces]
        made.append((audience, forms(analysed)))
    for name, write in files(made).items():
        write(folder / name)
    return Vocabulary.read(folder)


@pytest.fixture
def words(tmp_path: Path) -> Words:
    return vocabulary(
        tmp_path,
        (
            Audience.CUSTOMER,
            {"title": "怎么退货", "questions": ("退货 运费",), "body": "退货时寄回优惠券。"},
        ),
        (Audience.CUSTOMER, {"title": "冰箱不制冷", "body": "优惠券已失效。"}),
        (Audience.INTERNAL, {"title": "补偿授权"}),
    ).for_readers(CUSTOMERS)


def texts(found: list[list[object]]) -> list[set[str]]:
    return [{form.text for form in each} for each in found]  # type: ignore[attr-defined]


def test_words_are_found_by_sound_by_gap_and_by_initials(words: Words) -> None:
    assert texts(words.sounding(["tuihuo", "binxian"])) == [{"退货"}, {"冰箱"}]
    assert texts(words.with_gap(["退_", "_箱", "冰_柜"])) == [{"退货"}, {"冰箱"}, set()]
    assert [form.text for form in words.beginning("bzl")] == ["不制冷"]


def test_words_of_bodies_must_recur(words: Words) -> None:
    assert words.is_word("优惠券")
    assert words.form("失效") is None


def test_the_commoner_weighs_more(words: Words) -> None:
    common, rare = words.form("优惠券"), words.form("退货")
    assert common is not None and rare is not None
    assert rare.weight > common.weight  # what is asked counts three times


def test_readers_see_only_what_is_for_them(words: Words, tmp_path: Path) -> None:
    everybody = Vocabulary.read(tmp_path).for_readers(Audience)
    assert texts(words.sounding(["bucan"])) == [set()]
    assert texts(everybody.sounding(["bucan"])) == [{"补偿"}]


def test_counter_questions_teach_no_words(tmp_path: Path) -> None:
    made = vocabulary(
        tmp_path, (Audience.CUSTOMER, {"title": "退款", "counter": ("移机多少钱", "移机")})
    )
    assert made.form("移机") is None


def test_an_empty_vocabulary_can_be_asked(tmp_path: Path) -> None:
    made = vocabulary(tmp_path).for_readers(Audience)
    assert made.sounding(["tuihuo"]) == [[]]
    assert made.total == 1


def test_the_public_vocabulary_comes_from_public_text_alone(
    kb: FakeKb, encoder: BigramEncoder, root: Path
) -> None:
    secret = revision(
        "plan",
        kind=Kind.POLICY,
        title="凤凰计划 凤凰",
        body="凤凰计划。",
        audience=Audience.INTERNAL,
    )
    kb.put(entry(secret))
    Indexer(kb, encoder, root).build()
    for part, known in (("staff", True), ("public", False)):
        opened = Searcher(root / part, encoder).opened()
        assert opened is not None
        assert (opened.vocabulary.form("凤凰") is not None) is known
        folder = root / part / "generations" / opened.name
        assert ("凤凰".encode() in (folder / TEXT).read_bytes()) is known
        assert (folder / KEYS).stat().st_size == (folder / ROWS).stat().st_size


def test_damage_to_the_vocabulary_is_noticed(
    indexer: Indexer, encoder: BigramEncoder, root: Path
) -> None:
    before = Searcher(root / "staff", encoder).opened()
    assert before is not None
    place = root / "staff" / "generations" / before.name / TEXT
    place.write_bytes(place.read_bytes()[:-2])
    assert Searcher(root / "staff", encoder).opened() is None
