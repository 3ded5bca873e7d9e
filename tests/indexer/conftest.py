"""A built index of the small shop, and a searcher over it."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.build import Indexer
from indexer.search import Searcher
from tests.indexer.fakes import NOW, BigramEncoder, FakeKb, shop


@pytest.fixture
def kb() -> FakeKb:
    return shop()


@pytest.fixture
def encoder() -> BigramEncoder:
    return BigramEncoder()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def indexer(kb: FakeKb, encoder: BigramEncoder, root: Path) -> Indexer:
    made = Indexer(kb, encoder, root)
    made.build()
    return made


@pytest.fixture
def searcher(indexer: Indexer, encoder: BigramEncoder, root: Path) -> Searcher:
    return Searcher(root / "staff", encoder, clock=lambda: NOW)
