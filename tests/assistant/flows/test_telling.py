"""What a customer is told of a step, and which rows of a table their words are about."""

from __future__ import annotations

from assistant.flows import flow_of
from assistant.flows.scenarios import has_scenarios, scenarios_of
from assistant.flows.telling import summing, told
from assistant.replies.tables import load_tables
from assistant.replies.vocabulary import Vocabulary
from kb.model import Content, Kind
from kb.sections import plain_text

VOCABULARY = Vocabulary.from_words(load_tables().words)
GUIDE = """## 第 1 步 核对

1. 模式选“制冷”。
2. 等 10 分钟。变凉了，问题解决；没变，转到第 2 步。

## 第 2 步 看外机

不要探身出窗。

| 现象 | 怎么办 |
| --- | --- |
| 外机不转 | 等 3 分钟 |
| 外机冒烟 | 报修 |

## 第 3 步 报修

客户填写型号。闻到焦味，先断电，然后致电 400-000-5166。"""
BATTERY = """## 一张表

| 场景 | 甲 | 乙 |
| --- | --- | --- |
| 日常使用 | 2 天 | 3 天 |
| 连续玩大型游戏 | 4 小时 | 5 小时 |

## 型号

| 型号 | 重量 |
| --- | --- |
| 甲 | 1 千克 |
| 乙 | 2 千克 |
"""


def content(body: str, lang: str = "zh-CN", kind: Kind = Kind.GUIDE) -> Content:
    return Content(kind=kind, title="指南", body=body, lang=lang)


def said(body: str, place: int, lang: str = "zh-CN") -> str:
    flow = flow_of(content(body, lang))
    assert flow is not None
    return told(flow.steps[place], lang).text


def test_what_to_do_is_said_and_the_ways_on_are_asked() -> None:
    assert said(GUIDE, 0) == (
        "1. 模式选“制冷”。\n2. 等 10 分钟。\n请告诉我是哪一种情况：变凉了；没变。"
    )


def test_rows_to_choose_from_are_asked_for_not_recited() -> None:
    assert said(GUIDE, 1) == "不要探身出窗。\n请告诉我是哪一种情况：外机不转；外机冒烟。"


def test_what_keeps_somebody_safe_is_said_at_once_and_customers_are_addressed() -> None:
    assert said(GUIDE, 2) == "您填写型号。闻到焦味，先断电，然后致电 400-000-5166。"


def test_one_way_on_asks_for_the_result() -> None:
    body = "## Step 1 Look\n\nPress the button. If it stays off, go to step 2.\n\n## Step 2 Call\n\nCall."
    assert said(body, 0, "en") == "Press the button.\nPlease tell me how it goes."


def test_the_list_of_parts_is_for_who_walks() -> None:
    body = "## 准备\n\n1. 甲\n2. 乙\n\n## 配网\n\n1. 丙\n2. 丁"
    assert said(body, 0) == ""
    assert said(body, 1) == "甲"


def test_words_around_a_summary_speak_the_language_of_the_guide() -> None:
    assert summing("en").solved == "The problem is solved."
    assert summing("zh-CN").colon == "："


def test_the_row_that_the_words_name_is_marked() -> None:
    tables = scenarios_of(content(BATTERY), "玩游戏能用多久", VOCABULARY)
    (table,) = tables  # nobody asked for a model
    assert table.columns == ("场景", "甲", "乙")
    assert [(row.cells[0], row.fits) for row in table.rows] == [
        ("日常使用", False),
        ("连续玩大型游戏", True),
    ]
    source = plain_text(BATTERY)
    assert all(quote in source for row in table.rows for quote in row.quotes)
    assert "4 小时" in table.rows[1].text


def test_a_table_by_model_is_one_for_who_names_a_model() -> None:
    body = BATTERY.replace("| 甲 | 1 千克", "| 清和大 1 匹 | 1 千克")
    tables = scenarios_of(content(body), "清和大 1 匹有多重", VOCABULARY)
    found = next(table for table in tables if table.columns[0] == "型号")
    assert [row.fits for row in found.rows] == [True, False]
    assert tables[0] is found  # the table that fits comes first


def test_no_words_mark_no_row() -> None:
    (table,) = scenarios_of(content(BATTERY), "", VOCABULARY)
    assert not any(row.fits for row in table.rows)


def test_the_customers_own_figure_marks_the_row_it_is_in() -> None:
    body = (
        "| 情况 | 怎么退 |\n| --- | --- |\n| 签收 7 天内 | 可以退 |\n| 签收第 8–15 天 | 可以换 |\n"
        "| 签收 15 天以后 | 保修 |"
    )
    (table,) = scenarios_of(content(body, kind=Kind.POLICY), "签收十天了能退吗", VOCABULARY)
    assert [row.fits for row in table.rows] == [False, True, False]


def test_what_has_tables_by_scenario() -> None:
    assert has_scenarios(content(BATTERY))
    assert not has_scenarios(content(BATTERY, kind=Kind.CASE))
    assert not has_scenarios(content("| 项目 | 值 |\n| --- | --- |\n| 甲 | 1 |\n| 乙 | 2 |"))
    assert not has_scenarios(content("没有表。"))
