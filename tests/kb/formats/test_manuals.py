"""Word manuals and web pages: split by headings, tables whole, pictures kept, nothing that runs."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.formats.records import Bad, Note, Page, Record, Refused
from kb.images import MAX_IMAGE, ImageStore, name_of
from kb.model import Audience, Kind
from kb.render import render_html
from tests.kb.formats.conftest import Desk
from tests.office_files import docx, paragraph, picture, png, table, zipped

Reader = Callable[..., list[Record]]

MANUAL = [
    paragraph("Mira 5 使用手册", "1"),
    paragraph("本手册适用于 Mira 5。"),
    paragraph("目录 ........ 1", "toc"),
    paragraph("安装", "2"),
    paragraph("先拧紧底座。"),
    picture("p1", "底座[示意]"),
    paragraph("工具", "3"),
    paragraph("一把螺丝刀。"),
    paragraph("续航", "2"),
    table([["型号", "2>续航"], ["^M5", "日常", "2 天\n最多"], ["=down", "游戏", "4 小时"]]),
]


def pages(records: list[Record]) -> list[Page]:
    return [record for record in records if isinstance(record, Page)]


def notes(records: list[Record]) -> str:
    return "\n".join(record.message for record in records if isinstance(record, Note))


def test_a_manual_is_split_at_its_headings(read: Reader, tmp_path: Path) -> None:
    data = docx(MANUAL, pictures={"p1": png()}, styles={"toc": "toc 1"})
    found = pages(read("Mira 5.docx", data))
    assert [page.title for page in found] == ["Mira 5 使用手册", "安装", "续航"]
    assert found[0].body == "本手册适用于 Mira 5。"
    name = name_of(png())
    assert found[1].body == (
        f"先拧紧底座。\n\n![底座(示意)](image:{name})\n\n## 工具\n\n一把螺丝刀。"
    )
    assert found[2].body.split("\n") == [
        "| 型号 | 续航 | 续航 |",
        "| --- | --- | --- |",
        "| M5 | 日常 | 2 天；最多 |",
        "| M5 | 游戏 | 4 小时 |",
    ]
    assert (tmp_path / "pictures" / name).read_bytes() == png()


@pytest.mark.parametrize(("split", "titles"), [
    (0, ["Mira 5 使用手册"]),
    (3, ["Mira 5 使用手册", "安装", "安装 - 工具", "续航"]),
])  # fmt: skip
def test_the_level_to_split_at_can_be_chosen(read: Reader, split: int, titles: list[str]) -> None:
    data = docx(MANUAL, pictures={"p1": png()}, styles={"toc": "toc 1"})
    assert [page.title for page in pages(read("m.docx", data, split))] == titles


def test_chapters_name_their_sections(read: Reader) -> None:
    body = [paragraph("退货", "1"), paragraph("概述", "2"), paragraph("甲"),
            paragraph("换货", "1"), paragraph("概述", "2"), paragraph("乙")]  # fmt: skip
    found = pages(read("m.docx", docx(body)))
    assert [(p.title, p.body) for p in found] == [("退货 - 概述", "甲"), ("换货 - 概述", "乙")]


def test_an_imported_manual_shows_its_pictures_and_comes_back_unchanged(lite: Desk) -> None:
    data = docx(MANUAL, pictures={"p1": png()}, styles={"toc": "toc 1"})
    run = lite.dry("手册.docx", data, audience=Audience.CUSTOMER, kind=Kind.POLICY)
    assert lite.outcomes(run) == ["new"] * 3
    assert lite.imports.images.path(name_of(png())) is None, "a dry run changes nothing"
    run = lite.imports.apply(run.id, "林编辑")
    assert lite.imports.images.path(name_of(png())) is not None
    entry = lite.kb.entry(lite.rows(run)[1].entry_id)
    assert (entry.kind, entry.revisions[0].content.audience) == (Kind.POLICY, Audience.CUSTOMER)
    again = lite.dry("手册.docx", data, audience=Audience.CUSTOMER, kind=Kind.POLICY)
    assert lite.outcomes(again) == ["unchanged"] * 3
    later = docx(
        [*MANUAL, paragraph("再说一句。")], pictures={"p1": png()}, styles={"toc": "toc 1"}
    )
    assert lite.outcomes(lite.dry("手册.docx", later, kind=Kind.POLICY)) == [
        "unchanged", "unchanged", "changed",
    ]  # fmt: skip


def test_pictures_that_cannot_be_kept_are_told(read: Reader) -> None:
    body = [
        paragraph("正文"),
        picture("p1", "矢量图"),
        picture("p2", "太大"),
        picture("p9", "丢失"),
    ]
    data = docx(body, pictures={"p1": b"<svg/>", "p2": png() + b"x" * MAX_IMAGE, "p9": None})
    records = read("m.docx", data)
    assert pages(records)[0].body.startswith("正文")
    assert "image:" not in pages(records)[0].body
    said = notes(records)
    assert "none of PNG" in said
    assert "larger than 5 MiB" in said
    assert "not inside the file" in said


PAGE = """<!DOCTYPE html><html><head><title>退货 &amp; 换货</title><style>p{}</style></head><body>
<nav>首页</nav><script>alert(1)</script><h1>退换货</h1><p onclick="x()">七天内<b>可退</b>。</p>
<p># 不是标题</p><ul><li>甲<ul><li>乙</li></ul></li></ul>
<table><tr><td>款式</td><td>期限</td></tr><tr><td>A|B</td><td>7 天</td></tr></table>
<a href="javascript:alert(1)">坏链</a> <a href="https://example.com/a">好链</a>
<img src="https://example.com/x.png" alt="远图"><img src="data:image/png;base64,{picture}" alt="内图">
<img src="image:0000" alt="假图"><img src="data:image/svg+xml;base64,AAAA" alt="矢量">
<iframe src="https://example.com"></iframe><form><input value="x"></form></body></html>"""


def test_a_page_becomes_markdown_and_nothing_that_runs(read: Reader) -> None:
    html = PAGE.replace("{picture}", base64.b64encode(png()).decode())
    records = read(
        "page.html", html.encode("gb18030").replace(b"<head>", b"<head><meta charset=gbk>")
    )
    (page,) = pages(records)
    assert page.title == "退换货"
    assert page.body.startswith(
        "七天内**可退**。\n\n\\# 不是标题\n\n- 甲\n  - 乙\n\n| 款式 | 期限 |"
    )
    assert "| A\\|B | 7 天 |" in page.body
    assert "坏链 [好链](https://example.com/a)" in page.body
    assert f"![内图](image:{name_of(png())})" in page.body
    assert "[远图](https://example.com/x.png)" in page.body
    for gone in ("alert", "javascript", "首页", "onclick", "image:0000", "iframe", "svg"):
        assert gone not in page.body
    assert "not fetched" in notes(records)
    shown = render_html(page.body)
    assert "<td>A|B</td>" in shown
    assert "<h1" not in shown


def test_an_archive_of_pages_and_markdown(lite: Desk) -> None:
    good = b"---\nid: new-rule\nkind: policy\ntitle: T\n---\n\nText.\n"
    data = zipped({
        "a/new-rule.md": good, "a/bad.md": b"---\nid: x\n---\n", "b/page.html": b"<p>text</p>",
        "a/README.md": b"no entry", "a/data.bin": b"x", "__MACOSX/a/._x.md": b"x",
        "empty.html": b"<p></p>",
    })  # fmt: skip
    run = lite.dry("folder.zip", data)
    assert lite.outcomes(run) == ["failed", "new", "new", "failed"]
    assert "files of other kinds" in run.notes[0]
    assert {problem.field for problem in lite.rows(run)[0].problems} >= {"id", "kind", "title"}


def test_a_document_without_text_says_so(read: Reader) -> None:
    records = read("empty.docx", docx([paragraph("")]))
    assert [record.message for record in records if isinstance(record, Bad)] == ["has no text"]


def test_pictures_are_told_by_their_content(tmp_path: Path) -> None:
    from kb.errors import InvalidInput

    store = ImageStore(tmp_path / "images")
    for data in (b"<svg onload=alert(1)>", b"", b"%PDF-1.7", b"\x89PNG" + b"x", b"GIF89"):
        with pytest.raises(InvalidInput):
            store.put(data)
    name = store.put(png())
    assert store.put(png()) == name
    assert [path.name for path in (tmp_path / "images").iterdir()] == [name]
    for other in ("../" + name, name.upper(), "x.png", name + "\0", "/etc/passwd", ""):
        assert store.path(other) is None


def test_tables_beyond_all_sense_are_refused(read: Reader) -> None:
    row = "<tr><td colspan=999 rowspan=999>x</td></tr>"
    with pytest.raises(Refused, match="cells"):
        read("a.html", f"<table>{row * 200}</table>".encode())
