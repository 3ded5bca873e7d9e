"""One change of many entries by API: what a dry run says, what is written, what is left alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from assistant.wiring import Services
from tests.assistant.conftest import RETURNS

BULK = "/api/v1/entries/bulk"
Published = Callable[..., int]


@pytest.fixture
def shelf(services: Services, editor: FlaskClient) -> Services:
    """Six entries: live, live, another's draft, the caller's draft, withdrawn, in review."""
    from tests.assistant.conftest import published

    kb = services.kb
    me = editor.get("/api/v1/me").json["name"]
    for name in ("live-one", "live-two"):
        published(kb, name, RETURNS)
    kb.create("their-draft", RETURNS, "林编辑")
    kb.create("my-draft", RETURNS, me)
    kb.create("gone", RETURNS, "林编辑")
    kb.withdraw("gone", 1, "林编辑")
    kb.create("waiting", RETURNS, "林编辑")
    kb.submit("waiting", 1, "林编辑")
    return services


ALL = ["live-one", "live-two", "their-draft", "my-draft", "gone", "waiting", "no-entry"]


def change(client: FlaskClient, ids: list[str], **more: Any) -> Any:
    given = {key: more.pop(key) for key in ("dry_run", "submit") if key in more}
    return client.post(BULK, json={"ids": ids, "change": more, **given})


def outcomes(answer: Any) -> dict[str, str]:
    return {row["id"]: row["outcome"] for row in answer.json["rows"]}


def test_a_dry_run_says_what_the_real_run_does(shelf: Services, editor: FlaskClient) -> None:
    wanted = {"add_tags": ["大促"], "remove_tags": ["退货"], "owner": "大促组"}
    before = shelf.kb.last_change()
    dry = change(editor, ALL, **wanted)
    assert shelf.kb.last_change() == before
    assert outcomes(dry) == {
        "live-one": "changed", "live-two": "changed", "their-draft": "refused",
        "my-draft": "changed", "gone": "refused", "waiting": "refused", "no-entry": "refused",
    }  # fmt: skip
    assert dry.json["counts"] == {"changed": 3, "unchanged": 0, "refused": 4}
    reasons = {row["id"]: row["reason"] for row in dry.json["rows"]}
    assert "林编辑" in reasons["their-draft"]
    assert all(reasons[name] for name in ("my-draft", "gone", "waiting", "no-entry"))
    done = change(editor, ALL, **wanted, dry_run=False, submit=True)
    assert done.json["rows"] == dry.json["rows"]
    live = shelf.kb.entry("live-one")
    assert live.stewardship.owner == "大促组"
    assert (live.revisions[1].content.tags, live.revisions[1].status) == (("大促",), "in_review")
    assert live.revisions[0].status == "published"
    mine = shelf.kb.entry("my-draft")
    assert [r.status for r in mine.revisions] == ["withdrawn", "draft"]
    assert shelf.kb.entry("their-draft").stewardship.owner == "", "refused is refused wholly"
    assert [row.action for row in shelf.kb.audit("live-one")[-3:]] == ["steward", "edit", "submit"]
    again = change(editor, ["live-one"], **wanted)
    assert outcomes(again) == {"live-one": "refused"} or not again.json["counts"]["changed"]


def test_who_keeps_entries_is_set_whatever_their_drafts(
    shelf: Services, editor: FlaskClient
) -> None:
    done = change(editor, ALL, reviewer="周审核", review_every=90, dry_run=False)
    assert set(outcomes(done).values()) == {"changed", "refused"}
    assert outcomes(done)["no-entry"] == "refused"
    assert shelf.kb.entry("their-draft").stewardship.review_every == 90
    assert change(editor, ["live-one"], reviewer="周审核").json["counts"]["unchanged"] == 1


def test_validity_is_set_and_opened(shelf: Services, editor: FlaskClient) -> None:
    change(editor, ["live-one"], effective_until="2026-12-31", dry_run=False)
    until = editor.get("/api/v1/entries/live-one?revision=2").json["content"]["effective_until"]
    assert until == "2026-12-31T00:00:00+08:00"
    change(editor, ["live-one"], effective_until="", effective_from="2027-01-01", dry_run=False)
    content = editor.get("/api/v1/entries/live-one?revision=3").json["content"]
    assert content["effective_until"] is None
    turned = change(editor, ["live-one"], effective_until="2026-12-01")
    assert outcomes(turned) == {"live-one": "refused"}
    assert "effective_until" in turned.json["rows"][0]["reason"]


def test_what_others_wrote_meanwhile_is_kept(shelf: Services, editor: FlaskClient) -> None:
    dry = change(editor, ["live-one"], add_tags=["大促"])
    assert outcomes(dry) == {"live-one": "changed"}
    other = replace(RETURNS, body="## 规则\n\n新的写法。")
    shelf.kb.edit("live-one", other, "林编辑", shelf.kb.entry("live-one").version)
    done = change(editor, ["live-one"], add_tags=["大促"], dry_run=False)
    assert outcomes(done) == {"live-one": "refused"}
    assert shelf.kb.entry("live-one").revisions[-1].content == other


@pytest.mark.parametrize(
    "body",
    [
        {"ids": [], "change": {"owner": "x"}},
        {"ids": ["live-one"], "change": {}},
        {"ids": ["live-one"] * 501, "change": {"owner": "x"}},
        {"ids": ["../x"], "change": {"owner": "x"}},
        {"ids": ["live-one"], "change": {"effective_from": "soon"}},
        {"ids": ["live-one"], "change": {"body": "x"}},
        {"ids": ["live-one"], "change": {"review_every": -1}},
    ],
    ids=str,
)
def test_senseless_changes_are_refused(
    shelf: Services, editor: FlaskClient, body: dict[str, Any]
) -> None:
    assert editor.post(BULK, json=body).status_code == 422


@pytest.mark.parametrize("text", ["\x00", "\ud800", " 前后 ", "换\n行", "长" * 301])
def test_strange_names_and_tags_are_refused_row_by_row(
    shelf: Services, editor: FlaskClient, text: str
) -> None:
    for wanted in ({"owner": text}, {"add_tags": [text]}):
        answer = change(editor, ["live-one"], **wanted, dry_run=False)
        assert answer.status_code == 422 or answer.json["counts"]["refused"] == 1
    assert len(shelf.kb.entry("live-one").revisions) == 1
