import re

import pytest

from kb.render import render_html
from kb.sections import sections


def link(entry_id: str, anchor: str) -> str:
    return f"/entries/{entry_id}" + (f"#{anchor}" if anchor else "")


def test_tables_lists_and_bold_before_full_width_punctuation() -> None:
    html = render_html(
        "**提示：**请核对\n\n| 场景 | 时长 |\n| --- | --- |\n| 游戏 | 4 小时 |\n\n1. 一\n2. 二"
    )
    assert "<strong>提示：</strong>" in html
    assert "<td>4 小时</td>" in html
    assert html.count("<li>") == 2


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://evil.example/pixel.png)",
        '[x](https://a.example "onmouseover=alert(1)")',
        "<a href='javascript:alert(1)'>x</a>",
        "`<script>`\n\n<iframe src=//evil.example></iframe>",
        "<javascript:alert(1)>",
        "&#60;script&#62;alert(1)&#60;/script&#62;",
        "[x]: javascript:alert(1)\n\n[x]",
    ],
)
def test_hostile_text_stays_text(hostile: str) -> None:
    html = render_html(hostile, link=link)
    tags = re.findall(r"<\s*(\w+)", html)
    assert not set(tags) & {"script", "img", "iframe"}
    for attributes in re.findall(r"<\w+([^>]*)>", html):
        assert not re.search(r"\son\w+\s*=", re.sub(r'"[^"]*"', '""', attributes))
        assert "javascript:" not in attributes.lower()
        assert "data:" not in attributes.lower()


def test_links_between_entries_and_anchors_agree_with_the_sections() -> None:
    body = "## 退货 **运费**\n\n见[规则](kb:return-7-days#退货运费)\n\n## 退货 运费\n\n文字"
    html = render_html(body, link=link)
    assert 'href="/entries/return-7-days#退货运费"' in html
    assert re.findall(r'<h2 id="([^"]+)"', html) == [s.anchor for s in sections(body)]


def test_without_a_link_function_entry_links_lose_their_target() -> None:
    assert "href" not in render_html("[规则](kb:return-7-days)")


@pytest.mark.parametrize("sign", ["[", "![", "*a ", "`", "<", "[a]("])
def test_a_block_of_countless_signs_is_shown_as_written(sign: str) -> None:
    html = render_html(f"之前\n\n{sign * 20_000}\n\n**之后**")
    assert "<strong>之后</strong>" in html
    assert html.count(sign[0].replace("<", "&lt;")) >= 20_000


def test_line_ends_break_and_only_hash_lines_with_a_space_are_headings() -> None:
    html = render_html("第一条\n第二条\n\n#标签 文字\n\n下划线\n---\n\n## 标题")
    assert re.search(r"第一条<br ?/?>\s*第二条", html)
    assert re.findall(r"<h(\d)", html) == ["2"]


def test_lists_and_tables_may_begin_right_under_a_line_of_text() -> None:
    html = render_html(
        "怎么操作：\n1. 打开 App\n2. 点价保\n\n如下\n- 一\n- 二\n\n表\n| a | b |\n|---|---|\n| 1 | 2 |"
    )
    assert html.count("<ol>") == 1
    assert html.count("<ul>") == 1
    assert html.count("<li>") == 4
    assert "<td>2</td>" in html
    assert "<p>怎么操作：</p>" in html


def test_nesting_beyond_all_sense_is_shown_as_written() -> None:
    html = render_html("- " * 5_000 + "<b>末尾</b>")
    assert "&lt;b&gt;末尾&lt;/b&gt;" in html


@pytest.mark.parametrize("target", ["../../logout", "/evil", "a/b", "x?y=1", "../login"])
def test_a_link_to_an_entry_leads_nowhere_else(target: str) -> None:
    html = render_html(f"[x](kb:{target})", link=lambda entry, anchor: f"/entries/{entry}")
    assert "href" not in html
