"""Accounts and insights share the knowledge base's database, whichever it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from sqlalchemy.engine import Engine

from assistant.accounts.accounts import Accounts
from assistant.accounts.roles import Role
from assistant.insights.insights import Feedback, FeedbackKind, Insights
from assistant.selfservice.identity import Identities, IdentityRefused
from assistant.selfservice.model import HELP_SITE
from assistant.selfservice.sessions import Sessions
from assistant.selfservice.sites import SiteChanges, Sites
from kb.errors import InvalidInput, NotFound
from kb.settings import Settings
from kb.store import open_engine, upgrade
from tests.assistant.conftest import PASSWORD, TZ, FakeClock
from tests.postgres import PostgresServer

pytestmark = pytest.mark.postgres


@pytest.fixture
def engine(postgres: PostgresServer, tmp_path: Path) -> Iterator[Engine]:
    environment = {"ZHIKE_DATA": str(tmp_path), "ZHIKE_DATABASE_URL": postgres.new_database()}
    engine = open_engine(Settings.from_env(environment, tmp_path))
    upgrade(engine)
    yield engine
    engine.dispose()


def test_people_sessions_and_tokens(engine: Engine, clock: FakeClock) -> None:
    accounts = Accounts(engine, clock)
    link = accounts.people.new_setup_link()
    admin = accounts.people.set_up(link, "lin", "林编辑", PASSWORD)
    with pytest.raises(NotFound):
        accounts.people.set_up(link, "zhou", "周审核", PASSWORD)
    with pytest.raises(InvalidInput):
        accounts.people.create("lin", "别人", PASSWORD, Role.AGENT)

    session = accounts.people.open_session(admin)
    assert accounts.people.by_session(session) == admin
    accounts.people.disable("lin")
    assert accounts.people.by_session(session) is None

    secret, token = accounts.tokens.create(Role.AGENT)
    assert accounts.tokens.list() == (token,)
    found = accounts.tokens.principal(secret)
    assert found is not None
    assert found.role is Role.AGENT
    accounts.tokens.revoke(token.id)
    assert accounts.tokens.principal(secret) is None


def test_uses_and_gaps_are_counted(engine: Engine, clock: FakeClock) -> None:
    insights = Insights(engine, clock, TZ)
    for _ in range(2):
        insights.record(Feedback(FeedbackKind.ADOPTED, "return-7-days", 1), "林编辑")
    assert insights.usage() == {"return-7-days": 2}
    insights.add_gap("退货地址在哪", "no_answer")
    insights.add_gap("退貨地址在哪？", "reported")
    (gap,), total = insights.gaps()
    assert (gap.query, gap.reason, gap.count, total) == ("退货地址在哪", "reported", 2, 1)


def test_sites_visits_and_identities(engine: Engine, clock: FakeClock) -> None:
    sites = Sites(engine, clock, TZ, b"k" * 32)
    sessions, identities = Sessions(engine, clock, sites), Identities(engine, clock, sites)
    shop = sites.add(SiteChanges(name="商城", origins=("https://shop.example.com",)))
    assert sites.get(shop.id) == shop
    visit, token, _until = sessions.begin(shop)
    assert sessions.find(token) == (visit, shop)
    claims = {"sub": "42", "aud": shop.id, "exp": clock() + timedelta(minutes=5), "jti": "one"}
    signed = jwt.encode(claims, sites.secret(shop), "HS256")
    attached = identities.attach(signed, visit, shop)
    with pytest.raises(IdentityRefused):
        identities.attach(signed, visit, shop)
    renewed = sessions.renew(token)
    assert renewed is not None
    assert sessions.find(renewed[0]) == (attached, shop)
    sites.change(HELP_SITE, SiteChanges(hours="never"))
    assert [site.id for site in sites.all()] == [HELP_SITE, shop.id]
    sites.remove(shop.id)
    assert sessions.principal(renewed[0]) is None
    clock.advance(timedelta(days=2))
    assert sessions.forget(180) == 1
