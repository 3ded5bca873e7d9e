"""The demonstration content: every planted fault is found, and nothing else is flagged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from kb.clock import parse_local
from kb.exchange import Action, apply_import, export, plan_import
from kb.freshness import Freshness, State, assess, board
from kb.knowledge import KnowledgeBase

ROOT = Path(__file__).parents[2]
CONTENT = ROOT / "content"
PLANTED: dict[str, Any] = yaml.load(
    (CONTENT / "planted-faults.yaml").read_text("utf-8"), yaml.BaseLoader
)


@pytest.fixture
def demo(open_kb: Callable[[str], KnowledgeBase]) -> KnowledgeBase:
    kb = open_kb("demo")
    plan = plan_import(CONTENT, kb)
    assert [str(problem) for problem in plan.problems] == []
    apply_import(plan, kb, "demo")
    return kb


@pytest.fixture
def now(demo: KnowledgeBase) -> datetime:
    return parse_local(PLANTED["now"], demo.site_tz)


@pytest.fixture
def labels(demo: KnowledgeBase, now: datetime) -> dict[str, Freshness]:
    return assess(demo.snapshot(), now=now, tz=demo.site_tz)


def test_every_planted_fault_is_found_with_its_reasons(labels: dict[str, Freshness]) -> None:
    for fault in PLANTED["faults"]:
        label = labels[fault["entry"]]
        assert label.state == fault["state"], fault["entry"]
        refs = {ref for r in label.reasons if r.state == fault["state"] for ref in r.refs}
        assert refs == set(fault.get("refs", [])), fault["entry"]


def test_nothing_else_is_flagged(labels: dict[str, Freshness]) -> None:
    planted = {fault["entry"] for fault in PLANTED["faults"]}
    others = {entry_id: label for entry_id, label in labels.items() if entry_id not in planted}
    flagged = {i: label.reasons for i, label in others.items() if label.state is not State.CURRENT}
    assert flagged == {}
    assert len(others) > 100


def test_board_shows_exactly_the_faults(
    demo: KnowledgeBase, labels: dict[str, Freshness], now: datetime
) -> None:
    rows = board(demo.snapshot(), labels, {"installment": 500}, now)
    assert {row.entry_id for row in rows} == {fault["entry"] for fault in PLANTED["faults"]}
    assert rows[0].entry_id == "installment", "the much used one does most damage"
    assert rows == sorted(rows, key=lambda row: -row.damage)


def test_round_trip_is_lossless(
    demo: KnowledgeBase, open_kb: Callable[[str], KnowledgeBase], tmp_path: Path
) -> None:
    export(demo, tmp_path / "first")
    other = open_kb("other")
    done = apply_import(plan_import(tmp_path / "first", other), other, "demo")
    assert done.counts[Action.FAILED] == 0
    export(other, tmp_path / "second")
    first = {path.relative_to(tmp_path / "first"): path.read_bytes()
             for path in (tmp_path / "first").rglob("*.md")}  # fmt: skip
    second = {path.relative_to(tmp_path / "second"): path.read_bytes()
              for path in (tmp_path / "second").rglob("*.md")}  # fmt: skip
    assert first == second
    assert [e.revisions for e in demo.snapshot()] == [e.revisions for e in other.snapshot()]
    assert [e.stewardship for e in demo.snapshot()] == [e.stewardship for e in other.snapshot()]


def test_the_content_is_as_the_exporter_writes_it(demo: KnowledgeBase, tmp_path: Path) -> None:
    export(demo, tmp_path)
    written = {path.relative_to(tmp_path): path.read_text("utf-8")
               for path in tmp_path.rglob("*.md")}  # fmt: skip
    here = {path.relative_to(CONTENT): path.read_text("utf-8") for path in CONTENT.rglob("*.md")}
    assert written == here
