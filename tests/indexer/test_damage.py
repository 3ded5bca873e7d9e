"""Damaged files, other encoders, other versions: quarantine, the previous one, keywords only."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from indexer import generations
from indexer.build import Indexer
from indexer.generations import MANIFEST, SEAL
from indexer.search import Searcher, SearchRequest, SearchResponse
from tests.indexer.fakes import EVERYONE, NOW, BigramEncoder, FakeKb, entry, revision


def live(root: Path) -> Path:
    staff = root / "staff"
    return generations.folder(staff, generations.current(staff))


def flip(path: Path) -> None:
    old = path.read_bytes()
    path.write_bytes(old[:-1] + bytes([old[-1] ^ 0x10]))


def search(root: Path, encoder: BigramEncoder, query: str = "退款要几天") -> SearchResponse:
    searcher = Searcher(root / "staff", encoder, clock=lambda: NOW)
    return searcher.search(SearchRequest(query, audiences=EVERYONE))


@pytest.fixture
def two_generations(indexer: Indexer, kb: FakeKb, root: Path) -> Path:
    kb.put(entry(revision("newer", title="较新的条目")))
    indexer.build()
    return root


@pytest.mark.parametrize(
    "file",
    ["vectors.npy", "kw_impacts.npy", "chunks.jsonl", "span_ends.npy", "kinds.npy", MANIFEST, SEAL],
)
def test_damage_brings_the_previous_generation_back(
    two_generations: Path, encoder: BigramEncoder, file: str
) -> None:
    damaged = live(two_generations)
    flip(damaged / file)
    found = search(two_generations, encoder)
    assert found.degraded and damaged.name in found.degraded_reason
    assert found.generation != damaged.name
    assert found.hits[0].entry_id == "faq-refund-when"
    assert (two_generations / "staff" / "quarantine" / damaged.name).is_dir()


def test_keywords_only_when_no_vectors_are_left(
    two_generations: Path, encoder: BigramEncoder
) -> None:
    newest = live(two_generations).name
    for name in generations.names(two_generations / "staff"):
        flip(generations.folder(two_generations / "staff", name) / "vectors.npy")
    encoder.encoded.clear()
    found = search(two_generations, encoder)
    assert found.degraded and "keywords only" in found.degraded_reason
    assert found.generation == newest
    assert found.hits[0].entry_id == "faq-refund-when"
    assert found.hits[0].score_parts["dense_best"] == 0
    assert 0 < found.hits[0].confidence <= 1


def test_every_process_finds_the_keywords_that_are_left(
    two_generations: Path, encoder: BigramEncoder
) -> None:
    for name in generations.names(two_generations / "staff"):
        flip(generations.folder(two_generations / "staff", name) / "vectors.npy")
    first, second = (search(two_generations, encoder) for _ in range(2))
    assert first.generation == second.generation != ""
    assert second.degraded and "keywords only" in second.degraded_reason
    assert second.hits[0].entry_id == "faq-refund-when"


def test_processes_that_find_the_same_damage_keep_it_for_inspection(
    two_generations: Path, encoder: BigramEncoder
) -> None:
    staff, damaged = two_generations / "staff", live(two_generations).name
    flip(live(two_generations) / "vectors.npy")
    for _ in range(2):
        assert search(two_generations, encoder).degraded
        generations.quarantine(staff, damaged)
    assert generations.quarantined(staff) == [damaged]
    assert (staff / "quarantine" / damaged / MANIFEST).is_file()


def test_a_searcher_goes_over_to_the_replacement_whatever_its_name(
    two_generations: Path, indexer: Indexer, encoder: BigramEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.search._CHECK_EVERY", 0.0)
    flip(live(two_generations) / "vectors.npy")
    searcher = Searcher(two_generations / "staff", encoder, clock=lambda: NOW)
    searcher.reload_if_changed()
    assert searcher.degraded
    shutil.rmtree(two_generations / "staff" / "quarantine")
    assert indexer.build_if_changed() is not None
    assert searcher.reload_if_changed()
    assert not searcher.degraded


@pytest.mark.parametrize("junk", [b"", b"\xff\xfe", b"../../elsewhere", b"g00000001-", b"\0"])
def test_a_damaged_current_file_is_as_good_as_none(
    indexer: Indexer, encoder: BigramEncoder, root: Path, junk: bytes
) -> None:
    elsewhere = root / "elsewhere"
    elsewhere.mkdir()
    (root / "staff" / "CURRENT").write_bytes(junk)
    assert generations.current(root / "staff") == ""
    assert search(root, encoder).hits[0].entry_id == "faq-refund-when"
    assert indexer.build_if_changed() is not None
    assert not search(root, encoder).degraded
    assert elsewhere.is_dir()


def test_nothing_left_at_all(two_generations: Path, encoder: BigramEncoder) -> None:
    for name in generations.names(two_generations / "staff"):
        (generations.folder(two_generations / "staff", name) / "chunks.jsonl").unlink()
    found = search(two_generations, encoder)
    assert (found.hits, found.degraded, found.generation) == ((), True, "")


def test_the_builder_replaces_what_was_quarantined(
    indexer: Indexer, encoder: BigramEncoder, root: Path
) -> None:
    flip(live(root) / "vectors.npy")
    assert search(root, encoder).degraded
    report = indexer.build_if_changed()
    assert report is not None and report.changed
    assert not search(root, encoder).degraded


def test_a_vanished_current_file_is_rebuilt(
    indexer: Indexer, encoder: BigramEncoder, root: Path
) -> None:
    (root / "staff" / "CURRENT").unlink()
    assert indexer.build_if_changed() is not None
    assert not search(root, encoder).degraded


def test_vectors_of_another_encoder_are_refused(indexer: Indexer, root: Path, kb: FakeKb) -> None:
    other = BigramEncoder("bigrams-2")
    found = search(root, other)
    assert found.degraded and "another encoder" in found.degraded_reason
    assert found.hits[0].entry_id == "faq-refund-when"
    assert found.hits[0].score_parts["dense_best"] == 0
    Indexer(kb, other, root).build()
    assert not search(root, other).degraded


def test_another_version_of_the_index_is_left_unread_and_unharmed(
    indexer: Indexer, encoder: BigramEncoder, root: Path
) -> None:
    import hashlib

    place = live(root)
    stored = json.loads((place / MANIFEST).read_text("utf-8"))
    stored["facts"]["analysis"] = "0"
    text = json.dumps(stored)
    (place / MANIFEST).write_text(text, "utf-8")
    (place / SEAL).write_text(hashlib.sha256(text.encode()).hexdigest(), "utf-8")
    found = search(root, encoder)
    assert (found.hits, found.degraded) == ((), True)
    assert place.is_dir()


def test_arrays_never_hold_pickles(indexer: Indexer, root: Path) -> None:
    import numpy as np

    files = list(live(root).glob("*.npy"))
    assert len(files) > 10
    for path in files:
        assert not np.load(path, allow_pickle=False).dtype.hasobject


def test_a_passing_trouble_is_no_damage(
    indexer: Indexer, encoder: BigramEncoder, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    searcher = Searcher(root / "staff", encoder, clock=lambda: NOW)

    def refuse(*_: object) -> None:
        raise OSError(errno.EMFILE, "too many open files")

    monkeypatch.setattr("indexer.search._CHECK_EVERY", 0.0)
    with monkeypatch.context() as trouble:
        trouble.setattr("indexer.generations.file_hash", refuse)
        assert searcher.search(SearchRequest("退款")).hits == ()
    assert searcher.search(SearchRequest("退款")).hits
    assert not (root / "staff" / "quarantine").exists()
