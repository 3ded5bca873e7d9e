"""Metrics never cost the service its life: their space is taken beforehand, or they do without."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import values

from assistant import metric_files

COUNTING = """
import os
from pathlib import Path
from assistant.metric_files import reserve
folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
assert reserve(folder)
before = [p.stat().st_blocks for p in sorted(folder.glob("*.db"))]
from assistant.web import metrics
for number in range(200):
    metrics.REQUESTS.labels("GET", f"/route/{number}", "200").inc()
    metrics.LATENCY.labels(f"/route/{number % 40}").observe(0.01)
assert [p.stat().st_blocks for p in sorted(folder.glob("*.db"))] == before, before
print(os.getpid())
"""


def test_counting_takes_no_more_space_than_was_reserved(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", COUNTING],
        env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    files = sorted(tmp_path.glob("*.db"))
    assert [path.name.split("_")[0] for path in files] == ["counter", "histogram"]
    whole = sum(path.stat().st_size for path in files)
    metric_files.release(tmp_path, int(done.stdout))
    assert sum(path.stat().st_size for path in files) < whole / 2
    assert b"/route/199" in files[0].read_bytes()  # what was counted is kept


def test_without_room_a_process_counts_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> int:
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.setattr(values, "ValueClass", object)
    assert not metric_files.reserve(tmp_path)
    assert values.ValueClass is values.MutexValue
    assert list(tmp_path.iterdir()) == []
