"""A crash at every statement and inside every write of a publish: it happened wholly, or not at all.

Statements are cut before each of them. Writes of the database are cut by a limit on the size of its
files, byte by byte where it matters: the kernel writes up to the limit and kills the process there.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from kb import store
from kb.bulk import BulkChange
from kb.images import ImageStore
from kb.knowledge import KnowledgeBase
from kb.model import Content, Entry, Kind, Status
from kb.settings import Settings
from tests.crash_points import crash_at
from tests.kb.test_images import a_png

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
RULE = "return-rule"
FRAME = 4096 + 24  # a page in the write-ahead log, with its head
Work = Callable[[KnowledgeBase], object]


def opened(data: Path) -> KnowledgeBase:
    settings = Settings.from_env({"ZHIKE_DATA": str(data)}, data)
    return KnowledgeBase(store.open_engine(settings), lambda: NOW)


@pytest.fixture
def approved(tmp_path: Path) -> Iterator[Path]:
    """A folder with an entry whose second revision waits to be published."""
    data = tmp_path / "before"
    kb = opened(data)
    store.upgrade(kb.engine)
    kb.create(RULE, Content(Kind.POLICY, "规则", "旧的规则。" * 200), "Ann")
    for number in (1, 2):
        kb.submit(RULE, number, "Ann")
        kb.approve(RULE, number, "Bob")
        if number == 1:
            kb.publish(RULE, 1, "Bob")
            kb.edit(RULE, Content(Kind.POLICY, "规则", "新的规则。" * 600), "Ann", 4)
    kb.engine.dispose()
    yield data


@dataclass(frozen=True)
class State:
    """Everything that a step changes."""

    entry: Entry
    audit: int
    changes: int

    @classmethod
    def of(cls, data: Path) -> State:
        """The state on disk, which must hold together."""
        kb = opened(data)
        try:
            with store.read(kb.engine) as connection:
                whole = connection.execute(sa.text("PRAGMA integrity_check")).scalar()
            assert whole == "ok"
            assert kb.verify_audit().ok
            assert kb.verify_contents() == []
            assert len(kb.changes()) == len(kb.audit())
            return cls(kb.entry(RULE), len(kb.audit()), kb.last_change())
        finally:
            kb.engine.dispose()


def publish(kb: KnowledgeBase) -> None:
    kb.publish(RULE, 2, "Bob")


def edit(kb: KnowledgeBase) -> None:
    kb.edit(RULE, Content(Kind.POLICY, "规则", "更新的规则。" * 600), "Ann", 7)


def roll_back(kb: KnowledgeBase) -> None:
    kb.rollback(RULE, 1, "Bob", 7)


def steward(kb: KnowledgeBase) -> None:
    kb.bulk([RULE], BulkChange(owner="退换货组"), "Bob", dry_run=False)


WORKS: list[Work] = [publish, edit, roll_back, steward]


def in_a_child(data: Path, work: Work, prepare: Callable[[KnowledgeBase], None]) -> bool:
    """Whether the work was acknowledged by a child that was prepared to die."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            kb = opened(data)
            kb.entry(RULE)  # a connection is open, and the log is in use
            prepare(kb)
            work(kb)
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status):
        assert os.WEXITSTATUS(status) == 0
        return True
    assert os.WTERMSIG(status) in (signal.SIGKILL, signal.SIGXFSZ)
    return False


def dies_before(statement: int) -> Callable[[KnowledgeBase], None]:
    """Dies before statement number `statement` (the first is 1), or before committing after it."""
    count = 0

    def counted(*about: object) -> None:
        nonlocal count
        count += 1
        if count == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    def prepare(kb: KnowledgeBase) -> None:
        sa.event.listen(kb.engine, "before_cursor_execute", counted)
        sa.event.listen(kb.engine, "commit", counted)

    return prepare


def dies_at_size(most: int) -> Callable[[KnowledgeBase], None]:
    """Dies in the write that would make a file larger than `most` bytes, just there."""

    def prepare(kb: KnowledgeBase) -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    return prepare


def begin_again(before: Path) -> Path:
    data = before.with_name("data")
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(before, data)
    return data


@pytest.mark.parametrize("work", WORKS)
def test_a_kill_before_any_statement_changes_nothing(approved: Path, work: Work) -> None:
    old = State.of(begin_again(approved))
    statement, acknowledged = 0, False
    while not acknowledged:
        statement += 1
        data = begin_again(approved)
        acknowledged = in_a_child(data, work, dies_before(statement))
        now = State.of(data)
        assert (now == old) == (not acknowledged), f"statement {statement}"
    assert statement > 6
    assert (now.entry.version, now.audit, now.changes) == (8, old.audit + 1, old.changes + 1)


@pytest.mark.slow
@pytest.mark.parametrize("work", WORKS)
def test_a_torn_write_leaves_the_old_state_or_the_new(approved: Path, work: Work) -> None:
    data = begin_again(approved)
    old = State.of(data)
    data = begin_again(approved)
    log = data / "zhike.db-wal"
    assert in_a_child(data, work, lambda kb: None)
    size = log.stat().st_size
    frames = range(32, size + 1, FRAME)
    assert len(frames) > 4 and frames[-1] == size, "the log is a head and whole frames"
    new = State.of(data)
    assert new != old
    cuts = {0, 1, 31, *(place + off for place in frames for off in (-1, 0, 1, 24, 2_000))}
    for number, most in enumerate(sorted(cut for cut in cuts if cut < size)):
        data = begin_again(approved)
        assert not in_a_child(data, work, dies_at_size(most))
        assert log.stat().st_size <= most
        assert State.of(data) == old, f"cut at {most} of {size}"
        if number % 5 == 0:
            kb = opened(data)
            work(kb)
            kb.engine.dispose()
            assert State.of(data) == new, "doing it again completes it"
    data = begin_again(approved)
    assert in_a_child(data, work, dies_at_size(size))
    assert State.of(data) == new, "with room for every byte it was acknowledged, and is there"


def test_a_torn_commit_would_be_found(approved: Path) -> None:
    """Without transactions the same cuts do leave a mixture: the tests above can fail."""

    def careless(kb: KnowledgeBase) -> None:
        with kb.engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute("ROLLBACK") if raw.in_transaction else None
            raw.execute("UPDATE entry SET version = version + 1")
            os.kill(os.getpid(), signal.SIGKILL)

    data = begin_again(approved)
    old = State.of(data)
    assert not in_a_child(data, careless, lambda kb: None)
    assert State.of(data) != old


def test_an_acknowledged_publish_is_in_force(approved: Path) -> None:
    data = begin_again(approved)
    assert in_a_child(data, publish, lambda kb: None)
    entry = State.of(data).entry
    assert [r.status for r in entry.revisions] == [Status.PUBLISHED, Status.PUBLISHED]


def test_a_crash_while_a_picture_is_kept_leaves_it_or_nothing(tmp_path: Path) -> None:
    picture = a_png(2, 2)
    count = len(crash_at(0, lambda: ImageStore(tmp_path / "count").put(picture)).steps)
    assert count >= 5
    outcomes = set()
    for number in range(1, count + 2):
        images = ImageStore(tmp_path / str(number))
        crash = crash_at(number, lambda store=images: store.put(picture))  # type: ignore[misc]
        names = [path.name for path in images.folder.glob("[0-9a-f]*")] if number > 1 else []
        assert all((images.folder / name).read_bytes() == picture for name in names)
        outcomes.add((crash.finished, bool(names)))
        name = images.put(picture)
        assert images.path(name) is not None
    assert outcomes == {(False, False), (False, True), (True, True)}
