"""Sixteen writers at once do everything one can do to twenty entries; the history is checked."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from kb.knowledge import KnowledgeBase
from kb.settings import Settings
from tests.kb import history, writers

WRITERS, PROCESSES, ENTRIES = 16, 4, 20
# All 2,000 of each writer take many minutes: `make history` does them.
OPERATIONS = int(os.environ.get("ZHIKE_HISTORY_OPERATIONS", "50"))
ROOT = Path(__file__).parents[2]


def test_no_update_is_lost_and_nothing_goes_live_unapproved(
    kb: KnowledgeBase,
    settings: Settings,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    done = writers.begin(kb, writers.names(ENTRIES))
    records = tmp_path / "records"
    records.mkdir()
    share = WRITERS // PROCESSES
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.kb.writers", str(settings.data), settings.database_url,
             str(records), str(number * share), str(share), str(OPERATIONS)],
            cwd=ROOT,
        )
        for number in range(PROCESSES)
    ]  # fmt: skip
    assert [process.wait() for process in running] == [0] * PROCESSES
    done += history.all_in(records)
    found = history.check(history.History.of(kb, done))
    counts = history.counted(done)
    record_property("operations", len(done))
    record_property("changes", kb.last_change())
    record_property("outcomes", str(counts))
    assert found == []
    assert len([op for op in done if op.action != "bulk"]) >= WRITERS * OPERATIONS * 0.9
    assert set(counts) == {"create", *writers.WEIGHTS}
    for action in ("edit", "submit", "approve", "publish", "withdraw", "rollback", "bulk"):
        assert counts[action].get(history.OK), action
    assert sum(outcomes.get(history.CONFLICT, 0) for outcomes in counts.values())
    assert sum(outcomes.get(history.REFUSED, 0) for outcomes in counts.values())
