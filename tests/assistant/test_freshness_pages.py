"""The pages of the freshness desk as they come from the server."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from assistant.desk.linkprobe import Found, LinkProbe, Outcome
from assistant.web import api_links
from assistant.web.app import create_app
from assistant.web.month_view import months
from assistant.wiring import Services
from kb.model import Audience, Content, Kind
from tests.assistant.conftest import FakeClock, published

FEE = Content(
    Kind.POLICY, "上门收费规则", "过保产品上门检修，每次收取上门费 60 元。", products=("breeze-35",)
)
FAQ = Content(Kind.FAQ, "师傅上门收钱吗", "过保产品上门检修，每次收取上门费 80 元。")
OUTSIDE = Content(Kind.GUIDE, "寄修说明", "见[物流商](https://carrier.example/help)。")
PAGES = ("", "/conflicts", "/calendar", "/ripple", "/links", "/digest")


@pytest.mark.parametrize("path", ["/desk", *(f"/desk/freshness{page}" for page in PAGES)])
def test_every_page_stands_without_any_entry(reviewer: FlaskClient, path: str) -> None:
    for lang in ("zh-CN", "en"):
        answer = reviewer.get(f"{path}?lang={lang}")
        assert answer.status_code == 200
        assert 'class="panel empty' in answer.text or 'class="empty"' in answer.text


def test_my_tasks_are_for_those_who_write(agent: FlaskClient, editor: FlaskClient) -> None:
    away = agent.get("/desk")
    assert (away.status_code, away.headers["Location"]) == (303, "/agent")
    assert editor.get("/desk").status_code == 200


def test_a_board_of_many_comes_in_portions(
    services: Services, editor: FlaskClient, clock: FakeClock
) -> None:
    for number in range(60):
        published(
            services.kb, f"rule-{number:02d}", replace(FEE, title=f"规则 {number}", body="话。")
        )
    clock.advance(timedelta(days=80))
    first = editor.get("/desk/freshness").text
    assert first.count("<tr tabindex") == 50
    assert "&offset=50" in first
    second = editor.get("/desk/freshness?offset=50").text
    assert second.count("<tr tabindex") == 10
    assert "data-more" not in second
    one = editor.get("/desk/freshness?entry_id=rule-07").text
    assert one.count("<tr tabindex") == 1
    assert 'data-total="60"' in one, "the counts stay those of the whole board"


def test_what_is_current_is_shown_on_request(services: Services, editor: FlaskClient) -> None:
    published(services.kb, "visit-fee", FEE)
    assert "visit-fee" not in editor.get("/desk/freshness").text
    assert "visit-fee" in editor.get("/desk/freshness?state=current").text


def test_agents_read_the_board_and_change_nothing(
    services: Services, agent: FlaskClient, editor: FlaskClient
) -> None:
    published(services.kb, "visit-fee", FEE)
    published(services.kb, "faq-visit-fee", FAQ)
    read = agent.get("/desk/freshness").text
    assert "faq-visit-fee" in read
    assert 'data-act="' not in read
    assert 'data-act="snooze"' in editor.get("/desk/freshness").text
    row = agent.get("/api/v1/freshness").json["rows"][0]
    assert {reason["sentence"] for reason in row["reasons"]} == {""}
    row = editor.get("/api/v1/freshness?entry_id=faq-visit-fee").json["rows"][0]
    assert row["reasons"][0]["sentence"] == FAQ.body


def test_the_differing_words_are_marked(services: Services, editor: FlaskClient) -> None:
    published(services.kb, "visit-fee", FEE)
    published(services.kb, "faq-visit-fee", FAQ)
    page = editor.get("/desk/freshness/conflicts").text
    assert "<mark>60 元</mark>" in page
    assert "<mark>80 元</mark>" in page
    assert "/desk/entries/visit-fee/edit?supersedes=faq-visit-fee" in page


def test_dates_in_texts_stand_in_the_calendar(
    services: Services, agent: FlaskClient, clock: FakeClock
) -> None:
    day = (clock() + timedelta(days=9)).strftime("%Y-%m-%d")
    year, month, date = (int(part) for part in day.split("-"))
    until = replace(FEE, body=f"活动截止{year}年{month}月{date}日，逾期不补。")
    published(services.kb, "until", until)
    published(services.kb, "inner", replace(until, audience=Audience.INTERNAL))
    published(services.kb, "past", replace(FEE, body="活动截止2026年10月31日。"))
    found = agent.get("/api/v1/freshness/calendar").json["text_dates"]
    assert [(row["entry_id"], row["day"], row["passed"]) for row in found] == [
        ("past", "2026-10-31", True), ("until", day, False),
    ]  # fmt: skip
    assert found[1]["sentence"] == until.body
    page = agent.get("/desk/freshness/calendar").text
    assert f'id="d-{day}"' in page
    assert "inner" not in page


def test_months_run_from_monday_to_sunday_and_over_the_year() -> None:
    found = months("2026-11-22", "2027-01-21", {"2026-12-01": ["a", "b"]})
    assert [month.name for month in found] == ["2026-11", "2026-12", "2027-01"]
    november, december = found[0], found[1]
    assert [day and day.number for day in november.weeks[0]] == [None] * 6 + [1]
    today = next(day for week in november.weeks for day in week if day and day.today)
    assert (today.iso, today.inside) == ("2026-11-22", True)
    first = next(day for day in december.weeks[0] if day)
    assert (first.iso, first.count) == ("2026-12-01", 2)


def test_a_ripple_waits_until_somebody_vouches(
    services: Services, editor: FlaskClient, clock: FakeClock
) -> None:
    published(services.kb, "visit-fee", FEE)
    follows = Content(
        Kind.FAQ, "上门费多少", "过保产品上门检修，[每次](kb:visit-fee)收取上门费 60 元。",
        depends_on=("visit-fee",),
    )  # fmt: skip
    published(services.kb, "follows", follows)
    clock.advance(timedelta(days=1))
    published(services.kb, "visit-fee", replace(FEE, body=FEE.body.replace("60", "80")))
    path = "/api/v1/entries/visit-fee/ripple"
    (row,) = editor.get(path).json["touched"]
    assert (row["state"], row["marked"], row["waiting"]) == ("basis_changed", True, True)
    assert row["repeated"][0]["edit"] == {
        "replace": follows.body, "by": follows.body.replace("60", "80"),
    }  # fmt: skip
    page = editor.get("/desk/freshness/ripple?entry=visit-fee").text
    assert "<del>60</del>" in page
    assert "<ins>80</ins>" in page
    assert "/desk/entries/follows/edit?replace=" in page
    clock.advance(timedelta(days=1))
    editor.post("/api/v1/entries/follows/verify", json={})
    (row,) = editor.get(path).json["touched"]
    assert (row["marked"], row["waiting"]) == (True, False)
    assert row["state"] == "conflict", "whoever vouches for 60 contradicts the rule"


def test_external_links_are_asked_only_where_that_is_set(
    services: Services, editor: FlaskClient, agent: FlaskClient
) -> None:
    published(services.kb, "send-in", OUTSIDE)
    listed = editor.get("/api/v1/freshness/links").json
    assert listed["check"] is False
    (link,) = listed["links"]
    assert link["url"] == "https://carrier.example/help"
    assert [place["entry_id"] for place in link["places"]] == ["send-in"]
    asked = {"urls": [link["url"]]}
    refused = editor.post("/api/v1/freshness/links/check", json=asked)
    assert refused.status_code == 403
    assert "ZHIKE_CHECK_LINKS" in refused.json["detail"]
    assert agent.post("/api/v1/freshness/links/check", json=asked).status_code == 403
    assert "check-all" not in editor.get("/desk/freshness/links").text


def test_only_links_of_entries_are_asked(
    services: Services, monkeypatch: pytest.MonkeyPatch, editor: FlaskClient
) -> None:
    published(services.kb, "send-in", OUTSIDE)
    app = create_app(replace(services, settings=replace(services.settings, check_links="public")),
                     testing=True)  # fmt: skip
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = editor.environ_base["HTTP_AUTHORIZATION"]
    asked: list[str] = []

    def check(_self: LinkProbe, urls: list[str]) -> list[Found]:
        asked.extend(urls)
        return [Found(url, Outcome.GONE, 404) for url in urls]

    monkeypatch.setattr(LinkProbe, "check", check)
    path = "/api/v1/freshness/links/check"
    found = client.post(path, json={"urls": ["https://carrier.example/help"]})
    assert found.json["results"] == [
        {"url": "https://carrier.example/help", "outcome": "gone", "status": 404, "detail": "",
         "location": ""},
    ]  # fmt: skip
    for strange in ("http://127.0.0.1:8000/", "https://carrier.example/other"):
        refused = client.post(path, json={"urls": ["https://carrier.example/help", strange]})
        assert refused.status_code == 422
    assert asked == ["https://carrier.example/help"]
    with api_links._TURNS.turn(editor.get("/api/v1/me").json["name"]):
        waits = client.post(path, json={"urls": ["https://carrier.example/help"]})
    assert (waits.status_code, waits.headers["Retry-After"]) == (429, "5")
    assert len(asked) == 1
    assert "check-all" in client.get("/desk/freshness/links").text
