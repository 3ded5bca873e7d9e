"""Imports and exports through the API: upload, report, carrying out, download, who may what."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from assistant.accounts.roles import Role
from assistant.web import import_jobs
from assistant.wiring import Services
from kb.formats.limits import MAX_FILE
from kb.formats.runs import RunState
from kb.images import name_of
from tests.assistant.conftest import FakeClock
from tests.office_files import docx, paragraph, picture, png, xlsx

FAQ = "question,answer\n怎么退货？,七天内可退。\n坏的,\n怎么换货？,十五天内可换。\n".encode()


def upload(client: FlaskClient, name: str, data: bytes, **fields: object) -> TestResponse:
    form = {"wait": "60", **{key: str(value) for key, value in fields.items()}}
    return client.post("/api/v1/imports", data={**form, "file": (io.BytesIO(data), name)})


def report(answer: TestResponse) -> dict[str, Any]:
    assert answer.status_code in (200, 202), answer.get_data(as_text=True)
    assert answer.json is not None
    return dict(answer.json)


def apply(client: FlaskClient, run: dict[str, Any], **body: object) -> TestResponse:
    return client.post(f"{run['url']}/apply", json={"wait": 60, **body})


def test_from_the_upload_to_the_last_row(services: Services, editor: FlaskClient) -> None:
    answer = upload(editor, "常见问题.csv", FAQ, owner="售后组", audience="customer")
    run = report(answer)
    assert answer.headers["Location"] == run["url"]
    assert (run["state"], run["name"], run["done"], run["total"]) == (
        "ready", "常见问题.csv", 3, 3,
    )  # fmt: skip
    assert run["counts"] == {"new": 2, "changed": 0, "unchanged": 0, "failed": 1, "skipped": 0}
    assert run["forms"] == ["dify"]
    bad = run["rows"][1]
    assert (bad["line"], bad["outcome"]) == (3, "failed")
    assert bad["problems"] == [{"column": "answer", "line": 0, "message": "内容为空"}]
    assert services.kb.snapshot() == []
    failed = editor.get(run["failed_url"])
    assert failed.data.startswith(b"\xef\xbb\xbf")
    assert "attachment" in failed.headers["Content-Disposition"]
    lines = list(csv.reader(io.StringIO(failed.get_data().decode("utf-8-sig"))))
    assert lines == [["question", "answer", "工作表", "行号", "原因"],
                     ["坏的", "", "", "3", "answer: 内容为空"]]  # fmt: skip
    english = editor.get(run["failed_url"] + "?lang=en").get_data().decode("utf-8-sig")
    assert "answer: is empty" in english
    done = report(apply(editor, run))
    assert (done["state"], done["done"], done["total"]) == ("done", 2, 2)
    entry = services.kb.snapshot()[0]
    assert entry.revisions[0].status.value == "draft"
    assert entry.stewardship.owner == "售后组"
    assert report(apply(editor, run))["state"] == "done"
    assert services.kb.last_change() == 2
    listed = report(editor.get("/api/v1/imports"))
    assert [one["id"] for one in listed["imports"]] == [run["id"]]


def test_rows_are_read_page_by_page_and_by_what_became_of_them(editor: FlaskClient) -> None:
    run = report(upload(editor, "a.csv", FAQ))
    first = report(editor.get(run["url"] + "?limit=2"))
    assert [row["number"] for row in first["rows"]] == [1, 2]
    rest = report(editor.get(f"{run['url']}?limit=2&after={first['next_after']}"))
    assert ([row["number"] for row in rest["rows"]], rest["next_after"]) == ([3], None)
    failed = report(editor.get(run["url"] + "?outcome=failed&lang=en"))
    assert [row["problems"][0]["message"] for row in failed["rows"]] == ["is empty"]
    assert editor.get(run["url"] + "?outcome=rotten").status_code == 422


def test_publishing_takes_a_reviewer_who_is_somebody_else(
    services: Services, editor: FlaskClient, reviewer: FlaskClient
) -> None:
    run = report(upload(editor, "a.csv", FAQ))
    assert apply(editor, run, publish=True).status_code == 403
    done = report(apply(reviewer, run, publish=True))
    assert done["publish"] is True
    assert {e.revisions[0].status.value for e in services.kb.snapshot()} == {"published"}
    own = report(upload(reviewer, "b.csv", FAQ.replace("七天".encode(), "九天".encode())))
    refused = apply(reviewer, own, publish=True)
    assert refused.status_code == 403
    assert refused.json is not None
    assert "上传者以外" in refused.json["detail"]
    assert report(apply(reviewer, own))["state"] == "done"


def test_duplicates_are_shown_and_can_be_left_out(stocked: Services, editor: FlaskClient) -> None:
    known = stocked.kb.snapshot()[0]
    title = known.revisions[-1].content.title
    run = report(upload(editor, "a.csv", f"question,answer\n{title}?,别的说法\n".encode()))
    (found,) = run["rows"][0]["duplicates"]
    assert (found["what"], found["entry_id"], found["row"]) == ("question", known.id, 0)
    assert found["url"].endswith(known.id)
    done = report(apply(editor, run, skip_duplicates=True))
    assert done["counts"]["skipped"] == 1


def test_hostile_uploads_are_refused_in_the_readers_language(editor: FlaskClient) -> None:
    run = report(upload(editor, "a.xlsm", xlsx([("q", "a")])))
    assert run["state"] == "refused"
    assert "宏" in run["reason"]
    assert apply(editor, run).status_code == 409
    english = report(editor.get(run["url"] + "?lang=en"))
    assert "macros" in english["reason"]


def test_an_upload_beyond_the_limit_is_refused_before_it_is_read(editor: FlaskClient) -> None:
    answer = editor.post(
        "/api/v1/imports",
        data=b"x",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(MAX_FILE * 2)},
    )
    assert answer.status_code == 413
    assert answer.json is not None
    assert "50 MiB" in answer.json["detail"]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({}, 422),
        ({"file": "no file"}, 422),
        ({"file": (io.BytesIO(b"x"), "a.csv"), "audience": "nobody"}, 422),
        ({"file": (io.BytesIO(b"x"), "a.csv"), "split": "9"}, 422),
        ({"file": (io.BytesIO(b"x"), "a.csv"), "surprise": "1"}, 422),
    ],
)
def test_forms_that_are_none(editor: FlaskClient, data: dict[str, Any], status: int) -> None:
    answer = editor.post(
        "/api/v1/imports", data=data, content_type="multipart/form-data; boundary=limit"
    )
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_json_is_no_upload_and_unknown_runs_are_absent(editor: FlaskClient) -> None:
    assert editor.post("/api/v1/imports", json={}).status_code == 415
    for run_id in ("0" * 16, "..", "%00", "x"):
        assert editor.get(f"/api/v1/imports/{run_id}").status_code == 404
        assert editor.get(f"/api/v1/imports/{run_id}/failed.csv").status_code == 404
        assert editor.post(f"/api/v1/imports/{run_id}/apply", json={}).status_code == 404


def test_a_page_elsewhere_cannot_upload_in_somebodys_name(
    app: Flask, services: Services, token_of: Callable[[Role], str]
) -> None:
    file = {"file": (io.BytesIO(FAQ), "a.csv")}
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    answer = app.test_client().post("/api/v1/imports", data=file, headers=elsewhere)
    assert answer.status_code == 403
    assert services.kb.last_change() == 0


def test_a_long_import_is_answered_at_once_and_seen_to_advance(
    app: Flask, editor: FlaskClient
) -> None:
    run = report(upload(editor, "a.csv", FAQ, wait=0))
    assert run["state"] in ("reading", "ready")
    work = app.extensions[import_jobs.EXTENSION]
    for thread in work._working.values():
        thread.join(60)
    assert report(editor.get(run["url"]))["state"] == "ready"


def test_an_interrupted_reading_is_told_and_taken_up_again(
    app: Flask, editor: FlaskClient, clock: FakeClock
) -> None:
    imports = app.extensions[import_jobs.EXTENSION].imports
    received = imports.receive("a.csv", io.BytesIO(FAQ), "林编辑")
    url = f"/api/v1/imports/{received.id}"
    assert report(editor.get(url))["interrupted"] is False
    assert editor.post(f"{url}/apply", json={}).status_code == 409
    clock.advance(timedelta(minutes=2))
    assert report(editor.get(url))["interrupted"] is True
    again = report(editor.post(f"{url}/apply", json={"wait": 60}))
    assert (again["state"], again["interrupted"]) == (RunState.READY.value, False)


@pytest.mark.parametrize("form", ["xlsx", "csv", "markdown"])
def test_exports_import_again_unchanged(stocked: Services, editor: FlaskClient, form: str) -> None:
    answer = editor.get(f"/api/v1/export?format={form}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    ending = "zip" if form == "markdown" else form
    run = report(upload(editor, f"all.{ending}", answer.data))
    count = sum(len(entry.revisions) for entry in stocked.kb.snapshot())
    assert run["counts"]["unchanged"] == run["total"] == count


def test_exports_of_the_newest_revisions_and_in_english(
    stocked: Services, editor: FlaskClient
) -> None:
    answer = editor.get("/api/v1/export?format=csv&revisions=newest&lang=en")
    lines = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert lines[0][:3] == ["id", "kind", "revision"]
    assert [line[0] for line in lines[1:]] == [entry.id for entry in stocked.kb.snapshot()]
    assert editor.get("/api/v1/export?format=pdf").status_code == 422


def test_pictures_of_a_manual_are_served_and_nothing_else(
    editor: FlaskClient, agent: FlaskClient, anonymous: FlaskClient
) -> None:
    data = docx(
        [paragraph("标题", "1"), paragraph("看图"), picture("p", "图")], pictures={"p": png()}
    )
    url = f"/api/v1/images/{name_of(png())}"
    run = report(upload(editor, "手册.docx", data))
    assert agent.get(url).status_code == 404
    report(apply(editor, run))
    with agent.get(url) as answer:
        assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/png", png())
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert anonymous.get(url).status_code == 401
    for other in ("x.png", "..%2fzhike.db", "%00", "a" * 300):
        assert agent.get(f"/api/v1/images/{other}").status_code == 404


def test_the_archive_of_markdown_holds_safe_names(stocked: Services, editor: FlaskClient) -> None:
    data = editor.get("/api/v1/export?format=markdown").data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
    assert all(name.count("/") == 1 and name.endswith(".md") for name in names)


def test_too_many_imports_at_once_are_put_off(
    app: Flask, editor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_jobs, "MOST_AT_ONCE", 0)
    answer = upload(editor, "a.csv", FAQ)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
