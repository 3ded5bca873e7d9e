"""Every route, every principal: what is not declared here fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from assistant.accounts.policy import COLUMNS, TABLE, Action, Nearness, Verdict, authorise
from assistant.accounts.roles import ANONYMOUS, Principal, PrincipalKind, Role
from assistant.contacts.model import Changes, Contact, NewContact
from assistant.web import guard
from assistant.wiring import Services
from kb.model import Channel

# Who is let past the gate, route by route: "-" nobody else, letters for anonymous, agent, editor,
# reviewer, admin. Written apart from the policy table on purpose: a change has to be made twice.
EVERYBODY, SIGNED_IN, DESK, REVIEW = "-aerA", "aerA", "erA", "rA"
ROUTES: dict[tuple[str, str], str] = {
    ("GET", "/"): EVERYBODY,
    ("GET", "/agent"): SIGNED_IN,
    ("GET", "/agent/sign-in"): EVERYBODY,
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
    ("GET", "/i18n/<lang>.json"): EVERYBODY,
    ("GET", "/livez"): EVERYBODY,
    ("GET", "/login"): EVERYBODY,
    ("GET", "/metrics"): EVERYBODY,  # from this machine; see below
    ("GET", "/readyz"): EVERYBODY,
    ("GET", "/settings/language"): EVERYBODY,
    ("GET", "/setup"): EVERYBODY,
    ("GET", "/static/<version>/<path:path>"): EVERYBODY,
    ("POST", "/agent/session"): EVERYBODY,
    ("POST", "/login"): EVERYBODY,
    ("POST", "/logout"): EVERYBODY,
    ("POST", "/settings/language"): EVERYBODY,
    ("POST", "/setup"): EVERYBODY,
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
}
PRINCIPALS: dict[str, Role | None] = {
    "-": None,
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
    app: Flask, token_of: Callable[[Role], str], method: str, rule: str
) -> None:
    for letter, role in PRINCIPALS.items():
        headers = {"Accept": "application/json", "Origin": "http://localhost"}
        if role is not None:
            headers["Authorization"] = f"Bearer {token_of(role)}"
        body: dict[str, Any] = {"json": {}} if method != "GET" else {}
        if not rule.startswith("/api"):
            body = {"data": {}} if method == "POST" else {}
        answer = app.test_client().open(address(rule), method=method, headers=headers, **body)
        let_in = answer.status_code not in (401, 403)
        if rule == "/login" and method == "POST":
            let_in = True  # 401 is its answer to a wrong password
        if answer.status_code == 303 and "/login" in answer.headers["Location"]:
            let_in = rule == "/logout"
        assert let_in == (letter in ROUTES[(method, rule)]), (letter, answer.status_code)


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


def test_what_a_role_may_do_every_higher_role_may_do() -> None:
    order = {Verdict.NO: 0, Verdict.LOCAL: 1, Verdict.YES: 2}
    for action, row in TABLE.items():
        ranks = [order[verdict] for verdict in row]
        assert ranks == sorted(ranks), action


def test_a_contact_is_for_who_handles_it_and_for_supervisors(stored_contact: Contact) -> None:
    def person(name: str, role: Role) -> Principal:
        return Principal(PrincipalKind.PERSON, name, name, role)

    opener = Principal(PrincipalKind.TOKEN, "t", "platform#t", Role.AGENT)
    for role in Role:
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
