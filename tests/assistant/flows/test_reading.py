"""How bodies are read as flows, however oddly they are written."""

from __future__ import annotations

import pytest

from assistant.flows import Flow, Step, StepKind, TargetKind, flow_of
from assistant.flows.numbers import number_of
from kb.model import Content, Kind
from kb.sections import plain_text
from tests.hostile_strings import HOSTILE


def read(body: str, kind: Kind = Kind.GUIDE, lang: str = "zh-CN") -> Flow | None:
    return flow_of(Content(kind=kind, title="排查", body=body, lang=lang))


def flow(body: str, lang: str = "zh-CN") -> Flow:
    found = read(body, lang=lang)
    assert found is not None
    return found


def targets(step: Step) -> list[tuple[str, str]]:
    return [(b.condition, b.target.step or b.target.kind.value) for b in step.branches]


STAGES = (
    "## 第 1 步 看灯\n\n{one}\n\n## 第 2 步 看线\n\n换一根线。\n\n## 第 3 步 报修\n\n提交报修。"
)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("没变，转到第 3 步。", [("没变", "s3")]),
        ("没变,跳到第3步", [("没变", "s3")]),
        ("如果灯不亮，请直接看第三步。", [("如果灯不亮", "s3")]),
        ("灯红 → 第 ３ 步", [("灯红", "s3")]),
        ("灯红 → 拍照，直接到第 3 步。", [("灯红", "s3")]),
        ("不亮：回到第 1 步", [("不亮", "s1")]),
        ("灯亮了，问题解决；没亮，转到第 2 步。", [("灯亮了", "end"), ("没亮", "s2")]),
        ("If it is red, go to step 3.", [("If it is red", "s3")]),
        ("Still off? Skip ahead to Step two.", []),
        ("Still off: skip to Step two.", [("Still off", "s2")]),
        ("仍不亮请报修。", [("仍不亮", "handover")]),
        ("闻到焦味，断电后致电 400-000-5166。", [("闻到焦味", "handover")]),
        ("有代码，直接看[代码表](kb:ac-codes#一览)。", [("有代码", "entry")]),
        # none of these sends anybody anywhere
        ("不要跳到第 3 步。", []),
        ("没变也不必转到第 3 步。", []),
        ("Do not go to step 3 yet.", []),
        ("告诉客服做到第 3 步。", []),
        ("步骤见第 3 步的说明。", []),
        ("光猫 LAN 口 → 网线 → WAN 口。", []),
        ("把提手往上推，再往下抽出。", []),
        ("```\n没变，转到第 3 步。\n```", []),
        ("保修期见[三包](kb:warranty-terms)。", []),
        ("在 App 提交，或致电 400-000-5166。", []),
    ],
)
def test_what_leads_on_and_what_does_not(sentence: str, expected: list[tuple[str, str]]) -> None:
    assert targets(flow(STAGES.format(one=sentence)).steps[0]) == expected


def test_a_sentence_without_a_condition_says_what_comes_next() -> None:
    assert flow(STAGES.format(one="做完转到第 3 步。")).steps[0].branches[0].target.step == "s3"
    steps = flow(STAGES.format(one="看一眼灯。\n\n→ 第 3 步")).steps
    assert steps[0].branches == () and steps[0].next == "s3"


def test_a_step_that_is_not_there_is_a_problem_and_no_branch() -> None:
    found = flow(STAGES.format(one="没变，转到第 9 步。"))
    assert found.steps[0].branches == ()
    assert found.steps[0].next == "s2"
    assert any("第 9 步" in problem for problem in found.problems)


def test_loops_are_walked_not_unrolled() -> None:
    found = flow("## 第 1 步 甲\n\n没变，转到第 2 步。\n\n## 第 2 步 乙\n\n没变，回到第 1 步。")
    assert [targets(step) for step in found.steps] == [[("没变", "s2")], [("没变", "s1")]]
    itself = flow("## 第 1 步 甲\n\n转到第 1 步。\n\n## 第 2 步 乙\n\n好。")
    assert itself.steps[0].next == "s2"


def test_the_first_of_two_with_the_same_number_counts() -> None:
    found = flow(
        "## 第 1 步 甲\n\n红，转到第 2 步。\n\n## 第 2 步 乙\n\n好。\n\n## 第 2 步 丙\n\n好。"
    )
    assert targets(found.steps[0]) == [("红", "s2")]
    assert found.problems == ("step 2 stands 2 times",)


def test_a_missing_number_is_said() -> None:
    found = flow("## 第 1 步 甲\n\n好。\n\n## 第 4 步 乙\n\n好。")
    assert [step.next for step in found.steps] == ["s2", ""]
    assert found.problems == ("there is no step 2, 3",)


