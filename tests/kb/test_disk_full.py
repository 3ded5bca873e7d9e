"""When the disk takes no more: reads go on, writes say so, nothing is half done."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from kb import store
from kb.errors import StorageFull
from kb.knowledge import KnowledgeBase
from kb.model import Content


def test_full_disk(
    open_kb: Callable[[str], KnowledgeBase], content: Callable[..., Content]
) -> None:
    kb = open_kb("full")
    kb.create("rule", content(), "林编辑")

    @sa.event.listens_for(kb.engine, "checkout")
    def limit(connection: object, *_: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # type: ignore[attr-defined]

    big = content("字" * 100_000)
    with pytest.raises(StorageFull, match="nothing was changed"):
        kb.edit("rule", big, "林编辑", 1)
    assert kb.entry("rule").version == 1
    assert len(kb.snapshot()) == 1
    assert kb.verify_audit().ok

    sa.event.remove(kb.engine, "checkout", limit)
    with store.read(kb.engine) as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert kb.edit("rule", big, "林编辑", 1).version == 2


def refusal(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    return error


def test_a_disk_too_full_to_open_the_database_is_said_plainly() -> None:
    class Full:
        def execute(self, statement: str) -> None:
            raise refusal(sqlite3.SQLITE_IOERR_SHMSIZE)

    with pytest.raises(StorageFull, match="too full to open"):
        store._enter_wal(Full())  # type: ignore[arg-type]
    assert not store.is_full(refusal(sqlite3.SQLITE_IOERR_READ))
    assert store.is_full(OSError(errno.ENOSPC, "full"))
    assert not store.is_full(OSError(errno.EACCES, "closed"))
    assert not store.is_full(None)
