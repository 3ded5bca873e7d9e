"""Which SQLite versions need protection, and the lock that gives it."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kb import sqlite_faults, store
from kb.errors import StorageBusy
from kb.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("version", "faulty"),
    [((3, 40, 1), True), ((3, 44, 5), True), ((3, 44, 6), False), ((3, 45, 0), True),
     ((3, 50, 6), True), ((3, 50, 7), False), ((3, 51, 2), True), ((3, 51, 3), False),
     ((3, 52, 0), False), ((4, 0, 0), False)],
)  # fmt: skip
def test_faulty_versions(version: tuple[int, int, int], faulty: bool) -> None:
    assert sqlite_faults.has_wal_reset_fault(version) is faulty


@pytest.mark.parametrize(("version", "warned"), [((3, 40, 1), True), ((3, 51, 3), False)])
def test_warned_at_start(
    sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    version: tuple[int, int, int], warned: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    with caplog.at_level(logging.WARNING, logger="kb.store"):
        store.open_engine(sqlite_settings).dispose()
    assert ("WAL-reset" in caplog.text) is warned


def test_one_writer_at_a_time_across_threads(tmp_path: Path) -> None:
    inside: list[int] = []

    def write(number: int) -> None:
        with sqlite_faults.only_writer(tmp_path / "x.db"):
            assert inside == []
            inside.append(number)
            inside.remove(number)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(60)))


def test_waiting_ends_with_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_faults, "BUSY_SECONDS", 0.02)
    with (
        sqlite_faults.only_writer(tmp_path / "x.db"),
        pytest.raises(StorageBusy),
        sqlite_faults.only_writer(tmp_path / "x.db"),
    ):
        pass
    with sqlite_faults.only_writer(tmp_path / "x.db"):
        pass


def test_threads_of_several_processes_take_turns(tmp_path: Path) -> None:
    """Each writer reads a number and writes the next: together they miss none."""
    counter = tmp_path / "count"
    counter.write_text("0")
    script = (
        "import sys\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from pathlib import Path\n"
        "from kb.sqlite_faults import only_writer\n"
        "counter = Path(sys.argv[1])\n"
        "def add(_):\n"
        "    with only_writer(counter):\n"
        "        counter.write_text(str(int(counter.read_text()) + 1))\n"
        "with ThreadPoolExecutor(4) as pool:\n"
        "    list(pool.map(add, range(50)))\n"
    )
    command = [sys.executable, "-c", script, str(counter)]
    writers = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert counter.read_text() == "150"
