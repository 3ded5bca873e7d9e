from __future__ import annotations

import threading
from pathlib import Path

import pytest

from indexer import generations, publishing
from indexer.build import Indexer, build
from indexer.opening import Opened, open_live
from indexer.search import Searcher, SearchRequest, SearchResponse
from kb.errors import NotAllowed
from tests.indexer.fakes import EVERYONE, NOW, BigramEncoder, FakeKb, entry, revision, shop


def test_only_new_texts_are_encoded(kb: FakeKb, encoder: BigramEncoder, root: Path) -> None:
    indexer = Indexer(kb, encoder, root)
    report = indexer.build()
    assert report.embedded == len(encoder.encoded) == len(set(encoder.encoded)) > 20
    encoder.encoded.clear()
    kb.put(
        entry(
            revision("faq-refund-when", 1, title="退款多久到账？", body="退款 1–3 个工作日到账。",
                     questions=("钱什么时候退给我", "新的问法"))
        )
    )  # fmt: skip
    report = indexer.build()
    assert encoder.encoded == ["新的问法", "退款多久到账? 退款 1–3 个工作日到账。"]
    assert report.embedded == 2
    assert report.reused > 20


def test_vectors_are_reused_after_a_restart(indexer: Indexer, kb: FakeKb, root: Path) -> None:
    encoder = BigramEncoder()
    report = Indexer(kb, encoder, root).build()
    assert encoder.encoded == []
    assert (report.changed, report.embedded) == (False, 0)


def test_vectors_of_a_damaged_generation_are_not_reused(
    indexer: Indexer, kb: FakeKb, root: Path
) -> None:
    staff = root / "staff"
    path = generations.folder(staff, generations.current(staff)) / "vectors.npy"
    path.write_bytes(path.read_bytes()[:-1] + b"\x7f")
    encoder = BigramEncoder()
    report = Indexer(kb, encoder, root).build()
    assert report.changed and encoder.encoded


def test_another_encoder_embeds_everything_anew(indexer: Indexer, kb: FakeKb, root: Path) -> None:
    encoder = BigramEncoder("bigrams-2")
    report = Indexer(kb, encoder, root).build()
    assert report.reused == 0
    assert report.changed


def test_progress_is_told(encoder: BigramEncoder, root: Path) -> None:
    many = [
        entry(revision(f"entry-{n}", title=f"标题 {n}", body=f"正文 {n}。")) for n in range(300)
    ]
    told: list[tuple[int, int]] = []
    build(FakeKb(many), encoder, root, lambda done, total: told.append((done, total)))
    assert told == [(256, 600), (512, 600), (600, 600)]


def test_equal_texts_are_encoded_once(encoder: BigramEncoder, root: Path) -> None:
    same = [entry(revision(f"entry-{n}", title="同一个标题", body="")) for n in range(5)]
    assert build(FakeKb(same), encoder, root).embedded == 1


def test_builds_are_reproducible(encoder: BigramEncoder, tmp_path: Path) -> None:
    kb = shop()
    one = build(kb, encoder, tmp_path / "one")
    kb.entries.reverse()
    two = build(kb, encoder, tmp_path / "two")
    assert (one.generation, one.public_generation) == (two.generation, two.public_generation)


def test_a_publish_is_searchable_at_once(
    indexer: Indexer, kb: FakeKb, searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.search._CHECK_EVERY", 0.0)
    request = SearchRequest("全新的会员日活动", audiences=EVERYONE)
    assert searcher.search(request).hits[0].title != "会员日活动"
    kb.put(entry(revision("member-day", title="会员日活动")))
    assert indexer.build_if_changed() is not None
    assert searcher.search(request).hits[0].title == "会员日活动"
    assert indexer.build_if_changed() is None


def test_the_current_file_is_looked_at_rarely(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []
    monkeypatch.setattr("indexer.search._stamp", lambda path: looks.append(1))
    monkeypatch.setattr("indexer.search._CHECK_EVERY", 3600.0)
    for _ in range(20):
        searcher.search(SearchRequest("退货"))
    assert len(looks) == 1


def test_who_asks_while_the_first_generation_is_being_opened_waits_for_it(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def open_slowly(root: Path, fingerprint: str) -> Opened | None:
        begun.set()
        assert go_on.wait(60)
        return open_live(root, fingerprint)

    monkeypatch.setattr("indexer.search._CHECK_EVERY", 3600.0)
    monkeypatch.setattr("indexer.search.open_live", open_slowly)
    found: list[SearchResponse] = []
    request = SearchRequest("退款要几天", audiences=EVERYONE)
    first, second = (
        threading.Thread(target=lambda: found.append(searcher.search(request))) for _ in range(2)
    )
    first.start()
    assert begun.wait(60)
    second.start()
    second.join(0.2)  # as long as whoever does not wait needs to answer with nothing
    go_on.set()
    first.join()
    second.join()
    assert [each.hits[0].entry_id for each in found] == ["faq-refund-when"] * 2


def test_two_builders_do_not_mix(indexer: Indexer, root: Path) -> None:
    with publishing.writer(root), pytest.raises(NotAllowed):
        indexer.build()


def test_old_searchers_go_on_while_generations_are_pruned(
    indexer: Indexer, kb: FakeKb, encoder: BigramEncoder, root: Path, searcher: Searcher,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    before = searcher.search(SearchRequest("退款", audiences=EVERYONE))
    monkeypatch.setattr("indexer.search._CHECK_EVERY", 3600.0)
    for n in range(6):
        kb.put(entry(revision(f"more-{n}", title=f"更多 {n}")))
        indexer.build()
    after = searcher.search(SearchRequest("退款", audiences=EVERYONE))
    assert after.generation == before.generation
    assert not generations.folder(root / "staff", before.generation).exists()
    assert [h.entry_id for h in after.hits] == [h.entry_id for h in before.hits]
    fresh = Searcher(root / "staff", encoder, clock=lambda: NOW)
    assert fresh.search(SearchRequest("更多 5")).hits[0].entry_id == "more-5"


def test_many_threads_search_while_generations_change(
    indexer: Indexer, kb: FakeKb, searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.search._CHECK_EVERY", 0.0)
    stop, failures = threading.Event(), []

    def ask() -> None:
        while not stop.is_set():
            try:
                found = searcher.search(SearchRequest("退款要几天", audiences=EVERYONE))
                if found.degraded or found.hits[0].entry_id != "faq-refund-when":
                    failures.append(found)
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for n in range(6):
            kb.put(entry(revision("changing", title=f"变化 {n}")))
            indexer.build()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert searcher.search(SearchRequest("变化 5")).hits[0].title == "变化 5"
