"""Agents never receive anything of an internal entry, on any route; the desk sees everything."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from assistant.wiring import Services
from kb.model import Audience
from tests.assistant.conftest import AUTHORITY, RETURNS, FakeClock, published

SECRETS = ("compensation-authority", "补偿权限", "组长可以补偿")
READS = (
    "/api/v1/entries",
    "/api/v1/entries?q=补偿",
    "/api/v1/entries/return-7-days",
    "/api/v1/entries/return-7-days/revisions",
    "/api/v1/entries/return-7-days/revisions/1",
    "/api/v1/entries/return-7-days/diff?from=1&to=1",
    "/api/v1/freshness",
    "/api/v1/changes",
    "/api/v1/changes?since=2020-01-01",
    "/api/v1/canned?q=补偿",
    "/desk/entries",
    "/desk/freshness",
)


@pytest.fixture
def stocked(services: Services) -> Services:
    """A customers' policy that depends on an internal one and links to it, and a draft."""
    published(services.kb, "compensation-authority", AUTHORITY, owner="投诉处理组")
    linked = replace(
        RETURNS,
        body=RETURNS.body + "\n\n见[补偿权限](kb:compensation-authority)。",
        depends_on=("compensation-authority",),
    )
    published(services.kb, "return-7-days", linked)
    services.kb.create("exchange-rule", replace(RETURNS, title="换货规则"), "林编辑")
    return services


@pytest.fixture
def conflicted(stocked: Services, clock: FakeClock) -> Services:
    """The internal entry changed after the open one was reviewed: a reason that names it."""
    changed = replace(AUTHORITY, body=AUTHORITY.body.replace("300", "500"))
    clock.advance(timedelta(days=1))
    published(stocked.kb, "compensation-authority", changed)
    return stocked


@pytest.mark.parametrize("path", READS)
def test_agents_read_nothing_of_internal_entries(
    conflicted: Services, agent: FlaskClient, editor: FlaskClient, path: str
) -> None:
    answer = agent.get(path)
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    if "return-7-days/" in path or path.endswith("return-7-days"):
        # The author wrote this link into open text; it leads agents to a page like any missing one.
        text = text.replace("[补偿权限](kb:compensation-authority)", "")
        text = text.replace("/entries/compensation-authority", "").replace(">补偿权限<", "")
    for secret in SECRETS:
        assert secret not in text, secret
    if path != "/api/v1/entries/return-7-days/diff?from=1&to=1":
        assert editor.get(path).status_code == 200


def test_the_desk_sees_what_agents_do_not(conflicted: Services, editor: FlaskClient) -> None:
    listed = {row["id"] for row in editor.get("/api/v1/entries").json["entries"]}
    assert listed == {"compensation-authority", "exchange-rule", "return-7-days"}
    reasons = editor.get("/api/v1/entries/return-7-days").json["freshness"]["reasons"]
    assert any("compensation-authority" in reason["refs"] for reason in reasons)


def test_a_reason_that_names_a_hidden_entry_is_told_without_it(
    conflicted: Services, agent: FlaskClient
) -> None:
    freshness = agent.get("/api/v1/entries/return-7-days").json["freshness"]
    assert freshness["state"] == "basis_changed"
    assert all(not reason["refs"] for reason in freshness["reasons"])


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/entries/{id}",
        "/api/v1/entries/{id}/revisions",
        "/api/v1/entries/{id}/revisions/1",
        "/api/v1/entries/{id}/diff?from=1&to=1",
        "/entries/{id}",
    ],
)
@pytest.mark.parametrize("hidden", ["compensation-authority", "exchange-rule"])
def test_forbidden_looks_like_absent(
    stocked: Services, agent: FlaskClient, path: str, hidden: str
) -> None:
    forbidden = agent.get(path.format(id=hidden), headers={"Accept": "application/json"})
    absent = agent.get(path.format(id="no-such-entry"), headers={"Accept": "application/json"})
    assert forbidden.status_code == absent.status_code == 404
    assert forbidden.data == absent.data


def test_feedback_about_a_hidden_entry_looks_like_about_an_absent_one(
    stocked: Services, agent: FlaskClient
) -> None:
    given = {"kind": "outdated", "revision": 1}
    answers = [
        agent.post("/api/v1/feedback", json={**given, "entry_id": entry_id})
        for entry_id in ("compensation-authority", "no-such-entry")
    ]
    assert [a.status_code for a in answers] == [404, 404]
    assert answers[0].data == answers[1].data
    assert stocked.kb.reports() == []


def test_agents_export_what_they_may_read(stocked: Services, agent: FlaskClient) -> None:
    answer = agent.get("/api/v1/entries/export")
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.namelist() == ["policy/return-7-days.r1.md"]
    assert "depends_on" not in archive.read("policy/return-7-days.r1.md").decode()


def test_the_desk_exports_everything(stocked: Services, editor: FlaskClient) -> None:
    answer = editor.get("/api/v1/entries/export")
    assert answer.mimetype == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    assert sorted(archive.namelist()) == [
        "policy/compensation-authority.r1.md",
        "policy/exchange-rule.r1.md",
        "policy/return-7-days.r1.md",
    ]


def test_search_and_suggest_ask_with_the_callers_audiences(
    stocked: Services, agent: FlaskClient, editor: FlaskClient
) -> None:
    for client in (agent, editor):
        client.post("/api/v1/search", json={"query": "补偿多少"})
        client.post(
            "/api/v1/suggest", json={"messages": [{"role": "customer", "text": "补偿多少"}]}
        )
    open_to_agents = {Audience.CUSTOMER, Audience.AGENT}
    for part in (stocked.searcher, stocked.composer):
        asked = [request.audiences for request in part.asked]  # type: ignore[attr-defined]
        assert asked == [open_to_agents, frozenset(Audience)]


def test_agents_see_no_drafts_and_no_withdrawn_revisions(
    stocked: Services, agent: FlaskClient
) -> None:
    kb = stocked.kb
    entry = kb.entry("return-7-days")
    kb.edit("return-7-days", replace(RETURNS, title="草稿标题"), "林编辑", entry.version)
    rows = agent.get("/api/v1/entries/return-7-days/revisions").json["revisions"]
    assert [row["number"] for row in rows] == [1]
    kb.withdraw("return-7-days", 1, "周审核")
    assert agent.get("/api/v1/entries/return-7-days").status_code == 404
