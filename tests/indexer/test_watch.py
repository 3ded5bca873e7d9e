from __future__ import annotations

import io
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer import watch
from indexer.build import Indexer
from indexer.search import Searcher, SearchRequest
from kb.errors import StorageFull
from tests.indexer.fakes import NOW, BigramEncoder, FakeKb, entry, revision, shop


def until(true: Callable[[], bool]) -> None:
    """Wait for something another thread does; the limit only ends a broken run."""
    for _ in range(1000):
        if true():
            return
        threading.Event().wait(0.01)
    raise AssertionError("never happened")


def test_changes_become_searchable_while_watching(encoder: BigramEncoder, root: Path) -> None:
    kb, stop = shop(), threading.Event()
    thread = threading.Thread(target=watch.run, args=(Indexer(kb, encoder, root), stop, 0.01))
    thread.start()
    try:
        searcher = Searcher(root / "staff", encoder, clock=lambda: NOW)
        request = SearchRequest("会员日活动")
        until(lambda: searcher.search(request).generation != "")
        kb.put(entry(revision("member-day", title="会员日活动")))
        until(lambda: searcher.search(request).hits[0].entry_id == "member-day")
    finally:
        stop.set()
        thread.join()


class FailingKb(FakeKb):
    """Fails once, in the way it is told."""

    error: Exception | None = None

    def last_change(self) -> int:
        error, self.error = self.error, None
        if error:
            raise error
        return super().last_change()


@pytest.mark.parametrize("error", [StorageFull("full"), RuntimeError("surprise")])
def test_a_failed_build_is_survived(
    encoder: BigramEncoder, root: Path, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    kb = FailingKb(shop().entries)
    indexer = Indexer(kb, encoder, root)
    assert watch.attempt(indexer)
    kb.error = error
    with caplog.at_level(logging.ERROR):
        assert not watch.attempt(indexer)
    assert caplog.records
    assert watch.attempt(indexer)


def test_the_end_of_standard_input_stops_it() -> None:
    assert watch.stop_at_end_of(io.BytesIO(b"anything")).wait(10)
    read, write = os.pipe()
    with os.fdopen(read, "rb") as stream:
        stop = watch.stop_at_end_of(stream)
        os.write(write, b"still here\n")
        assert not stop.wait(0.05)
        os.close(write)
        assert stop.wait(10)


def test_long_builds_tell_how_far_they_are(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        for done in range(256, 10_001, 256):
            watch.progress(done, 10_000)
        watch.progress(10, 10)
    assert 1 <= len(caplog.records) <= 3
