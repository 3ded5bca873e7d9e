"""Searches with a remote encoder go on by keywords while it does not answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.build import Indexer
from indexer.endpoint import Address, Endpoint
from indexer.remote import RemoteEncoder
from indexer.search import Searcher, SearchRequest
from indexer.watch import attempt
from kb.errors import Unavailable
from tests.indexer.fakes import EVERYONE, NOW, BigramEncoder, FakeKb, entry, revision
from tests.model_server import Failure, ModelServer, embeddings, serving

REQUEST = SearchRequest("退款要几天", audiences=EVERYONE)
OUT = "does not answer: keywords only"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with serving(embeddings(BigramEncoder().encode)) as server:
        yield server


class Later:
    """A clock that is moved by hand; pauses take no time."""

    def __init__(self) -> None:
        self.now = 0.0

    def encoder(self, server: ModelServer) -> RemoteEncoder:
        address = Address.read("ZHIKE_ENCODER", server.address())
        return RemoteEncoder(Endpoint(address, "", lambda seconds: None, lambda: self.now))


@pytest.fixture
def later() -> Later:
    return Later()


@pytest.fixture
def built(kb: FakeKb, server: ModelServer, later: Later, root: Path) -> Path:
    Indexer(kb, later.encoder(server), root).build()
    return root / "staff"


def test_an_outage_while_searching(
    built: Path, server: ModelServer, later: Later, caplog: pytest.LogCaptureFixture
) -> None:
    searcher = Searcher(built, later.encoder(server), clock=lambda: NOW)
    before = searcher.search(REQUEST)
    assert not before.degraded
    server.down = Failure(503)
    for _ in range(3):
        during = searcher.search(REQUEST)
        assert during.hits[0].entry_id == "faq-refund-when"
        assert during.degraded and during.degraded_reason.endswith(OUT)
        assert searcher.degraded_reason == during.degraded_reason
    assert caplog.text.count("searching by keywords only") == 1
    server.down = None
    later.now += 15
    after = searcher.search(REQUEST)
    assert after.hits == before.hits and not after.degraded and not searcher.degraded


def test_an_outage_before_the_first_search(
    built: Path, server: ModelServer, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.search._CHECK_EVERY", 0)
    server.down = Failure(503)
    searcher = Searcher(built, later.encoder(server), clock=lambda: NOW)
    for _ in range(3):
        found = searcher.search(REQUEST)
        assert found.hits[0].entry_id == "faq-refund-when"
        assert found.degraded_reason.endswith(OUT)
    server.down = None
    later.now += 15
    found = searcher.search(REQUEST)
    assert not found.degraded and found.timings["vectors"] > 0
    opened = searcher.opened()
    assert opened is not None and opened.vectors is not None


def test_an_index_of_another_remote_model_is_refused(
    built: Path, server: ModelServer, later: Later
) -> None:
    address = Address.read("ZHIKE_ENCODER", server.address(model="other"))
    searcher = Searcher(built, RemoteEncoder(Endpoint(address)), clock=lambda: NOW)
    assert "built by another encoder" in searcher.search(REQUEST).degraded_reason


def test_a_build_that_failed_goes_on_where_it_stopped(
    built: Path,
    kb: FakeKb,
    server: ModelServer,
    later: Later,
    root: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.down = Failure(503)
    kb.put(entry(revision("new-rule", title="新的积分规则")))
    indexer = Indexer(kb, later.encoder(server), root)
    with pytest.raises(Unavailable):
        indexer.build()
    assert not attempt(indexer)
    assert "Traceback" not in caplog.text and "ZHIKE_ENCODER" in caplog.text
    server.down = None
    later.now += 15
    report = indexer.build()
    assert report.changed and 0 < report.embedded <= 3 and report.reused > 10


def test_threads_share_one_outage(built: Path, server: ModelServer, later: Later) -> None:
    searcher = Searcher(built, later.encoder(server), clock=lambda: NOW)
    searcher.search(REQUEST)
    server.down = Failure(503)
    searcher.search(REQUEST)
    asked = len(server.bodies)
    reasons: list[str] = []
    threads = [
        threading.Thread(target=lambda: reasons.append(searcher.search(REQUEST).degraded_reason))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reasons) == 8 and all(reason.endswith(OUT) for reason in reasons)
    assert len(server.bodies) == asked
