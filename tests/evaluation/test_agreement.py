from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from evaluation import agreement, judged
from evaluation.cli import evaluate
from kb.errors import InvalidInput


def test_kappa_by_hand() -> None:
    # Both say 0 five times and 1 twice; they differ three times. Seen 0.7; by chance
    # (7*6 + 3*4) / 100 = 0.54; (0.7 - 0.54) / 0.46.
    counts = agreement.confusion([(0, 0)] * 5 + [(1, 1)] * 2 + [(0, 1)] * 2 + [(1, 0)])
    assert float(agreement.kappa(counts)) == pytest.approx(0.16 / 0.46)
    both = agreement.confusion([(0, 0), (1, 1), (2, 2)])
    assert float(agreement.kappa(both)) == 1.0
    assert np.isnan(agreement.kappa(agreement.confusion([(2, 2)] * 4)))


def test_a_wide_difference_weighs_more_than_a_narrow_one() -> None:
    near = agreement.confusion([(0, 0), (1, 1), (2, 2), (2, 1), (1, 2)])
    far = agreement.confusion([(0, 0), (1, 1), (2, 2), (2, 0), (0, 2)])
    assert agreement.kappa(near) == pytest.approx(agreement.kappa(far), abs=0.1)
    assert agreement.kappa(near, agreement.SQUARED) > agreement.kappa(far, agreement.SQUARED) + 0.3


def test_figures_of_queries_with_and_without_an_answer(tmp_path: Path) -> None:
    file = tmp_path / "both.jsonl"
    rows = [
        {"id": "q1", "grades": {"a": [2, 2], "b": [0, 1]}},
        {"id": "q2", "grades": {"a": [0, 0]}},
        {"id": "q3", "grades": {"a": [2, 1], "b": [0, 0]}},
    ]
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    queries = [judged.Judged("q1", "x", {"a": 2}, "dev"), judged.Judged("q2", "y", {}, "dev")]
    found = agreement.measure(agreement.load(file), queries)
    assert (found["queries"], found["pairs"], found["equal"]) == (3, 5, 0.6)
    assert found["confusion"] == [[2, 1, 0], [0, 0, 0], [0, 1, 1]]
    # q1 both, q2 neither, q3 the first alone: seen 2/3, by chance (2*1 + 1*2) / 9.
    assert found["kappa_answerable"] == pytest.approx(0.4)
    low, high = found["kappa_interval"]
    assert low <= found["kappa"] <= high
    assert found["by_kind"]["plain"]["queries"] == 2
    assert "3 queries" in agreement.text(found)


def test_a_part_that_chance_alone_explains_has_no_kappa(tmp_path: Path) -> None:
    file = tmp_path / "both.jsonl"
    file.write_text('{"id": "q1", "grades": {"a": [2, 2]}}\n')
    found = agreement.measure(agreement.load(file))
    assert found["kappa"] is None
    assert found["kappa_interval"] == []
    assert "kappa –" in agreement.text(found)


def test_bad_lines_are_all_named(tmp_path: Path) -> None:
    file = tmp_path / "both.jsonl"
    good = '{"id": "q1", "grades": {"a": [2, 2]}}'
    file.write_text(f'{good}\nno\n{good}\n{{"id": "q2", "grades": {{"a": [3, 0]}}}}\n')
    with pytest.raises(InvalidInput) as refused:
        agreement.load(file)
    assert [problem.line for problem in refused.value.problems] == [2, 3, 4]


def test_what_ships_is_about_judged_queries_and_agrees_well() -> None:
    result = CliRunner().invoke(evaluate, ["agreement", "--json"])
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["queries"] == 150
    assert found["kappa_weighted"] >= 0.8
    known = {query.id for query in judged.load()}
    assert {one.id for one in agreement.load()} <= known
