"""What somebody hostile tries with the widget's routes, and that it comes to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from assistant.accounts.roles import Principal, PrincipalKind, Role
from assistant.contacts.model import NewMessage, Speaker
from assistant.selfservice import store
from assistant.selfservice.limits import Limits
from assistant.selfservice.model import HELP_SITE
from assistant.wiring import Services
from kb.store import read

OURS = "http://localhost"
AGENT = Principal(PrincipalKind.PERSON, "li", "李客服", Role.AGENT)


class Visitor:
    """A visit on a site, with a client that sends what a browser would."""

    def __init__(self, app: Flask, site: str = HELP_SITE, origin: str = OURS) -> None:
        self._client: FlaskClient = app.test_client(use_cookies=False)
        self.origin = origin
        begun = self._client.post(
            "/widget/v1/sessions", json={"site": site}, headers={"Origin": origin}
        )
        assert begun.status_code == 201, begun.text
        self.id: str = begun.json["visit"]
        self.token: str = begun.json["token"]

    def do(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> TestResponse:
        """One request of the visit."""
        own = {"Origin": self.origin, "Authorization": f"Bearer {self.token}", **(headers or {})}
        if method != "GET" and "data" not in more:
            more["json"] = {} if body is None else body
        return self._client.open(f"/widget/v1{path}", method=method, headers=own, **more)

    def say(self, text: str, external_id: str = "m1") -> TestResponse:
        """Say something."""
        return self.do("POST", "/messages", {"text": text, "external_id": external_id})


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits."""
    monkeypatch.setattr(Limits, "take", lambda *_given: 0)


def contact_of(services: Services, visitor: Visitor) -> str:
    with read(services.kb.engine) as connection:
        visit = store.find_visit(connection, visitor.id)
    assert visit is not None and visit.contact_id is not None
    return visit.contact_id


@pytest.mark.parametrize("name", ["contact:{}", "\x1fcontact:{}", "visit:{}"])
def test_a_customer_cannot_take_the_name_of_an_agents_next_message(
    services: Services, visitor: Visitor, unlimited: None, name: str
) -> None:
    for number in range(40, 60):
        visitor.say("你好", name.format(number))
    visitor.do("POST", "/handover")
    contact = contact_of(services, visitor)
    for number in range(20):  # numbers 42 to 61 of the contact
        services.contacts.add_message(contact, AGENT, NewMessage(Speaker.AGENT, f"回复 {number}"))
    told = visitor.do("GET", "/conversation").json["messages"]
    assert [m["text"] for m in told if m["role"] == "agent"] == [f"回复 {n}" for n in range(20)]
