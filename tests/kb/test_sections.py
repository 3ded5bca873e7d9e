"""The structure of a body."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb import sections as s

BODY = """先说 **结论**。

## 退货 运费
小件 10 元，见[规则](kb:return-7-days#退货运费)。

| 场景 | 结果 |
| :--- | ---: |
| 未拆封 | `0 元` |

```
## 不是标题 [x](kb:no)
```

### 例外 `大件`
1. 打开 <https://a.example/x>
- *强调* 与 snake_case_name、2*3

## 退货 运费 ##
> 引用
"""


def test_sections_follow_headings_and_respect_fences() -> None:
    found = s.sections(BODY)
    assert [(x.path, x.anchor) for x in found] == [
        ((), ""),
        (("退货 运费",), "退货-运费"),
        (("退货 运费", "例外 大件"), "例外-大件"),
        (("退货 运费",), "退货-运费-2"),
    ]
    assert "## 不是标题" in found[1].text
    assert found[3].text == "> 引用"
    assert found[2].title == "例外 大件"


def test_heading_without_text_still_has_its_anchor() -> None:
    assert [x.anchor for x in s.sections("## 甲\n## 乙\n正文")] == ["甲", "乙"]
    assert s.sections("#标签 不是标题")[0].path == ()
    assert s.sections("") == []


def test_unclosed_fence_hides_nothing() -> None:
    assert len(s.sections("```\n## 甲\n正文")) == 2


def test_links_with_lines_and_targets() -> None:
    found = s.links(BODY)
    assert [(link.target, link.line) for link in found] == [
        ("kb:return-7-days#退货运费", 4),
        ("https://a.example/x", 15),
    ]
    assert (found[0].entry_id, found[0].anchor) == ("return-7-days", "退货运费")
    assert (found[1].entry_id, found[1].anchor) == ("", "")


def test_link_forms() -> None:
    text = (
        '![图](kb:pic) `[代码](kb:code)` [a](<kb:b c>) [d](kb:e "题") [f](https://g.example/(h)) '
        "[i](kb:j#%E9%80%80%E8%B4%A7) [k](kb:l#分区、禁区)"
    )
    assert [(x.target) for x in s.links(text)] == [
        "kb:b c", "kb:e", "https://g.example/(h)", "kb:j#%E9%80%80%E8%B4%A7", "kb:l#分区、禁区",
    ]  # fmt: skip
    assert [x.anchor for x in s.links(text)][-2:] == ["退货", "分区-禁区"]


def test_plain_text_keeps_words_and_drops_markup() -> None:
    assert s.plain_text(BODY).split("\n") == [
        "先说 结论。",
        "",
        "退货 运费",
        "小件 10 元，见规则。",
        "",
        "场景 | 结果",
        "未拆封 | 0 元",
        "",
        "## 不是标题 [x](kb:no)",
        "",
        "例外 大件",
        "打开 https://a.example/x",
        "强调 与 snake_case_name、2*3",
        "",
        "退货 运费",
        "引用",
    ]


def test_plain_text_of_odd_markup() -> None:
    assert s.plain_text("**提示：**请 __留意__ \\*星号\\*") == "提示：请 留意 *星号*"
    assert s.plain_text("a | b\n--- | ---\n---\n* * *\n- [x](kb:y)") == "a | b\nx"
    assert s.plain_text("`a **b**` ** c **") == "a **b** ** c **"
    assert s.plain_text("<b>粗</b> 3 < 5") == "<b>粗</b> 3 < 5"


def test_reply_variants_by_channel() -> None:
    assert s.reply_variants("## chat\n您好\n\n好的\n\n## Email\n尊敬的") == {
        "chat": "您好\n\n好的", "email": "尊敬的",
    }  # fmt: skip


@given(
    st.lists(st.sampled_from(["## 甲", "### 乙", "文", "", "```", "| a | b |", "- x"])).map(
        "\n".join
    )
)
def test_no_two_sections_share_an_anchor(body: str) -> None:
    assert len({x.anchor for x in s.sections(body)}) == len(s.sections(body))
