from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.replies.passages import Shape, cut
from kb.sections import plain_text

BODY = """开头一句。

## 运费
小件承担 10 元运费。但金叶会员免运费。
该费用从退款中扣除。

## 步骤
1. 打开 App。
2. 点“申请退货”。等 2 分钟。

| 付款方式 | 到账 |
| --- | --- |
| 微信支付 | 1 天 |

| 场景 | Mira 5（5,200 mAh） | Mira 5 Pro |
| --- | --- | --- |
| 游戏 | 4 小时 | 5 小时 |
"""


def test_sentences_steps_and_rows_are_told_apart() -> None:
    found = cut(BODY, "zh-CN")
    assert [p.shape for p in found] == [
        *[Shape.PROSE] * 4,
        *[Shape.STEP] * 2,
        *[Shape.ROW] * 2,
    ]


def test_what_limits_a_sentence_belongs_to_it() -> None:
    groups = {p.text: p.group for p in cut(BODY, "zh-CN")}
    assert groups["小件承担 10 元运费。"] == groups["但金叶会员免运费。"]
    assert groups["小件承担 10 元运费。"] == groups["该费用从退款中扣除。"]
    assert groups["开头一句。"] != groups["小件承担 10 元运费。"]


def test_rows_become_sentences_with_the_row_as_quote() -> None:
    two, three = cut(BODY, "zh-CN")[-2:]
    assert two.text == "微信支付：1 天。"
    assert two.quotes == ("微信支付 | 1 天",)
    assert three.text == "游戏——Mira 5（4 小时）；Mira 5 Pro（5 小时）。"
    assert three.quotes == ("游戏 | 4 小时 | 5 小时", "场景 | Mira 5（5,200 mAh） | Mira 5 Pro")


def test_a_step_keeps_all_its_sentences() -> None:
    assert cut(BODY, "zh-CN")[5].text == "点“申请退货”。等 2 分钟。"


def test_nested_items_belong_to_their_step() -> None:
    (step,) = cut("1. 选上网方式：\n    - 自动\n    - 宽带账号\n", "zh-CN")
    assert step.text == "选上网方式：自动宽带账号"
    assert step.quotes == ("选上网方式：", "自动", "宽带账号")


def test_a_reference_to_a_stage_is_put_into_words() -> None:
    body = "## 第 1 步 看灯\n1. 灯亮 → 第 2 步。\n2. 灯灭，转到第 9 步。\n\n## 第 2 步 看滤网\n拆下。\n"
    named, unknown = cut(body, "zh-CN")[:2]
    assert named.text == "灯亮 → “看滤网”。"
    assert named.quotes == ("灯亮 → 第 2 步。", "第 2 步 看滤网")
    assert unknown.text == "灯灭，转到第 9 步。"


def test_a_line_of_links_is_no_passage() -> None:
    assert cut("配网步骤：[扫地机器人](kb:rover-pairing)、[门锁](kb:lock-setup)。\n", "zh-CN") == ()


@given(st.text(alphabet="退货 7天。但；:#|-1.*[]()`~\n", max_size=200))
def test_every_quote_is_verbatim_whatever_the_markdown(body: str) -> None:
    source = plain_text(body)
    assert all(quote in source for p in cut(body, "zh-CN") for quote in p.quotes)
