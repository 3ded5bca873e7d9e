"""Contacts over HTTP: forms of answers, refusals, assignment by name, the stream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from assistant.accounts.roles import Role
from assistant.wiring import Services
from tests.assistant.conftest import ORIGIN, PASSWORD, FakeComposer
from tests.assistant.contacts.conftest import parsed
from tests.assistant.contacts.test_contacts import HOSTILE

PATH = "/api/v1/contacts"
HELLO = {"channel": "chat", "messages": [{"role": "customer", "text": "在吗"}]}


def opened(client: FlaskClient, **more: object) -> dict[str, Any]:
    answer = client.post(PATH, json={**HELLO, **more})
    assert answer.status_code == 201, answer.json
    made: Any = answer.json
    return dict(made)


@pytest.fixture
def desks(services: Services, app: Any) -> dict[str, FlaskClient]:
    """Two agents and a supervisor, signed in as people do."""
    made: dict[str, FlaskClient] = {}
    for login, name, role in (
        ("li", "李客服", Role.AGENT),
        ("wang", "王客服", Role.AGENT),
        ("zhou", "周主管", Role.REVIEWER),
    ):
        services.accounts.people.create(login, name, PASSWORD, role)
        client = app.test_client()
        form = {"login": login, "password": PASSWORD}
        assert client.post("/login", data=form, headers=ORIGIN).status_code == 303
        client.environ_base["HTTP_ORIGIN"] = ORIGIN["Origin"]
        made[login] = client
    return made


def test_a_contact_from_its_opening_to_its_end(agent: FlaskClient) -> None:
    made = agent.post(PATH, json={**HELLO, "customer": {"name": "李女士"}, "external_id": "c1"})
    assert made.status_code == 201
    contact = made.json
    assert contact is not None
    here = f"{PATH}/{contact['id']}"
    assert made.headers["Location"] == here
    assert made.headers["ETag"] == '"1"'
    assert contact["unread"] == 1
    assert (
        contact["messages"][0]["at"] == contact["waiting_since"] == "2026-11-22T10:00:00.000+08:00"
    )
    assert agent.post(PATH, json={**HELLO, "external_id": "c1"}).status_code == 200

    body = {"role": "agent", "text": "您好", "external_id": "m1"}
    first, again = (agent.post(f"{here}/messages", json=body) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert first.json is not None
    assert (first.json["number"], first.json["id"]) == (2, f"{contact['id']}.2")

    changed = agent.patch(
        here, json={"slots": {"order.state": "已发货"}, "as_of": "2025-11-10", "channel": "email"}
    ).json
    assert changed is not None
    assert (changed["as_of"], changed["channel"]) == ("2025-11-10", "email")
    assert agent.patch(here, json={"as_of": ""}).json["as_of"] is None  # type: ignore[index]
    assert agent.post(f"{here}/read", json={}).json["unread"] == 0  # type: ignore[index]
    closed = agent.post(f"{here}/close", json={"outcome": "已解决"}).json
    assert closed is not None
    assert (closed["status"], closed["outcome"]) == ("closed", "已解决")
    assert agent.get(PATH).json["contacts"] == []  # type: ignore[index]
    for status in ("closed", "all"):
        listed = agent.get(f"{PATH}?status={status}").json
        assert listed is not None
        assert [c["id"] for c in listed["contacts"]] == [contact["id"]]
        assert "messages" not in listed["contacts"][0]
    assert agent.post(f"{here}/reopen", json={}).json["status"] == "open"  # type: ignore[index]
    later = agent.get(f"{here}?after=1").json
    assert later is not None
    assert [m["number"] for m in later["messages"]] == [2]


def test_the_second_who_takes_a_contact_is_told(desks: dict[str, FlaskClient]) -> None:
    contact = opened(desks["li"])
    here = f"{PATH}/{contact['id']}"
    assert desks["li"].patch(here, json={"assigned_to": "me"}).json["assigned_to"] == "李客服"  # type: ignore[index]
    late = desks["wang"].patch(here, json={"assigned_to": "me"})
    assert (late.status_code, late.mimetype) == (409, "application/problem+json")
    assert desks["wang"].get(here).status_code == 404
    assert desks["wang"].get(PATH).json["contacts"] == []  # type: ignore[index]
    assert desks["zhou"].get(here).status_code == 200
    given = desks["li"].patch(here, json={"assigned_to": "wang"})
    assert given.json["assigned_to"] == "王客服"  # type: ignore[index]
    assert desks["li"].get(here).status_code == 404
    assert desks["wang"].get(f"{PATH}?mine=1").json["contacts"][0]["id"] == contact["id"]  # type: ignore[index]
    assert desks["wang"].patch(here, json={"assigned_to": ""}).json["assigned_to"] is None  # type: ignore[index]


def test_nobody_unknown_or_locked_out_is_given_a_contact(
    services: Services, desks: dict[str, FlaskClient]
) -> None:
    here = f"{PATH}/{opened(desks['zhou'])['id']}"
    services.accounts.people.disable("wang")
    for name in ("wang", "王客服", "nobody", "\x00"):
        answer = desks["zhou"].patch(here, json={"assigned_to": name})
        assert answer.status_code == 422
        assert answer.json is not None
        assert answer.json["errors"][0]["field"] == "assigned_to"


def test_if_match_guards_a_change(agent: FlaskClient) -> None:
    here = f"{PATH}/{opened(agent)['id']}"
    assert (
        agent.patch(here, json={"slots": {"a": "1"}}, headers={"If-Match": '"1"'}).status_code
        == 200
    )
    stale = agent.patch(here, json={"slots": {"a": "2"}}, headers={"If-Match": '"1"'})
    assert stale.status_code == 409
    assert stale.json is not None
    assert stale.json["current_version"] == 2


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("", {"channel": "fax"}, "channel"),
        ("", {}, "channel"),
        ("", {"channel": "chat", "id": "x"}, "id"),
        ("", {"channel": "chat", "slots": {f"s{n}": "x" for n in range(101)}}, "slots"),
        ("", {"channel": "chat", "slots": {"a": "x" * 1001}}, "slots.a"),
        ("", {"channel": "chat", "customer": {"name": 5}}, "customer.name"),
        ("", {"channel": "chat", "external_id": "a\nb"}, "external_id"),
        ("", {"channel": "chat", "messages": [HELLO["messages"][0]] * 101}, "messages"),
        ("/{}/messages", {"role": "customer", "text": "x" * 10_001}, "text"),
        ("/{}/messages", {"role": "customer", "text": ""}, "text"),
        ("/{}/messages", {"role": "boss", "text": "x"}, "role"),
        ("/{}/messages", {"role": "customer", "text": "x", "external_id": "y" * 201}, "external_id"),
        ("/{}/close", {"outcome": "x" * 2_001}, "outcome"),
        ("/{}/handover", {"skill_group": "组"}, "reason"),
    ],
)  # fmt: skip
def test_what_is_refused_and_which_field_it_is(
    agent: FlaskClient, path: str, body: dict[str, Any], field: str
) -> None:
    contact = opened(agent)
    answer = agent.post(PATH + path.format(contact["id"]), json=body)
    assert answer.status_code == 422
    assert answer.json is not None
    assert field in {error["field"] for error in answer.json["errors"]}
    assert all(error["message"] for error in answer.json["errors"])


def test_dates_and_positions_that_are_none(agent: FlaskClient) -> None:
    here = f"{PATH}/{opened(agent)['id']}"
    assert agent.patch(here, json={"as_of": "2025-02-30"}).status_code == 422
    assert agent.get(f"{here}?after=-1").status_code == 422
    assert agent.get(f"{PATH}?status=lost").status_code == 422
    assert agent.get("/api/v1/events?after=x").status_code == 422


@pytest.mark.parametrize("contact_id", ["0" * 12, "x", "\x00", "%2e%2e", "𠮷", "0" * 5000])
def test_no_such_contact(agent: FlaskClient, contact_id: str) -> None:
    assert agent.get(f"{PATH}/{contact_id}").status_code == 404
    assert agent.post(f"{PATH}/{contact_id}/read", json={}).status_code == 404


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_data(agent: FlaskClient, text: str) -> None:
    contact = opened(
        agent, messages=[{"role": "customer", "text": text}], slots={"note": text[:1000]}
    )
    read = agent.get(f"{PATH}/{contact['id']}")
    assert read.mimetype == "application/json"
    assert read.headers["X-Content-Type-Options"] == "nosniff"
    assert read.json is not None
    assert read.json["messages"][0]["text"] == text
    assert read.json["slots"]["note"] == text[:1000]


def test_handing_over_says_so_in_the_language_of_the_agent(agent: FlaskClient) -> None:
    contact = opened(agent)
    here = f"{PATH}/{contact['id']}"
    body = {"skill_group": "投诉组", "reason": "{0} %s", "note": "{lang}"}
    handed = agent.post(f"{here}/handover", json=body).json
    assert handed is not None
    assert (handed["assigned_to"], handed["skill_group"]) == (None, "投诉组")
    agent.post(f"{here}/handover?lang=en", json={**body, "note": ""})
    told = [m["text"] for m in agent.get(here).json["messages"][1:]]  # type: ignore[index]
    assert told == ["转交“投诉组”：{0} %s\n备注：{lang}", "Handed over to 投诉组: {0} %s"]


def test_a_reason_of_ours_and_a_group_are_said_in_words(agent: FlaskClient) -> None:
    here = f"{PATH}/{opened(agent)['id']}"
    body = {"skill_group": "投诉处理组", "reason": "sensitive"}
    agent.post(f"{here}/handover", json=body)
    agent.post(f"{here}/handover?lang=en", json=body)
    told = [m["text"] for m in agent.get(here).json["messages"][1:]]  # type: ignore[index]
    assert told == ["转交“投诉处理组”：出现敏感词", "Handed over to Complaints: sensitive words"]


def test_skill_groups_have_a_name_in_the_language_of_the_reader(agent: FlaskClient) -> None:
    english = agent.get("/api/v1/skill-groups?lang=en").json
    assert english is not None
    named = {group["name"]: group["label"] for group in english["groups"]}
    assert named["投诉处理组"] == "Complaints"
    chinese = agent.get("/api/v1/skill-groups").json
    assert chinese is not None
    assert [group["label"] for group in chinese["groups"]] == list(named)


def test_suggestions_for_a_stored_contact(services: Services, agent: FlaskClient) -> None:
    contact = opened(agent, customer={"name": "李女士"}, slots={"order.no": "LS20251110001"})
    here = f"{PATH}/{contact['id']}"
    agent.patch(here, json={"as_of": "2025-11-10"})
    assert agent.get(f"{here}/suggestions").status_code == 200
    composer = services.composer
    assert isinstance(composer, FakeComposer)
    asked = composer.asked[-1]
    assert [(m.role, m.text) for m in asked.messages] == [("customer", "在吗")]
    assert dict(asked.slots) == {"customer.name": "李女士"}, "a mask is nothing to fill in"
    assert asked.as_of is not None
    assert asked.as_of.isoformat() == "2025-11-09T16:00:00+00:00"
    assert agent.get(f"{here}/suggestions?after=1").status_code == 422
    assert agent.get(f"{PATH}/{'0' * 12}/suggestions").status_code == 404


def frames(client: FlaskClient, path: str, headers: dict[str, str]) -> Iterator[dict[str, Any]]:
    answer = client.get(path, headers=headers, buffered=False)
    assert answer.status_code == 200
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["X-Accel-Buffering"] == "no"
    try:
        for data in answer.response:
            frame = parsed(data if isinstance(data, bytes) else data.encode())
            if frame["event"] not in ("", "knowledge"):
                yield frame
    finally:
        answer.close()


def test_the_stream_goes_on_after_the_last_event_id(agent: FlaskClient) -> None:
    contact = opened(agent)
    stream = frames(agent, f"/api/v1/events?after={contact['position']}", {})
    assert next(stream)["event"] == "ready"
    here = f"{PATH}/{contact['id']}/messages"
    agent.post(here, json={"role": "customer", "text": "一\n\ndata: forged"})
    heard = next(stream)
    assert heard["data"]["message"]["text"] == "一\n\ndata: forged"
    assert heard["data"]["summary"]["unread"] == 2
    stream.close()  # type: ignore[attr-defined]
    agent.post(here, json={"role": "customer", "text": "二"})
    # Where the browser got to counts, not where the page once began.
    again = frames(agent, "/api/v1/events?after=0", {"Last-Event-ID": str(heard["id"])})
    assert next(again)["data"]["message"]["text"] == "二"
    assert next(again)["event"] == "ready"
    again.close()  # type: ignore[attr-defined]


def test_a_process_takes_no_more_streams_than_it_can_hold(
    agent: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.contacts.feed.MAX_STREAMS", 0)
    answer = agent.get("/api/v1/events")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def test_a_full_contact_says_so_in_the_language_of_the_caller(
    agent: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = f"{PATH}/{opened(agent)['id']}"
    agent.patch(here, json={"slots": {f"s{n}": "x" for n in range(100)}})
    full = agent.patch(f"{here}?lang=en", json={"slots": {"more": "x"}})
    assert full.status_code == 422
    assert full.json is not None
    assert full.json["errors"] == [{"field": "slots", "message": "may have 100 items at most"}]
    monkeypatch.setattr("assistant.contacts.contacts.MAX_MESSAGES", 1)
    full = agent.post(f"{here}/messages", json={"role": "customer", "text": "y"})
    assert full.json is not None
    assert full.json["errors"] == [{"field": "messages", "message": "最多 1 项"}]
