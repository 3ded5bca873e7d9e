"""Backups taken while the product runs, and restoring them."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from kb import store
from kb.backup import backup, restore
from kb.errors import InvalidInput, NotAllowed, StorageFull
from kb.knowledge import KnowledgeBase
from kb.model import Content
from kb.settings import Settings


@pytest.fixture
def target(tmp_path: Path) -> Settings:
    return Settings.from_env({"ZHIKE_DATA": str(tmp_path / "target")}, tmp_path)


def test_backup_restores_everything(
    open_kb: Callable[[str], KnowledgeBase], content: Callable[..., Content], tmp_path: Path,
    target: Settings,
) -> None:  # fmt: skip
    kb = open_kb("running")
    kb.create("rule", content(), "林编辑")
    copy = tmp_path / "backups" / "one.db"
    backup(kb.engine, copy)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in copy.parent.iterdir()] == ["one.db"]
    kb.create("later", content(), "林编辑")

    assert restore(copy, target) is None
    engine = store.open_engine(target)
    store.upgrade(engine)
    restored = KnowledgeBase(engine)
    assert restored.snapshot() == [kb.entry("rule")]
    assert restored.verify_audit().ok
    engine.dispose()

    kept = restore(copy, target)
    assert kept is not None
    with closing(sqlite3.connect(kept)) as old:
        assert old.execute("SELECT count(*) FROM entry").fetchone() == (1,)


def test_backup_is_one_state_while_others_write(
    open_kb: Callable[[str], KnowledgeBase], content: Callable[..., Content], tmp_path: Path,
    target: Settings,
) -> None:  # fmt: skip
    kb = open_kb("running")
    kb.create("rule", content(), "林编辑")
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(
            lambda: [kb.edit("rule", content(f"第 {n} 版"), "林编辑", n) for n in range(1, 20)]
        )
        backup(kb.engine, tmp_path / "busy.db")
    assert writing.exception() is None
    restore(tmp_path / "busy.db", target)
    engine = store.open_engine(target)
    restored = KnowledgeBase(engine)
    entry = restored.entry("rule")
    assert entry.version == len(entry.revisions) == restored.last_change()
    assert restored.verify_audit().ok
    engine.dispose()


def test_nothing_is_overwritten_or_restored_under_a_running_server(
    open_kb: Callable[[str], KnowledgeBase], content: Callable[..., Content], tmp_path: Path
) -> None:
    kb = open_kb("running")
    kb.create("rule", content(), "林编辑")
    backup(kb.engine, tmp_path / "one.db")
    with pytest.raises(NotAllowed, match="exists"):
        backup(kb.engine, tmp_path / "one.db")
    running = Settings.from_env({"ZHIKE_DATA": str(tmp_path / "running")}, tmp_path)
    with pytest.raises(NotAllowed, match="stop the server"):
        restore(tmp_path / "one.db", running)
    assert kb.create("later", content(), "林编辑").version == 1
    assert (
        sorted(p.name for p in (tmp_path / "running").iterdir() if "zhike.db" not in p.name) == []
    )


@pytest.mark.parametrize("harm", ["text", "empty", "cut", "foreign", "newer", "missing"])
def test_files_that_are_no_sound_backup(
    open_kb: Callable[[str], KnowledgeBase], tmp_path: Path, target: Settings, harm: str
) -> None:
    path = tmp_path / "bad.db"
    if harm == "text":
        path.write_text("no database at all" * 100)
    elif harm == "empty":
        path.touch()
    elif harm == "foreign":
        with closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TABLE t (x)")
    elif harm != "missing":
        backup(open_kb("origin").engine, path)
        if harm == "cut":
            path.write_bytes(path.read_bytes()[:-9000])
        else:
            with closing(sqlite3.connect(path)) as newer, newer:
                newer.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(InvalidInput, match=r"bad\.db"):
        restore(path, target)
    assert not (target.data / "zhike.db").exists()


def test_damaged_database_can_be_replaced(
    open_kb: Callable[[str], KnowledgeBase], tmp_path: Path, target: Settings
) -> None:
    backup(open_kb("origin").engine, tmp_path / "one.db")
    target.data.mkdir()
    (target.data / "zhike.db").write_bytes(b"garbage" * 1000)
    kept = restore(tmp_path / "one.db", target)
    assert kept is not None
    assert kept.read_bytes().startswith(b"garbage")


def test_other_databases_are_refused_with_the_way_to_go(tmp_path: Path) -> None:
    for url, message in (("postgresql://x@/y", "pg_dump"), ("sqlite://", "in memory")):
        settings = Settings.from_env({"ZHIKE_DATABASE_URL": url}, tmp_path)
        engine = store.open_engine(settings)
        with pytest.raises(NotAllowed, match=message):
            backup(engine, tmp_path / "x.db")
        engine.dispose()


def test_a_full_disk_leaves_no_half_backup(
    tmp_path: Path, target: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = store.open_engine(target)
    store.upgrade(engine)

    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("kb.backup._sync", full)
    with pytest.raises(StorageFull, match="no backup was written"):
        backup(engine, tmp_path / "copies" / "copy.db")
    engine.dispose()
    assert list((tmp_path / "copies").iterdir()) == []
