"""Column forms of other products: recognised by their headers, and what their rows come to."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

import pytest

from kb.formats.columns import recognised
from kb.formats.records import Head, Note, Record, Refused, Row
from kb.model import Audience, Kind, Status
from tests.kb.formats.conftest import Desk
from tests.office_files import xlsx

WEKNORA = (
    "分类(必填)", "问题(必填)", "相似问题(选填-多个用##分隔)", "反例问题(选填-多个用##分隔)",
    "机器人回答(必填-多个用##分隔)", "是否全部回复(选填-默认FALSE)", "是否停用(选填-默认FALSE)",
    "是否禁止被推荐(选填-默认False 可被推荐)",
)  # fmt: skip
MAXKB = (
    "分段标题（选填）", "分段内容（必填，问题答案，最长不超过4096个字符）",
    "问题（选填，单元格内一行一个）",
)  # fmt: skip
Reader = Callable[..., list[Record]]


def as_csv(*rows: Sequence[str], encoding: str = "utf-8") -> bytes:
    sink = io.StringIO(newline="")
    csv.writer(sink).writerows(rows)
    return sink.getvalue().encode(encoding)


@pytest.mark.parametrize(
    ("header", "form"),
    [
        (WEKNORA, "weknora"),
        (("standard_question", "answers", "similar_questions"), "weknora"),
        (MAXKB, "maxkb"),
        (("q", "a", "indexes"), "fastgpt"),
        (("Q", " A "), "fastgpt"),
        (("question", "answer"), "dify"),
        (("问题", "答案"), "dify"),
        (("编号", "类型", "标题", "正文"), "zhike"),
        (("id", "kind", "title", "body", "tags"), "zhike"),
        (("编号", "标题"), None),
        (("name", "price"), None),
    ],
)
def test_header_rows_tell_the_form(header: Sequence[str], form: str | None) -> None:
    found = recognised(header)
    assert (found.name if found else None) == form


def test_weknora_rows_become_questions_with_variants_and_counter_examples(lite: Desk) -> None:
    data = xlsx([
        WEKNORA,
        ("售后", "怎么退货？", "我要退货##退货流程##怎么退货?", "怎么换货", "7 天内可退。##联系客服。",
         "FALSE", "FALSE", "FALSE"),
        ("", "停用的问题？", "", "", "不再使用。", "", "TRUE", ""),
    ])  # fmt: skip
    run = lite.take("faq.xlsx", data, owner="售后组")
    assert [head.form for head in run.heads] == ["weknora"]
    first, off = (lite.kb.entry(row.entry_id) for row in lite.rows(run))
    content = first.revisions[0].content
    assert (content.kind, content.title, content.lang) == (Kind.FAQ, "怎么退货？", "zh-CN")
    assert content.questions == ("我要退货", "退货流程"), "the standard question is no variant"
    assert content.counter == ("怎么换货",)
    assert content.body == "7 天内可退。\n\n联系客服。"
    assert (content.tags, content.audience) == (("售后",), Audience.AGENT)
    assert first.stewardship.owner == "售后组"
    assert first.revisions[0].status is Status.DRAFT
    assert off.revisions[0].content.tags == ()


def test_maxkb_rows_with_and_without_questions(lite: Desk) -> None:
    data = as_csv(
        MAXKB,
        ("保修", "整机保修一年。", "保修多久\n质保期"),
        ("", "附件不在保修范围。\n第二行。", ""),
        ("", "问题代替标题。", "谁来做标题"),
    )
    run = lite.take("库.csv", data, audience=Audience.CUSTOMER)
    found = [lite.kb.entry(row.entry_id).revisions[0].content for row in lite.rows(run)]
    assert [(c.kind, c.title, c.questions) for c in found] == [
        (Kind.FAQ, "保修", ("保修多久", "质保期")),
        (Kind.GUIDE, "附件不在保修范围。", ()),
        (Kind.FAQ, "谁来做标题", ()),
    ]
    assert {c.audience for c in found} == {Audience.CUSTOMER}


def test_fastgpt_rows_in_every_writing_of_indexes(lite: Desk) -> None:
    data = as_csv(
        ("q", "a", "indexes"),
        ("你是谁呀？", "客服助手。", "1. 你是什么？\n2. 你能做什么？"),
        ("运费谁付", "小件买家付。", '["退货运费", "邮费"]'),
        ("多少天到", "3 天。", "多久到", "几天送达"),
        ("只有一段文字，没有答案。", "", ""),
    )
    run = lite.take("backup.csv", data)
    assert lite.outcomes(run) == ["new"] * 4
    found = [lite.kb.entry(row.entry_id).revisions[0].content for row in lite.rows(run)]
    assert [c.questions for c in found] == [
        ("你是什么？", "你能做什么？"), ("退货运费", "邮费"), ("多久到", "几天送达"), (),
    ]  # fmt: skip
    assert [c.kind for c in found] == [Kind.FAQ] * 3 + [Kind.GUIDE]


def test_dify_rows_in_an_old_encoding(lite: Desk) -> None:
    data = as_csv(
        ("问题", "答案"), ("怎么开发票？", "订单完成后在“我的”里申请。"), encoding="gb18030"
    )
    run = lite.take("annotations.csv", data)
    assert run.notes == ("read as GB18030",)
    (row,) = lite.rows(run)
    assert lite.kb.entry(row.entry_id).revisions[0].content.body == "订单完成后在“我的”里申请。"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030", "big5"])
def test_encodings_are_told_apart(read: Reader, encoding: str) -> None:
    rows = [("question", "answer")]
    rows += [
        (f"訂單第{n}次修改地址怎麼辦", "請在訂單頁面提交申請,客服會在一天內處理") for n in range(20)
    ]
    records = read("a.csv", as_csv(*rows, encoding=encoding))
    assert [r.cells for r in records if isinstance(r, Row)] == rows[1:]


@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
def test_other_signs_between_cells(read: Reader, delimiter: str) -> None:
    data = f"说明,请从第三行开始\n\n问题{delimiter}答案\n甲{delimiter}乙, 丙\n".encode()
    records = [r for r in read("a.tsv", data) if not isinstance(r, Note)]
    assert next(r for r in records if isinstance(r, Head)).form == "dify"
    assert [(r.line, r.cells) for r in records if isinstance(r, Row)] == [(4, ("甲", "乙, 丙"))]


def test_a_file_of_no_known_form_is_refused_and_told_the_known_ones(read: Reader) -> None:
    for name, data in (("a.csv", b"name,price\nx,1\n"), ("a.xlsx", xlsx([("name", "price")]))):
        with pytest.raises(Refused, match=r"known.*机器人回答"):
            read(name, data)


def test_numbers_dates_and_line_breaks_of_excel_become_text(read: Reader) -> None:
    from datetime import date, datetime

    rows = [("question", "answer"), (12, 3.5), (date(2026, 11, 22), datetime(2026, 11, 22, 9, 5)),
            (True, "甲_x000D_\n乙")]  # fmt: skip
    cells = [r.cells for r in read("a.xlsx", xlsx(rows)) if isinstance(r, Row)]
    assert cells == [("12", "3.5"), ("2026-11-22", "2026-11-22T09:05"), ("TRUE", "甲\r\n乙")]


def test_what_a_row_does_not_say_stays_as_it_is(lite: Desk) -> None:
    from dataclasses import replace

    run = lite.take("a.csv", as_csv(("question", "answer"), ("怎么退货？", "七天内可退。")))
    (row,) = lite.rows(run)
    entry = lite.kb.entry(row.entry_id)
    richer = replace(entry.revisions[0].content, products=("mira-5",), risk=3, tags=("退货",))
    lite.kb.edit(entry.id, richer, "王编辑", entry.version)
    header = ("question", "answer", "category")
    run = lite.take("a.csv", as_csv(header, ("怎么退货？", "八天内可退。", "售后")))
    assert lite.outcomes(run) == ["changed"]
    newest = lite.kb.entry(entry.id).revisions[-1]
    assert (newest.content.products, newest.content.risk) == (("mira-5",), 3)
    assert (newest.content.body, newest.content.tags) == ("八天内可退。", ("退货", "售后"))
    assert (newest.status, newest.author) == (Status.DRAFT, "林编辑")
