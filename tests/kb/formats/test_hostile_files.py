"""Damaged and hostile files: refused with a reason, within the limits, and the process lives."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable

import pytest

from kb.formats import limits
from kb.formats.archive import member_bytes
from kb.formats.records import Bad, Note, Page, Record, Refused, Row
from kb.formats.wording import said
from tests.kb.formats.conftest import Desk
from tests.office_files import (
    docx,
    paragraph,
    part,
    picture,
    png,
    with_parts,
    xlsx,
    zipped,
)

Reader = Callable[..., list[Record]]
SHEET = "xl/worksheets/sheet1.xml"
TABLE = xlsx([("q", "a"), ("问", "答")])
MANUAL = docx([paragraph("标题", "1"), paragraph("正文")])
BOOK = part(TABLE, "xl/workbook.xml")
ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
)
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600


def without_declaration(xml: bytes) -> bytes:
    return xml.split(b"?>", 1)[-1] if xml.startswith(b"<?xml") else xml


def encrypted(archive: bytes) -> bytes:
    """The archive with the flag of encryption set in every header."""
    out = bytearray(archive)
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = out.find(magic)
        while place >= 0:
            out[place + offset] |= 1
            place = out.find(magic, place + 4)
    return bytes(out)


def damaged(archive: bytes, name: str) -> bytes:
    """The archive with some packed bytes of one part overwritten, its directory left as it was."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        info = opened.getinfo(name)
    start = info.header_offset + 30 + len(name.encode())
    return archive[:start] + b"\xff" * 12 + archive[start + 12 :]


