"""Comments on a revision: quoting, replying, settling, and what later revisions show of them."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from assistant.web.json_body import json_body
from assistant.wiring import Services
from tests.assistant.test_editing_api import ENTRY, edit
from tests.assistant.test_lifecycle_api import CONTENT, create

ENTRY_ID = ENTRY.rsplit("/", 1)[-1]
TABLE = "| 件型 | 运费 |\n| --- | --- |\n| 小件 | **10** 元 |"


def comment(client: FlaskClient, text: str, number: int = 1, **more: Any) -> Any:
    return client.post(
        f"{ENTRY}/revisions/{number}/comments",
        data=json_body({"text": text, **more}),
        content_type="application/json",
    )


def shown(client: FlaskClient, number: int = 1) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"{ENTRY}/revisions/{number}/comments").json[
        "comments"
    ]
    return found


def test_a_thread_is_begun_answered_and_settled(editor: FlaskClient, reviewer: FlaskClient) -> None:
    create(editor)
    begun = comment(reviewer, "从哪天算起？", quote="签收次日起 7 天内")
    assert begun.status_code == 201
    answer = comment(editor, "签收第二天。", reply_to=begun.json["id"])
    again = comment(reviewer, "好。", reply_to=answer.json["id"])
    assert again.json["reply_to"] == begun.json["id"], "a reply to a reply joins the thread"
    comment(editor, "另一件事", field="title", quote="退货规则")
    rows = shown(editor)
    assert [row["text"] for row in rows] == ["从哪天算起？", "签收第二天。", "好。", "另一件事"]
    assert [row["own"] for row in rows] == [False, True, False, True]
    number = begun.json["id"]
    settled = editor.post(f"/api/v1/comments/{number}/resolve", json={})
    assert settled.json["resolved_by"] and settled.json["resolved_at"]
    twice = reviewer.post(f"/api/v1/comments/{number}/resolve", json={})
    assert twice.json["resolved_by"] == settled.json["resolved_by"]
    opened = reviewer.post(f"/api/v1/comments/{number}/reopen", json={})
    assert (opened.json["resolved_by"], opened.json["resolved_at"]) == ("", None)
    reply = answer.json["id"]
    assert editor.post(f"/api/v1/comments/{reply}/resolve", json={}).status_code == 403
    assert editor.post(f"/api/v1/comments/{2**70}/resolve", json={}).status_code == 404


def test_open_threads_go_with_the_words_they_quote(
    editor: FlaskClient, reviewer: FlaskClient
) -> None:
    version = create(editor).json["version"]
    kept = comment(reviewer, "天数对吗？", quote="7 天内").json["id"]
    comment(editor, "对。", reply_to=kept)
    comment(reviewer, "标题太长", field="title", quote="七天无理由")
    comment(reviewer, "没有引文")
    done = comment(reviewer, "错字", quote="可以退货").json["id"]
    reviewer.post(f"/api/v1/comments/{done}/resolve", json={})
    edit(editor, version, title="退货规则", body=CONTENT["body"] + "\n\n新的一段。")
    rows = shown(reviewer, 2)
    assert [(row["text"], row["from_revision"]) for row in rows] == [("天数对吗？", 1), ("对。", 1)]
    late = comment(editor, "已改。", 2, reply_to=kept)
    assert late.status_code == 201
    assert [row["text"] for row in shown(reviewer, 2)] == ["天数对吗？", "对。", "已改。"]
    first = shown(reviewer, 1)
    assert len(first) == 6
    assert {row["from_revision"] for row in first} == {None}


@pytest.mark.parametrize(
    "quote",
    [
        "小件 10 元",  # as it is read
        "小件\t10 元",  # as a browser copies a row
        "| 小件 | **10** 元 |",  # as it is written
        "\udc3610 元\ud83d",  # a selection that ends in the middle of an emoji
    ],
)
def test_words_are_quoted_as_read_or_as_written(editor: FlaskClient, quote: str) -> None:
    create(editor)
    edit(editor, 1, body=TABLE)
    assert comment(editor, "多少？", 2, quote=quote).status_code == 201
    assert editor.get(f"{ENTRY}/revisions/2/comments").status_code == 200


@pytest.mark.parametrize(
    "more",
    [
        {"quote": "这句话不在里面"},
        {"quote": "7\ud83d天"},
        {"quote": "\u200b|\u200b"},
        {"quote": "天" * 1_001},
        {"quote": "\x00"},
        {"field": "__class__"},
        {"field": "body\x00", "quote": "7 天内"},
        {"text": " \n"},
        {"text": "长" * 2_001},
        {"text": "\ud800"},
        {"text": "\x00"},
        {"reply_to": 0},
        {"surprise": 1},
    ],
    ids=str,
)
def test_what_is_not_acceptable_is_refused(editor: FlaskClient, more: dict[str, Any]) -> None:
    create(editor)
    assert comment(editor, **{"text": "看这里", **more}).status_code == 422
    assert shown(editor) == []


def test_comments_stay_on_their_entry(editor: FlaskClient, agent: FlaskClient) -> None:
    create(editor)
    create(editor, "other-rule")
    made = comment(editor, "看这里").json["id"]
    path = "/api/v1/entries/other-rule/revisions/1/comments"
    assert editor.post(path, json={"text": "回复", "reply_to": made}).status_code == 404
    assert editor.post(path, json={"text": "回复", "reply_to": 999}).status_code == 404
    assert editor.get(path).json == {"comments": []}
    assert agent.get(path).status_code == 403
    assert comment(editor, "看这里", 9).status_code == 404


def test_an_own_comment_is_taken_back_until_somebody_answers(
    editor: FlaskClient, reviewer: FlaskClient, agent: FlaskClient
) -> None:
    create(editor)
    begun = comment(reviewer, "从哪天算起？", quote="7 天内").json["id"]
    reply = comment(editor, "签收第二天。", reply_to=begun).json["id"]
    assert reviewer.delete(f"/api/v1/comments/{begun}").status_code == 403, "it was answered"
    assert reviewer.delete(f"/api/v1/comments/{reply}").status_code == 403, "it is not theirs"
    assert agent.delete(f"/api/v1/comments/{reply}").status_code == 403
    assert [row["text"] for row in shown(editor)] == ["从哪天算起？", "签收第二天。"]
    assert editor.delete(f"/api/v1/comments/{reply}").json == {"deleted": True}
    assert editor.delete(f"/api/v1/comments/{reply}").status_code == 404
    assert reviewer.delete(f"/api/v1/comments/{begun}").status_code == 200
    assert shown(editor) == []
    assert comment(editor, "迟了", reply_to=begun).status_code == 404
    assert editor.post(f"/api/v1/comments/{begun}/resolve", json={}).status_code == 404
    assert comment(editor, "新的").json["id"] > reply, "a number names one comment for ever"


def test_each_step_with_a_comment_stands_in_the_audit_log(
    services: Services, editor: FlaskClient, reviewer: FlaskClient
) -> None:
    create(editor)
    before, fed = len(services.kb.audit(ENTRY_ID)), services.kb.last_change()
    begun = comment(reviewer, "从哪天算起？", quote="7 天内").json["id"]
    reply = comment(editor, "签收第二天。", reply_to=begun).json["id"]
    reviewer.post(f"/api/v1/comments/{begun}/resolve", json={})
    reviewer.post(f"/api/v1/comments/{begun}/resolve", json={})
    editor.post(f"/api/v1/comments/{begun}/reopen", json={})
    editor.delete(f"/api/v1/comments/{reply}")
    reviewer.delete(f"/api/v1/comments/{reply}")
    assert comment(editor, "", reply_to=begun).status_code == 422
    rows = services.kb.audit(ENTRY_ID)[before:]
    assert [(row.action, row.detail["comment"]) for row in rows] == [
        ("comment", begun),
        ("reply", reply),
        ("settle", begun),
        ("reopen", begun),
        ("take_back", reply),
    ]
    assert [row.actor == rows[1].actor for row in rows] == [False, True, False, True, True]
    assert {row.revision for row in rows} == {1}
    assert services.kb.verify_audit().ok
    assert services.kb.last_change() == fed, "nothing that is searched or read has changed"
    page = reviewer.get(f"/desk/entries/{ENTRY_ID}/revisions/1").get_data(as_text=True)
    assert "删除了自己在版本 1 的评论" in page and "解决了版本 1 的一处评论" in page


def test_comments_are_tasks_with_a_link_to_their_place(
    editor: FlaskClient, reviewer: FlaskClient
) -> None:
    create(editor)
    begun = comment(reviewer, "从哪天<b>算起？", quote="7 天内").json["id"]
    comment(reviewer, "标题太长", field="title")
    page = editor.get("/desk").get_data(as_text=True)
    assert page.count('data-task="comment"') == 1
    assert f"/desk/entries/{ENTRY_ID}/revisions/1#comment-{begun}" in page
    assert "从哪天&lt;b&gt;算起？" in page and "另有 1 处讨论" in page
    assert 'data-task="comment"' not in reviewer.get("/desk").get_data(as_text=True)
    comment(editor, "签收第二天。", reply_to=begun)
    assert "签收第二天。" in reviewer.get("/desk").get_data(as_text=True)
