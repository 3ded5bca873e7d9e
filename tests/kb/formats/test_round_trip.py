"""Exports import again unchanged, whatever entries hold; nothing in them runs as a formula."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from kb.exchange import apply_import, plan_import
from kb.formats import child
from kb.formats.delimited import csv_bytes, quoted, unquoted
from kb.formats.exporting import TableFormat, revisions_of, table_bytes, table_rows
from kb.formats.forms import TableReader
from kb.formats.proposals import ImportOptions, restored, stored
from kb.formats.records import Head, Record, Row
from kb.formats.spreadsheet import MAX_CELL_TEXT, encoded, write_xlsx
from kb.knowledge import KnowledgeBase
from kb.model import Content, Entry, Kind, Revision, Slot, Status, Stewardship
from kb.validation import content_problems
from tests.kb.formats.conftest import Desk

CONTENT = Path(__file__).parents[3] / "content"
TZ = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 4, 0, 0, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """The demonstration company's knowledge."""
    from kb import store
    from kb.settings import Settings

    folder = tmp_path_factory.mktemp("company")
    engine = store.open_engine(Settings.from_env({"ZHIKE_DATA": str(folder)}, folder))
    store.upgrade(engine)
    kb = KnowledgeBase(engine)
    apply_import(plan_import(CONTENT, kb), kb, "ops")
    return kb


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
@pytest.mark.parametrize("form", list(TableFormat))
def test_the_whole_company_comes_back_unchanged(
    company: KnowledgeBase, tmp_path: Path, form: TableFormat, lang: str
) -> None:
    rows = table_rows(revisions_of(company.snapshot()), TZ, lang)
    data = b"".join(table_bytes(rows, form, lang))
    desk = Desk(company, tmp_path)
    for trusted in (True, False):
        run = desk.dry(f"all.{form}", data, trusted=trusted)
        assert run.total >= 190
        assert run.summary == f"{run.total} unchanged"


def test_an_empty_knowledge_base_takes_an_export_whole(
    company: KnowledgeBase, open_kb: Callable[[str], KnowledgeBase], tmp_path: Path
) -> None:
    rows = table_rows(revisions_of(company.snapshot()), TZ, "zh-CN")
    data = b"".join(table_bytes(rows, TableFormat.XLSX, "zh-CN"))
    desk = Desk(open_kb("empty"), tmp_path)
    desk.take("all.xlsx", data, trusted=True)
    mine, theirs = company.snapshot(), desk.kb.snapshot()
    assert [(e.id, e.stewardship, e.revisions) for e in mine] == [
        (e.id, e.stewardship, e.revisions) for e in theirs
    ]


# What content may hold, leaning towards what spreadsheet programs treat in ways of their own.
_SIGNS = st.sampled_from(["=", "+", "-", "@", "'", "\t", '"', ",", "_x0041_", "_x005F_", "##", " "])
_CHARS = st.characters(
    exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\ufeff"
) | st.sampled_from("\ufffe\uffff\t")
_LINE = st.builds(
    "{}{}".format, _SIGNS | st.just(""), st.text(_CHARS, min_size=1, max_size=12)
).map(str.strip).filter(bool)  # fmt: skip
_BODY = (
    st.lists(st.builds("{}{}".format, _SIGNS | st.just(""), st.text(_CHARS, max_size=12)), min_size=1, max_size=4)
    .map("\n".join).map(lambda text: text.strip("\n")).filter(lambda text: bool(text.strip()))
)  # fmt: skip


@st.composite
def _contents(draw: st.DrawFn) -> Content:
    lists = st.lists(_LINE, max_size=3, unique=True).map(tuple)
    content = Content(
        kind=Kind.REPLY,
        title=draw(_LINE),
        body="## chat\n" + draw(_BODY),
        tags=draw(lists),
        questions=draw(lists),
        effective_from=draw(st.sampled_from([None, NOW])),
        short_code=draw(st.sampled_from(["", "1e3"])),
        slots=draw(st.sampled_from([(), (Slot("a"), Slot("b.c", "d: e"))])),
    )
    return content


