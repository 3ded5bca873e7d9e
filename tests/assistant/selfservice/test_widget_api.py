"""The widget's calls over HTTP: what a visit may say and read, and nothing of anybody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from assistant.selfservice.model import Site
from assistant.selfservice.sites import SiteChanges
from assistant.web.app import create_app
from assistant.wiring import Services
from tests.assistant.conftest import TZ, published
from tests.assistant.selfservice.talking import KNOWLEDGE, ORIGIN


class Widget:
    """A widget on a page of the shop."""

    def __init__(self, client: FlaskClient, site: Site) -> None:
        self.client = client
        begun = self.call("POST", "/sessions", {"site": site.id})
        assert begun.status_code == 201
        self.begun: dict[str, Any] = begun.json or {}
        self.token = self.begun["token"]

    def call(self, method: str, path: str, body: object = None) -> TestResponse:
        headers = {"Origin": ORIGIN}
        if token := getattr(self, "token", ""):
            headers["Authorization"] = f"Bearer {token}"
        return self.client.open(f"/widget/v1{path}", method=method, json=body, headers=headers)

    def say(self, text: str, name: str = "m1", **more: object) -> TestResponse:
        return self.call("POST", "/messages", {"text": text, "external_id": name, **more})


@pytest.fixture
def talking_app(talk_services: Services) -> Flask:
    return create_app(talk_services, testing=True)


@pytest.fixture
def own_site(talk_services: Services) -> Site:
    return talk_services.selfservice.sites.add(SiteChanges(name="商城", origins=(ORIGIN,)))


@pytest.fixture
def widget(talking_app: Flask, own_site: Site) -> Widget:
    return Widget(talking_app.test_client(), own_site)


def test_an_answer_with_its_source(widget: Widget) -> None:
    response = widget.say("冰箱不制冷")
    assert response.status_code == 201
    told = response.json
    assert told is not None
    customer, ours = told["messages"]
    assert (customer["role"], customer["text"]) == ("customer", "冰箱不制冷")
    (answer,) = ours["answers"]
    assert answer["id"] == "fridge-not-cooling"
    assert answer["url"] == "/help/articles/fridge-not-cooling"
    assert answer["valid_since"] == "2026-11-22"
    assert answer["valid_until"] is None
    assert answer["short"]
    assert "confidence" not in repr(told)
    assert "evidence" not in repr(told)
    assert told["state"] == {
        "mode": "bot", "offer": None, "open": True, "opens_at": None, "agent": "",
    }  # fmt: skip


def test_links_to_what_is_not_public_are_plain_text(widget: Widget) -> None:
    told = widget.say("冰箱不制冷").json
    assert told is not None
    detail = told["messages"][1]["answers"][0]["detail"]
    assert "/help/articles/return-7-days" in repr(detail)
    assert "authority" not in repr(detail)
    assert "补偿权限" in repr(detail)  # the words of the article itself


def test_an_article_that_has_changed_is_no_longer_shown_whole(
    widget: Widget, talk_services: Services
) -> None:
    widget.say("冰箱不制冷")
    talk_services.kb.withdraw("fridge-not-cooling", 1, "周审核", "")
    told = widget.call("GET", "/conversation").json
    assert told is not None
    (answer,) = told["messages"][1]["answers"]
    assert (answer["detail"], answer["url"]) == ([], None)


def test_the_same_message_again_answers_as_before(widget: Widget) -> None:
    first, second = widget.say("退货运费谁出"), widget.say("退货运费谁出")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json


def test_only_what_came_after(widget: Widget) -> None:
    widget.say("退货运费谁出")
    told = widget.call("GET", "/conversation?after=1").json
    assert told is not None
    assert [message["number"] for message in told["messages"]] == [2]


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (datetime(2026, 12, 1, tzinfo=TZ), "2026-11-30"),
        (datetime(2026, 12, 1, 18, 30, tzinfo=TZ), "2026-12-01 18:30"),
    ],
)
def test_the_last_day_is_told_not_the_one_after(
    widget: Widget, talk_services: Services, end: datetime, told: str
) -> None:
    offer = replace(KNOWLEDGE["return-freight"], effective_until=end)
    published(talk_services.kb, "return-freight", offer)
    said = widget.say("退货运费谁出").json
    assert said is not None
    assert said["messages"][1]["answers"][0]["valid_until"] == told


def test_the_newest_answers_come_with_their_whole_article(widget: Widget) -> None:
    for number in range(12):
        widget.say("退货运费谁出", f"m{number}")
    told = widget.call("GET", "/conversation").json
    assert told is not None
    answers = [answer for message in told["messages"] for answer in message.get("answers", [])]
    assert [bool(answer["detail"]) for answer in answers] == [False] * 2 + [True] * 10
    assert all(answer["url"] for answer in answers), "the older ones have their link"


def test_options_are_texts(widget: Widget) -> None:
    told = widget.say("不制冷怎么办").json
    assert told is not None
    assert told["messages"][1]["kind"] == "clarify"
    assert told["messages"][1]["options"] == ["冰箱不制冷排查", "空调不制冷排查"]


def test_suggestions_are_public_questions(widget: Widget) -> None:
    found = widget.call("POST", "/suggestions", {"text": "运费"})
    assert found.json == {"suggestions": ["退货运费谁出？", "七天无理由退货规则"]}
    assert widget.call("POST", "/suggestions", {"text": ""}).json == {"suggestions": []}


def test_verdict_person_and_ticket(widget: Widget, talk_services: Services, own_site: Site) -> None:
    widget.say("退货运费谁出")
    judged = widget.call("POST", "/feedback", {"number": 2, "verdict": "solved"})
    assert judged.json is not None
    assert judged.json["messages"][0]["kind"] == "said"
    assert widget.call("POST", "/feedback", {"number": 77, "verdict": "solved"}).status_code == 404
    talk_services.selfservice.sites.change(own_site.id, SiteChanges(hours="never"))
    asked = widget.call("POST", "/handover", {})
    assert asked.json is not None
    assert asked.json["state"]["mode"] == "ticket"
    left = widget.call(
        "POST", "/tickets", {"name": "李女士", "reach": "13812345678", "text": "请回电"}
    )
    assert left.status_code == 201
    assert left.json is not None
    assert left.json["messages"][-1]["kind"] == "ticket"
    assert "13812345678" not in left.get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/messages", {"text": "", "external_id": "a"}),
        ("/messages", {"text": "   ", "external_id": "a"}),
        ("/messages", {"text": "长" * 2001, "external_id": "a"}),
        ("/messages", {"text": "问", "external_id": ""}),
        ("/messages", {"text": "问", "external_id": "a", "context": {"a b": "c"}}),
        ("/messages", {"text": "问", "external_id": "a", "context": {"a": "c" * 301}}),
        ("/messages", {"text": "问", "external_id": "a", "audience": "internal"}),
        ("/feedback", {"number": 0, "verdict": "solved"}),
        ("/feedback", {"number": 1, "verdict": "perhaps"}),
        ("/tickets", {"name": "李", "reach": "nowhere", "text": "请回电"}),
        ("/tickets", {"name": "李\n王", "reach": "13812345678", "text": "请回电"}),
        ("/suggestions", {"text": "长" * 2001}),
    ],
)
def test_what_is_malformed_is_refused(widget: Widget, path: str, body: object) -> None:
    assert widget.call("POST", path, body).status_code == 422
    told = widget.call("GET", "/conversation").json
    assert told is not None
    assert told["messages"] == []


def test_a_visit_reads_only_itself(talking_app: Flask, own_site: Site) -> None:
    one, other = (Widget(talking_app.test_client(), own_site) for _ in range(2))
    one.say("退货运费谁出")
    told = other.call("GET", "/conversation").json
    assert told is not None
    assert told["messages"] == []
    assert other.call("POST", "/feedback", {"number": 2, "verdict": "solved"}).status_code == 404


def test_nothing_without_a_visit(widget: Widget) -> None:
    widget.token = "zkw_unknown"
    for method, path in (("GET", "/conversation"), ("POST", "/messages"), ("GET", "/events")):
        assert widget.call(method, path, {} if method == "POST" else None).status_code == 401


def test_what_is_internal_shows_nowhere(widget: Widget) -> None:
    """Found or not, asked for by name or by id: absent and forbidden look the same."""
    answers = [
        widget.say(text, f"m{n}").get_data(as_text=True)
        for n, text in enumerate(["能补偿多少", "补偿权限", "客服口径是什么", "authority"])
    ]
    answers.append(widget.call("POST", "/suggestions", {"text": "补偿"}).get_data(as_text=True))
    for text in answers:
        assert "300" not in text
        assert "组长" not in text
        assert "回电" not in text
        assert "agent-tip" not in text


def test_the_same_ticket_again_answers_as_before(widget: Widget) -> None:
    ticket = {"name": "李女士", "reach": "13812345678", "text": "请回电", "external_id": "t1"}
    first, second = widget.call("POST", "/tickets", ticket), widget.call("POST", "/tickets", ticket)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