@pytest.mark.parametrize(
    ("body", "titles"),
    [
        ("## 第一步：看灯\n\na\n\n## 第十二步：看线\n\nb", ["看灯", "看线"]),
        ("## 步骤 1 看灯\n\na\n\n## 步骤2、看线\n\nb", ["看灯", "看线"]),
        ("## Step 1 – Look\n\na\n\n## Step Two: Listen\n\nb", ["Look", "Listen"]),
        ("## 1 看灯\n\na\n\n## 2. 看线\n\nb", ["看灯", "看线"]),
        ("## 一、看灯\n\na\n\n## 二、看线\n\nb", ["看灯", "看线"]),
        ("## 第 1 步\n\na\n\n## 第 2 步\n\nb", ["第 1 步", "第 2 步"]),
        (
            "# 指南\n\n## 第 1 步 看灯\n\na\n\n### 第 9 步 不算\n\nx\n\n## 第 2 步 看线\n\nb",
            ["看灯", "看线"],
        ),
    ],
)
def test_stages_by_their_headings(body: str, titles: list[str]) -> None:
    steps = flow(body).steps
    assert [step.title for step in steps] == titles
    assert {step.kind for step in steps} == {StepKind.STAGE}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "只有一句话。",
        "## 03 卡住\n\na\n\n## 07 没装\n\nb",  # codes
        "## 7:40 开班\n\na\n\n## 8:00 高峰\n\nb",  # times
        "## 2.4 GHz\n\na\n\n## 5 GHz\n\nb",
        "## 第 1 步 只有一步\n\na",
        "1. 只有一项",
        "| 型号 | 面积 |\n| --- | --- |\n| 甲 | 1 |\n| 乙 | 2 |",
    ],
)
def test_what_is_no_flow(body: str) -> None:
    assert read(body) is None


def test_only_guides_and_questions_are_walked() -> None:
    body = "1. 甲\n2. 乙"
    assert read(body, Kind.FAQ) is not None
    for kind in (Kind.POLICY, Kind.CASE, Kind.REPLY):
        assert read(body, kind) is None


def test_text_around_a_list_and_nested_items_stay_with_it() -> None:
    found = flow("准备好。\n\n1. 甲\n   - 子项\n2. 乙\n\n   段落\n\n别忘了。\n\n1. 丙")
    texts = [step.text for step in found.steps]
    assert [(s.number, s.of) for s in found.steps] == [(1, 3), (2, 3), (3, 3)]
    assert texts[0].startswith("准备好。") and "- 子项" in texts[0]
    assert "段落" in texts[1] and texts[1].endswith("别忘了。")


def test_steps_written_without_list_markers_are_items() -> None:
    found = flow("第 1 步：关机\n第 2 步：开机\n第 3 步：再试，不行就回到第 1 步")
    assert [step.text.split("，")[0] for step in found.steps] == ["关机", "开机", "再试"]


def test_a_table_row_that_goes_nowhere_is_advice() -> None:
    body = "| 现象 | 怎么办 |\n| --- | --- |\n| 灯灭 | 插电 |\n| 灯红 | 见[网络](kb:net-help) |\n| 冒烟 | 报修 |"
    (step,) = flow(body).steps
    assert [(b.condition, b.advice, b.target.kind) for b in step.branches] == [
        ("灯灭", "插电", TargetKind.END),
        ("灯红", "见网络", TargetKind.ENTRY),
        ("冒烟", "报修", TargetKind.HANDOVER),
    ]


def test_five_hundred_steps_are_read_and_more_are_not() -> None:
    def body(count: int) -> str:
        return "\n\n".join(
            f"## 第 {n} 步 看\n\n没变，转到第 {n % count + 1} 步。" for n in range(1, count + 1)
        )

    found = flow(body(500))
    assert len(found.steps) == 500
    assert found.steps[-1].branches[0].target.step == "s1"
    assert found.alternatives == ()
    assert read(body(501)) is None


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(text: str) -> None:
    body = f"## 第 1 步 {text}\n\n{text}，转到第 2 步。\n\n## 第 2 步 {text}\n\n1. {text}\n\n| 现象 | 处理 |\n| --- | --- |\n| {text} | {text} |"
    found = read(body)
    if found is not None:
        ids = {step.id for step in found.steps}
        for step in found.steps:
            for branch in step.branches:
                assert branch.quote in plain_text(body)
                assert branch.target.kind is not TargetKind.STEP or branch.target.step in ids


@pytest.mark.parametrize(
    "body",
    [
        "## 第 1 步 a\n\n" + "，" * 40_000 + "\n\n## 第 2 步 b\n\n" + "仍" * 40_000,
        "## 第 1 步 a\n\n" + "请" * 40_000 + "第 3 步\n\n## 第 2 步 b\n\n" + "go to " * 8_000,
        "\n".join("| " + "第 1 步 | " * 50 for _ in range(400)),
        "1. " * 30_000,
        "## " + "“" * 40_000 + "\n\n1. [" + "[" * 20_000 + "](kb:x)\n2. b",
    ],
)
def test_long_lines_are_read_to_their_end(body: str) -> None:
    """Patterns that try everything with everything would not come back from these."""
    found = read(body)
    assert found is None or len(found.steps) > 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("１２", 12),
        ("三", 3),
        ("十", 10),
        ("十二", 12),
        ("二十一", 21),
        ("一百零五", 105),
        ("Two", 2),
        ("x", 0),
        ("", 0),
    ],
)
def test_numbers(text: str, value: int) -> None:
    assert number_of(text) == value