@settings(deadline=None, max_examples=60)
@given(st.lists(_contents().filter(lambda c: not content_problems(c)), min_size=1, max_size=3))
def test_any_content_comes_back_equal(
    tmp_path_factory: pytest.TempPathFactory, contents: list[Content]
) -> None:
    entries = [entry_of(f"entry-{number}", content) for number, content in enumerate(contents)]
    folder = tmp_path_factory.mktemp("any")
    for form in TableFormat:
        rows = table_rows(revisions_of(entries), TZ, "zh-CN")
        (folder / "upload").write_bytes(b"".join(table_bytes(rows, form, "zh-CN")))
        records = list(child.read(folder / "upload", f"x.{form}", folder, None))
        back = [proposal.document for proposal in proposals(records)]
        assert [document.content for document in back] == contents
        assert [d.stewardship for d in back] == [e.stewardship for e in entries]
        assert [d.created_at for d in back] == [NOW] * len(contents)


def entry_of(entry_id: str, content: Content) -> Entry:
    revision = Revision(entry_id, 1, content, content.digest(), Status.DRAFT, "=林", NOW)
    return Entry(entry_id, content.kind, Stewardship("-组", "@人", 30), 1, NOW, (revision,))


def proposals(records: list[Record]) -> list:  # type: ignore[type-arg]
    (head,) = (record for record in records if isinstance(record, Head))
    reader = TableReader(head, ImportOptions(), TZ)
    found = [reader.proposed(record) for record in records if isinstance(record, Row)]
    assert [restored(stored(proposal)) for proposal in found] == found
    return found


@pytest.mark.parametrize("form", list(TableFormat))
@pytest.mark.parametrize("sign", ["字", "😀", "\uffff", "_x0041_"])
def test_a_body_longer_than_a_cell_comes_back_whole(
    tmp_path: Path, form: TableFormat, sign: str
) -> None:
    body = (
        "## chat\n" + (sign * 60 + "\n") * (100_000 // len((sign * 60).encode("utf-8")) * 3) + "end"
    )
    entry = entry_of("entry-1", Content(Kind.REPLY, "t", body))
    data = b"".join(table_bytes(table_rows(revisions_of([entry]), TZ, "en"), form, "en"))
    (tmp_path / "upload").write_bytes(data)
    records = list(child.read(tmp_path / "upload", f"x.{form}", tmp_path, None))
    assert [p.document.content.body for p in proposals(records)] == [body]
    if form is TableFormat.XLSX:
        for cell in next(load_workbook(io.BytesIO(data)).active.iter_rows(min_row=2)):  # type: ignore[union-attr]
            assert len(str(cell.value or "").encode("utf-16-le")) <= 2 * MAX_CELL_TEXT


@given(st.text())
def test_quoting_of_csv_cells_is_undone(cell: str) -> None:
    assert unquoted(quoted(cell)) == cell
    assert not quoted(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_no_cell_of_an_export_is_a_formula() -> None:
    cells = ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "'=1", "普通"]
    sink = io.BytesIO()
    write_xlsx([["a"] * len(cells), cells], sink, "s")
    sheet = load_workbook(sink).active
    assert sheet is not None
    row = list(sheet.iter_rows(min_row=2))[0]  # noqa: RUF015
    assert [cell.value for cell in row] == cells
    assert {cell.data_type for cell in row} == {"s"}
    assert [bool(cell.quotePrefix) for cell in row] == [True] * 4 + [False] * 2
    text = b"".join(csv_bytes([cells])).decode("utf-8-sig")
    assert text == "\"'=HYPERLINK(\"\"http://x\"\")\",'+1,'-1,'@SUM(A1),''=1,普通\r\n"


def test_codes_of_excel_are_written_and_read() -> None:
    assert encoded("a_x0041_b\uffff") == "a_x005F_x0041_b_xFFFF_"
