"""Markdown that does not begin with its fields: taken as it is, told, and found again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kb.formats.plain import is_plain
from kb.formats.records import Bad, Note, Page, Record, Text
from kb.formats.wording import said
from kb.model import Audience, Kind, Status
from tests.kb.formats.conftest import Desk
from tests.office_files import zipped

Reader = Callable[..., list[Record]]

CLEANING = (
    "# 滤网清洗\n\n每两周洗一次。\n\n## 步骤\n\n1. 断电\n2. 取出滤网\n\n```\n# 不是标题\n```\n"
)


def test_a_file_alone_becomes_an_entry_under_its_heading(lite: Desk) -> None:
    run = lite.dry("notes.md", CLEANING.encode(), audience=Audience.CUSTOMER)
    (row,) = lite.rows(run)
    assert row.proposed is not None
    content = row.proposed.document.content
    assert (content.kind, content.title) == (Kind.GUIDE, "滤网清洗")
    assert content.body == CLEANING.partition("\n\n")[2].strip()
    assert (content.audience, content.lang) == (Audience.CUSTOMER, "zh-CN")
    assert row.outcome.value == "new"
    (note,) = run.notes
    assert note.startswith("1 Markdown files do not begin with their fields")
    assert said(note, "zh-CN").startswith("1 个 Markdown 文件开头没有写字段")


def test_importing_again_changes_nothing_and_a_better_title_the_same_entry(lite: Desk) -> None:
    done = lite.take("notes.md", CLEANING.encode())
    (row,) = lite.rows(done)
    entry = lite.kb.entry(row.entry_id)
    assert entry.revisions[0].status is Status.DRAFT
    assert lite.outcomes(lite.dry("notes.md", CLEANING.encode())) == ["unchanged"]
    (again,) = lite.rows(
        lite.dry("notes.md", CLEANING.replace("# 滤网清洗", "# 空调滤网清洗").encode())
    )
    assert (again.entry_id, again.outcome.value) == (row.entry_id, "changed")
    assert again.title == "空调滤网清洗"


def test_without_a_heading_at_its_top_the_file_gives_its_name(read: Reader) -> None:
    for text in ("每两周洗一次。\n\n# 步骤\n\n断电。\n", "# 一\n\n甲\n\n# 二\n\n乙\n"):
        (page,) = [one for one in read("滤网清洗.md", text.encode()) if isinstance(one, Page)]
        assert page.title == "滤网清洗"
        assert "\n# " not in f"\n{page.body}"


def test_a_long_file_can_be_split_at_its_headings(lite: Desk) -> None:
    text = "# 手册\n\n说明。\n\n## 安装\n\n甲\n\n## 清洗\n\n乙\n"
    run = lite.dry("手册.md", text.encode(), split=2, kind=Kind.POLICY)
    assert [row.title for row in lite.rows(run)] == ["手册", "安装", "清洗"]
    assert {row.entry_id.split("-")[0] for row in lite.rows(run)} == {"policy"}


def test_an_archive_may_hold_both_and_broken_fields_are_named(lite: Desk) -> None:
    good = b"---\nid: new-rule\nkind: policy\ntitle: T\n---\n\nText.\n"
    data = zipped({
        "a/broken.md": b"---\nid: x\n", "a/no-fence.md": b"id: abc\ntitle: T\n\nText.\n",
        "a/rule.md": good, "a/same.md": b"Text.", "b/same.md": b"Other text.", "c/blank.md": b"\n \n",
        "c/only.md": b"# Heading\n",
    })  # fmt: skip
    run = lite.dry("folder.zip", data)
    told = {row.place: row for row in lite.rows(run)}
    assert {place: row.outcome.value for place, row in told.items()} == {
        "a/broken.md": "failed", "a/no-fence.md": "failed", "a/rule.md": "new", "a/same.md": "new",
        "b/same.md": "new", "c/blank.md": "failed", "c/only.md": "failed",
    }  # fmt: skip
    assert told["a/same.md"].entry_id != told["b/same.md"].entry_id
    assert told["a/broken.md"].problems[0].message == "the front matter is not closed by '---'"
    assert "must begin with" in told["a/no-fence.md"].problems[0].message
    assert told["c/only.md"].problems[0].message == "has no text"
    (note,) = run.notes
    assert note.startswith("2 Markdown files")


@pytest.mark.parametrize(
    "text",
    ["---\n", "\ufeff---\nid: a\n", "\n\n--- \nid: a", "title: T\n\nx", "kind : faq\n", "", " \n"],
)
def test_a_try_at_fields_is_never_taken_for_text(text: str) -> None:
    assert not is_plain(text)


def test_ordinary_beginnings_are_text(read: Reader) -> None:
    for text in (
        "说明：甲\n",
        "Note: body\n",
        "- item\n",
        "\ufeff# 标题\n\n甲\n",
        "----\n"[:2] + " x",
    ):
        assert is_plain(text)
    records = read("甲.md", "\ufeff# 标题\r\n\r\n甲\r\n".encode())
    (page,) = [one for one in records if isinstance(one, Page)]
    assert (page.title, page.body, page.path) == ("标题", "甲", ())
    assert not [one for one in records if isinstance(one, (Bad, Text))]
    assert [one for one in records if isinstance(one, Note)]
