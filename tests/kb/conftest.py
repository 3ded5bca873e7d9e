"""Fixtures of the knowledge base's tests: databases, a clock that ticks, builders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.engine import Engine

from kb import store
from kb.errors import NotFound
from kb.knowledge import KnowledgeBase
from kb.model import Content, Kind
from kb.settings import Settings
from tests.postgres import PostgresServer

SHANGHAI = ZoneInfo("Asia/Shanghai")


class TickingClock:
    """A clock that stands at `now` and moves on one second each time it is read."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


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
