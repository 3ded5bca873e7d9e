"""Writing by API: the whole lifecycle, concurrent edits, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from assistant.accounts.roles import Role
from assistant.wiring import Services

CONTENT: dict[str, Any] = {
    "kind": "policy",
    "title": "七天无理由退货规则",
    "body": "## 规则\n\n签收次日起 7 天内可以退货。",
    "effective_from": "2026-06-01",
    "products": ["mira-5"],
}


def create(client: FlaskClient, entry_id: str = "return-7-days") -> Any:
    return client.post(
        "/api/v1/entries",
        json={"id": entry_id, "content": CONTENT, "stewardship": {"owner": "退换货组"}},
    )


def step(client: FlaskClient, name: str, number: int = 1, **headers: str) -> Any:
    path = f"/api/v1/entries/return-7-days/revisions/{number}/{name}"
    return client.post(path, json={}, headers=headers)


def test_an_entry_goes_through_its_whole_life(
    services: Services, editor: FlaskClient, reviewer: FlaskClient, agent: FlaskClient
) -> None:
    made = create(editor)
    assert made.status_code == 201
    assert made.headers["Location"] == "/api/v1/entries/return-7-days"
    assert made.json["status"] == "draft"
    assert made.json["owner"] == "退换货组"
    assert made.json["content"]["effective_from"] == "2026-06-01T00:00:00+08:00"

    assert step(editor, "submit").json["status"] == "in_review"
    assert step(reviewer, "reject").json["status"] == "draft"
    assert step(editor, "submit").json["status"] == "in_review"
    assert step(reviewer, "approve").json["status"] == "approved"
    assert agent.get("/api/v1/entries/return-7-days").status_code == 404
    live = step(reviewer, "publish")
    assert live.json["status"] == "published"
    assert live.json["revisions"][0]["in_force"] == [
        {"from": "2026-06-01T00:00:00+08:00", "until": None}
    ]
    assert agent.get("/api/v1/entries/return-7-days").json["title"] == CONTENT["title"]
    assert step(reviewer, "withdraw").json["status"] == "withdrawn"

    audit = reviewer.get("/api/v1/entries/return-7-days/audit").json["audit"]
    assert [row["action"] for row in audit] == [
        "create", "submit", "reject", "submit", "approve", "publish", "withdraw",
    ]  # fmt: skip
    assert services.kb.verify_audit().ok


def test_the_note_of_every_step_stands_in_the_audit_log(
    editor: FlaskClient, reviewer: FlaskClient
) -> None:
    create(editor)
    steps = (
        ("submit", editor), ("reject", reviewer), ("submit", editor), ("approve", reviewer),
        ("publish", reviewer), ("withdraw", reviewer),
    )  # fmt: skip
    for number, (name, client) in enumerate(steps):
        path = f"/api/v1/entries/return-7-days/revisions/1/{name}"
        assert client.post(path, json={"note": f"说明 {number}"}).status_code == 200
    audit = reviewer.get("/api/v1/entries/return-7-days/audit").json["audit"]
    assert [row["detail"]["note"] for row in audit[1:]] == [f"说明 {n}" for n in range(6)]


def test_nobody_approves_their_own(
    client_of: Callable[[Role], FlaskClient], editor: FlaskClient
) -> None:
    own = client_of(Role.REVIEWER)
    create(own)
    step(own, "submit")
    refused = step(own, "approve")
    assert refused.status_code == 403
    assert refused.mimetype == "application/problem+json"


def test_the_second_of_two_editors_gets_a_conflict_with_a_diff(editor: FlaskClient) -> None:
    tag = create(editor).headers["ETag"]
    path = "/api/v1/entries/return-7-days"
    first = {**CONTENT, "body": "## 规则\n\n签收次日起 15 天内可以退货。"}
    second = {**CONTENT, "body": "## 规则\n\n签收次日起 30 天内可以退货。"}
    won = editor.put(path, json={"content": first}, headers={"If-Match": tag})
    assert won.status_code == 200
    assert won.json["revision"] == 2
    lost = editor.put(path, json={"content": second}, headers={"If-Match": tag})
    assert lost.status_code == 409
    problem = lost.json
    assert problem["current_version"] == won.json["version"]
    assert "15 天" in problem["diff"]
    assert "30 天" in problem["diff"]
    assert won.headers["ETag"] != tag


def test_an_edit_must_say_what_it_is_based_on(editor: FlaskClient) -> None:
    create(editor)
    path = "/api/v1/entries/return-7-days"
    assert editor.put(path, json={"content": CONTENT}).status_code == 428
    wrong = editor.put(path, json={"content": CONTENT}, headers={"If-Match": "latest"})
    assert wrong.status_code == 422
    assert wrong.json["errors"][0]["field"] == "If-Match"


def test_a_step_honours_if_match(editor: FlaskClient) -> None:
    create(editor)
    assert step(editor, "submit", **{"If-Match": '"99"'}).status_code == 409
    assert step(editor, "submit", **{"If-Match": '"1"'}).status_code == 200


def test_a_taken_id_is_a_conflict(editor: FlaskClient) -> None:
    create(editor)
    again = create(editor)
    assert again.status_code == 409
    assert "return-7-days" in again.json["detail"]


def test_revisions_are_compared_by_field_line_and_word(editor: FlaskClient) -> None:
    tag = create(editor).headers["ETag"]
    changed = {**CONTENT, "title": "退货规则", "body": CONTENT["body"].replace("7", "15")}
    editor.put(
        "/api/v1/entries/return-7-days", json={"content": changed}, headers={"If-Match": tag}
    )
    diff = editor.get("/api/v1/entries/return-7-days/diff?from=1&to=2").json
    assert diff["fields"] == [{"field": "title", "before": CONTENT["title"], "after": "退货规则"}]
    assert "-签收次日起 7 天内可以退货。" in diff["unified"]
    changes = [(word["op"], word["text"]) for word in diff["words"] if word["op"] != "equal"]
    assert changes == [("delete", "7"), ("insert", "15")]


def test_verifying_and_stewarding(stocked: Services, editor: FlaskClient) -> None:
    path = "/api/v1/entries/return-7-days"
    verified = editor.post(f"{path}/verify", json={"note": "与新政策核对"}).json
    assert verified["reviewed_at"] == "2026-11-22T10:00:00+08:00"
    assert verified["reviewed_by"].startswith("editor#")
    changed = editor.patch(f"{path}/stewardship", json={"owner": "物流组", "review_every": 30})
    assert (changed.json["owner"], changed.json["review_every"]) == ("物流组", 30)
    assert changed.json["reviewed_at"] == verified["reviewed_at"]


def test_only_the_revision_that_was_read_is_verified(
    stocked: Services, editor: FlaskClient, reviewer: FlaskClient
) -> None:
    path = "/api/v1/entries/return-7-days"
    found = editor.get(path)
    read, tag = found.json["revision"], {"If-Match": found.headers["ETag"]}
    changed = {"content": {**CONTENT, "title": "退货规则", "effective_from": None}}
    newest = editor.put(path, json=changed, headers=tag).json["latest"]
    assert editor.post(f"{path}/verify", json={"revision": read}).status_code == 200
    for name, who in (("submit", editor), ("approve", reviewer), ("publish", reviewer)):
        assert step(who, name, newest).status_code == 200
    refused = editor.post(f"{path}/verify", json={"revision": read})
    assert refused.status_code == 409
    assert str(newest) in refused.json["detail"]
    assert editor.post(f"{path}/verify", json={"revision": newest}).status_code == 200
    late = editor.patch(f"{path}/stewardship", json={"owner": "物流组"}, headers=tag)
    assert late.status_code == 409


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "poem"}, "content.kind"),
        ({"title": ""}, "content.title"),
        ({"risk": 7}, "content.risk"),
        ({"effective_from": "gestern"}, "content.effective_from"),
        ({"colour": "red"}, "content.colour"),
        ({"body": "# 一级标题"}, "body"),
        ({"depends_on": ["No Id"]}, "content.depends_on.0"),
    ],
)
def test_bad_content_names_the_field(
    editor: FlaskClient, change: dict[str, Any], field: str
) -> None:
    refused = editor.post(
        "/api/v1/entries", json={"id": "return-7-days", "content": {**CONTENT, **change}}
    )
    assert refused.status_code == 422
    assert field in [error["field"] for error in refused.json["errors"]]


def test_import_reports_first_and_writes_drafts_only_when_told(
    services: Services, editor: FlaskClient
) -> None:
    good = (
        "---\nid: return-7-days\nkind: policy\nstatus: published\ntitle: 规则\n"
        "author: 林编辑\napproved_by: 周审核\npublished_at: 2026-01-01\n---\n\n"
        "## 规则\n\n7 天内可以退货。\n"
    )
    bad = "---\nid: other\nkind: poem\ntitle: x\n---\n\ntext\n"
    files = [{"name": "good.md", "text": good}, {"name": "bad.md", "text": bad}]

    tried = editor.post("/api/v1/entries/import", json={"files": files}).json
    assert tried["dry_run"] is True
    assert {row["source"]: row["outcome"] for row in tried["rows"]} == {
        "bad.md": "failed",
        "good.md": "new",
    }
    problem = next(row for row in tried["rows"] if row["source"] == "bad.md")["problems"][0]
    assert (problem["source"], problem["line"], problem["field"]) == ("bad.md", 3, "kind")
    assert services.kb.snapshot() == []

    done = editor.post("/api/v1/entries/import", json={"files": files, "dry_run": False}).json
    assert done["applied"] == 1
    entry = services.kb.entry("return-7-days")
    assert [r.status.value for r in entry.revisions] == ["draft"]
    assert entry.revisions[0].author.startswith("editor#")

    only_bad = editor.post("/api/v1/entries/import", json={"files": files[1:], "dry_run": False})
    assert only_bad.status_code == 422
    assert only_bad.json["errors"][0]["source"] == "bad.md"


def test_import_takes_one_markdown_text_as_the_body(
    services: Services, editor: FlaskClient
) -> None:
    text = "---\nid: return-7-days\nkind: policy\ntitle: 规则\n---\n\n## 规则\n\n7 天。\n"
    path, kind = "/api/v1/entries/import", "text/markdown; charset=utf-8"
    tried = editor.post(path, data=text.encode(), content_type=kind)
    assert tried.json["rows"][0]["source"] == "body.md"
    assert services.kb.snapshot() == []
    editor.post(f"{path}?dry_run=false&name=rule.md", data=text.encode(), content_type=kind)
    assert services.kb.entry("return-7-days").revisions[0].content.title == "规则"
