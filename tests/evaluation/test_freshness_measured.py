"""The labelled sets are sound, and the product holds its bars on them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from evaluation.cli import evaluate
from evaluation.freshness import labelled, measuring
from kb.errors import InvalidInput
from kb.freshness import State


@pytest.mark.parametrize("split", labelled.SPLITS)
def test_the_bars_hold(split: str) -> None:
    found = measuring.measure(split)
    assert measuring.below_bars(found) == [], measuring.text(found)


def test_the_sets_are_as_large_as_promised_and_know_every_state() -> None:
    pairs = [pair for split in labelled.SPLITS for pair in labelled.pairs(split)]
    worlds = [world for split in labelled.SPLITS for world in labelled.worlds(split)]
    changes = [change for split in labelled.SPLITS for change in labelled.changes(split)]
    assert len(pairs) >= 160
    assert sum(len(world.expected) for world in worlds) >= 160
    assert len(changes) >= 40
    for split in labelled.SPLITS:
        named = {
            s for w in labelled.worlds(split) for states in w.expected.values() for s in states
        }
        assert named == set(State) - {State.CURRENT}
        kinds = {pair.what for pair in labelled.pairs(split) if pair.conflict}
        assert kinds == {"number", "unit", "deadline", "amount", "condition", "negation"}


def test_no_text_is_in_both_splits() -> None:
    for read in (labelled.pairs, labelled.changes):
        texts = [
            {tuple(e.revisions[0].content.body for e in item.entries) for item in read(split)}
            for split in labelled.SPLITS
        ]
        assert not texts[0] & texts[1]


def test_bad_lines_are_all_named(tmp_path: Path) -> None:
    file = tmp_path / "pairs.jsonl"
    good = '{"id": "x", "split": "dev"'
    file.write_text(f'{{\n{good}}}\n{{"id": "y", "split": "other"}}\n', "utf-8")
    with pytest.raises(InvalidInput) as refused:
        labelled.pairs("dev", file)
    assert [problem.line for problem in refused.value.problems] == [1, 2, 3]


def test_counting() -> None:
    counted = measuring.Counted()
    for wanted, got in ((True, True), (True, False), (False, True), (False, False), (True, True)):
        counted = counted.add(wanted, got)
    assert counted.plain() == {
        "precision": 0.6667, "recall": 0.6667, "labelled": 3, "found": 3, "right": 2,
    }  # fmt: skip


def test_the_command_prints_figures_and_fails_below_the_bars(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = CliRunner().invoke(evaluate, ["freshness", "--json"])
    assert run.exit_code == 0
    assert json.loads(run.stdout)["conflicts"]["precision"] >= 0.8
    monkeypatch.setitem(measuring.BARS, "ripple", {"recall": 1.01})
    failed = CliRunner().invoke(evaluate, ["freshness", "--errors"])
    assert failed.exit_code == 1
    assert "below the bar: ripple recall" in failed.output
