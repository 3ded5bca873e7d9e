"""The tree that the widget builds elements from holds nothing but a few tags and safe addresses."""

from __future__ import annotations

import pytest

from assistant.web.structured_html import TAGS, Block, blocks_of
from kb.render import render_html
from tests.hostile_strings import HOSTILE


def tree(markdown: str) -> list[str | Block]:
    return blocks_of(render_html(markdown, link=lambda entry, _a: f"/help/articles/{entry}"))


def walk(nodes: list[str | Block]) -> list[Block]:
    found: list[Block] = []
    for node in nodes:
        if not isinstance(node, str):
            found += [node, *walk(node["children"])]
    return found


def words(nodes: list[str | Block]) -> str:
    return "".join(node if isinstance(node, str) else words(node["children"]) for node in nodes)


def test_structure_is_kept() -> None:
    found = tree("## 步骤\n\n1. 先做\n2. 再做 **要紧** 的\n\n| 型号 | 价 |\n|---|---|\n| A | 1 |")
    assert [node["tag"] for node in found if not isinstance(node, str)] == ["h3", "ol", "table"]
    assert [block["tag"] for block in walk(found)] == [
        "h3", "ol", "li", "li", "strong",
        "table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td",
    ]  # fmt: skip
    assert words(found).split() == ["步骤先做再做", "要紧", "的型号价A1"]


def test_links_and_pictures() -> None:
    found = tree(
        "见[规则](kb:return-rule)，[站外](https://a.example/x?q=1)，[信](mailto:a@b.example)"
    )
    addresses = [b["attrs"]["href"] for b in walk(found) if b["tag"] == "a"]
    assert addresses == ["/help/articles/return-rule", "https://a.example/x?q=1",
                         "mailto:a@b.example"]  # fmt: skip
    picture = '<p><img src="/help/images/x.png" alt="图" width="10" height="20" onerror="x"></p>'
    (block,) = [b for b in walk(blocks_of(picture)) if b["tag"] == "img"]
    assert block["attrs"] == {
        "src": "/help/images/x.png", "alt": "图", "width": "10", "height": "20",
    }  # fmt: skip


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "//evil.example/x", "/\\evil.example", "vbscript:x",
     " javascript:x", "http://[bad"],
)  # fmt: skip
def test_no_address_leads_astray(address: str) -> None:
    """It would not come from the renderer; the tree lets it through all the same."""
    found = blocks_of(f'<p><a href="{address}">看</a><img src="{address}"></p>')
    assert not [b for b in walk(found) if b["tag"] in ("a", "img")]
    assert words(found) == "看"


def test_a_picture_never_comes_from_elsewhere() -> None:
    assert not [b for b in walk(blocks_of('<img src="https://a.example/x.png">')) if b]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    for block in walk(tree(text)):
        assert block["tag"] in TAGS
        assert set(block["attrs"]) <= {"href", "src", "alt", "width", "height", "start"}
        for name in ("href", "src"):
            value = block["attrs"].get(name, "")
            assert not value.lower().lstrip().startswith(("javascript:", "data:", "vbscript:"))


def test_deep_nesting_is_read() -> None:
    depth = 300
    found = blocks_of("<blockquote>" * depth + "x" + "</blockquote>" * depth)
    assert words(found) == "x"
