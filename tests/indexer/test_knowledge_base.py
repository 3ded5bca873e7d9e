"""Against the real knowledge base: publish, watch, search, withdraw."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from indexer.build import Indexer
from indexer.encoder import load_encoder
from indexer.search import Searcher, SearchRequest
from kb.clock import utc_now
from kb.knowledge import KnowledgeBase
from kb.model import Content, Entry, Kind
from kb.settings import Settings
from kb.store import open_engine, upgrade
from tests.indexer.fakes import tiny_model


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"ZHIKE_DATA": str(tmp_path), "ZHIKE_ENCODER": str(tiny_model(tmp_path / "model"))}


@pytest.fixture
def settings(environ: dict[str, str], tmp_path: Path) -> Settings:
    return Settings.from_env(environ, tmp_path)


@pytest.fixture
def kb(settings: Settings) -> Iterator[KnowledgeBase]:
    engine = open_engine(settings)
    upgrade(engine)
    yield KnowledgeBase(engine, utc_now, settings.site_tz)
    engine.dispose()


def publish(kb: KnowledgeBase, entry_id: str, title: str) -> None:
    content = Content(Kind.FAQ, title, f"{title}的答案。", effective_from=utc_now() - timedelta(1))
    kb.create(entry_id, content, "林编辑")
    kb.submit(entry_id, 1, "林编辑")
    kb.approve(entry_id, 1, "周审核")
    kb.publish(entry_id, 1, "周审核")


def until(true: Callable[[], bool]) -> None:
    for _ in range(2000):
        if true():
            return
        threading.Event().wait(0.01)
    raise AssertionError("never happened")


def ids(searcher: Searcher, query: str) -> list[str]:
    return [hit.entry_id for hit in searcher.search(SearchRequest(query)).hits]


def test_the_lifecycle_decides_what_is_found(kb: KnowledgeBase, settings: Settings) -> None:
    encoder = load_encoder(settings)
    root = settings.data / "index"
    indexer = Indexer(kb, encoder, root)
    content = Content(Kind.FAQ, "退货运费谁付", "客户付。")
    made = kb.create("return-freight", content, "林编辑")
    steps: list[Callable[[], Entry]] = [
        lambda: kb.submit(made.id, 1, "林编辑"),
        lambda: kb.approve(made.id, 1, "周审核"),
        lambda: kb.publish(made.id, 1, "周审核"),
        lambda: kb.withdraw(made.id, 1, "周审核"),
    ]
    seen = []
    for step in steps:
        step()
        indexer.build_if_changed()
        seen.append(ids(Searcher(root / "staff", encoder), "退货运费谁付"))
    assert seen == [[], [], ["return-freight"], []]


def test_the_watching_process(
    kb: KnowledgeBase, settings: Settings, environ: dict[str, str]
) -> None:
    publish(kb, "first-entry", "冰箱不凉怎么办")
    watcher = subprocess.Popen(
        [sys.executable, "-m", "indexer.watch"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environ},
        cwd=Path(__file__).parents[2],
    )
    with watcher:
        searcher = Searcher(settings.data / "index" / "public", load_encoder(settings))
        until(lambda: ids(searcher, "冰箱") == ["first-entry"])
        publish(kb, "second-entry", "空调不凉怎么办")
        until(lambda: "second-entry" in ids(searcher, "空调"))
        assert watcher.poll() is None
        assert watcher.stdin is not None
        watcher.stdin.close()
        assert watcher.wait(20) == 0
