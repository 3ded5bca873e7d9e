"""Identities: only a fresh HS256 token of that site counts, once; everything else proves nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from assistant.selfservice import store
from assistant.selfservice.identity import (
    CLOCK_SKEW,
    MAX_LIFE,
    MAX_SUBJECT,
    MAX_TOKEN,
    Fault,
    IdentityRefused,
    verify,
)
from assistant.selfservice.model import Site
from assistant.selfservice.selfservice import SelfService
from assistant.selfservice.sites import SiteChanges
from kb import tables
from kb.errors import NotFound
from kb.store import read, write
from tests.assistant.conftest import NOW, FakeClock

SECOND = timedelta(seconds=1)
Sign = Callable[..., str]


def claims_for(site: Site, **changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "sub": "user-42",
        "aud": site.id,
        "exp": int((NOW + timedelta(minutes=5)).timestamp()),
        "jti": "one",
        "name": "王女士",
        "grade": "金卡",
    }
    return {name: value for name, value in {**given, **changes}.items() if value is not None}


@pytest.fixture
def signed(selfservice: SelfService, shop: Site) -> Sign:
    """Signs claims as the shop does; None leaves a claim out."""
    secret = selfservice.sites.secret(shop)
    return lambda **changes: jwt.encode(claims_for(shop, **changes), secret, algorithm="HS256")


@pytest.fixture
def fault(selfservice: SelfService, shop: Site) -> Callable[[str], Fault]:
    """Why a token is refused for a fresh visit to the shop."""

    def ask(token: str) -> Fault:
        visit = selfservice.sessions.begin(shop)[0]
        with pytest.raises(IdentityRefused) as refused:
            selfservice.identity.attach(token, visit, shop)
        return refused.value.fault

    return ask


def encoded(part: object) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def by_hand(header: object, claims: object, secret: str, digest: Any = hashlib.sha256) -> str:
    body = f"{encoded(header)}.{encoded(claims)}"
    return f"{body}.{encoded(hmac.new(secret.encode(), body.encode(), digest).digest())}"


def test_a_genuine_token_makes_the_visit_that_customers(
    selfservice: SelfService, shop: Site, signed: Sign
) -> None:
    visit, token, _until = selfservice.sessions.begin(shop)
    attached = selfservice.identity.attach(signed(), visit, shop)
    assert attached.customer == {"id": "user-42", "name": "王女士", "grade": "金卡"}
    assert attached.verified
    found = selfservice.sessions.find(token)
    assert found is not None
    assert found[0] == attached


def test_what_a_site_says_of_a_customer_is_masked(
    selfservice: SelfService, shop: Site, signed: Sign
) -> None:
    visit = selfservice.sessions.begin(shop)[0]
    attached = selfservice.identity.attach(signed(sub="13812345678", grade=None), visit, shop)
    assert "13812345678" not in str(attached.customer)
    assert set(attached.customer) == {"id", "name"}


def test_a_token_counts_once(
    selfservice: SelfService, shop: Site, signed: Sign, fault: Callable[[str], Fault]
) -> None:
    token = signed()
    visit = selfservice.sessions.begin(shop)[0]
    selfservice.identity.attach(token, visit, shop)
    assert fault(token) is Fault.USED
    assert fault(signed(name="another token under the same jti")) is Fault.USED
    with pytest.raises(IdentityRefused):
        selfservice.identity.attach(token, visit, shop)
    selfservice.identity.attach(signed(jti="two"), visit, shop)


def test_a_refused_token_is_not_used_up(
    selfservice: SelfService, shop: Site, signed: Sign, clock: FakeClock
) -> None:
    visit = selfservice.sessions.begin(shop)[0]
    token = signed(nbf=int((NOW + 2 * CLOCK_SKEW).timestamp()))
    with pytest.raises(IdentityRefused):
        selfservice.identity.attach(token, visit, shop)
    clock.advance(CLOCK_SKEW)
    assert selfservice.identity.attach(token, visit, shop).verified


def test_a_jti_is_remembered_by_site_until_the_token_expires(
    selfservice: SelfService, shop: Site, signed: Sign, engine: Engine, clock: FakeClock
) -> None:
    other = selfservice.sites.add(SiteChanges(name="App"))
    theirs = jwt.encode(claims_for(other), selfservice.sites.secret(other), algorithm="HS256")
    selfservice.identity.attach(signed(), selfservice.sessions.begin(shop)[0], shop)
    selfservice.identity.attach(theirs, selfservice.sessions.begin(other)[0], other)
    clock.advance(timedelta(minutes=5))
    selfservice.sessions.begin(shop)
    with read(engine) as connection:
        assert connection.execute(sa.select(tables.used_identity)).all() == []


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "None"}, {"alg": "NONE"}, {"alg": ""}])
def test_a_token_without_a_signature_proves_nothing(
    shop: Site, fault: Callable[[str], Fault], header: dict[str, str]
) -> None:
    for signature in ("", "x"):
        body = f"{encoded(header)}.{encoded(claims_for(shop))}.{signature}"
        assert fault(body) in (Fault.SIGNATURE, Fault.FORM)
    unsigned = jwt.encode(claims_for(shop), None, algorithm="none")
    assert fault(unsigned) is Fault.SIGNATURE


@pytest.mark.parametrize(("name", "digest"), [("HS384", hashlib.sha384), ("HS512", hashlib.sha512)])
def test_no_other_algorithm_counts_even_with_the_right_secret(
    selfservice: SelfService,
    shop: Site,
    fault: Callable[[str], Fault],
    name: str,
    digest: Any,
) -> None:
    secret = selfservice.sites.secret(shop)
    assert fault(by_hand({"alg": name}, claims_for(shop), secret, digest)) is Fault.SIGNATURE


@pytest.mark.parametrize("name", ["RS256", "ES256", "EdDSA", "PS256", "HS256 ", "hs256", 256, None])
def test_an_algorithm_of_the_senders_choice_counts_for_nothing(
    selfservice: SelfService, shop: Site, fault: Callable[[str], Fault], name: object
) -> None:
    """The secret signs as HS256 would, under a header that says something else."""
    token = by_hand({"alg": name}, claims_for(shop), selfservice.sites.secret(shop))
    assert fault(token) in (Fault.SIGNATURE, Fault.FORM)


def test_a_key_that_the_token_brings_along_is_not_used(
    shop: Site, fault: Callable[[str], Fault]
) -> None:
    own = encoded(b"attacker's own key, long enough!")
    header = {"alg": "HS256", "jwk": {"kty": "oct", "k": own}, "kid": "../../dev/null"}
    assert fault(by_hand(header, claims_for(shop), "attacker's own key, long enough!")) is (
        Fault.SIGNATURE
    )
    assert fault(by_hand({"alg": "HS256"}, claims_for(shop), "")) is Fault.SIGNATURE


def test_every_changed_character_is_noticed(
    signed: Sign, selfservice: SelfService, shop: Site
) -> None:
    token, secret = signed(), selfservice.sites.secret(shop)
    assert verify(token, secret, shop, NOW).subject == "user-42"
    for place, letter in enumerate(token[:-1]):  # the last one carries bits that mean nothing
        changed = token[:place] + ("A" if letter != "A" else "B") + token[place + 1 :]
        with pytest.raises(IdentityRefused):
            verify(changed, secret, shop, NOW)


def test_other_sites_secrets_and_former_ones_prove_nothing(
    selfservice: SelfService, shop: Site, signed: Sign, fault: Callable[[str], Fault]
) -> None:
    other = selfservice.sites.add(SiteChanges(name="App"))
    theirs = selfservice.sites.secret(other)
    assert fault(jwt.encode(claims_for(shop), theirs, algorithm="HS256")) is Fault.SIGNATURE
    webhook = selfservice.sites.webhook_secret(shop)
    assert fault(jwt.encode(claims_for(shop), webhook, algorithm="HS256")) is Fault.SIGNATURE
    former = signed()
    renewed = selfservice.sites.renew_secret(shop.id)
    visit = selfservice.sessions.begin(renewed)[0]
    with pytest.raises(IdentityRefused):
        selfservice.identity.attach(former, visit, renewed)


@pytest.mark.parametrize("audience", [None, "", "help", ["help"], 1, {}, [], "SITE*", ["SITE"]])
def test_a_token_is_for_this_site_alone(
    shop: Site, signed: Sign, fault: Callable[[str], Fault], audience: Any
) -> None:
    several = audience == ["SITE"]
    token = signed(aud=[shop.id, "another"] if several else audience)
    assert fault(token) is Fault.AUDIENCE


@pytest.mark.parametrize(
    ("expires", "expected"),
    [
        (timedelta(0), Fault.EXPIRED),
        (-SECOND, Fault.EXPIRED),
        (SECOND, None),
        (MAX_LIFE, None),
        (MAX_LIFE + SECOND, Fault.TOO_LONG),
        (timedelta(days=3650), Fault.TOO_LONG),
    ],
)
def test_the_edges_of_its_life(
    selfservice: SelfService,
    shop: Site,
    signed: Sign,
    expires: timedelta,
    expected: Fault | None,
) -> None:
    token = signed(exp=int((NOW + expires).timestamp()))
    found = None
    try:
        verify(token, selfservice.sites.secret(shop), shop, NOW)
    except IdentityRefused as error:
        found = error.fault
    assert found is expected


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_a_sites_clock_may_be_a_little_ahead(
    selfservice: SelfService, shop: Site, signed: Sign, claim: str
) -> None:
    secret = selfservice.sites.secret(shop)
    edge = int((NOW + CLOCK_SKEW).timestamp())
    assert verify(signed(**{claim: edge}), secret, shop, NOW)
    with pytest.raises(IdentityRefused) as refused:
        verify(signed(**{claim: edge + 1}), secret, shop, NOW)
    assert refused.value.fault is Fault.NOT_YET


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": 1e300},
        {"exp": [1]},
        {"iat": "now"},
        {"iat": False},
        {"nbf": {}},
        {"sub": None},
        {"sub": ""},
        {"sub": "   "},
        {"sub": 42},
        {"sub": "x" * (MAX_SUBJECT + 1)},
        {"sub": "a\nb"},
        {"sub": "\x00"},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 201},
        {"name": "x" * 101},
        {"name": ["王女士"]},
        {"name": "a\u202eb"},
        {"grade": {"of": "gold"}},
    ],
    ids=str,
)
def test_claims_that_are_missing_or_not_in_their_form(
    signed: Sign, fault: Callable[[str], Fault], changes: dict[str, Any]
) -> None:
    assert fault(signed(**changes)) is Fault.CLAIMS


def test_what_is_no_token_at_all(
    selfservice: SelfService, shop: Site, fault: Callable[[str], Fault]
) -> None:
    secret = selfservice.sites.secret(shop)
    deep = b"[" * 1500 + b"]" * 1500
    for token in (
        "",
        "a.b",
        "a.b.c",
        "...",
        "令牌",
        "x" * (MAX_TOKEN + 1),
        by_hand({"alg": "HS256"}, [1, 2], secret),
        by_hand({"alg": "HS256"}, deep, secret),
        by_hand({"alg": "HS256"}, b"\xff\xfe", secret),
        by_hand({"alg": "HS256"}, b'{"exp": NaN}', secret),
        by_hand([], claims_for(shop), secret),
        by_hand({"alg": "HS256", "crit": ["unknown"]}, claims_for(shop), secret),
    ):
        assert fault(token) in (Fault.FORM, Fault.AUDIENCE), token[:40]


def test_a_visit_stays_its_customers(selfservice: SelfService, shop: Site, signed: Sign) -> None:
    visit = selfservice.sessions.begin(shop)[0]
    selfservice.identity.attach(signed(), visit, shop)
    with pytest.raises(IdentityRefused) as refused:
        selfservice.identity.attach(signed(sub="user-43", jti="two"), visit, shop)
    assert refused.value.fault is Fault.OTHER
    again = selfservice.identity.attach(signed(name="王小姐", jti="three"), visit, shop)
    assert again.customer["name"] == "王小姐"


def test_customers_whose_ids_look_alike_once_masked_are_told_apart(
    selfservice: SelfService, shop: Site, signed: Sign, engine: Engine
) -> None:
    visit, token, _until = selfservice.sessions.begin(shop)
    selfservice.identity.attach(signed(sub="13812345678"), visit, shop)
    with pytest.raises(IdentityRefused) as refused:
        selfservice.identity.attach(signed(sub="13912345679", jti="two"), visit, shop)
    assert refused.value.fault is Fault.OTHER
    renewed = selfservice.sites.renew_secret(shop.id)
    secret = selfservice.sites.secret(renewed)
    again = jwt.encode(claims_for(shop, sub="13812345678", jti="two"), secret, algorithm="HS256")
    assert selfservice.identity.attach(again, visit, renewed).customer["id"] == "[手机号]"
    found = selfservice.sessions.find(token)
    assert found is not None
    assert set(found[0].customer) == {"id", "name", "grade"}
    with read(engine) as connection:
        assert "138" not in str(connection.execute(sa.select(tables.visit.c.customer)).all())


def test_a_customer_from_before_there_were_digests_is_known_where_nothing_was_masked(
    selfservice: SelfService, shop: Site, signed: Sign, engine: Engine
) -> None:
    plain, hidden = (selfservice.sessions.begin(shop)[0] for _ in range(2))
    with write(engine) as connection:
        store.save_visit(connection, replace(plain, customer={"id": "user-42"}))
        store.save_visit(connection, replace(hidden, customer={"id": "[手机号]"}))
    assert selfservice.identity.attach(signed(), plain, shop).subject
    with pytest.raises(IdentityRefused):
        selfservice.identity.attach(signed(sub="13812345678", jti="two"), hidden, shop)


def test_an_ended_visit_gets_no_customer(
    selfservice: SelfService, shop: Site, signed: Sign
) -> None:
    visit = selfservice.sessions.begin(shop)[0]
    selfservice.sessions.end(visit.id)
    with pytest.raises(NotFound):
        selfservice.identity.attach(signed(), visit, shop)
