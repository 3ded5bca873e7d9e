"""kill -9 at any step of a publish: the live index is the complete old or complete new one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from indexer import generations, publishing
from indexer.build import Indexer
from indexer.search import Searcher, SearchRequest
from tests.indexer.fakes import EVERYONE, NOW, BigramEncoder, FakeKb, entry, revision, shop

# Counts every call that changes the disk and kills the process at the one whose number is given.
SCRIPT = """
import builtins, os, pathlib, shutil, signal, sys
from pathlib import Path

sys.path.insert(0, os.getcwd())
from indexer.build import Indexer
from tests.indexer.fakes import BigramEncoder, entry, revision, shop

root, fatal = Path(sys.argv[1]), int(sys.argv[2])
calls = 0

def counted(function):
    def call(*args, **kwargs):
        global calls
        calls += 1
        if calls == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)
    return call

kb = shop()
kb.put(entry(revision("brand-new", title="全新的条目")))
indexer = Indexer(kb, BigramEncoder(), root)
for owner, name in [(os, "fsync"), (os, "replace"), (os, "rename"), (os, "mkdir"),
                    (os, "rmdir"), (os, "unlink"), (pathlib.Path, "open"),
                    (pathlib.Path, "write_text"), (pathlib.Path, "write_bytes")]:
    setattr(owner, name, counted(getattr(owner, name)))
indexer.build()
print(calls)
"""


def build_in_a_process(root: Path, fatal: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, str(root), str(fatal)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )


def is_whole(root: Path) -> bool:
    place = generations.folder(root, generations.current(root))
    return not generations.damaged_files(place, generations.read_manifest(place))


@pytest.mark.slow
def test_a_kill_anywhere_leaves_a_whole_index(tmp_path: Path) -> None:
    kb, encoder = shop(), BigramEncoder()
    root = tmp_path / "index"
    indexer = Indexer(kb, encoder, root)
    for title in ("一", "二", "三"):  # old generations, which the next build removes
        kb.put(entry(revision("numbered", title=title)))
        indexer.build()
    outcomes, fatal, done = [], 1, None
    while done is None or done.returncode:
        before = generations.current(root / "staff")
        done = build_in_a_process(root, fatal)
        assert done.returncode in (-signal.SIGKILL, 0), done.stderr
        assert is_whole(root / "staff") and is_whole(root / "public")
        found = Searcher(root / "staff", encoder, clock=lambda: NOW).search(
            SearchRequest("全新的条目", audiences=EVERYONE)
        )
        assert not found.degraded
        new = found.hits[0].entry_id == "brand-new"
        assert new == (found.generation != before)
        outcomes.append((done.returncode, new))
        if new:  # begin again from the old content
            indexer.build()
            assert not list((root / "staff" / "generations").glob(".*"))
        fatal += 9
    killed = [new for code, new in outcomes if code]
    assert False in killed and True in killed
    assert outcomes[-1] == (0, True)


def test_the_lock_of_a_killed_writer_is_free(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        with publishing.writer(tmp_path):
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    kb = FakeKb([entry(revision("a-b-c", title="题"))])
    assert Indexer(kb, BigramEncoder(), tmp_path).build().changed
