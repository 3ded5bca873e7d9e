"""Every guide and FAQ of the demonstration content as a flow."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from assistant.flows import Flow, StepKind, TargetKind, flow_of
from assistant.flows.telling import told
from assistant.flows.ways import mentions_step
from kb.document import Document
from kb.exchange import read_documents
from kb.model import Kind
from kb.sections import plain_text

CONTENT = Path(__file__).parents[3] / "content"


def _documents() -> dict[str, Document]:
    read, failed = read_documents(CONTENT, ZoneInfo("Asia/Shanghai"))
    assert not failed
    return {one.document.entry_id: one.document for one in read}


DOCUMENTS = _documents()
FLOWS: dict[str, Flow] = {
    entry_id: flow
    for entry_id, document in DOCUMENTS.items()
    if (flow := flow_of(document.content)) is not None
}


def flow(entry_id: str) -> Flow:
    return FLOWS[entry_id]


def ways(entry_id: str, number: int) -> list[tuple[str, str, str]]:
    """Condition, kind of target, and number of the target of each way on from a stage."""
    found = flow(entry_id)
    step = next(s for s in found.steps if s.number == number and s.kind is StepKind.STAGE)
    return [
        (b.condition, b.target.kind.value, str(target.number) if target else b.target.entry_id)
        for b in step.branches
        for target in [found.step(b.target.step)]
    ]


def test_every_guide_but_product_pages_and_tables_is_a_flow() -> None:
    guides = {i for i, d in DOCUMENTS.items() if d.content.kind is Kind.GUIDE}
    assert len(guides) >= 80
    assert {i for i in guides - FLOWS.keys() if not i.startswith("product-")} == {
        "ac-power-use", "choose-fridge", "choose-rover-home", "intl-phone-choose",
        "parts-consumables",
    }  # fmt: skip


@pytest.mark.parametrize("entry_id", sorted(FLOWS))
def test_no_branch_dangles_and_every_step_can_be_reached(entry_id: str) -> None:
    found = flow(entry_id)
    known = {step.id: step for step in found.steps}
    assert found.problems == ()
    assert len(known) == len(found.steps)
    seen, open_ends = set[str](), [found.start, *found.alternatives]
    while open_ends:
        step = known[open_ends.pop()]
        if step.id in seen:
            continue
        seen.add(step.id)
        for branch in step.branches:
            if branch.target.kind is TargetKind.STEP:
                assert branch.target.step in known
                open_ends.append(branch.target.step)
            elif branch.target.kind is TargetKind.ENTRY:
                assert branch.target.entry_id in DOCUMENTS
        if step.next:
            open_ends.append(step.next)
    assert seen == known.keys()


@pytest.mark.parametrize("entry_id", sorted(FLOWS))
def test_everything_stands_on_words_of_the_guide(entry_id: str) -> None:
    content = DOCUMENTS[entry_id].content
    source = plain_text(content.body)
    for step in flow(entry_id).steps:
        for branch in step.branches:
            assert branch.quote in source
            # Cells of one condition are joined by a dot; each is verbatim.
            assert all(part in branch.quote for part in branch.condition.split(" · "))
        words = told(step, content.lang)
        assert all(quote in source for quote in words.quotes)
        assert bool(words.text) == bool(words.quotes)
        assert not mentions_step(words.text)


def test_an_air_conditioner_that_does_not_cool() -> None:
    assert ways("ac-not-cooling", 1) == [("出风口变凉了", "end", ""), ("没变", "step", "2")]
    assert ways("ac-not-cooling", 2) == [
        ("有 E1、E5、F0、H6 等代码", "entry", "ac-error-codes"),
        ("没有代码", "step", "3"),
    ]
    assert ways("ac-not-cooling", 4) == [
        ("外机不转，刚关机又开机", "end", ""),
        ("外机不转，等了 10 分钟也不转", "step", "6"),
        ("外机在转，吹出的风不热", "step", "6"),
        ("外机在转，吹热风", "step", "5"),
    ]
    assert ways("ac-not-cooling", 6) == [("闻到焦味或看到冒烟", "handover", "")]


def test_parts_that_a_first_step_tells_apart_do_not_follow_one_another() -> None:
    found = flow("device-offline")
    assert [t for _, _, t in ways("device-offline", 1)] == ["2", "3", "4", "5"]
    closing = found.steps[-1]
    assert closing.kind is StepKind.CLOSING and closing.title == "都试过了"
    assert {s.next for s in found.steps if s.number > 1} == {closing.id}
    conditions = [b.condition for s in found.steps for b in s.branches]
    assert sum("故障 " in condition for condition in conditions) == 12


def test_a_procedure_for_agents_leads_back_on_and_away() -> None:
    assert ways("sop-complaint-call", 1) == [
        ("听到“曝光”“12315”“起诉”“媒体”，或漏电、起火、冒烟、鼓包、受伤", "step", "5")
    ]
    assert ways("sop-complaint-call", 2) == [
        ("客户说“对”", "step", "3"),
        ("客户说“不对”", "step", "1"),
    ]


def test_a_linear_guide_in_english_goes_on_step_by_step() -> None:
    steps = flow("intl-phone-warranty-claim").steps
    assert [s.number for s in steps] == [1, 2, 3, 4, 5, 6]
    assert [s.next for s in steps] == [*(s.id for s in steps[1:]), ""]
    safety = steps[1].branches[-1]
    assert "smoke" in safety.condition and safety.target.kind is TargetKind.HANDOVER


def test_a_how_to_offers_its_parts_and_walks_each_list() -> None:
    found = flow("rover-pairing")
    start = found.step(found.start)
    assert start is not None
    assert [b.condition for b in start.branches] == ["准备", "配网", "卡在哪里就看哪里"]
    items = [s for s in found.steps if s.title == "配网"]
    assert [(s.number, s.of) for s in items] == [(n, 5) for n in range(1, 6)]
    stuck = next(s for s in found.steps if s.kind is StepKind.CHOICE and s.branches[0].advice)
    assert stuck.branches[2].condition == "60% 左右"
    assert "重新选 2.4 GHz" in stuck.branches[2].advice


def test_a_reference_to_a_named_list_is_followed() -> None:
    found = flow("router-setup")
    last = [s for s in found.steps if s.title == "恢复出厂"][-1]
    target = found.step(last.next)
    assert target is not None and (target.title, target.number) == ("设置", 1)
    heat = flow("phone-heat")
    hot = next(b for s in heat.steps for b in s.branches if b.condition == "待机放着也烫")
    first = heat.step(hot.target.step)
    assert first is not None and (first.title, first.number) == ("待机也烫，做 3 步", 1)
