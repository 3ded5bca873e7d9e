"""Scripts of visits: what the file holds, and which mistakes in one are named."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from evaluation.selfservice import visits
from kb.errors import InvalidInput

GOOD: dict[str, Any] = {
    "id": "d1",
    "split": "dev",
    "lang": "zh",
    "category": "short",
    "goal": "想退货",
    "turns": [
        {"say": "在吗", "aside": True},
        {"say": "能退吗"},
        {"if": "clarify", "choose": {"like": ["退货"]}},
        {"if": "unhelped", "rephrase": "怎么退货"},
    ],
    "solved_by": [["return-7-days"]],
    "helpful": ["return-quality"],
    "context": {"product": "巡尘 X2"},
}


def written(tmp_path: Path, *rows: dict[str, Any]) -> Path:
    file = tmp_path / "visits.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    return file


def test_the_scripts_are_many_and_like_real_life() -> None:
    scripts = visits.load()
    assert len(scripts) >= 170
    english = sum(script.lang == "en" for script in scripts)
    assert 0.10 <= english / len(scripts) <= 0.20
    answerable = sum(bool(script.needs) for script in scripts)
    assert 0.60 <= answerable / len(scripts) <= 0.70
    assert sum(any(t.rephrase or t.like for t in s.turns) for s in scripts) > len(scripts) * 0.8
    reasons = Counter(script.handover for script in scripts if script.handover)
    assert set(reasons) >= {
        "asked_for_person", "no_knowledge", "several_departments", "upset", "sensitive",
    }  # fmt: skip
    said = [turn.text for script in scripts for turn in script.turns if not turn.aside]
    assert len(set(said)) == len(said)


def test_the_splits_are_apart_and_each_large_enough() -> None:
    dev, test = visits.load(split="dev"), visits.load(split="test")
    assert min(len(dev), len(test)) >= 80
    goals = [frozenset().union(*(s.goal_entries for s in part)) for part in (dev, test)]
    assert not goals[0] & goals[1]


def test_a_script_is_read_as_it_is_meant(tmp_path: Path) -> None:
    (script,) = visits.load(written(tmp_path, GOOD))
    greeting, question = script.turns
    assert greeting.aside and not greeting.rephrase
    assert (question.like, question.rephrase, question.rejects) == (("退货",), "怎么退货", True)
    assert script.goal_entries == {"return-7-days"}
    assert visits.unknown_entries([script], {"return-7-days"}) == ["return-quality (named by d1)"]
    assert visits.load(written(tmp_path, GOOD), "test") == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"split": "train"}, "unknown split"),
        ({"lang": "fr"}, "unknown split or language"),
        ({"handover": "upset"}, "exactly one of"),
        ({"solved_by": [], "handover": "bored"}, "a reason to hand over"),
        ({"solved_by": [[]]}, "no entry meets"),
        ({"solved_by": [["a"], ["b"]]}, "do not ask for every need"),
        ({"turns": [{"say": " "}]}, "an empty message"),
        ({"turns": [{"say": "在吗", "aside": True}]}, "do not ask|nothing that matters"),
        ({"turns": [{"say": "退"}, {"if": "bored", "rephrase": "退货"}]}, "unknown condition"),
        ({"turns": [{"if": "unhelped", "rephrase": "退货"}]}, "IndexError|index out of range"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput, match=told) as caught:
        visits.load(written(tmp_path, GOOD, {**GOOD, "id": "d2", **change}))
    assert [problem.line for problem in caught.value.problems] == [2]


def test_ids_are_unique_and_no_goal_is_in_both_splits(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="there twice"):
        visits.load(written(tmp_path, GOOD, GOOD))
    other = {**GOOD, "id": "t1", "split": "test"}
    with pytest.raises(InvalidInput, match="goal of scripts in both splits"):
        visits.load(written(tmp_path, GOOD, other))
