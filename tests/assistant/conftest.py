"""Fixtures: a knowledge base in a temporary folder, fakes for search and replies, signed-in clients."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from assistant import catalogue
from assistant.accounts.accounts import Accounts
from assistant.accounts.roles import Role
from assistant.canned.canned import CannedReplies
from assistant.cases.cases import Cases
from assistant.catalogue import CatalogueKeeper
from assistant.contacts.contacts import Contacts
from assistant.editing.comments import Comments
from assistant.editing.working import WorkingDrafts
from assistant.impact.desk import ImpactDesk
from assistant.insights.insights import Insights
from assistant.replies.model import SuggestRequest, SuggestResponse
from assistant.replies.tables import load_tables
from assistant.risk import Assessment, Handover
from assistant.selfservice.limits import Limits
from assistant.selfservice.public_knowledge import PublicKnowledge
from assistant.selfservice.selfservice import Desk, SelfService
from assistant.web.app import create_app
from assistant.wiring import Services
from indexer.interaction import shipped
from indexer.ranking import Ranking
from indexer.search import SearchRequest, SearchResponse
from indexer.what_if import WhatIf
from kb.knowledge import KnowledgeBase
from kb.model import Audience, Content, Kind, Stewardship
from kb.settings import Settings
from kb.store import open_engine, upgrade

TZ = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
ORIGIN = {"Origin": "http://localhost"}
PASSWORD = "correct horse battery"


class FakeClock:
    """A clock that stands still until told otherwise."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, step: timedelta) -> None:
        self.now += step


@dataclass
class FakeSearcher:
    """Answers every search with what the test put in, and remembers what it was asked."""

    response: SearchResponse = field(default_factory=lambda: SearchResponse(generation="g1"))
    generation: str = "g1"
    degraded: bool = False
    degraded_reason: str = ""
    asked: list[SearchRequest] = field(default_factory=list)

    def reload_if_changed(self) -> bool:
        return False

    def search(self, request: SearchRequest) -> SearchResponse:
        self.asked.append(request)
        return self.response


@dataclass
class FakeComposer:
    """Suggests what the test put in."""

    response: SuggestResponse = field(
        default_factory=lambda: SuggestResponse(
            (), None, Assessment(), Handover(), SearchResponse()
        )
    )
    asked: list[SuggestRequest] = field(default_factory=list)

    def suggest(self, request: SuggestRequest) -> SuggestResponse:
        self.asked.append(request)
        return self.response


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database to copy, so that each test need not migrate again."""
    folder = tmp_path_factory.mktemp("template")
    settings = settings_in(folder)
    engine = open_engine(settings)
    upgrade(engine)
    engine.dispose()
    return folder / "zhike.db"


def settings_in(folder: Path) -> Settings:
    return Settings(data=folder, database_url=f"sqlite:///{folder / 'zhike.db'}", site_tz=TZ)


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, every renewal of the catalogue counts as a quick one."""
    monkeypatch.setattr(catalogue, "_QUICK_SECONDS", 3600.0)
    monkeypatch.setattr(catalogue, "_FREE_SECONDS", 3600.0)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def settings(tmp_path: Path, empty_database: Path) -> Settings:
    for suffix in ("", "-wal", "-shm"):
        source = empty_database.with_name(empty_database.name + suffix)
        if source.exists():
            shutil.copy(source, tmp_path / source.name)
    return settings_in(tmp_path)


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    opened = open_engine(settings)
    yield opened
    opened.dispose()


@pytest.fixture
def services(settings: Settings, engine: Engine, clock: FakeClock) -> Services:
    kb = KnowledgeBase(engine, clock, TZ)
    contacts = Contacts(engine, clock)
    keeper, searcher = CatalogueKeeper(kb, clock), FakeSearcher()
    insights = Insights(engine, clock, TZ)
    what_if = WhatIf(shipped(), settings.data / "index", Ranking.read(), clock)
    return Services(
        settings=settings,
        clock=clock,
        kb=kb,
        catalogue=keeper,
        searcher=searcher,
        composer=FakeComposer(),
        accounts=Accounts(engine, clock),
        insights=insights,
        contacts=contacts,
        canned=CannedReplies(engine, clock, keeper, searcher.search),
        cases=Cases(kb, keeper, contacts, searcher.search),
        impact=ImpactDesk.of(engine, kb, insights, what_if, searcher.search, clock),
        working=WorkingDrafts(engine, clock),
        comments=Comments(engine, clock),
        selfservice=SelfService(
            engine,
            clock,
            TZ,
            b"k" * 32,
            Limits.of(settings),
            PublicKnowledge(keeper, clock),
            FakeSearcher(),
            Desk(contacts, insights, load_tables()),
        ),
        signing_key=b"k" * 32,
    )


@pytest.fixture
def app(services: Services) -> Flask:
    return create_app(services, testing=True)


@pytest.fixture
def anonymous(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def token_of(services: Services) -> Callable[[Role], str]:
    """Makes a token of a role."""
    return lambda role: services.accounts.tokens.create(role, role.value)[0]


@pytest.fixture
def client_of(app: Flask, token_of: Callable[[Role], str]) -> Callable[[Role], FlaskClient]:
    """Makes a client that sends a token of a role."""

    def make(role: Role) -> FlaskClient:
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token_of(role)}"
        return client

    return make


@pytest.fixture
def agent(client_of: Callable[[Role], FlaskClient]) -> FlaskClient:
    return client_of(Role.AGENT)


@pytest.fixture
def editor(client_of: Callable[[Role], FlaskClient]) -> FlaskClient:
    return client_of(Role.EDITOR)


@pytest.fixture
def reviewer(client_of: Callable[[Role], FlaskClient]) -> FlaskClient:
    return client_of(Role.REVIEWER)


@pytest.fixture
def admin(client_of: Callable[[Role], FlaskClient]) -> FlaskClient:
    return client_of(Role.ADMIN)


RETURNS = Content(
    kind=Kind.POLICY,
    title="七天无理由退货规则",
    body="## 规则\n\n签收次日起 7 天内可以退货。\n\n## 例外\n\n已激活的手机不能无理由退货。",
    tags=("退货",),
)
AUTHORITY = Content(
    kind=Kind.POLICY,
    title="补偿权限",
    body="## 权限\n\n组长可以补偿 300 元。",
    audience=Audience.INTERNAL,
)


def published(
    kb: KnowledgeBase,
    entry_id: str,
    content: Content,
    owner: str = "退换货组",
) -> int:
    """Take content through the whole lifecycle; the number of the published revision."""
    known = [entry for entry in kb.snapshot() if entry.id == entry_id]
    if known:
        entry = kb.edit(entry_id, content, "林编辑", known[0].version)
    else:
        entry = kb.create(entry_id, content, "林编辑", Stewardship(owner=owner, review_every=90))
    number = entry.revisions[-1].number
    kb.submit(entry_id, number, "林编辑")
    kb.approve(entry_id, number, "周审核")
    kb.publish(entry_id, number, "周审核")
    return number


@pytest.fixture
def stocked(services: Services) -> Services:
    """A customers' policy, an internal one, and a draft."""
    published(services.kb, "compensation-authority", AUTHORITY, owner="投诉处理组")
    published(services.kb, "return-7-days", RETURNS)
    services.kb.create("exchange-rule", replace(RETURNS, title="换货规则"), "林编辑")
    return services
