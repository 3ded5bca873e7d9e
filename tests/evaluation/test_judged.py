from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from evaluation import judged
from kb.errors import InvalidInput
from tests.evaluation.folders import JUDGED
from tests.evaluation.folders import judged as write


def test_every_bad_line_is_named_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "judged.jsonl"
    file.write_text(
        '{"id": "q1", "query": "退款", "relevant": {"a": 2}, "split": "dev"}\n{"id": 1}\nno\n'
    )
    with pytest.raises(InvalidInput) as refused:
        judged.load(file)
    assert [problem.line for problem in refused.value.problems] == [2, 3]


def test_split_selects(tmp_path: Path) -> None:
    file = tmp_path / "judged.jsonl"
    file.write_text(
        '{"id": "q1", "query": "退款", "relevant": {"a": 2}, "split": "dev", "tags": ["short"]}\n'
        '{"id": "q2", "query": "天气", "relevant": {}, "split": "test", "tags": ["none"]}\n'
    )
    assert [q.id for q in judged.load(file, split="test")] == ["q2"]
    assert judged.load(file)[0].tags == ("short",)


def refused(file: Path, *rows: Mapping[str, Any]) -> list[tuple[int, str, str]]:
    with pytest.raises(InvalidInput) as found:
        judged.load(write(file, rows))
    return [(problem.line, problem.field, problem.message) for problem in found.value.problems]


def test_what_was_said_before_and_what_a_query_is_a_variant_of_are_read(tmp_path: Path) -> None:
    found = {query.id: query for query in judged.load(write(tmp_path / "judged.jsonl"))}
    assert found["q4"].context == ("我的退款",)
    assert [turn.role for turn in found["q4"].history] == ["customer", "agent"]
    assert (found["q4"].follow_up, found["q4"].clean) == (True, False)
    assert (found["q2"].variant_of, found["q2"].clean) == ("q3", False)
    assert found["q1"].clean


def test_the_older_tag_for_traditional_script_is_the_same_tag(tmp_path: Path) -> None:
    file = write(tmp_path / "judged.jsonl", [{**JUDGED[0], "tags": ["trad", "short"]}])
    assert judged.load(file)[0].tags == ("traditional", "short")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"relevant": {"a": 3}}, "grades are 1"),
        ({"split": "train"}, "split is one of dev, test"),
        ({"relevant": {}}, "exactly when no entry is relevant"),
        ({"tags": ["none"]}, "exactly when no entry is relevant"),
        ({"query": " "}, "the query is empty"),
        ({"history": [{"role": "bot", "text": "好"}]}, "one of customer, agent"),
        ({"history": ["好"]}, "TypeError"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    ((line, _, told),) = refused(tmp_path / "judged.jsonl", {**JUDGED[0], **change})
    assert line == 1
    assert message in told


def test_lines_that_contradict_one_another_are_refused(tmp_path: Path) -> None:
    clean = {"id": "a", "query": "退款", "relevant": {"x": 2}}
    problems = refused(
        tmp_path / "judged.jsonl",
        clean,
        {**clean, "id": "b", "variant_of": "a", "split": "test"},
        {**clean, "id": "c", "variant_of": "gone"},
        {**clean, "id": "d", "variant_of": "c"},
        {**clean, "id": "e"},
        {**clean, "id": "e"},
    )
    assert [(line, field) for line, field, _ in problems] == [
        (2, "variant_of"), (3, "variant_of"), (4, "variant_of"), (5, "id"), (6, "id"),
    ]  # fmt: skip
    assert "in dev, this one in test" in problems[0][2]
    assert "no such query" in problems[1][2]
    assert "name the clean query" in problems[2][2]


def test_the_key_follows_everything_that_changes_what_is_right() -> None:
    query = judged.Judged("q", "退款", {"a": 2, "b": 1}, "dev")
    same = judged.Judged("other", "退款", {"b": 1, "a": 2}, "dev", ("short",))
    assert query.key == same.key
    changed = [
        judged.Judged("q", "退款?", {"a": 2, "b": 1}, "dev"),
        judged.Judged("q", "退款", {"a": 1, "b": 1}, "dev"),
        judged.Judged("q", "退款", {"a": 2, "b": 1}, "dev", as_of="2025-11-11"),
        judged.Judged("q", "退款", {"a": 2, "b": 1}, "dev",
                      history=(judged.Turn("customer", "好"),)),
    ]  # fmt: skip
    assert len({query.key, *(item.key for item in changed)}) == 5


def test_entries_that_are_gone_are_named_with_their_queries() -> None:
    queries = [judged.Judged("q1", "甲", {"a": 2, "b": 1}, "dev"),
               judged.Judged("q2", "乙", {"b": 2}, "dev")]  # fmt: skip
    assert judged.missing_entries(queries, {"a"}) == ["b (named by q1, q2)"]
    assert judged.missing_entries(queries, {"a", "b"}) == []


def test_the_queries_that_come_with_the_product_hold_together() -> None:
    queries = judged.load()
    answers = {
        split: {entry for query in queries if query.split == split
                for entry, grade in query.relevant.items() if grade == 2}
        for split in judged.SPLITS
    }  # fmt: skip
    assert all(answers.values())
    assert answers["dev"].isdisjoint(answers["test"])  # what is tuned on is not tested on
