"""kill -9 at any moment: what was acknowledged is there, what was not is wholly absent."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.exchange import Action, apply_import, export, plan_import
from kb.knowledge import KnowledgeBase
from kb.model import Content, Status

_PUBLISHER = """
import sys
from kb import store
from kb.knowledge import KnowledgeBase
from kb.model import Content, Kind
from kb.settings import Settings
engine = store.open_engine(Settings.from_env({"ZHIKE_DATA": sys.argv[1]}))
kb = KnowledgeBase(engine)
for number in range(10_000):
    entry_id = f"rule-{number}"
    kb.create(entry_id, Content(Kind.POLICY, "t", f"第 {number} 条规则。"), "a")
    kb.submit(entry_id, 1, "a")
    kb.approve(entry_id, 1, "b")
    kb.publish(entry_id, 1, "b")
    print(entry_id, flush=True)
"""
_IMPORTER = """
import sys
from pathlib import Path
from kb import exchange, store
from kb.knowledge import KnowledgeBase
from kb.settings import Settings
exchange._BATCH = 3
kb = KnowledgeBase(store.open_engine(Settings.from_env({"ZHIKE_DATA": sys.argv[1]})))
plan = exchange.plan_import(Path(sys.argv[2]), kb)
exchange.apply_import(plan, kb, "ops", lambda done, total: print(done, flush=True))
"""


def run_and_kill(script: str, *arguments: str, after_lines: int, pause: float) -> list[str]:
    """Start the script, wait for some lines and a moment more, kill it; give all its lines."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, *arguments], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    lines = [process.stdout.readline().strip() for _ in range(after_lines)]
    time.sleep(pause)
    process.send_signal(signal.SIGKILL)
    lines += process.stdout.read().split()
    process.stdout.close()
    process.wait()
    return lines


@pytest.mark.parametrize("pause", [0.0, 0.013, 0.037])
def test_acknowledged_publishes_survive(
    open_kb: Callable[[str], KnowledgeBase], tmp_path: Path, pause: float
) -> None:
    open_kb("killed").engine.dispose()
    acknowledged = run_and_kill(_PUBLISHER, str(tmp_path / "killed"), after_lines=4, pause=pause)
    kb = open_kb("killed")
    entries = {entry.id: entry for entry in kb.snapshot()}
    for entry_id in acknowledged:
        assert entries[entry_id].revisions[0].status is Status.PUBLISHED
    steps = ["create", "submit", "approve", "publish"]
    for entry in entries.values():
        done = [row.action for row in kb.audit(entry.id)]
        assert done == steps[: entry.version]
        assert len(entry.revisions) == 1
    assert len(entries) <= len(acknowledged) + 1
    assert kb.last_change() == sum(entry.version for entry in entries.values())
    assert kb.verify_audit().ok
    assert kb.verify_contents() == []


def test_killed_import_is_completed_by_running_it_again(
    open_kb: Callable[[str], KnowledgeBase], content: Callable[..., Content], tmp_path: Path
) -> None:
    origin = open_kb("origin")
    for number in range(30):
        origin.create(f"rule-{number:02d}", content(f"第 {number} 条。"), "林编辑")
    export(origin, tmp_path / "files")
    open_kb("target").engine.dispose()
    run_and_kill(
        _IMPORTER, str(tmp_path / "target"), str(tmp_path / "files"), after_lines=2, pause=0
    )
    target = open_kb("target")
    there = len(target.snapshot())
    assert there >= 6
    assert there % 3 == 0, "a batch is there wholly or not at all"
    assert target.verify_audit().ok

    done = apply_import(plan_import(tmp_path / "files", target), target, "ops")
    assert done.counts[Action.UNCHANGED] == there
    assert done.counts[Action.NEW] == 30 - there
    again = apply_import(plan_import(tmp_path / "files", target), target, "ops")
    assert again.counts[Action.UNCHANGED] == 30
    assert target.last_change() == 30
