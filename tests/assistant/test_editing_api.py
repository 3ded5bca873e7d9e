"""Writing at the desk by API: preview, working drafts, merging, rolling back, discarding."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from assistant.editing.working import MAX_DRAFTS
from assistant.web.json_body import json_body
from assistant.wiring import Services
from tests.assistant.conftest import RETURNS
from tests.assistant.test_lifecycle_api import CONTENT, create, step

ENTRY = "/api/v1/entries/return-7-days"
WORKING = "/api/v1/working/return-7-days"


def publish(editor: FlaskClient, reviewer: FlaskClient, number: int = 1) -> Any:
    step(editor, "submit", number)
    step(reviewer, "approve", number)
    return step(reviewer, "publish", number)


def edit(client: FlaskClient, version: int, **changes: Any) -> Any:
    body = {"content": {**CONTENT, **changes}}
    return client.put(ENTRY, json=body, headers={"If-Match": f'"{version}"'})


# preview


def test_a_preview_is_what_the_entry_page_shows(editor: FlaskClient, reviewer: FlaskClient) -> None:
    reply = {
        "kind": "reply",
        "title": "安抚",
        "body": '## chat\n\n{{customer.name}}，[政策](kb:return-7-days "见 {{customer.name}}")。',
        "slots": [{"name": "customer.name", "label": "客户称呼"}],
    }
    seen = editor.post("/api/v1/entries/preview", json={"content": reply}).json
    assert seen["problems"] == []
    assert '<h2 id="chat">在线聊天</h2>' in seen["html"] or ">chat<" not in seen["html"]
    assert '<mark class="slot" title="{{customer.name}}">客户称呼</mark>' in seen["html"]
    assert 'title="见 {{customer.name}}"' in seen["html"], "an attribute holds no marks"
    assert seen["toc"] == [{"level": 2, "text": "chat", "anchor": "chat"}]
    editor.post("/api/v1/entries", json={"id": "calm-down", "content": reply})
    page = editor.get("/entries/calm-down").get_data(as_text=True)
    assert seen["html"].strip() in page


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_a_preview_tells_what_is_not_right_yet(editor: FlaskClient, lang: str) -> None:
    unfinished = {
        "kind": "faq",
        "body": "第一行\n# 大标题",
        "effective_from": "someday",
        "tags": ["甲", "甲"],
        "depends_on": ["No Id"],
    }
    seen = editor.post(f"/api/v1/entries/preview?lang={lang}", json={"content": unfinished})
    assert seen.status_code == 200
    found = {problem["field"]: problem for problem in seen.json["problems"]}
    assert set(found) == {"title", "body", "effective_from", "tags", "depends_on"}
    assert found["body"]["line"] == 2
    for problem in found.values():
        has_han = any("\u4e00" <= char <= "\u9fff" for char in problem["message"].replace("甲", ""))
        assert has_han == (lang == "zh-CN"), problem


def test_a_preview_of_nothing_is_empty(editor: FlaskClient) -> None:
    seen = editor.post("/api/v1/entries/preview", json={"content": {"kind": "guide"}}).json
    assert (seen["html"], seen["toc"]) == ("", [])
    assert {problem["field"] for problem in seen["problems"]} == {"title", "body"}


# working drafts


def save(client: FlaskClient, seen: str = "", key: str = "return-7-days", **state: Any) -> Any:
    body = {
        "state": state,
        "title": "写到一半",
        "base_revision": 1,
        "base_version": 3,
        "seen": seen,
    }
    text = json_body(body)  # as browsers write it
    return client.put(f"/api/v1/working/{key}", data=text, content_type="application/json")


def test_a_working_draft_is_kept_for_its_owner_alone(
    editor: FlaskClient, reviewer: FlaskClient
) -> None:
    state = {"body": "半句\u0000\ud83d", "tags": [], "caret": 3, "__proto__": {"x": 1}}
    saved = save(editor, **state)
    assert saved.status_code == 200
    read = editor.get(WORKING).json
    assert read == {
        "key": "return-7-days", "title": "写到一半", "base_revision": 1, "base_version": 3,
        "state": state, "saved_at": saved.json["saved_at"],
    }  # fmt: skip
    listed = editor.get("/api/v1/working").json["drafts"]
    assert [draft["key"] for draft in listed] == ["return-7-days"]
    assert "state" not in listed[0]
    assert reviewer.get(WORKING).status_code == 404
    assert reviewer.get("/api/v1/working").json == {"drafts": []}
    assert reviewer.delete(WORKING).json == {"deleted": False}
    assert editor.get(WORKING).status_code == 200
    assert editor.delete(WORKING).json == {"deleted": True}
    assert editor.get(WORKING).status_code == 404


def test_two_tabs_of_one_person_do_not_overwrite_each_other(editor: FlaskClient) -> None:
    first = save(editor, body="第一个窗口").json["saved_at"]
    late = save(editor, body="第二个窗口")
    assert late.status_code == 409
    assert late.json["code"] == "working_newer"
    assert late.json["draft"]["state"] == {"body": "第一个窗口"}
    second = save(editor, seen=late.json["draft"]["saved_at"], body="第二个窗口")
    assert second.status_code == 200
    assert second.json["saved_at"] > first, "also while the clock stands still"
    assert save(editor, seen=first, body="第一个窗口，接着写").status_code == 409
    assert editor.get(WORKING).json["state"] == {"body": "第二个窗口"}


def test_a_draft_saved_since_is_not_thrown_away(editor: FlaskClient) -> None:
    first = save(editor, body="第一个窗口").json["saved_at"]
    second = save(editor, seen=first, body="第二个窗口").json["saved_at"]
    late = editor.delete(WORKING, query_string={"seen": first})
    assert late.status_code == 409
    assert late.json["code"] == "working_newer"
    assert late.json["draft"]["state"] == {"body": "第二个窗口"}
    assert editor.delete(WORKING, query_string={"seen": "gestern"}).status_code == 422
    assert editor.get(WORKING).json["saved_at"] == second
    assert editor.delete(WORKING, query_string={"seen": second}).json == {"deleted": True}
    assert editor.delete(WORKING, query_string={"seen": second}).json == {"deleted": False}


def test_saving_goes_on_after_the_draft_was_thrown_away_elsewhere(editor: FlaskClient) -> None:
    seen = save(editor, body="一").json["saved_at"]
    editor.delete(WORKING)
    assert save(editor, seen=seen, body="二").status_code == 200


@pytest.mark.parametrize(
    "key", ["..", "a b", "New-Entry", "x", "new-" + "a" * 90, "客服", "a--b", "%00", "\ud800"]
)
def test_strange_keys_hold_no_draft(editor: FlaskClient, key: str) -> None:
    path = quote(key, errors="surrogatepass")
    assert save(editor, key=path).status_code in (404, 405)
    assert editor.get(f"/api/v1/working/{path}").status_code == 404
    assert editor.get("/api/v1/working").json == {"drafts": []}


def test_a_huge_state_is_refused_and_many_drafts_too(editor: FlaskClient) -> None:
    assert save(editor, body="字" * 340_000).status_code == 200
    too_large = save(editor, key="new-a1b2c3d4", body="字" * 360_000)
    assert too_large.status_code == 422
    assert too_large.json["errors"][0]["field"] == "state"
    for number in range(MAX_DRAFTS - 1):
        assert save(editor, key=f"new-{number:08d}").status_code == 200
    assert save(editor, key="new-toomany1").status_code == 403
    assert save(editor, key="new-00000000", seen="2026-01-01").status_code == 409
    assert len(editor.get("/api/v1/working").json["drafts"]) == MAX_DRAFTS


def test_deep_and_strange_states(editor: FlaskClient) -> None:
    deep: dict[str, Any] = {}
    inner = deep
    for _ in range(200):
        inner["x"] = {}
        inner = inner["x"]
    assert save(editor, deep=deep).status_code == 200
    assert editor.get(WORKING).json["state"] == {"deep": deep}
    broken = "{" + '"a":{' * 50_000
    refused = editor.put(WORKING, data=broken, content_type="application/json")
    assert refused.status_code == 400
    number = '{"state":{"n":1e999,"i":%s},"seen":""}' % ("9" * 5_000)
    answer = editor.put(WORKING, data=number, content_type="application/json")
    assert answer.status_code in (400, 422)


# merging


def test_two_editors_are_merged_and_nothing_is_lost(
    editor: FlaskClient, reviewer: FlaskClient
) -> None:
    body = "## 规则\n\n签收次日起 7 天内可以退货。\n\n## 运费\n\n买家承担。"
    editor.post("/api/v1/entries", json={"id": "return-7-days",
                                         "content": {**CONTENT, "body": body, "tags": ["退货"]}})  # fmt: skip
    version = publish(editor, reviewer).json["version"]
    theirs = {"body": body.replace("买家", "卖家"), "tags": ["退货", "运费"], "risk": 3}
    assert edit(reviewer, version, **theirs).status_code == 200
    mine = {
        **CONTENT, "body": body.replace("7 天", "十五天"), "tags": ["退货", "质量"],
        "title": "十五天退货规则",
    }  # fmt: skip
    assert edit(editor, version, **mine).status_code == 409
    merged = editor.post(f"{ENTRY}/merge", json={"base": 1, "content": mine}).json
    author = reviewer.get("/api/v1/me").json["name"]
    assert (merged["latest"], merged["clean"], merged["author"]) == (2, True, author)
    assert merged["content"]["body"] == body.replace("7 天", "十五天").replace("买家", "卖家")
    assert set(merged["content"]["tags"]) == {"退货", "运费", "质量"}
    fields = {field["field"]: field for field in merged["fields"]}
    assert set(fields) == {"title", "tags", "risk"}
    assert [hunk["kind"] for hunk in merged["body"]] == ["same", "mine", "same", "theirs"]
    saved = edit(editor, merged["version"], **merged["content"])
    assert saved.status_code == 200
    assert saved.json["latest"] == 3


def test_what_both_changed_differently_is_for_a_person_to_decide(
    editor: FlaskClient, reviewer: FlaskClient
) -> None:
    version = create(editor).json["version"]
    body = CONTENT["body"]
    edit(reviewer, version, title="他们的标题", body=body.replace("7", "8"))
    mine = {**CONTENT, "title": "我的标题", "body": body.replace("7", "9")}
    merged = editor.post(f"{ENTRY}/merge", json={"base": 1, "content": mine}).json
    assert not merged["clean"]
    assert merged["content"]["title"] == "他们的标题"
    (title,) = merged["fields"]
    assert (title["base"], title["mine"], title["clean"]) == (CONTENT["title"], "我的标题", False)
    conflict = merged["body"][-1]
    assert conflict["kind"] == "conflict"
    assert ("9 天" in conflict["mine"], "8 天" in conflict["theirs"]) == (True, True)


def test_merging_is_refused_where_it_makes_no_sense(editor: FlaskClient) -> None:
    create(editor)
    for base, content, status in (
        (9, CONTENT, 404),
        (0, CONTENT, 422),
        (1, {**CONTENT, "kind": "faq"}, 422),
        (1, {**CONTENT, "effective_from": "soon"}, 422),
    ):
        answer = editor.post(f"{ENTRY}/merge", json={"base": base, "content": content})
        assert answer.status_code == status
    absent = editor.post("/api/v1/entries/no-entry/merge", json={"base": 1, "content": CONTENT})
    assert absent.status_code == 404


# rolling back and discarding


def test_rolling_back_writes_a_new_draft(
    services: Services, editor: FlaskClient, reviewer: FlaskClient
) -> None:
    create(editor)
    version = publish(editor, reviewer).json["version"]
    edit(editor, version, body="## 规则\n\n改错了。", effective_from="2026-11-01")
    version = publish(editor, reviewer, 2).json["version"]
    path = f"{ENTRY}/revisions/1/rollback"
    assert editor.post(path, json={}).status_code == 428
    assert editor.post(path, json={}, headers={"If-Match": "1"}).status_code == 409
    assert editor.post(f"{ENTRY}/revisions/2/rollback", json={},
                       headers={"If-Match": str(version)}).status_code == 403  # fmt: skip
    back = editor.post(path, json={"note": "改错了"}, headers={"If-Match": str(version)})
    assert back.status_code == 200
    assert (back.json["revision"], back.json["status"]) == (3, "draft")
    assert back.json["content"]["body"] == CONTENT["body"]
    assert back.json["content"]["effective_from"] is None, "it holds from its publishing on"
    row = services.kb.audit("return-7-days")[-1]
    assert (row.action, row.detail["of"], row.detail["note"]) == ("rollback", 1, "改错了")
    assert publish(editor, reviewer, 3).status_code == 200
    assert reviewer.get(ENTRY).json["revision"] == 3


def test_an_author_discards_their_own_draft_and_nobody_else_does(
    editor: FlaskClient, reviewer: FlaskClient
) -> None:
    create(editor)
    path = f"{ENTRY}/revisions/1/discard"
    assert reviewer.post(path, json={}).status_code == 403
    step(editor, "submit")
    gone = editor.post(path, json={"note": "重复了"})
    assert gone.json["status"] == "withdrawn"
    assert editor.post(path, json={}).status_code == 403
    edit(editor, gone.json["version"])
    publish(editor, reviewer, 2)
    live = editor.post(f"{ENTRY}/revisions/2/discard", json={})
    assert live.status_code == 403, "what is live goes by withdrawing"


def test_whatever_is_typed_as_a_title_is_kept(editor: FlaskClient) -> None:
    body = {"state": {}, "title": "退\ud83d货\u0000", "seen": ""}
    answer = editor.put(WORKING, data=json_body(body), content_type="application/json")
    assert answer.status_code == 200
    assert editor.get("/api/v1/working").json["drafts"][0]["title"] == "退\ufffd货\u0000"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_state_with_what_is_no_number_is_refused(editor: FlaskClient, number: str) -> None:
    text = '{"state":{"n":[' + number + ']},"seen":""}'
    answer = editor.put(WORKING, data=text, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"][0]["field"] == "state"
    assert editor.get(WORKING).status_code == 404


def test_an_entry_whose_id_looks_like_a_key_is_no_new_one(
    services: Services, editor: FlaskClient
) -> None:
    services.kb.create("new-arrivals", RETURNS, "林编辑")
    assert save(editor, key="new-arrivals").status_code == 200
    body = {"state": {}, "title": "刚开始写", "seen": ""}
    assert editor.put("/api/v1/working/new-a1b2c3d4", json=body).status_code == 200
    page = editor.get("/desk").get_data(as_text=True)
    assert "/desk/entries/new-arrivals/edit" in page
    assert "draft=new-arrivals" not in page
    assert "/desk/entries/new?draft=new-a1b2c3d4" in page
