"""People, sessions, tokens and the set-up link."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from assistant.accounts import credentials, passwords, store
from assistant.accounts.accounts import Accounts
from assistant.accounts.roles import Role, audiences_of
from assistant.accounts.throttle import (
    PER_ADDRESS,
    PER_LOGIN,
    PER_LOGIN_ANYWHERE,
    WINDOW_SECONDS,
    LoginThrottle,
)
from assistant.insights import store as insight_store
from kb.errors import InvalidInput, NotFound
from kb.model import Audience
from tests.assistant.conftest import PASSWORD, FakeClock


@pytest.fixture
def accounts(engine: Engine, clock: FakeClock) -> Accounts:
    return Accounts(engine, clock)


def test_a_person_signs_in_with_the_right_password_only(accounts: Accounts) -> None:
    accounts.people.create("Lin", "林编辑", PASSWORD, Role.EDITOR)
    principal = accounts.people.authenticate("LIN ", PASSWORD)
    assert principal is not None
    assert (principal.login, principal.name, principal.role) == ("lin", "林编辑", Role.EDITOR)
    assert accounts.people.authenticate("lin", PASSWORD + "!") is None
    assert accounts.people.authenticate("nobody", PASSWORD) is None


def test_a_session_ends_by_time_sign_out_new_password_and_disabling(
    accounts: Accounts, clock: FakeClock
) -> None:
    people = accounts.people
    people.create("lin", "林编辑", PASSWORD, Role.EDITOR)
    principal = people.authenticate("lin", PASSWORD)
    assert principal is not None

    first = people.open_session(principal)
    assert people.by_session(first) == principal
    people.close_session(first)
    assert people.by_session(first) is None

    second = people.open_session(principal)
    clock.advance(timedelta(hours=12))
    assert people.by_session(second) is None

    third = people.open_session(principal)
    people.set_password("lin", PASSWORD + " again")
    assert people.by_session(third) is None

    fourth = people.open_session(principal)
    people.disable("lin")
    assert people.by_session(fourth) is None
    assert people.authenticate("lin", PASSWORD + " again") is None


@pytest.mark.parametrize(
    ("login", "name", "password", "field", "message"),
    [
        ("l", "林编辑", PASSWORD, "login", "invalid_login"),
        ("lin zhi", "林编辑", PASSWORD, "login", "invalid_login"),
        ("lin", " ", PASSWORD, "name", "missing"),
        ("lin", "林\n编辑", PASSWORD, "name", "invalid"),
        ("lin", "林编辑", "short", "password", "short"),
        ("lin", "林编辑", "x" * 300, "password", "long"),
        ("lin-lin-lin", "林编辑", "Lin-Lin-Lin", "password", "same_as_login"),
        ("lin", "林编辑", "aaaaaaaaaaaa", "password", "repetitive"),
    ],
)
def test_what_is_refused_names_its_field(
    accounts: Accounts, login: str, name: str, password: str, field: str, message: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        accounts.people.create(login, name, password, Role.AGENT)
    assert [(p.field, p.message) for p in refused.value.problems] == [(field, message)]


def test_logins_and_names_are_unique(accounts: Accounts) -> None:
    accounts.people.create("lin", "林编辑", PASSWORD, Role.EDITOR)
    for login, name in (("LIN", "别人"), ("other", "林编辑")):
        with pytest.raises(InvalidInput):
            accounts.people.create(login, name, PASSWORD, Role.AGENT)


def test_the_setup_link_makes_one_administrator(accounts: Accounts, clock: FakeClock) -> None:
    people = accounts.people
    old = people.new_setup_link()
    link = people.new_setup_link()
    assert not people.setup_possible(old)
    with pytest.raises(InvalidInput):
        people.set_up(link, "boss", "管理员", "short")
    assert people.setup_possible(link)  # a typing mistake does not cost the link
    assert people.set_up(link, "boss", "管理员", PASSWORD).role is Role.ADMIN
    assert not people.none_yet()
    with pytest.raises(NotFound):
        people.set_up(link, "second", "另一个", PASSWORD)
    with pytest.raises(NotFound):
        people.set_up(people.new_setup_link(), "second", "另一个", PASSWORD)


def test_the_setup_link_expires(accounts: Accounts, clock: FakeClock) -> None:
    link = accounts.people.new_setup_link()
    clock.advance(timedelta(hours=24))
    assert not accounts.people.setup_possible(link)
    with pytest.raises(NotFound):
        accounts.people.set_up(link, "boss", "管理员", PASSWORD)


def test_a_token_works_until_it_expires_or_is_revoked(
    accounts: Accounts, clock: FakeClock, engine: Engine
) -> None:
    secret, made = accounts.tokens.create(Role.AGENT, "console", days=1)
    principal = accounts.tokens.principal(secret)
    assert principal is not None
    assert principal.role is Role.AGENT
    assert made.id[:6] in principal.name
    with engine.connect() as connection:
        assert secret not in str(connection.execute(sa.select(store.token)).all())

    accounts.tokens.revoke(made.id)
    assert accounts.tokens.principal(secret) is None
    again, _ = accounts.tokens.create(Role.AGENT, days=1)
    clock.advance(timedelta(days=1))
    assert accounts.tokens.principal(again) is None
    assert accounts.tokens.principal("zhk_unknown") is None
    with pytest.raises(NotFound):
        accounts.tokens.revoke("nope")
    with pytest.raises(InvalidInput):
        accounts.tokens.create(Role.AGENT, days=0)


def test_guessing_is_slowed_per_login_and_per_address() -> None:
    now = [0.0]
    throttle = LoginThrottle(lambda: now[0])
    for _ in range(PER_LOGIN):
        assert throttle.wait_seconds("1.2.3.4", "lin") == 0
        throttle.failed("1.2.3.4", "lin")
    assert throttle.wait_seconds("1.2.3.4", "lin") > 0
    assert throttle.wait_seconds("1.2.3.4", "other") == 0
    assert throttle.wait_seconds("5.6.7.8", "lin") == 0
    throttle.succeeded("1.2.3.4", "lin")
    assert throttle.wait_seconds("1.2.3.4", "lin") == 0
    for number in range(PER_ADDRESS):
        throttle.failed("1.2.3.4", f"login{number}")
    assert throttle.wait_seconds("1.2.3.4", "fresh") > 0
    now[0] += WINDOW_SECONDS
    assert throttle.wait_seconds("1.2.3.4", "fresh") == 0


def test_guessing_one_password_from_many_addresses_is_slowed_too() -> None:
    throttle = LoginThrottle(lambda: 0.0)
    for number in range(PER_LOGIN_ANYWHERE):
        assert throttle.wait_seconds(f"10.0.0.{number}", "lin") == 0
        throttle.failed(f"10.0.0.{number}", "lin")
        throttle.succeeded("10.9.9.9", "lin")
    assert throttle.wait_seconds("10.1.1.1", "lin") > 0
    assert throttle.wait_seconds("10.1.1.1", "wang") == 0


def test_the_signing_key_is_made_once_and_private(tmp_path: Path) -> None:
    key = credentials.signing_key(tmp_path / "data")
    assert credentials.signing_key(tmp_path / "data") == key
    assert len(key) == 32
    path = tmp_path / "data" / "signing.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["signing.key"]


def test_an_unknown_person_costs_as_much_work_as_a_known_one() -> None:
    assert not passwords.matches(None, PASSWORD)
    stored = passwords.hash_password(PASSWORD)
    assert stored.startswith("$argon2id$")
    assert passwords.matches(stored, PASSWORD)
    assert not passwords.matches("not a hash", PASSWORD)


def test_agents_never_have_the_internal_audience() -> None:
    assert audiences_of(Role.AGENT) == {Audience.CUSTOMER, Audience.AGENT}
    assert audiences_of(None) == frozenset()
    for role in (Role.EDITOR, Role.REVIEWER, Role.ADMIN):
        assert audiences_of(role) == frozenset(Audience)


@pytest.mark.parametrize(
    "table",
    [*store.metadata.sorted_tables, *insight_store.metadata.sorted_tables],
    ids=lambda table: str(table.name),
)
def test_the_migrations_make_exactly_our_tables(engine: Engine, table: sa.Table) -> None:
    found = sa.inspect(engine)
    columns = {c["name"]: c for c in found.get_columns(table.name)}
    assert set(columns) == set(table.columns.keys())
    for column in table.columns:
        made = columns[column.name]
        assert made["nullable"] == column.nullable, column.name
        assert isinstance(made["type"], type(column.type).__mro__[-3]) or str(made["type"]) == str(
            column.type
        ), column.name
    keys = found.get_pk_constraint(table.name)["constrained_columns"]
    assert keys == [column.name for column in table.primary_key]
    unique = {tuple(u["column_names"]) for u in found.get_unique_constraints(table.name)}
    unique |= {tuple(i["column_names"]) for i in found.get_indexes(table.name) if i["unique"]}
    wanted = {(column.name,) for column in table.columns if column.unique}
    assert wanted <= unique
