"""Many writers at once: no update is lost, no change goes unrecorded."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from kb.errors import Conflict
from kb.knowledge import KnowledgeBase
from kb.model import Content
from kb.settings import Settings

_EDITOR = """
import sys
from kb import store
from kb.errors import Conflict
from kb.knowledge import KnowledgeBase
from kb.model import Content, Kind
from kb.settings import Settings
name, count, data, url = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
engine = store.open_engine(Settings.from_env({"ZHIKE_DATA": data, "ZHIKE_DATABASE_URL": url}))
kb = KnowledgeBase(engine)
for turn in range(count):
    while True:
        entry = kb.entry("rule")
        try:
            kb.edit("rule", Content(Kind.POLICY, "t", f"{name} {turn}"), name, entry.version)
            break
        except Conflict:
            pass
"""


def bodies(kb: KnowledgeBase) -> list[str]:
    return [revision.content.body for revision in kb.entry("rule").revisions]


def test_threads_lose_no_edit(kb: KnowledgeBase, content: Callable[..., Content]) -> None:
    kb.create("rule", content(), "林编辑")

    def work(name: str) -> int:
        conflicts = 0
        for turn in range(8):
            while True:
                version = kb.entry("rule").version
                try:
                    kb.edit("rule", content(f"{name} {turn}"), name, version)
                    break
                except Conflict as error:
                    assert error.current_version > version
                    conflicts += 1
        return conflicts

    names = [f"editor {n}" for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, names))
    wanted = {f"{name} {turn}" for name in names for turn in range(8)}
    assert set(bodies(kb)[1:]) == wanted
    assert len(bodies(kb)) == 1 + len(wanted)
    assert kb.entry("rule").version == 1 + len(wanted) == kb.last_change()
    assert kb.verify_audit().ok


def test_processes_lose_no_edit(
    kb: KnowledgeBase, settings: Settings, content: Callable[..., Content]
) -> None:
    kb.create("rule", content(), "林编辑")
    arguments = [str(settings.data), settings.database_url]
    running = [
        subprocess.Popen([sys.executable, "-c", _EDITOR, f"editor-{n}", "6", *arguments])
        for n in range(3)
    ]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert set(bodies(kb)[1:]) == {f"editor-{n} {turn}" for n in range(3) for turn in range(6)}
    assert kb.entry("rule").version == 19
    assert [change.seq for change in kb.changes()] == list(range(1, 20))
    assert kb.verify_audit().ok


def test_one_publish_wins(kb: KnowledgeBase, content: Callable[..., Content]) -> None:
    kb.create("rule", content(), "林编辑")
    kb.submit("rule", 1, "林编辑")
    version = kb.approve("rule", 1, "周审核").version

    def publish(actor: str) -> bool:
        try:
            kb.publish("rule", 1, actor, expected_version=version)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(publish, ["a", "b", "c", "d"]))
    assert won.count(True) == 1
    assert [row.action for row in kb.audit("rule")].count("publish") == 1


def test_reader_sees_one_state_while_a_writer_works(
    open_kb: Callable[[str], KnowledgeBase], content: Callable[..., Content]
) -> None:
    kb = open_kb("reading")
    kb.create("rule", content(), "林编辑")
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(
            lambda: [kb.edit("rule", content(f"{n}"), "林编辑", n) for n in range(1, 15)]
        )
        while not writing.done():
            entry = kb.entry("rule")
            assert entry.version == len(entry.revisions)
    assert writing.exception() is None


@pytest.mark.slow
def test_waiting_too_long_is_said(
    open_kb: Callable[[str], KnowledgeBase], monkeypatch: pytest.MonkeyPatch
) -> None:
    from kb import sqlite_faults, store
    from kb.errors import StorageBusy

    kb = open_kb("busy")
    monkeypatch.setattr(sqlite_faults, "BUSY_SECONDS", 0.05)
    with (
        store.write(kb.engine),
        pytest.raises(StorageBusy),
        ThreadPoolExecutor(1) as pool,
    ):
        pool.submit(lambda: store.write(kb.engine).__enter__()).result()
