"""Sessions: how long a token lives, what renewing and ending do, and what is forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from assistant.accounts.roles import SYSTEM, PrincipalKind, Role
from assistant.contacts.model import NewContact
from assistant.selfservice import store
from assistant.selfservice.model import HELP_SITE, Mode, Site, Visit
from assistant.selfservice.selfservice import SelfService
from assistant.selfservice.sessions import EMPTY_LIFE, TOKEN_LIFE, VISIT_LIFE
from assistant.wiring import Services
from kb import tables
from kb.model import Channel
from kb.store import read, write
from tests.assistant.conftest import NOW, FakeClock

SECOND = timedelta(seconds=1)


def count(engine: Engine, table: sa.Table) -> int:
    with read(engine) as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def test_a_visit_begins_with_a_token_that_speaks_for_it(
    selfservice: SelfService, shop: Site, engine: Engine
) -> None:
    visit, token, until = selfservice.sessions.begin(shop, "en")
    assert until == NOW + TOKEN_LIFE
    assert token.startswith("zkw_")
    assert selfservice.sessions.find(token) == (visit, shop)
    assert (visit.lang, visit.mode, visit.verified, visit.rejected) == ("en", Mode.BOT, False, ())
    principal = selfservice.sessions.principal(token)
    assert principal is not None
    assert (principal.kind, principal.role) == (PrincipalKind.VISIT, Role.CUSTOMER)
    assert (principal.id, principal.name) == (visit.id, f"visit:{visit.id}")
    with read(engine) as connection:
        kept = connection.execute(sa.select(tables.visit_token.c.digest)).scalar_one()
    assert token not in kept
    assert kept not in token


def test_two_visits_never_share_anything(selfservice: SelfService, shop: Site) -> None:
    first, second = (selfservice.sessions.begin(shop) for _ in range(2))
    assert first[0].id != second[0].id
    assert first[1] != second[1]


def test_a_token_lasts_half_an_hour_to_the_second(
    selfservice: SelfService, shop: Site, clock: FakeClock
) -> None:
    _visit, token, until = selfservice.sessions.begin(shop)
    clock.now = until - SECOND
    assert selfservice.sessions.principal(token)
    clock.now = until
    assert selfservice.sessions.principal(token) is None
    assert selfservice.sessions.renew(token) is None


def test_the_old_token_dies_when_it_is_renewed(
    selfservice: SelfService, shop: Site, clock: FakeClock
) -> None:
    visit, first, _until = selfservice.sessions.begin(shop)
    clock.advance(TOKEN_LIFE / 2)
    renewed = selfservice.sessions.renew(first)
    assert renewed is not None
    second, until = renewed
    assert until == clock.now + TOKEN_LIFE
    assert selfservice.sessions.principal(first) is None
    assert selfservice.sessions.renew(first) is None, "of two who renew one token, one wins"
    found = selfservice.sessions.find(second)
    assert found is not None
    assert found[0] == replace(visit, last_at=clock.now)


def test_a_visit_is_renewed_for_seven_days_at_most(
    selfservice: SelfService, shop: Site, clock: FakeClock
) -> None:
    _visit, token, until = selfservice.sessions.begin(shop)
    end = NOW + VISIT_LIFE
    while until < end:
        clock.now = until - SECOND
        renewed = selfservice.sessions.renew(token)
        assert renewed is not None
        token, until = renewed
        assert until <= end
    clock.now = until - SECOND
    assert selfservice.sessions.principal(token)
    clock.now = until
    assert selfservice.sessions.principal(token) is None
    assert selfservice.sessions.renew(token) is None


def test_an_ended_visit_speaks_no_more(selfservice: SelfService, shop: Site) -> None:
    visit, token, _until = selfservice.sessions.begin(shop)
    _other, others, _until = selfservice.sessions.begin(shop)
    selfservice.sessions.end(visit.id)
    selfservice.sessions.end(visit.id)
    selfservice.sessions.end("nobody")
    assert selfservice.sessions.principal(token) is None
    assert selfservice.sessions.renew(token) is None
    assert selfservice.sessions.principal(others)


@pytest.mark.parametrize("token", ["", "zkw_", "zkw_x", "zhk_x", "zkw_\ud800", "zkw_" + "x" * 9999])
def test_an_unknown_token_speaks_for_nobody(selfservice: SelfService, token: str) -> None:
    assert selfservice.sessions.principal(token) is None
    assert selfservice.sessions.renew(token) is None


def test_a_token_of_staff_is_no_token_of_a_visit(services: Services) -> None:
    secret, _made = services.accounts.tokens.create(Role.ADMIN)
    assert services.selfservice.sessions.principal(secret) is None
    _visit, token, _until = services.selfservice.sessions.begin(
        services.selfservice.sites.get(HELP_SITE)
    )
    assert services.accounts.tokens.principal(token) is None


def test_expired_tokens_are_swept_when_another_visit_begins(
    selfservice: SelfService, shop: Site, engine: Engine, clock: FakeClock
) -> None:
    for _ in range(3):
        selfservice.sessions.begin(shop)
    clock.advance(TOKEN_LIFE)
    selfservice.sessions.begin(shop)
    assert count(engine, tables.visit_token) == 1


def said(engine: Engine, visit: Visit) -> None:
    row = {"visit_id": visit.id, "number": 1, "role": "customer", "kind": "said"}
    row |= {"text": '"你好"', "payload": "{}"}
    with write(engine) as connection:
        connection.execute(tables.visit_message.insert().values(at=NOW, **row))


def test_old_visits_are_forgotten_with_all_they_hold(
    services: Services, shop: Site, engine: Engine, clock: FakeClock
) -> None:
    sessions, contacts = services.selfservice.sessions, services.contacts
    _silent, spoken, handed = (sessions.begin(shop)[0] for _ in range(3))
    said(engine, spoken)
    said(engine, handed)
    contact = contacts.create(NewContact(Channel.CHAT), handed.principal)[0].contact
    with write(engine) as connection:
        store.save_visit(connection, replace(handed, contact_id=contact.id))
        left = {"id": "t", "contact_id": contact.id, "visit_id": handed.id, "created_at": NOW}
        connection.execute(tables.ticket.insert().values(name="", reach="", text="", **left))
        sent = {"id": "o", "site_id": shop.id, "kind": "ticket", "payload": "{}", "attempts": 0}
        connection.execute(tables.outbox.insert().values(created_at=NOW, **sent))

    clock.advance(EMPTY_LIFE)
    assert sessions.forget(180) == 0
    clock.advance(SECOND)
    assert sessions.forget(180) == 1, "the one in which nobody said anything"
    assert count(engine, tables.visit) == 2
    clock.now = NOW + timedelta(days=180)
    assert sessions.forget(180) == 0
    clock.advance(SECOND)
    assert sessions.forget(180) == 1, "the other one's contact is still there"
    assert [count(engine, t) for t in (tables.visit, tables.ticket, tables.outbox)] == [1, 1, 0]
    contacts.close(contact.id, SYSTEM)
    clock.advance(timedelta(days=181))
    assert contacts.forget(180) == 1
    assert sessions.forget(180) == 1
    for table in (tables.visit, tables.visit_message, tables.ticket, tables.visit_token):
        assert count(engine, table) == 0
