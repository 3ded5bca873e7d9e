import re
from html import unescape
from pathlib import Path

import pytest

from kb.images import ImageStore, Picture
from kb.render import render_html
from kb.sections import sections
from tests.office_files import png

NAME = "a" * 64 + ".png"


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


def test_without_a_link_function_entry_links_are_plain_text() -> None:
    assert render_html("[规则](kb:return-7-days)") == "<p>规则</p>"


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


def picture(name: str) -> Picture | None:
    return Picture(f"/pictures/{name}", 640, 480) if name == NAME else None


def images(html: str) -> list[str]:
    return re.findall(r"<img[^>]*>", html)


def test_a_picture_of_ours_is_shown_with_its_size_and_description() -> None:
    html = render_html(f'看 ![底座 "左" <b>](image:{NAME} "x")', picture=picture)
    (image,) = images(html)
    assert set(re.findall(r"(\w+)=", re.sub(r'"[^"]*"', '""', image))) == {
        "src", "alt", "width", "height", "loading", "decoding",
    }  # fmt: skip
    assert f'src="/pictures/{NAME}"' in image
    assert 'width="640"' in image
    assert 'height="480"' in image
    assert 'loading="lazy"' in image
    assert unescape(re.findall(r'alt="([^"]*)"', image)[0]) == '底座 "左" <b>'


def test_the_address_of_pictures_is_for_the_page_to_say(tmp_path: Path) -> None:
    store = ImageStore(tmp_path)
    name = store.put(png(3))
    body = f"![图](image:{name})"
    for prefix in ("/api/v1/images/", "/help/pictures/"):
        (image,) = images(render_html(body, picture=store.shown_under(prefix)))
        assert f'src="{prefix}{name}"' in image
        assert {'width="3"', 'height="1"'} <= set(image.rstrip(">").split())


@pytest.mark.parametrize("name", ["b" * 64 + ".png", "../../x.png", "", "x", NAME + "?a"])
def test_a_picture_that_is_not_there_leaves_its_description(name: str, tmp_path: Path) -> None:
    for found in (picture, ImageStore(tmp_path).shown_under("/pictures/"), None):
        html = render_html(f"![底座](image:{name})", picture=found)
        assert not images(html)
        assert "底座" in html


def test_a_remote_picture_is_a_link_and_never_loaded() -> None:
    html = render_html("![促销海报](https://cdn.example/a.png) ![](http://b.example/c.gif)")
    assert not images(html)
    assert re.findall(r'href="([^"]+)"[^>]*>([^<]+)</a>', html) == [
        ("https://cdn.example/a.png", "促销海报"),
        ("http://b.example/c.gif", "http://b.example/c.gif"),
    ]
    linked = render_html("[![图](https://cdn.example/a.png)](https://shop.example/)")
    assert re.findall(r'href="([^"]+)"', linked) == ["https://shop.example/"]
    assert "图" in linked


@pytest.mark.parametrize(
    "hostile",
    [
        "![x](javascript:alert(1))",
        "![x](data:image/svg+xml;base64,PHN2Zz4=)",
        "![x](//evil.example/a.png)",
        "![x](/logout)",
        "![x](IMAGE:x)",
        f"![x](image:{NAME}#' onerror='alert(1))",
        f'![" onerror="alert(1)](image:{NAME})',
        f"![x](image:{NAME} \"' onload='alert(1)\")",
        f'<img src="/pictures/{NAME}" onerror=alert(1)>',
        f"![x](image:{NAME})<img src=//evil.example/p.png>",
        f"![x][r]\n\n[r]: image:{NAME}\n[s]: https://evil.example/p.png\n\n![y][s]",
        "![x](file:///etc/passwd)",
        "![x](blob:https://evil.example/1)",
    ],
)
def test_hostile_pictures_load_nothing_else_and_run_nothing(hostile: str) -> None:
    html = render_html(hostile, link=link, picture=picture)
    for image in images(html):
        assert re.findall(r'src="([^"]*)"', image) == [f"/pictures/{NAME}"]
        bare = re.sub(r'"[^"]*"', '""', image)
        assert not re.search(r"\son\w+\s*=", bare)
    for target in re.findall(r'href="([^"]*)"', html):
        assert target.startswith(("http://", "https://"))


def test_even_a_finder_that_lies_cannot_leave_the_attribute() -> None:
    def lying(name: str) -> Picture:
        return Picture("javascript:alert(1)", 1, 1)

    assert "javascript:" not in render_html(f"![x](image:{NAME})", picture=lying)
    quoting = render_html(
        f"![x](image:{NAME})", picture=lambda _: Picture('/a"><script>alert(1)</script>', 1, 1)
    )
    assert "<script" not in quoting