def special(name: str, mode: int = 0, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive with one member of that mode, packed in that way."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr, info.compress_type = mode << 16, method
        archive.writestr(info, b"---\nid: abc\n---\n")
    return sink.getvalue()


HOSTILE: dict[str, tuple[str, bytes, str]] = {
    "bomb by ratio": ("a.xlsx", with_parts(TABLE, {"xl/x": b"\0" * (64 << 20)}), "100 times"),
    "bomb in docx": ("a.docx", with_parts(MANUAL, {"word/x": b"\0" * (64 << 20)}), "100 times"),
    "entities": (
        "a.xlsx",
        with_parts(TABLE, {"xl/workbook.xml": ENTITY + without_declaration(BOOK)}),
        "document type",
    ),
    "laughs": (
        "a.docx",
        with_parts(
            MANUAL,
            {"word/document.xml": LAUGHS + without_declaration(part(MANUAL, "word/document.xml"))},
        ),
        "document type",
    ),
    "doctype in relations": (
        "a.xlsx",
        with_parts(TABLE, {"_rels/.rels": ENTITY + without_declaration(part(TABLE, "_rels/.rels"))}),
        "document type",
    ),
    "macros by name": ("a.xlsm", TABLE, "macros"),
    "macros of word by name": ("a.docm", MANUAL, "macros"),
    "macros inside": ("a.xlsx", with_parts(TABLE, {"xl/vbaProject.bin": b"x"}), "macros"),
    "macros inside word": ("a.docx", with_parts(MANUAL, {"word/vbaProject.bin": b"x"}), "macros"),
    "way out": ("a.xlsx", with_parts(TABLE, {"../../x.xml": b"<a/>"}), "leads out"),
    "absolute": ("a.zip", zipped({"/etc/x.md": b"x"}), "forbidden name"),
    "drive": ("a.zip", zipped({"C:/x.md": b"x"}), "forbidden name"),
    "backslashes": ("a.zip", zipped({"..\\x.md": b"x"}), "forbidden name"),
    "bomb of markdown": ("a.zip", zipped({"a.md": b"a" * (40 << 20)}), "100 times"),
    "bomb of many": (
        "a.zip",
        zipped({f"{n}.md": b"" for n in range(limits.MAX_MEMBERS + 1)}),
        "parts inside",
    ),
    "a link": ("a.zip", special("a.md", 0o120777), "holds a link"),
    "another packing": ("a.zip", special("a.md", 0, zipfile.ZIP_BZIP2), "compression"),
    "damaged part": ("a.xlsx", damaged(TABLE, SHEET), "inside cannot be read"),
    "damaged part of word": ("a.docx", damaged(MANUAL, "word/document.xml"), "cannot be read"),
    "damaged types": ("a.xlsx", damaged(TABLE, "[Content_Types].xml"), "cannot be read"),
    "encrypted": ("a.xlsx", encrypted(TABLE), "encrypted"),
    "encrypted by office": ("a.xlsx", OLD, "encrypted or of an old format"),
    "old word": ("a.docx", OLD, "encrypted or of an old format"),
    "cut in half": ("a.xlsx", TABLE[: len(TABLE) // 2], "damaged or cut off"),
    "cut at the end": ("a.docx", MANUAL[:-30], "damaged or cut off"),
    "word as excel": ("a.xlsx", MANUAL, "is a Word file"),
    "excel as word": ("a.docx", TABLE, "is an Excel file"),
    "excel as csv": ("a.csv", TABLE, "is an Excel file"),
    "csv as excel": ("a.xlsx", b"q,a\nx,y\n", "damaged or cut off"),
    "picture as page": ("a.html", b"\x89PNG\r\n\x1a\n" + b"x" * 99, "is a picture"),
    "pdf as table": ("a.csv", b"%PDF-1.7\n", "is a PDF file"),
    "broken xml": ("a.xlsx", with_parts(TABLE, {SHEET: b"<worksheet><sheetData>"}), "damaged"),
    "no workbook": ("a.xlsx", zipped({"[Content_Types].xml": b"<Types/>"}), "neither of Excel"),
    "sheet that is none": ("a.xlsx", with_parts(TABLE, {"xl/workbook.xml": b"<a/>"}), "damaged|no sheet"),
    "row without end": (
        "a.xlsx",
        with_parts(
            TABLE,
            {SHEET: part(TABLE, SHEET).replace(
                b"</sheetData>", b'<row r="99999999999"><c t="n"><v>1</v></c></row></sheetData>')},
        ),
        "rows beyond",
    ),
    "columns without end": (
        "a.xlsx",
        with_parts(
            TABLE,
            {SHEET: part(TABLE, SHEET).replace(
                b"</sheetData>",
                b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n)
                         for n in range(3, 2000)) + b"</sheetData>")},
        ),
        "too many cells",
    ),
    "nul bytes": ("a.csv", b"q,a\n\xff\0\0,b\n", "NUL"),
    "no encoding at all": ("a.csv", b"q,a\n\xff\xff\xff\x80,b\n", "neither UTF-8"),
    "half of utf-16": ("a.csv", "q,a\n甲,乙\n".encode("utf-16")[:-1], "says it is utf-16"),
    "deep page": ("a.html", b"<blockquote>" * 3000 + b"x", "nested too deeply"),
    "empty": ("a.csv", b"", "is empty"),
    "no archive of ours": ("a.zip", zipped({"x.exe": b"MZ"}), r"no \.md"),
    "unknown kind": ("a.exe", b"MZ", "cannot be imported"),
    "old kind": ("a.xls", OLD, "save it as .xlsx"),
    "too many rows": ("a.csv", b"q,a\n" + b"x,y\n" * (limits.MAX_ROWS + 1), "more than 50000 rows"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_reason_in_both_languages(read: Reader, name: str) -> None:
    called, data, reason = HOSTILE[name]
    with pytest.raises(Refused, match=reason) as caught:
        read(called, data)
    message = str(caught.value)
    assert said(message, "en") == message
    assert any("\u4e00" <= char <= "\u9fff" for char in said(message, "zh-CN"))


def test_a_damaged_file_of_an_archive_costs_only_itself(lite: Desk) -> None:
    text = b"---\nid: %s\nkind: guide\ntitle: x\n---\n\n" + b"text " * 20 + b"\n"
    files = {f"{name}.md": text % name.encode() for name in ("first", "second", "third", "last")}
    data = damaged(damaged(zipped(files), "second.md"), "third.md")
    run = lite.dry("a.zip", data)
    found = {row.place: row.outcome.value for row in lite.rows(run)}
    assert found == {
        "first.md": "new", "second.md": "failed", "third.md": "failed", "last.md": "new",
    }  # fmt: skip
    assert all("cannot be read" in p.message for row in lite.rows(run) for p in row.problems)


def test_a_damaged_picture_of_a_manual_costs_only_itself(read: Reader) -> None:
    body = [paragraph("标题", "1"), paragraph("看图"), picture("p", "底座"), paragraph("完")]
    found = read("a.docx", damaged(docx(body, pictures={"p": png(400)}), "word/media/p.png"))
    (page,) = [record for record in found if isinstance(record, Page)]
    assert page.body == "看图\n\n底座\n\n完", "its description stays"
    assert any("picture was left out" in r.message for r in found if isinstance(r, Note))


def test_a_part_that_cannot_be_read_is_refused_whatever_is_wrong_with_it() -> None:
    data = zipped({"a.md": b"text " * 100})
    for spoilt in (damaged(data, "a.md"), encrypted(data), data.replace(b"a.md", b"b.md", 1)):
        with zipfile.ZipFile(io.BytesIO(spoilt)) as archive:
            (name,) = archive.namelist()
            with pytest.raises(Refused, match="inside cannot be read"):
                member_bytes(archive, name, limits.MAX_CELL)


@pytest.mark.parametrize("target", ["file:///etc/hostname", "http://127.0.0.1:9/x.png", "../../x"])
def test_a_manual_fetches_nothing_from_elsewhere(read: Reader, target: str) -> None:
    body = [paragraph("标题", "1"), paragraph("看图"), picture("p", "图")]
    data = docx(body, pictures={"p": None})
    names = "word/_rels/document.xml.rels"
    outside = b'TargetMode="External" Target="%s"' % target.encode()
    relations = part(data, names).replace(b'Target="media/p.png"', outside)
    assert target.encode() in relations
    linked = part(data, "word/document.xml").replace(b"r:embed=", b"r:link=")
    found = read("a.docx", with_parts(data, {names: relations, "word/document.xml": linked}))
    (page,) = [record for record in found if isinstance(record, Page)]
    assert page.body == "看图\n\n图", "its description stays"
    assert any("picture was left out" in r.message for r in found if isinstance(r, Note))


def test_memory_and_time_are_really_bounded(read: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", 0.05)
    rows = b"".join(b'<row r="%d"/>' % number for number in range(3, 1_000_000))
    long = part(TABLE, SHEET).replace(b"</sheetData>", rows + b"</sheetData>")  # seconds to read
    with pytest.raises(Refused, match="too long or too much memory"):
        read("a.xlsx", with_parts(TABLE, {SHEET: long}))
    monkeypatch.undo()
    text = b"<si><t>" + b"x" * 1000 + b"</t></si>"  # 150 million characters, each kept at once
    table = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    data = with_parts(TABLE, {"xl/sharedStrings.xml": table + text * 150_000 + b"</sst>"})
    with pytest.raises(Refused, match=r"times its size|memory"):
        read("a.xlsx", data)


def test_a_cell_of_ten_megabytes_costs_only_its_row(lite: Desk) -> None:
    data = b'q,a\nx,"' + b"y" * 10_000_000 + b'"\nz,fine\n'
    run = lite.dry("a.csv", data)
    assert lite.outcomes(run) == ["failed", "new"]
    (problem,) = lite.rows(run)[0].problems
    assert (problem.line, problem.field) == (2, "a")
    assert "10000000 characters" in problem.message
    assert len(b"".join(lite.imports.failed(run.id))) < 5_000


def test_rows_without_end_that_are_empty_are_passed_over(read: Reader) -> None:
    sheet = part(TABLE, SHEET)
    empty = b"".join(b'<row r="%d"/>' % number for number in range(3, 200_000))
    last = b'<row r="200000"><c r="A200000" t="inlineStr"><is><t>last</t></is></c></row>'
    sheet = sheet.replace(b"</sheetData>", empty + last + b"</sheetData>")
    found = read("a.xlsx", with_parts(TABLE, {SHEET: sheet}))
    assert [r.line for r in found if isinstance(r, Row)] == [2, 200_000]


def test_formulas_and_errors_fail_their_rows_alone(lite: Desk) -> None:
    data = xlsx([("q", "a"), ("好", "答案一"), ("坏", '=HYPERLINK("http://x")'), ("错", "#REF!")])
    run = lite.dry("a.xlsx", data)
    assert lite.outcomes(run) == ["new", "failed", "failed"]
    reasons = [(p.line, p.field, p.message) for row in lite.rows(run) for p in row.problems]
    assert reasons == [
        (3, "a", "holds a formula; paste its value instead"),
        (4, "a", "holds the error value #REF!"),
    ]


def test_control_characters_fail_their_rows_alone(lite: Desk) -> None:
    run = lite.dry("a.csv", "q,a\n甲,一\x00二\n乙,\x1b[0m\n丙,好的\n".encode())
    assert lite.outcomes(run) == ["failed", "failed", "new"]
    failed = b"".join(lite.imports.failed(run.id)).decode()
    assert "含控制字符" in failed


def test_a_quotation_mark_left_open_is_told_and_what_was_before_it_goes_in(read: Reader) -> None:
    found = read("a.csv", b'q,a\nx,ok\ny,"open\nz,ok\n')
    assert [r.cells for r in found if isinstance(r, Row)] == [("x", "ok")]
    (bad,) = (r for r in found if isinstance(r, Bad))
    assert bad.line == 3
    assert "quotation mark" in bad.message


def test_a_file_beyond_the_size_is_not_kept(lite: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from kb.errors import InvalidInput

    monkeypatch.setattr(limits, "MAX_FILE", 1000)
    with pytest.raises(InvalidInput, match="larger than"):
        lite.imports.receive("a.csv", io.BytesIO(b"x" * 1001), "林")
    assert lite.imports.newest() == []


def test_names_of_files_do_no_harm(lite: Desk) -> None:
    for name in ("../../etc/passwd.csv", "a\x00b.csv", "a\nb.csv", "<b>.csv", "x" * 400 + ".csv"):
        run = lite.dry(name, b"q,a\nx,y\n")
        assert "/" not in run.name
        assert run.name.isprintable()
        assert run.name.endswith(".csv")


def test_a_damaged_picture_of_an_archive_costs_only_itself_and_is_told(lite: Desk) -> None:
    sound, told = png(40), png(41) + b"what a camera tells besides"
    name = f"images/{hashlib.sha256(sound).hexdigest()}.png"
    spoilt = f"images/{'0' * 64}.png"
    former = f"images/{hashlib.sha256(told).hexdigest()}.png"
    data = zipped({
        "first.md": "# 甲\n\n内容。\n", name: sound, spoilt: sound[:-20], former: told,
        "notes.txt": b"x",
    })  # fmt: skip
    run = lite.dry("a.zip", data)
    assert lite.outcomes(run) == ["new"]
    others, *left_out = run.notes[:3]
    assert others == "1 files of other kinds inside were left out"
    shown = sorted(each[-80:] for each in (spoilt, former))
    assert [note.partition(": a picture was left out: ")[0] for note in left_out] == shown
    assert all(said(note, "zh-CN").endswith("请在条目里重新添加") for note in left_out)
