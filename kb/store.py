"""The database: opening it, bringing its schema up to date, reading and writing transactions."""

from __future__ import annotations

import errno
import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine, ExceptionContext, make_url

from kb import sqlite_faults
from kb.errors import StorageBusy, StorageFull, ZhikeError
from kb.migrations import HEAD
from kb.settings import Settings

_LOG = logging.getLogger(__name__)
_MIGRATIONS = Path(__file__).parent / "migrations"
_WRITER_LOCK = 0x7A68696B65  # PostgreSQL advisory lock: "zhike"
_SQLITE_BUSY, _SQLITE_LOCKED, _SQLITE_FULL = 5, 6, 13
_SQLITE_NO_SHARED_MEMORY = 4874  # SQLITE_IOERR_SHMSIZE: the file beside the log cannot grow
_SYSTEM_FULL = (errno.ENOSPC, errno.EDQUOT)
_POSTGRES_FULL, _POSTGRES_BUSY = ("53100",), ("55P03", "40P01", "40001")
_LEAST_KEPT, _MOST_KEPT = 5, 16  # connections that stay open
_EXTRA = 16  # further ones that a process may open to a PostgreSQL server while it is busy


def open_engine(settings: Settings) -> Engine:
    """An engine on the settings' database; SQLite's folder is made if missing.

    SQLite runs with WAL, foreign keys, a busy timeout and synchronous=FULL, so that an
    acknowledged write survives a crash of the machine. Database errors that have a name in
    `kb.errors` arrive under that name.

    As many connections stay open as there are threads, from 5 to 16. A PostgreSQL server, which
    allows 100 in all unless told otherwise, is never asked for more than 32 by one process: whoever
    needs one then waits, and gets StorageBusy in the end. SQLite's cost little and have no limit
    but the threads.
    """
    url = make_url(settings.database_url)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite":
        engine = _open_sqlite(url, settings.threads)
    else:
        pool = _pool(settings.threads, _EXTRA)
        engine = sa.create_engine(url, pool_pre_ping=True, **pool)
    sa.event.listen(engine, "handle_error", _translate)
    return engine


def _open_sqlite(url: sa.URL, threads: int) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    if sqlite_faults.has_wal_reset_fault(sqlite3.sqlite_version_info):
        _LOG.warning(
            "SQLite %s has the WAL-reset fault (fixed in 3.51.3, 3.50.7 and 3.44.6); "
            "writes are serialised across processes to stay clear of it",
            sqlite3.sqlite_version,
        )
    memory = not url.database or url.database == ":memory:"
    engine = sa.create_engine(url, **({} if memory else _pool(threads, threads)))
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _pool(threads: int, extra: int) -> dict[str, Any]:
    """What came back last goes out first: its cache is warm, those of the others stay small."""
    kept = min(max(threads, _LEAST_KEPT), _MOST_KEPT)
    return {"pool_size": kept, "max_overflow": extra, "pool_use_lifo": True}


def _prepare_sqlite(connection: sqlite3.Connection, record: object) -> None:
    connection.isolation_level = None  # transactions begin where _begin_sqlite says
    connection.execute(f"PRAGMA busy_timeout = {int(sqlite_faults.BUSY_SECONDS * 1000)}")
    _enter_wal(connection)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")


def _enter_wal(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log; the busy timeout does not cover this step on a new file."""
    deadline = time.monotonic() + sqlite_faults.BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if is_full(error):
                raise StorageFull("the disk is too full to open the database") from error
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code != _SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("zhike_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _translate(context: ExceptionContext) -> None:
    """Give a full disk and a busy database their own names."""
    original = context.original_exception
    code = getattr(original, "sqlite_errorcode", 0) & 0xFF
    state = getattr(original, "sqlstate", None)
    if is_full(original):
        raise StorageFull("the disk is full; nothing was changed") from original
    if code in (_SQLITE_BUSY, _SQLITE_LOCKED) or state in _POSTGRES_BUSY:
        raise StorageBusy("another writer held the database for too long") from original


def is_full(error: BaseException | None) -> bool:
    """Whether an error of a driver or of the system says that the disk takes no more."""
    code = getattr(error, "sqlite_errorcode", 0)
    state = getattr(error, "sqlstate", None)
    number = error.errno if isinstance(error, OSError) else None
    full = code & 0xFF == _SQLITE_FULL or code == _SQLITE_NO_SHARED_MEMORY
    return full or state in _POSTGRES_FULL or number in _SYSTEM_FULL


@contextmanager
def read(engine: Engine) -> Iterator[Connection]:
    """A transaction for reading; in SQLite it sees one state of the database throughout.

    Raises StorageBusy when all connections are in use for too long.
    """
    with _connect(engine) as connection, connection.begin():
        yield connection


@contextmanager
def write(engine: Engine) -> Iterator[Connection]:
    """A transaction for writing; writers wait for each other, so reading first is safe.

    Commits at the end, rolls back on any exception. Raises StorageBusy when other writers take
    longer than the busy timeout or all connections are in use for too long, StorageFull when the
    disk takes no more.
    """
    with (
        _alone(engine),
        _connect(engine).execution_options(zhike_write=True) as connection,
        connection.begin(),
    ):
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITER_LOCK)))
        yield connection


def _connect(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except sa.exc.TimeoutError as error:
        raise StorageBusy("all connections to the database are in use") from error


def _alone(engine: Engine) -> Any:  # noqa: ANN401 - a context manager either way
    database = sqlite_path(engine)
    if database and sqlite_faults.has_wal_reset_fault(sqlite3.sqlite_version_info):
        return sqlite_faults.only_writer(database)
    return nullcontext()


def insert_or_update(
    connection: Connection, table: sa.Table, first: dict[str, Any], again: dict[str, Any]
) -> None:
    """Insert a row, or change the one with the same primary key, in one statement."""
    keys = list(table.primary_key.columns)
    if connection.dialect.name == "postgresql":
        connection.execute(
            postgresql.insert(table)
            .values(first)
            .on_conflict_do_update(index_elements=keys, set_=again)
        )
    else:
        connection.execute(
            sqlite.insert(table)
            .values(first)
            .on_conflict_do_update(index_elements=keys, set_=again)
        )


def sqlite_path(engine: Engine) -> Path | None:
    """The file of an SQLite database; None for other databases and in-memory ones."""
    url = engine.url
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database)


def upgrade(engine: Engine) -> None:
    """Bring the schema up to the packaged version; quick when it is already there.

    All steps happen in one transaction: a crash leaves the old schema. Raises ZhikeError when
    the database was made by a newer version of the product.
    """
    if schema_version(engine) == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    with write(engine) as connection:
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, HEAD)
        except CommandError as error:
            raise ZhikeError(f"the database's schema is not one of this version: {error}") from None


def schema_version(engine: Engine) -> str:
    """The schema version that the database stands at; empty for an empty database."""
    with read(engine) as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return ""
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() or ""
