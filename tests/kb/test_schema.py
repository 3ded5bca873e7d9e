"""The schema: migrations against metadata, guards in the database, upgrades."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine

from kb import migrations, store, tables
from kb.errors import StorageBusy, ZhikeError
from kb.knowledge import KnowledgeBase
from kb.settings import Settings

ASSISTANTS = {
    *("person", "token", "setup_link", "login_session", "feedback", "usage_count", "gap"),
    *("saved_question", "hit_run", "hit_row"),
}


def shape(inspector: sa.Inspector, table: str) -> dict[str, Any]:
    """What the database says about a table, in comparable form."""
    return {
        "columns": {
            column["name"]: (str(column["type"]), column["nullable"])
            for column in inspector.get_columns(table)
        },
        "key": inspector.get_pk_constraint(table)["constrained_columns"],
        "foreign": sorted(
            (key["constrained_columns"], key["referred_table"])
            for key in inspector.get_foreign_keys(table)
        ),
        "indexes": sorted((i["name"], i["column_names"]) for i in inspector.get_indexes(table)),
    }


def test_migrations_make_what_the_metadata_says(engine: Engine, settings: Settings) -> None:
    migrated = sa.inspect(engine)
    expected = set(tables.metadata.tables) | ASSISTANTS | {"alembic_version"}
    assert set(migrated.get_table_names()) == expected
    found = {name: shape(migrated, name) for name in tables.metadata.tables}
    with store.write(engine) as connection:
        for name in tables.metadata.tables:
            connection.execute(sa.text(f'DROP TABLE "{name}" CASCADE' if _pg(engine)
                                       else f'DROP TABLE "{name}"'))  # fmt: skip
        tables.metadata.create_all(connection)
    assert {name: shape(sa.inspect(engine), name) for name in tables.metadata.tables} == found


def _pg(engine: Engine) -> bool:
    return engine.dialect.name == "postgresql"


def test_head_is_the_newest_script() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert scripts.get_current_head() == migrations.HEAD


def test_upgrade_twice_and_by_two_at_once(settings: Settings) -> None:
    engines = [store.open_engine(settings) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(store.upgrade, engines))
    assert [store.schema_version(engine) for engine in engines] == [migrations.HEAD] * 2
    for engine in engines:
        store.upgrade(engine)
        engine.dispose()


def test_database_of_a_newer_version_is_refused(engine: Engine) -> None:
    with store.write(engine) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ZhikeError, match="9999"):
        store.upgrade(engine)


def test_opening_an_upgraded_database_does_not_load_alembic(sqlite_settings: Settings) -> None:
    engine = store.open_engine(sqlite_settings)
    store.upgrade(engine)
    engine.dispose()
    script = (
        "import sys; from kb import store; from kb.settings import Settings;"
        f"store.upgrade(store.open_engine(Settings.from_env({{'ZHIKE_DATA':"
        f" {str(sqlite_settings.data)!r}}})));"
        "assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'somebody else'",
        "DELETE FROM audit",
        "UPDATE revision SET content = '{}'",
        "UPDATE revision SET content_hash = 'x'",
        "DELETE FROM revision",
    ],
)
def test_history_cannot_be_rewritten(
    kb: KnowledgeBase, published: Callable[..., int], statement: str
) -> None:
    published("rule")
    before = kb.entry("rule")
    with (
        pytest.raises(sa.exc.DatabaseError, match=r"append-only|never"),
        store.write(kb.engine) as connection,
    ):
        connection.execute(sa.text(statement))
    assert kb.entry("rule") == before
    assert kb.verify_audit().ok


def test_sqlite_runs_with_the_promised_settings(sqlite_settings: Settings) -> None:
    engine = store.open_engine(sqlite_settings)
    with store.read(engine) as connection:
        wanted = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 5000}
        for pragma, value in wanted.items():
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
    engine.dispose()


def test_connections_are_used_again(sqlite_settings: Settings) -> None:
    """Each that is opened anew costs four statements; so those of a busy moment are kept."""
    engine = store.open_engine(replace(sqlite_settings, threads=64))
    opened: list[object] = []
    sa.event.listen(engine, "connect", lambda connection, _record: opened.append(connection))
    for _ in range(2):
        with ExitStack() as stack:
            for _ in range(16):
                stack.enter_context(store.read(engine))
    assert len(opened) == 16
    engine.dispose()


def test_a_process_takes_few_connections_of_a_server(sqlite_settings: Settings) -> None:
    url = "postgresql://nobody@localhost/none"
    engine = store.open_engine(replace(sqlite_settings, database_url=url, threads=1024))
    pool = engine.pool
    assert isinstance(pool, sa.pool.QueuePool)
    assert pool.size() + pool._max_overflow == 32


def test_too_many_at_once_find_the_database_busy(
    sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = store.open_engine(replace(sqlite_settings, threads=1))
    monkeypatch.setattr(engine.pool, "_timeout", 0.01)
    with ExitStack() as stack:
        for _ in range(6):
            stack.enter_context(store.read(engine))
        with pytest.raises(StorageBusy), store.read(engine):
            pass
        with pytest.raises(StorageBusy), store.write(engine):
            pass
    with store.read(engine):
        pass
    engine.dispose()
