"""Every route, every principal: what is not declared here fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from assistant.accounts import passwords
from assistant.accounts.policy import COLUMNS, TABLE, Action, Nearness, Verdict, authorise
from assistant.accounts.roles import (
    ANONYMOUS,
    STAFF_ROLES,
    Principal,
    PrincipalKind,
    Role,
)
from assistant.contacts.model import Changes, Contact, NewContact
from assistant.selfservice.model import HELP_SITE
from assistant.web import guard
from assistant.web.sessions import COOKIE, SessionCookie
from assistant.wiring import Services
from kb.errors import InvalidInput
from kb.model import Audience, Channel
from tests.assistant.conftest import PASSWORD

# Who is let past the gate, route by route: "-" is somebody unknown, "c" a customer's visit, the
# other letters are agent, editor, reviewer and admin. Written apart from the policy table on
# purpose: a change has to be made twice.
EVERYBODY, PAGES, SIGNED_IN, DESK, REVIEW = "-caerA", "-aerA", "aerA", "erA", "rA"
STRANGER, VISIT = "-", "c"
ROUTES: dict[tuple[str, str], str] = {
    ("GET", "/"): PAGES,
    ("GET", "/agent"): SIGNED_IN,
    ("GET", "/agent/sign-in"): PAGES,
    ("GET", "/agent/signed-in"): SIGNED_IN,
    ("GET", "/desk/cases"): SIGNED_IN,
    ("GET", "/desk/entries"): SIGNED_IN,
    ("GET", "/desk/entries/<entry_id>/revisions/<int:number>"): DESK,
    ("GET", "/desk/entries/<entry_id>/edit"): DESK,
    ("GET", "/desk/entries/new"): DESK,
    ("GET", "/desk"): SIGNED_IN,  # agents are led on to the console
    ("GET", "/desk/freshness"): SIGNED_IN,
    ("GET", "/desk/freshness/calendar"): SIGNED_IN,
    ("GET", "/desk/freshness/conflicts"): SIGNED_IN,
    ("GET", "/desk/freshness/digest"): REVIEW,
    ("GET", "/desk/freshness/links"): DESK,
    ("GET", "/desk/freshness/ripple"): DESK,
    ("GET", "/desk/import"): DESK,
    ("GET", "/desk/test"): DESK,
    ("GET", "/entries/<entry_id>"): SIGNED_IN,
    ("GET", "/favicon.ico"): EVERYBODY,
    ("GET", "/help"): EVERYBODY,
    ("GET", "/help/"): EVERYBODY,
    ("GET", "/help/articles/<entry_id>"): EVERYBODY,
    ("POST", "/help/articles/<entry_id>/vote"): EVERYBODY,
    ("GET", "/help/categories/<slug>"): EVERYBODY,
    ("GET", "/help/images/<name>"): EVERYBODY,
    ("GET", "/help/search"): EVERYBODY,
    ("GET", "/help/sitemap.xml"): EVERYBODY,
    ("GET", "/help/suggestions"): EVERYBODY,
    ("GET", "/robots.txt"): EVERYBODY,
    ("GET", "/i18n/<lang>.json"): EVERYBODY,
    ("GET", "/livez"): EVERYBODY,
    ("GET", "/login"): PAGES,
    ("GET", "/metrics"): PAGES,  # from this machine; see below
    ("GET", "/readyz"): EVERYBODY,
    ("GET", "/settings/language"): PAGES,
    ("GET", "/setup"): PAGES,
    ("GET", "/static/<version>/<path:path>"): EVERYBODY,
    ("POST", "/agent/session"): PAGES,
    ("POST", "/login"): PAGES,
    ("POST", "/logout"): PAGES,
    ("POST", "/settings/language"): PAGES,
    ("POST", "/setup"): PAGES,
    ("DELETE", "/api/v1/canned/<reply_id>"): SIGNED_IN,
    ("GET", "/api/v1/canned"): SIGNED_IN,
    ("GET", "/api/v1/canned/<reply_id>"): SIGNED_IN,
    ("GET", "/api/v1/cases/<entry_id>/review"): REVIEW,
    ("GET", "/api/v1/cases/mine"): SIGNED_IN,
    ("GET", "/api/v1/cases/waiting"): REVIEW,
    ("GET", "/api/v1/changes"): SIGNED_IN,
    ("GET", "/api/v1/contacts"): SIGNED_IN,
    ("GET", "/api/v1/contacts/<contact_id>"): SIGNED_IN,
    ("GET", "/api/v1/contacts/<contact_id>/suggestions"): SIGNED_IN,
    ("GET", "/api/v1/contacts/<contact_id>/ticket"): SIGNED_IN,
    ("POST", "/api/v1/contacts/<contact_id>/ticket"): SIGNED_IN,
    ("GET", "/api/v1/entries"): SIGNED_IN,
    ("GET", "/api/v1/entries/<entry_id>"): SIGNED_IN,
    ("GET", "/api/v1/entries/<entry_id>/audit"): REVIEW,
    ("GET", "/api/v1/entries/<entry_id>/diff"): SIGNED_IN,
    ("GET", "/api/v1/entries/<entry_id>/flow"): SIGNED_IN,
    ("GET", "/api/v1/entries/<entry_id>/revisions"): SIGNED_IN,
    ("GET", "/api/v1/entries/<entry_id>/revisions/<int:number>"): SIGNED_IN,
    ("GET", "/api/v1/entries/<entry_id>/versions"): SIGNED_IN,
    ("GET", "/api/v1/entries/export"): SIGNED_IN,
    ("GET", "/api/v1/entry-ids"): DESK,
    ("GET", "/api/v1/events"): SIGNED_IN,
    ("GET", "/api/v1/entries/<entry_id>/ripple"): DESK,
    ("GET", "/api/v1/freshness"): SIGNED_IN,
    ("GET", "/api/v1/freshness/calendar"): SIGNED_IN,
    ("GET", "/api/v1/freshness/conflicts"): SIGNED_IN,
    ("GET", "/api/v1/freshness/digest"): DESK,
    ("DELETE", "/api/v1/working/<key>"): DESK,
    ("GET", "/api/v1/working"): DESK,
    ("GET", "/api/v1/working/<key>"): DESK,
    ("PUT", "/api/v1/working/<key>"): DESK,
    ("GET", "/api/v1/entries/<entry_id>/revisions/<int:number>/comments"): DESK,
    ("POST", "/api/v1/entries/<entry_id>/revisions/<int:number>/comments"): DESK,
    ("POST", "/api/v1/entries/<entry_id>/revisions/<int:number>/discard"): DESK,
    ("POST", "/api/v1/entries/<entry_id>/revisions/<int:number>/rollback"): DESK,
    ("DELETE", "/api/v1/comments/<int:comment_id>"): DESK,
    ("POST", "/api/v1/comments/<int:comment_id>/reopen"): DESK,
    ("POST", "/api/v1/comments/<int:comment_id>/resolve"): DESK,
    ("POST", "/api/v1/entries/<entry_id>/merge"): DESK,
    ("POST", "/api/v1/entries/bulk"): DESK,
    ("POST", "/api/v1/entries/preview"): DESK,
    ("POST", "/api/v1/images"): DESK,
    ("GET", "/api/v1/export"): DESK,
    ("GET", "/api/v1/gaps"): DESK,
    ("GET", "/api/v1/images/<name>"): SIGNED_IN,
    ("GET", "/api/v1/imports"): DESK,
    ("GET", "/api/v1/imports/<run_id>"): DESK,
    ("GET", "/api/v1/imports/<run_id>/failed.csv"): DESK,
    ("GET", "/api/v1/imports/<run_id>/rows/<int:number>"): DESK,
    ("GET", "/api/v1/imports/samples"): DESK,
    ("GET", "/api/v1/me"): SIGNED_IN,
    ("GET", "/api/v1/openapi.json"): EVERYBODY,
    ("GET", "/api/v1/reports"): DESK,
    ("GET", "/api/v1/skill-groups"): SIGNED_IN,
    ("GET", "/api/v1/teams"): SIGNED_IN,
    ("PATCH", "/api/v1/contacts/<contact_id>"): SIGNED_IN,
    ("PATCH", "/api/v1/entries/<entry_id>/stewardship"): DESK,
    ("POST", "/api/v1/canned"): SIGNED_IN,
    ("POST", "/api/v1/canned/<reply_id>/used"): SIGNED_IN,
    ("POST", "/api/v1/cases/similar"): SIGNED_IN,
    ("POST", "/api/v1/cases/<entry_id>/review/note"): REVIEW,
    ("POST", "/api/v1/cases/<entry_id>/review/publish"): REVIEW,
    ("POST", "/api/v1/cases/<entry_id>/review/return"): REVIEW,
    ("POST", "/api/v1/contacts"): SIGNED_IN,
    ("POST", "/api/v1/contacts/<contact_id>/case"): SIGNED_IN,
    ("POST", "/api/v1/contacts/<contact_id>/case/rules"): SIGNED_IN,
    ("POST", "/api/v1/contacts/<contact_id>/close"): SIGNED_IN,
    ("POST", "/api/v1/contacts/<contact_id>/handover"): SIGNED_IN,
    ("POST", "/api/v1/contacts/<contact_id>/messages"): SIGNED_IN,
    ("POST", "/api/v1/contacts/<contact_id>/read"): SIGNED_IN,
    ("POST", "/api/v1/contacts/<contact_id>/reopen"): SIGNED_IN,
    ("POST", "/api/v1/entries"): DESK,
    ("POST", "/api/v1/entries/<entry_id>/revisions/<int:number>/approve"): REVIEW,
    ("POST", "/api/v1/entries/<entry_id>/revisions/<int:number>/publish"): REVIEW,
    ("POST", "/api/v1/entries/<entry_id>/revisions/<int:number>/reject"): REVIEW,
    ("POST", "/api/v1/entries/<entry_id>/revisions/<int:number>/submit"): DESK,
    ("POST", "/api/v1/entries/<entry_id>/revisions/<int:number>/withdraw"): REVIEW,
    ("POST", "/api/v1/entries/<entry_id>/scenarios"): SIGNED_IN,
    ("POST", "/api/v1/entries/<entry_id>/verify"): DESK,
    ("POST", "/api/v1/entries/import"): DESK,
    ("POST", "/api/v1/feedback"): SIGNED_IN,
    ("POST", "/api/v1/freshness/conflicts/<key>/dismiss"): DESK,
    ("POST", "/api/v1/freshness/conflicts/<key>/restore"): DESK,
    ("POST", "/api/v1/freshness/entries/<entry_id>/snooze"): DESK,
    ("POST", "/api/v1/freshness/entries/<entry_id>/wake"): DESK,
    ("GET", "/api/v1/freshness/links"): DESK,
    ("POST", "/api/v1/freshness/links/check"): DESK,
    ("POST", "/api/v1/gaps"): SIGNED_IN,
    ("POST", "/api/v1/replies/check"): SIGNED_IN,
    ("POST", "/api/v1/imports"): DESK,
    ("POST", "/api/v1/imports/<run_id>/apply"): DESK,
    ("POST", "/api/v1/reports/<int:report_id>/resolve"): DESK,
    ("POST", "/api/v1/search"): SIGNED_IN,
    ("POST", "/api/v1/suggest"): SIGNED_IN,
    ("PUT", "/api/v1/canned/<reply_id>"): SIGNED_IN,
    ("PUT", "/api/v1/contacts/<contact_id>/case"): SIGNED_IN,
    ("PUT", "/api/v1/entries/<entry_id>"): DESK,
    ("PUT", "/api/v1/teams/<team>"): REVIEW,
    ("DELETE", "/api/v1/questions/<question_id>"): DESK,
    ("GET", "/api/v1/entries/<entry_id>/revisions/<int:number>/impact"): DESK,
    ("GET", "/api/v1/hit-runs"): DESK,
    ("GET", "/api/v1/hit-runs/<run_id>"): DESK,
    ("GET", "/api/v1/hit-runs/<run_id>.csv"): DESK,
    ("GET", "/api/v1/hit-runs/<run_id>/compare/<other>"): DESK,
    ("GET", "/api/v1/questions"): DESK,
    ("GET", "/api/v1/questions/export"): DESK,
    ("POST", "/api/v1/hit-runs"): DESK,
    ("POST", "/api/v1/hit-tests"): DESK,
    ("POST", "/api/v1/impact"): DESK,
    ("POST", "/api/v1/questions"): DESK,
    ("POST", "/api/v1/questions/import"): DESK,
    ("PUT", "/api/v1/questions/<question_id>"): DESK,
    ("GET", "/widget.js"): EVERYBODY,
    ("GET", "/widget/frame"): EVERYBODY,
    ("DELETE", "/widget/v1/sessions"): VISIT,
    ("GET", "/widget/v1/conversation"): VISIT,
    ("GET", "/widget/v1/events"): VISIT,
    ("POST", "/widget/v1/feedback"): VISIT,
    ("POST", "/widget/v1/handover"): VISIT,
    ("POST", "/widget/v1/identity"): VISIT,
    ("POST", "/widget/v1/messages"): VISIT,
    ("POST", "/widget/v1/sessions"): STRANGER,
    ("POST", "/widget/v1/sessions/renew"): VISIT,
    ("POST", "/widget/v1/suggestions"): VISIT,
    ("POST", "/widget/v1/tickets"): VISIT,
}
PRINCIPALS: dict[str, Role | None] = {
    "-": None,
    "c": Role.CUSTOMER,
    "a": Role.AGENT,
    "e": Role.EDITOR,
    "r": Role.REVIEWER,
    "A": Role.ADMIN,
}


def routes_of(app: Flask) -> set[tuple[str, str]]:
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def address(rule: str) -> str:
    for name, value in (
        ("<contact_id>", "0123456789ab"),
        ("<int:comment_id>", "99"),
        ("<entry_id>", "no-such-entry"),
        ("<int:number>", "1"),
        ("<int:report_id>", "99"),
        ("<key>", "0" * 32),
        ("<lang>", "en"),
        ("<name>", "none.png"),
        ("<other>", "fedcba987654"),
        ("<question_id>", "0123456789ab"),
        ("<reply_id>", "no-such-reply"),
        ("<run_id>", "0123456789abcdef"),
        ("<slug>", "no-such-category"),
        ("<team>", "no-such-team"),
        ("<version>/<path:path>", "x/none.css"),
    ):
        rule = rule.replace(name, value)
    return rule


def test_every_route_is_declared_here_and_at_the_gate(app: Flask) -> None:
    assert routes_of(app) == set(ROUTES)
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(guard.declared(app))


@pytest.mark.parametrize(("method", "rule"), sorted(ROUTES), ids=lambda part: str(part))
def test_every_route_lets_in_exactly_who_is_declared(
    app: Flask,
    services: Services,
    token_of: Callable[[Role], str],
    cookie_of: Callable[[Role], str],
    method: str,
    rule: str,
) -> None:
    for letter, role in PRINCIPALS.items():
        if role is None:
            proofs = [{}]
        elif role is Role.CUSTOMER:
            proofs = [{"Authorization": f"Bearer {visit_token(services)}"}]
        else:
            proofs = [{"Authorization": f"Bearer {token_of(role)}"}, {"Cookie": cookie_of(role)}]
        for proof in proofs:
            # To the widget's routes a cookie says nothing: whoever has one is a stranger.
            stranger = rule.startswith("/widget/v1/") and "Cookie" in proof
            expected = ("-" if stranger else letter) in ROUTES[(method, rule)]
            assert lets_in(app, method, rule, proof) == expected, (letter, list(proof))


def lets_in(app: Flask, method: str, rule: str, proof: dict[str, str]) -> bool:
    body: dict[str, Any] = {"json": {}} if method != "GET" else {}
    if not rule.startswith(("/api/", "/widget/")):
        body = {"data": {}} if method == "POST" else {}
    headers = {"Accept": "application/json", "Origin": "http://localhost", **proof}
    client = app.test_client(use_cookies=False)
    answer = client.open(address(rule), method=method, headers=headers, **body)
    if rule == "/login" and method == "POST":
        return answer.status_code != 403  # 401 is its answer to a wrong password
    if answer.status_code == 303 and "/login" in answer.headers["Location"]:
        return rule == "/logout"
    return answer.status_code not in (401, 403)


def visit_token(services: Services) -> str:
    selfservice = services.selfservice
    return selfservice.sessions.begin(selfservice.sites.get(HELP_SITE))[1]


@pytest.fixture
def cookie_of(services: Services, monkeypatch: pytest.MonkeyPatch) -> Callable[[Role], str]:
    """Signs somebody of a role in; the cookie as their browser sends it."""
    # Hashing is slow on purpose, and nobody gives a password here.
    monkeypatch.setattr(passwords, "hash_password", lambda _password: "no hash")
    people, cookie = services.accounts.people, SessionCookie(services.signing_key)
    known: dict[Role, Principal] = {}

    def make(role: Role) -> str:
        if role not in known:
            person = people.create(role.value, f"name of {role.value}", PASSWORD, role)
            known[role] = Principal(PrincipalKind.PERSON, person.id, person.name, role)
        return f"{COOKIE}={cookie.signed(people.open_session(known[role]))}"

    return make


def test_an_endpoint_without_an_action_is_refused(services: Services) -> None:
    from assistant.web.app import create_app

    app = create_app(services, testing=True)
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = app.test_client().get("/forgotten")
    assert answer.status_code == 403
    assert b"secret" not in answer.data


@pytest.mark.parametrize(
    ("headers", "remote", "status"),
    [
        ({}, "127.0.0.1", 200),
        ({}, "10.0.0.7", 401),
        ({"X-Forwarded-For": "10.0.0.7"}, "127.0.0.1", 401),
    ],
)
def test_metrics_are_for_this_machine(
    anonymous: FlaskClient, headers: dict[str, str], remote: str, status: int
) -> None:
    answer = anonymous.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": remote})
    assert answer.status_code == status


def test_metrics_are_for_administrators_from_anywhere(
    admin: FlaskClient, reviewer: FlaskClient
) -> None:
    far = {"REMOTE_ADDR": "10.0.0.7"}
    assert admin.get("/metrics", environ_overrides=far).status_code == 200
    assert reviewer.get("/metrics", environ_overrides=far).status_code == 403


def test_the_table_has_a_cell_for_every_action_and_role() -> None:
    assert set(TABLE) == set(Action)
    assert set(COLUMNS) == {None, *Role}
    assert all(len(row) == len(COLUMNS) for row in TABLE.values())


def test_what_a_role_of_staff_may_do_every_higher_one_may_do() -> None:
    order = {Verdict.NO: 0, Verdict.LOCAL: 1, Verdict.YES: 2}
    for action, row in TABLE.items():
        anonymous, _customer, *staff = row
        if action in (Action.WIDGET_BEGIN, Action.WIDGET_USE):
            assert {*staff} == {Verdict.NO}, "a conversation of customers is nobody's of staff"
        else:
            ranks = [order[verdict] for verdict in (anonymous, *staff)]
            assert ranks == sorted(ranks), action


def test_a_customer_may_do_what_everybody_may_and_use_the_widget() -> None:
    customer = COLUMNS.index(Role.CUSTOMER)
    allowed = {action for action, row in TABLE.items() if row[customer] is not Verdict.NO}
    public = {action for action, row in TABLE.items() if set(row) == {Verdict.YES}}
    assert allowed == public | {Action.WIDGET_USE, Action.CONTACTS_USE}
    assert TABLE[Action.CONTACTS_USE][customer] is Verdict.OWN
    visit = Principal(PrincipalKind.VISIT, "v", "visit:v", Role.CUSTOMER)
    assert not authorise(visit, Action.CONTACTS_USE), "at the gate there is no object"


def test_a_visit_uses_its_own_contact_alone(services: Services, stored_contact: Contact) -> None:
    visit = Principal(PrincipalKind.VISIT, "v", "visit:v", Role.CUSTOMER)
    other = Principal(PrincipalKind.VISIT, "w", "visit:w", Role.CUSTOMER)
    own = services.contacts.create(NewContact(Channel.CHAT), visit)[0].contact
    assert authorise(visit, Action.CONTACTS_USE, own)
    assert not authorise(other, Action.CONTACTS_USE, own)
    assert not authorise(visit, Action.CONTACTS_USE, replace(stored_contact, assigned_to=None))
    given = replace(stored_contact, assigned_to="visit:v")
    assert not authorise(visit, Action.CONTACTS_USE, given)
    namesake = Principal(PrincipalKind.PERSON, "v", "visit:v", Role.CUSTOMER)
    assert not authorise(namesake, Action.CONTACTS_USE, own)
    assert not authorise(visit, Action.CONTACTS_ALL, own)
    agent = Principal(PrincipalKind.PERSON, "li", "李客服", Role.AGENT)
    assert authorise(agent, Action.CONTACTS_USE, own), "staff take it up"


def test_customers_read_published_text_for_customers_alone(stocked: Services) -> None:
    visit = Principal(PrincipalKind.VISIT, "v", "visit:v", Role.CUSTOMER)
    assert visit.audiences == {Audience.CUSTOMER}
    for revision in (r for entry in stocked.kb.snapshot() for r in entry.revisions):
        assert not authorise(visit, Action.ENTRIES_READ, revision)
        public = revision.entry_id == "return-7-days"
        assert authorise(visit, Action.HELP_READ, revision) == public, revision.entry_id


def test_nobody_of_staff_is_a_customer(services: Services) -> None:
    role = Role.CUSTOMER
    with pytest.raises(InvalidInput):
        services.accounts.tokens.create(role, "widget")
    with pytest.raises(InvalidInput):
        services.accounts.people.create("guest", "访客", PASSWORD, role)
    assert role not in STAFF_ROLES
    assert set(STAFF_ROLES) | {role} == set(Role)


def test_a_contact_is_for_who_handles_it_and_for_supervisors(stored_contact: Contact) -> None:
    def person(name: str, role: Role) -> Principal:
        return Principal(PrincipalKind.PERSON, name, name, role)

    opener = Principal(PrincipalKind.TOKEN, "t", "platform#t", Role.AGENT)
    for role in STAFF_ROLES:
        someone = person("somebody else", role)
        assert authorise(someone, Action.CONTACTS_USE, replace(stored_contact, assigned_to=None))
        supervises = role in (Role.REVIEWER, Role.ADMIN)
        assert authorise(someone, Action.CONTACTS_USE, stored_contact) == supervises
        assert authorise(person("李客服", role), Action.CONTACTS_USE, stored_contact)
    assert authorise(opener, Action.CONTACTS_USE, stored_contact)
    # The right to what one opened is a program's: a person lets go of a contact for good.
    namesake = person("platform#t", Role.AGENT)
    assert not authorise(namesake, Action.CONTACTS_USE, stored_contact)
    assert not authorise(ANONYMOUS, Action.CONTACTS_USE, replace(stored_contact, assigned_to=None))


@pytest.fixture
def stored_contact(services: Services) -> Contact:
    opener = Principal(PrincipalKind.TOKEN, "t", "platform#t", Role.AGENT)
    seen, _ = services.contacts.create(NewContact(Channel.CHAT), opener)
    return services.contacts.change(seen.contact.id, opener, Changes(assigned_to="李客服")).contact


def test_an_undeclared_action_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(TABLE, Action.SEARCH)
    admin = Principal(PrincipalKind.TOKEN, "1", "admin#1", Role.ADMIN)
    assert not authorise(admin, Action.SEARCH)
    assert not authorise(ANONYMOUS, Action.METRICS, Nearness.REMOTE)
