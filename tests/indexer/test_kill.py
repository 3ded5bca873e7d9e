"""kill -9 and power cuts at every step of a publish: the live index is the old one or the new one."""

from __future__ import annotations

import os
import shutil
import signal
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from indexer import generations, publishing
from indexer.build import PUBLIC, STAFF, Indexer
from indexer.search import Searcher, SearchRequest
from tests.crash_points import Crash, crash_at, cut_power
from tests.indexer.fakes import EVERYONE, NOW, BigramEncoder, FakeKb, entry, revision, shop


class Publish:
    """An index that was built some times, and one more publish of it, to be cut short."""

    def __init__(self, folder: Path) -> None:
        self.kb, self.before, self.root = shop(), folder / "before", folder / "index"
        first = Indexer(self.kb, BigramEncoder(), self.before)
        for title in ("一", "二", "三"):  # old generations, which the next build removes
            self.kb.put(entry(revision("numbered", title=title)))
            first.build()
        for part in PARTS:  # of what is only to be removed two files each will do
            for name in generations.names(self.before / part)[1:]:
                for path in sorted(generations.folder(self.before / part, name).iterdir())[2:]:
                    path.unlink()
        self.kb.put(entry(revision("brand-new", title="全新的条目")))
        self.old = {part: generations.current(self.before / part) for part in PARTS}
        lay_out(self.before, self.root)
        self.steps = crash_at(0, self.work).steps
        self.new = {part: generations.current(self.root / part) for part in PARTS}

    def work(self) -> None:
        """The publish."""
        Indexer(self.kb, BigramEncoder(), self.root).build()

    def crash(self, number: int) -> Crash:
        """Lay the old state out and publish until step `number`."""
        lay_out(self.before, self.root)
        return crash_at(number, self.work)

    def is_new(self, part: str) -> bool:
        """Whether the new generation is live; it or the old one is, bit for bit."""
        name = generations.current(self.root / part)
        assert generations.is_whole(self.root / part, name), name
        digest = name[-12:]  # of all its content; a publish that is repeated counts on
        assert digest in (self.old[part][-12:], self.new[part][-12:])
        return digest == self.new[part][-12:]

    def outcome(self) -> tuple[bool, bool]:
        """Which are new, the public and the staff's; the public one comes first."""
        public, staff = self.is_new(PUBLIC), self.is_new(STAFF)
        assert public or not staff
        return public, staff


PARTS = (PUBLIC, STAFF)
SETTLING = ("fsync", "rename", "replace")  # between these a power cut loses what it lost before


def lay_out(source: Path, target: Path) -> None:
    """A copy by links: whatever is written is written to new files."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, copy_function=os.link)


@pytest.fixture(scope="module")
def publish(tmp_path_factory: pytest.TempPathFactory) -> Publish:
    return Publish(tmp_path_factory.mktemp("publish"))


def test_every_kind_of_step_is_seen(publish: Publish) -> None:
    kinds = Counter(step[0] for step in publish.steps)
    assert min(kinds[name] for name in ("write", "fsync", "open")) > 20
    assert kinds["rename"] == 2 == kinds["replace"]
    assert min(kinds[name] for name in ("mkdir", "unlink", "rmdir")) > 0
    assert publish.old[STAFF] != publish.new[STAFF] and publish.old[PUBLIC] != publish.new[PUBLIC]


def test_old_and_new_are_searched(publish: Publish) -> None:
    publish.crash(0)
    for name, new in ((publish.old[STAFF], False), (publish.new[STAFF], True)):
        (publish.root / STAFF / generations.CURRENT).unlink()  # others have links to it
        (publish.root / STAFF / generations.CURRENT).write_text(f"{name}\n")
        found = Searcher(publish.root / STAFF, BigramEncoder(), clock=lambda: NOW).search(
            SearchRequest("全新的条目", audiences=EVERYONE)
        )
        assert not found.degraded
        assert (found.hits[0].entry_id == "brand-new") == new


@pytest.mark.slow
def test_a_crash_at_any_step_leaves_the_old_index_or_the_new(
    publish: Publish, tmp_path: Path
) -> None:
    seen: dict[str, set[tuple[bool, bool]]] = defaultdict(set)
    left = tmp_path / "left"
    for number in range(1, len(publish.steps) + 2):
        crash = publish.crash(number)
        assert crash.finished == (number > len(publish.steps))
        seen["kill"].add(publish.outcome())
        settled = crash.finished or (crash.steps and crash.steps[-1][0] in SETTLING)
        if settled:
            lay_out(publish.root, left)
        if number % 4 == 0:
            crash_at(0, publish.work)
            assert publish.outcome() == (True, True), "the next publish completes it"
            leftovers = [*publish.root.glob("*/generations/.*")]
            assert leftovers == []
        for names_kept in (True, False) if settled else ():
            lay_out(left, publish.root)
            cut_power(crash, publish.root, publish.before, names_kept=names_kept)
            seen[f"power {names_kept}"].add(publish.outcome())
            assert not crash.finished or publish.outcome() == (True, True)
    everything = {(False, False), (True, False), (True, True)}
    assert seen == {"kill": everything, "power True": everything, "power False": everything}


def test_a_forgotten_flush_would_be_found(
    publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "_sync", lambda path: None)
    crash = publish.crash(0)
    cut_power(crash, publish.root, publish.before, names_kept=True)
    assert not generations.is_whole(publish.root / STAFF, publish.new[STAFF])
    crash = publish.crash(0)
    cut_power(crash, publish.root, publish.before, names_kept=False)
    assert generations.current(publish.root / STAFF) == publish.old[STAFF], "acknowledged, and gone"


def test_the_lock_of_a_killed_writer_is_free(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        with publishing.writer(tmp_path):
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    kb = FakeKb([entry(revision("a-b-c", title="题"))])
    assert Indexer(kb, BigramEncoder(), tmp_path).build().changed
