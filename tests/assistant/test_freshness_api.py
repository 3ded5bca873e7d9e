"""The freshness board by API: filters, tasks, putting off, contradictions, ripple, calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from assistant.accounts.roles import Principal, PrincipalKind, Role
from assistant.canned.model import Draft, Scope
from assistant.wiring import Services
from kb.model import Audience, Content, Kind, Stewardship
from tests.assistant.conftest import FakeClock, published

FEE = Content(
    Kind.POLICY, "上门收费规则", "过保产品上门检修，每次收取上门费 60 元。", products=("breeze-35",)
)
FAQ = Content(Kind.FAQ, "师傅上门收钱吗", "过保产品上门检修，每次收取上门费 80 元。")


@pytest.fixture
def desk(services: Services) -> Services:
    """A rule and a question that contradict each other."""
    published(services.kb, "visit-fee", FEE, owner="安装维修组")
    published(services.kb, "faq-visit-fee", FAQ, owner="客服一组")
    return services


def ids(client: FlaskClient, query: str = "") -> list[str]:
    answer = client.get(f"/api/v1/freshness?{query}")
    assert answer.status_code == 200
    return sorted(row["entry_id"] for row in answer.json["rows"])


def name_of(client: FlaskClient) -> str:
    """The name under which a client acts."""
    return str(client.get("/api/v1/me").json["name"])


def conflicts(client: FlaskClient, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/freshness/conflicts?{query}")
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json["conflicts"]
    assert answer.json["total"] == len(found)
    return found


def test_filters_by_product_and_what_is_mine(desk: Services, editor: FlaskClient) -> None:
    assert ids(editor) == ["faq-visit-fee", "visit-fee"]
    assert ids(editor, "product=breeze-35") == ["visit-fee"]
    assert ids(editor, "product=none") == []
    assert ids(editor, "mine=true") == []
    me = name_of(editor)
    desk.canned.set_team("客服一组", [me])
    assert ids(editor, "mine=true") == ["faq-visit-fee"]
    keeper = replace(desk.kb.entry("visit-fee").stewardship, reviewer=me)
    desk.kb.steward("visit-fee", keeper, "admin")
    assert ids(editor, "mine=true") == ["faq-visit-fee", "visit-fee"]
    assert ids(editor, "mine=true&owner=安装维修组") == ["visit-fee"]


def test_putting_off_hides_a_row_until_its_date(
    desk: Services, editor: FlaskClient, agent: FlaskClient, clock: FakeClock
) -> None:
    path = "/api/v1/freshness/entries/visit-fee/snooze"
    given = {"until": "2026-11-30", "reason": "等运营确认价格"}
    assert agent.post(path, json=given).status_code == 403
    done = editor.post(path, json=given)
    assert done.status_code == 200
    assert done.json["snooze"]["until"] == "2026-11-30T00:00:00+08:00"
    assert ids(editor) == ["faq-visit-fee"]
    assert ids(editor, "snoozed=only") == ["visit-fee"]
    assert ids(editor, "snoozed=all") == ["faq-visit-fee", "visit-fee"]
    row = editor.get("/api/v1/freshness?snoozed=only").json["rows"][0]
    assert row["snooze"]["reason"] == "等运营确认价格"
    clock.advance(timedelta(days=8))
    assert ids(editor) == ["faq-visit-fee", "visit-fee"]


def test_a_new_flaw_shows_at_once_and_waking_ends_it(desk: Services, editor: FlaskClient) -> None:
    path = "/api/v1/freshness/entries/visit-fee"
    editor.post(f"{path}/snooze", json={"until": "2026-11-30", "reason": "等确认"})
    desk.kb.report_outdated("visit-fee", 1, "", "不对", "坐席")
    assert ids(editor) == ["faq-visit-fee", "visit-fee"]
    assert editor.post(f"{path}/wake", json={}).json["snooze"] is None
    assert editor.post(f"{path}/wake", json={}).status_code == 404


@pytest.mark.parametrize(
    "given",
    [{"until": "2026-11-01", "reason": "x"}, {"until": "gestern", "reason": "x"},
     {"until": "2026-11-30", "reason": ""}, {"until": "2026-11-30"}, {"until": "", "reason": "x"},
     {"until": "2029-01-01", "reason": "x"}],
)  # fmt: skip
def test_senseless_snoozes_are_refused(
    desk: Services, editor: FlaskClient, given: dict[str, str]
) -> None:
    path = "/api/v1/freshness/entries/visit-fee/snooze"
    assert editor.post(path, json=given).status_code == 422


def test_contradictions_show_both_sentences_and_can_be_dismissed(
    desk: Services, editor: FlaskClient
) -> None:
    (found,) = conflicts(editor)
    assert found["disagree_in"] == "money"
    assert {found["a"]["sentence"], found["b"]["sentence"]} == {FEE.body, FAQ.body}
    assert {found["a"]["differs"], found["b"]["differs"]} == {"60 元", "80 元"}
    assert conflicts(editor, "entry_id=visit-fee") == [found]
    assert conflicts(editor, "entry_id=other") == []

    path = f"/api/v1/freshness/conflicts/{found['key']}"
    done = editor.post(f"{path}/dismiss", json={"note": "两种服务"})
    assert (done.status_code, done.json["dismissed"], done.json["note"]) == (200, True, "两种服务")
    assert conflicts(editor) == []
    assert [one["key"] for one in conflicts(editor, "dismissed=true")] == [found["key"]]
    assert ids(editor, "state=conflict") == []
    assert editor.post(f"{path}/restore", json={}).json["dismissed"] is False
    assert ids(editor, "state=conflict") == ["faq-visit-fee", "visit-fee"]
    unknown = f"/api/v1/freshness/conflicts/{'0' * 32}/dismiss"
    assert editor.post(unknown, json={}).status_code == 404


def test_new_wording_is_a_new_contradiction(desk: Services, editor: FlaskClient) -> None:
    (found,) = conflicts(editor)
    editor.post(f"/api/v1/freshness/conflicts/{found['key']}/dismiss", json={})
    changed = replace(FAQ, body="过保产品上门检修，每次收取上门费 90 元。")
    published(desk.kb, "faq-visit-fee", changed)
    (again,) = conflicts(editor)
    assert again["key"] != found["key"]


def test_agents_see_no_contradiction_with_what_is_hidden(
    services: Services, agent: FlaskClient, admin: FlaskClient
) -> None:
    published(services.kb, "visit-fee", replace(FEE, audience=Audience.INTERNAL))
    published(services.kb, "faq-visit-fee", FAQ)
    assert len(conflicts(admin)) == 1
    assert conflicts(agent) == []


def test_no_reason_quotes_a_revision_that_is_hidden(
    services: Services, agent: FlaskClient, editor: FlaskClient
) -> None:
    """The rule is open to agents in an earlier revision; the one in force is not."""
    published(services.kb, "visit-fee", FEE)
    published(services.kb, "visit-fee", replace(FEE, audience=Audience.INTERNAL, risk=3))
    published(services.kb, "faq-visit-fee", FAQ)
    told = agent.get("/api/v1/entries/faq-visit-fee").json["freshness"]
    assert told["state"] == "conflict"
    assert "60" not in str(told)
    assert "60 元" in str(editor.get("/api/v1/entries/faq-visit-fee").json["freshness"])


def test_ripple_lists_entries_and_replies_with_proposals(
    services: Services, editor: FlaskClient, agent: FlaskClient
) -> None:
    published(services.kb, "visit-fee", FEE)
    same = replace(FAQ, body="过保产品上门检修，每次收取上门费六十元。")
    published(services.kb, "faq-visit-fee", same)
    draft = replace(FEE, body=FAQ.body)
    entry = services.kb.edit("visit-fee", draft, "林编辑", services.kb.entry("visit-fee").version)
    me = Principal(PrincipalKind.TOKEN, "t", name_of(editor), Role.EDITOR)
    mine = Draft(Scope.PRIVATE, "上门费", "过保上门检修收取上门费 60 元。", rests_on=("visit-fee",))
    services.canned.write(mine, me)
    other = replace(me, name="somebody")
    services.canned.write(mine, other)

    path = "/api/v1/entries/visit-fee/ripple"
    assert agent.get(path).status_code == 403
    found = editor.get(f"{path}?revision={entry.revisions[-1].number}").json
    rows = {row["scope"]: row for row in found["touched"]}
    assert len(found["touched"]) == 2, "somebody else's private reply is not shown"
    assert rows["company"]["id"] == "faq-visit-fee"
    assert rows["company"]["repeated"][0]["proposal"] == "过保产品上门检修，每次收取上门费八十元。"
    assert rows["private"]["ties"] == ["declared", "figure"]
    assert rows["private"]["repeated"][0]["proposal"] == "过保上门检修收取上门费 80 元。"
    assert found["counts"] == {"marked": 2, "to_look_at": 0}
    assert editor.get(f"{path}?revision=9").status_code == 404


def test_the_calendar_shows_the_coming_days(services: Services, agent: FlaskClient) -> None:
    now = services.clock()
    offer = Content(Kind.POLICY, "双12活动", "满减。", effective_from=now + timedelta(days=18),
                    effective_until=now + timedelta(days=21))  # fmt: skip
    published(services.kb, "double-12", offer)
    published(services.kb, "inner", replace(offer, audience=Audience.INTERNAL))
    found = agent.get("/api/v1/freshness/calendar").json["appointments"]
    assert [(row["entry_id"], row["turn"]) for row in found] == [
        ("double-12", "starts"), ("double-12", "ends"),
    ]  # fmt: skip
    assert agent.get("/api/v1/freshness/calendar?days=7").json["appointments"] == []
    assert agent.get("/api/v1/freshness/calendar?days=0").status_code == 422


def test_a_digest_can_be_looked_at(desk: Services, editor: FlaskClient, agent: FlaskClient) -> None:
    assert agent.get("/api/v1/freshness/digest?owner=安装维修组").status_code == 403
    found = editor.get("/api/v1/freshness/digest?owner=安装维修组&lang=zh-CN").json
    assert found["tasks"] == 1
    assert "上门收费规则" in found["text"]
    assert "“师傅上门收钱吗”" in found["text"]
    english = editor.get("/api/v1/freshness/digest?owner=安装维修组&lang=en").json
    assert english["subject"] == "Knowledge tasks: 1 for 安装维修组"


def test_reassigning_and_verifying_with_a_note(desk: Services, editor: FlaskClient) -> None:
    moved = editor.patch("/api/v1/entries/visit-fee/stewardship", json={"owner": "客服一组"})
    assert moved.json["owner"] == "客服一组"
    done = editor.post("/api/v1/entries/visit-fee/verify", json={"note": "与价目表核对过"})
    assert done.status_code == 200
    assert desk.kb.audit("visit-fee")[-1].detail == {"note": "与价目表核对过"}
    assert desk.kb.entry("visit-fee").stewardship == replace(
        Stewardship(owner="客服一组", review_every=90),
        reviewed_at=desk.clock(),
        reviewed_by=name_of(editor),
    )
