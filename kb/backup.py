"""Backups of the database: taken while the product runs, restored while it does not."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import Engine

from kb import store
from kb.errors import InvalidInput, NotAllowed, Problem, StorageFull
from kb.migrations import HEAD
from kb.settings import Settings

_POSTGRES_WAY = (
    "the database is PostgreSQL; use its own tools (pg_dump, pg_basebackup), "
    "or 'zhike export' for the entries alone"
)


def backup(engine: Engine, path: Path) -> None:
    """Write a consistent copy of the SQLite database to `path`, readable by its owner only.

    Readers and writers go on meanwhile. The copy is checked and appears under `path` whole or
    not at all. Raises NotAllowed for PostgreSQL and when `path` exists.
    """
    database = _file_of(engine)
    if path.exists():
        raise NotAllowed(f"{path} exists already; a backup overwrites nothing")
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        os.close(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(aside)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        _expect_database(aside)
        _sync(aside)
        os.replace(aside, path)
    except (sqlite3.OperationalError, OSError) as error:
        if store.is_full(error):
            raise StorageFull(f"the disk of {path} is full; no backup was written") from None
        raise
    finally:
        aside.unlink(missing_ok=True)


def restore(path: Path, settings: Settings) -> Path | None:
    """Put the backup at `path` in place of the settings' SQLite database.

    The database that was there is kept beside it; its new name is returned (None: there was
    none). Raises InvalidInput for a file that is no sound backup, NotAllowed while any process
    has the database open or for PostgreSQL. Indexes are to be rebuilt afterwards.
    """
    _expect_database(path)
    engine = store.open_engine(settings)
    database = _file_of(engine)
    engine.dispose()
    database.parent.mkdir(parents=True, exist_ok=True)
    aside = database.with_name(f".{database.name}.{os.getpid()}.part")
    try:
        shutil.copyfile(path, aside)
        aside.chmod(0o600)
        _sync(aside)
        kept = _set_aside(database) if database.exists() else None
        os.replace(aside, database)
    finally:
        aside.unlink(missing_ok=True)
    return kept


def _file_of(engine: Engine) -> Path:
    database = store.sqlite_path(engine)
    if database is None:
        in_memory = engine.url.get_backend_name() == "sqlite"
        raise NotAllowed("the database is in memory only" if in_memory else _POSTGRES_WAY)
    return database


def _expect_database(path: Path) -> None:
    """Raise InvalidInput unless `path` is a sound database of a schema that we know."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
            version = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise _refusal(path, f"is no backup of a knowledge base: {error}") from None
    if verdict != "ok":
        raise _refusal(path, f"is damaged: {verdict}")
    if version is None or version[0] > HEAD:
        raise _refusal(path, "was made by a newer version of the product")


def _refusal(path: Path, message: str) -> InvalidInput:
    return InvalidInput([Problem(str(path), 0, "", message)])


def _set_aside(database: Path) -> Path:
    """Fold the write-ahead log in, prove that nobody else has the file open, and rename it."""
    try:
        with closing(sqlite3.connect(database, timeout=1)) as connection:
            mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
            raise NotAllowed(f"{database} is in use; stop the server first") from None
        mode = "delete"  # damaged: exactly what a restore is for
    if mode != "delete":
        raise NotAllowed(f"{database} is in use; stop the server first")
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    kept = database.with_name(f"{database.name}.before-restore-{stamp}")
    os.replace(database, kept)
    for ending in ("-wal", "-shm"):
        left = database.with_name(database.name + ending)
        if left.exists():
            os.replace(left, kept.with_name(kept.name + ending))
    return kept


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
