"""What the page of imports lives on: folders, columns as understood, rows in full, samples."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from assistant.wiring import Services
from kb.formats import limits
from kb.images import name_of
from tests.assistant.test_exchange_api import FAQ, apply, report, upload
from tests.kb.formats.test_hostile_files import HOSTILE
from tests.office_files import docx, paragraph, picture, png, xlsx, zipped

GUIDE = "---\nid: {id}\nkind: guide\ntitle: {id} 的标题\nowner: {owner}\n---\n\n正文 {id}，写了不少字。\n"


def together(client: FlaskClient, *files: tuple[str, bytes], **fields: str) -> TestResponse:
    parts = [(io.BytesIO(data), name) for name, data in files]
    return client.post("/api/v1/imports", data={"wait": "60", **fields, "file": parts})


def guide(entry_id: str, owner: str = "售后组") -> bytes:
    return GUIDE.format(id=entry_id, owner=owner).encode()


def rows(client: FlaskClient, run: dict[str, Any]) -> list[dict[str, Any]]:
    return list(report(client.get(run["url"] + "?limit=500"))["rows"])


def row(client: FlaskClient, run: dict[str, Any], number: int) -> dict[str, Any]:
    return report(client.get(f"{run['url']}/rows/{number}"))


def test_a_folder_is_taken_as_one_import(services: Services, editor: FlaskClient) -> None:
    answer = together(
        editor,
        ("知识/a/first-guide.md", guide("first-guide")),
        ("知识/b/second-guide.md", guide("second-guide")),
        ("知识/b/page.html", "<h1>网页</h1><p>网页正文。</p>".encode()),
        ("知识/b/bad.md", b"---\nid: x\n---\n"),
    )
    run = report(answer)
    assert (run["name"], run["total"]) == ("知识.zip", 4)
    assert {r["place"]: r["outcome"] for r in run["rows"]} == {
        "知识/a/first-guide.md": "new", "知识/b/second-guide.md": "new",
        "知识/b/page.html": "new", "知识/b/bad.md": "failed",
    }  # fmt: skip
    (bad,) = [r for r in run["rows"] if r["outcome"] == "failed"]
    assert {p["column"]: p["line"] for p in bad["problems"]}["id"] == 2
    assert report(apply(editor, run))["counts"]["new"] == 3
    assert {e.id for e in services.kb.snapshot()} >= {"first-guide", "second-guide"}


def test_names_of_a_folder_cannot_lead_out_and_no_file_is_lost(editor: FlaskClient) -> None:
    hostile = ("../../etc/x.md", "/etc/x.md", "C:\\x\\x.md", "a\x00b/x.md", "./..//x.md", "x.md")
    answer = together(editor, *((name, guide(f"guide-{n}")) for n, name in enumerate(hostile)))
    run = report(answer)
    assert [r["outcome"] for r in run["rows"]] == ["new"] * len(hostile)
    for each in run["rows"]:
        assert not each["place"].startswith(("/", "."))
        assert ".." not in each["place"].split("/")


def test_only_texts_go_together(editor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = together(editor, ("a.md", guide("first-guide")), ("b.xlsx", xlsx([("q", "a")])))
    assert answer.status_code == 422
    assert answer.json is not None
    (error,) = answer.json["errors"]
    assert (error["source"], "可以一起导入" in error["message"]) == ("b.xlsx", True)
    monkeypatch.setattr(limits, "MAX_MEMBERS", 1)
    many = together(editor, ("a.md", guide("first-guide")), ("b.md", guide("other-guide")))
    assert many.status_code == 422


def test_columns_are_told_as_they_were_understood(editor: FlaskClient) -> None:
    data = "备注,问题,答案,相似问题\nx,怎么退货？,七天内可退。,退货怎么弄\n".encode()
    (head,) = report(upload(editor, "a.csv", data))["heads"]
    assert (head["form"], head["sheet"]) == ("dify", "")
    assert [(c["header"], c["field"]) for c in head["columns"]] == [
        ("备注", ""), ("问题", "question"), ("答案", "answer"), ("相似问题", "similar"),
    ]  # fmt: skip


def test_a_row_in_full(stocked: Services, editor: FlaskClient) -> None:
    known = stocked.kb.snapshot()[0]
    title = known.revisions[-1].content.title
    data = f"question,answer\n怎么换货？,十五天内可换。\n坏的,\n{title}?,别的说法\n".encode()
    run = report(upload(editor, "a.csv", data, owner="售后组"))
    new = row(editor, run, 1)
    assert (new["known"], new["cells"], new["beside"]) == (None, [], [])
    assert {f["field"]: f["after"] for f in new["fields"]} == {
        "kind": "faq", "title": "怎么换货？", "lang": "zh-CN", "audience": "agent", "risk": "2",
        "owner": "售后组",
    }  # fmt: skip
    assert new["words"] == [{"op": "insert", "text": "十五天内可换。"}]
    bad = row(editor, run, 2)
    assert (bad["title"], bad["fields"], bad["words"]) == ("坏的", [], [])
    assert [(c["header"], c["text"]) for c in bad["cells"]] == [
        ("question", "坏的"),
        ("answer", ""),
    ]
    (beside,) = row(editor, run, 3)["beside"]
    assert (beside["what"], beside["entry_id"], beside["title"]) == ("question", known.id, title)
    assert beside["body"] == known.revisions[-1].content.body
    for number in (0, 4, 10**12):
        assert editor.get(f"{run['url']}/rows/{number}").status_code == 404
    assert editor.get(f"/api/v1/imports/{'0' * 16}/rows/1").status_code == 404


def test_a_row_that_changes_an_entry_tells_what(services: Services, editor: FlaskClient) -> None:
    report(apply(editor, report(upload(editor, "a.csv", FAQ, owner="售后组"))))
    changed = FAQ.replace("七天".encode(), "九天".encode())
    run = report(upload(editor, "b.csv", changed, owner="别组"))
    assert run["counts"]["changed"] == 1
    first = row(editor, run, 1)
    assert first["known"] == 1
    assert first["fields"] == [], "a table of questions says nothing of owners"
    assert [w for w in first["words"] if w["op"] != "equal"] == [
        {"op": "delete", "text": "七"}, {"op": "insert", "text": "九"},
    ]  # fmt: skip
    done = report(apply(editor, run))
    after = row(editor, done, 1)
    assert (after["known"], after["words"]) == (1, first["words"]), "it still tells what it did"
    assert {e.stewardship.owner for e in services.kb.snapshot()} == {"售后组"}


def test_owners_are_changed_by_our_own_columns_but_no_review_is(
    stocked: Services, editor: FlaskClient
) -> None:
    entry = stocked.kb.snapshot()[0]
    stocked.kb.verify(entry.id, "周审核")
    answer = editor.get("/api/v1/export?format=xlsx&revisions=newest&lang=en")
    book = load_workbook(io.BytesIO(answer.data))
    sheet = book.active
    assert sheet is not None
    names = {str(cell.value): cell.column for cell in sheet[1]}
    place = next(r for r in range(2, sheet.max_row + 1) if sheet.cell(r, 1).value == entry.id)
    told = {"owner": "新组", "review_every": "30", "reviewed_at": "2030-01-01", "reviewer": None}
    for name, value in told.items():
        sheet.cell(place, int(names[name] or 0)).value = value
    sink = io.BytesIO()
    book.save(sink)
    run = report(upload(editor, "all.xlsx", sink.getvalue()))
    assert (run["counts"]["changed"], run["counts"]["failed"]) == (1, 0)
    (found,) = [r for r in rows(editor, run) if r["outcome"] == "changed"]
    keeper = stocked.kb.entry(entry.id).stewardship
    fields = row(editor, run, found["number"])["fields"]
    assert {f["field"]: (f["before"], f["after"]) for f in fields} == {
        "owner": (keeper.owner, "新组"), "review_every": (str(keeper.review_every or ""), "30"),
    }  # fmt: skip
    report(apply(editor, run))
    after = stocked.kb.entry(entry.id)
    assert (after.stewardship.owner, after.stewardship.review_every) == ("新组", 30)
    assert after.stewardship.reviewed_at == keeper.reviewed_at
    assert after.stewardship.reviewer == keeper.reviewer, "what is empty stays"
    assert after.revisions == entry.revisions, "it is no new text"
    last = stocked.kb.audit(entry.id)[-1]
    assert (last.action, last.detail["owner"]) == ("import", "新组")


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
@pytest.mark.parametrize(
    ("sample", "form", "ending", "count"),
    [
        ("entries", "xlsx", "xlsx", 3),
        ("entries", "csv", "csv", 3),
        ("entries", "markdown", "zip", 3),
        ("questions", "xlsx", "xlsx", 2),
        ("questions", "csv", "csv", 2),
    ],
)
def test_samples_are_taken_as_they_are(
    editor: FlaskClient, lang: str, sample: str, form: str, ending: str, count: int
) -> None:
    answer = editor.get(f"/api/v1/imports/samples?sample={sample}&format={form}&lang={lang}")
    assert f".{ending}" in answer.headers["Content-Disposition"]
    run = report(upload(editor, f"sample.{ending}", answer.data))
    assert run["counts"]["new"] == run["total"] == count
    unused = [c["header"] for head in run["heads"] for c in head["columns"] if not c["field"]]
    assert unused == []


def test_an_export_of_some_kinds(stocked: Services, editor: FlaskClient) -> None:
    kinds = {entry.kind.value for entry in stocked.kb.snapshot()}
    one = sorted(kinds)[0]
    answer = editor.get(f"/api/v1/export?format=csv&lang=en&kinds={one}")
    lines = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert {line["kind"] for line in lines} == {one}
    everything = editor.get(f"/api/v1/export?format=csv&lang=en&kinds={','.join(sorted(kinds))}")
    assert everything.data == editor.get("/api/v1/export?format=csv&lang=en").data
    for wrong in ("poem", "faq,", ",", "faq;case", "faq," * 9 + "faq"):
        assert editor.get(f"/api/v1/export?kinds={wrong}").status_code == 422


def test_pictures_travel_with_the_archive(services: Services, editor: FlaskClient) -> None:
    manual = docx(
        [paragraph("标题", "1"), paragraph("看图"), picture("p", "图")], pictures={"p": png(5)}
    )
    report(apply(editor, report(upload(editor, "手册.docx", manual))))
    data = editor.get("/api/v1/export?format=markdown").data
    member = f"images/{name_of(png(5))}"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.read(member) == png(5)
        files = {name: archive.read(name) for name in archive.namelist()}
    stored = services.settings.data / "images" / name_of(png(5))
    stored.unlink()
    run = report(upload(editor, "all.zip", data))
    assert (run["counts"]["unchanged"], run["notes"]) == (1, [])
    changed = {
        name: text.replace("看图".encode(), "看这张图".encode()) for name, text in files.items()
    }
    other = {f"images/{'a' * 64}.png": b"no picture", f"images/{name_of(png(9))}": png(8)}
    run = report(upload(editor, "all.zip", zipped({**changed, **other})))
    assert run["counts"]["changed"] == 1
    assert run["notes"] == [
        f"{name}：图片内容与文件名不符，未导入，请在条目里重新添加" for name in other
    ]
    report(apply(editor, run))
    assert stored.read_bytes() == png(5)
    assert len(list(stored.parent.iterdir())) == 1


@pytest.mark.parametrize(
    "name",
    ["bomb by ratio", "bomb of markdown", "entities", "laughs", "macros inside", "way out",
     "backslashes", "a link", "encrypted", "damaged part", "row without end", "deep page"],
)  # fmt: skip
def test_hostile_files_are_refused_with_a_reason_and_nothing_is_left_running(
    services: Services, editor: FlaskClient, name: str
) -> None:
    called, data, _reason = HOSTILE[name]
    run = report(upload(editor, called, data))
    assert (run["state"], run["total"]) == ("refused", 0)
    assert any("\u4e00" <= char <= "\u9fff" for char in run["reason"])
    assert apply(editor, run).status_code == 409
    assert services.kb.last_change() == 0
    assert report(upload(editor, "a.csv", FAQ))["state"] == "ready", "the next file is taken"


def test_formulas_of_a_table_are_never_handed_on_to_run(editor: FlaskClient) -> None:
    data = 'question,answer\n坏的,\n"=HYPERLINK(""http://x"")",\n@SUM(1),\n'.encode()
    run = report(upload(editor, "a.csv", data))
    failed = editor.get(run["failed_url"]).get_data().decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(failed)) for cell in line]
    assert '\'=HYPERLINK("http://x")' in cells
    assert not any(cell.startswith(("=", "@", "+")) for cell in cells)


def test_who_uploaded_is_not_offered_to_publish(editor: FlaskClient, reviewer: FlaskClient) -> None:
    run = report(upload(editor, "a.csv", FAQ))
    assert run["may_publish"] is False
    assert report(reviewer.get(run["url"]))["may_publish"] is True
    own = report(upload(reviewer, "b.csv", FAQ))
    assert own["may_publish"] is False


def test_carrying_out_is_under_way_from_the_answer_on(
    services: Services, editor: FlaskClient
) -> None:
    run = report(upload(editor, "a.csv", FAQ))
    answer = editor.post(f"{run['url']}/apply", json={"wait": 0})
    assert report(answer)["state"] in ("applying", "done")
