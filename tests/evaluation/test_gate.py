from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from evaluation import gate
from evaluation.cli import evaluate
from evaluation.judged import Judged
from evaluation.runs import Scored, measures
from kb.errors import InvalidInput, NotFound
from tests.evaluation.folders import JUDGED, content, judged


def scored(identity: str, ranked: str, confidence: float, wanted: str = "a") -> Scored:
    relevant = {wanted: 2} if wanted else {}
    query = Judged(identity, f"问 {identity}", relevant, "dev")
    scores = measures(tuple(ranked), relevant) if relevant else {}
    return Scored(query, tuple(ranked), confidence, confidence, confidence >= 0.5, scores)


def run(good: int, bad: int, *, idle: float = 0.1) -> list[Scored]:
    """`good` queries right at once, `bad` only in the second place, and ten without an answer."""
    return [
        *(scored(f"q{n:02}", "ab", 0.9 - n / 1000) for n in range(good)),
        *(scored(f"q{n:02}", "ba", 0.8 - n / 1000) for n in range(good, good + bad)),
        *(scored(f"z{n}", "c", idle + n / 1000, "") for n in range(10)),
    ]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    gate.save(run(30, 10), tmp_path / "baseline.json", "dev")
    return tmp_path / "baseline.json"


def test_an_unchanged_run_passes(kept: Path) -> None:
    verdict = gate.compare(run(30, 10), gate.read(kept, "dev"))
    assert not verdict.failed
    assert [(check.name, check.p) for check in verdict.checks] == [
        ("ndcg@10", 1.0), ("hit@1", 1.0), ("abstention_auroc", 1.0),
    ]  # fmt: skip
    assert (verdict.n, verdict.lost, verdict.fresh, verdict.gone) == (50, (), 0, 0)


def test_a_significant_loss_fails_and_names_the_queries(kept: Path) -> None:
    verdict = gate.compare(run(15, 25), gate.read(kept, "dev"))
    assert verdict.failed
    assert [check.worse for check in verdict.checks] == [True, True, False]
    assert [lost.id for lost in verdict.lost] == [f"q{n}" for n in range(15, 30)]
    text = gate.as_text(verdict, "dev")
    assert "hit@1" in text
    assert "WORSE" in text
    assert "q15 问 q15" in text
    assert "wanted a; found b, a" in text
    assert "zhike evaluate judged --split dev --save" in text


def test_a_loss_that_chance_explains_passes_and_is_named_all_the_same(kept: Path) -> None:
    verdict = gate.compare(run(29, 11), gate.read(kept, "dev"))
    assert not verdict.failed
    assert [lost.id for lost in verdict.lost] == ["q29"]


def test_a_gain_never_fails(kept: Path) -> None:
    verdict = gate.compare(run(40, 0), gate.read(kept, "dev"))
    assert not verdict.failed
    assert verdict.won == 10


def test_answering_what_has_no_answer_fails(kept: Path) -> None:
    verdict = gate.compare(run(30, 10, idle=0.95), gate.read(kept, "dev"))
    assert [check.name for check in verdict.checks if check.worse] == ["abstention_auroc"]


def test_queries_that_changed_wait_for_the_next_baseline(kept: Path) -> None:
    now = run(30, 9)[1:]
    now[0] = scored("q01", "xyz", 0.9, "b")
    now.append(scored("new", "xyz", 0.9))
    verdict = gate.compare(now, gate.read(kept, "dev"))
    assert (verdict.n, verdict.fresh, verdict.gone) == (47, 2, 2)
    assert verdict.lost == ()
    assert "2 queries are new or changed" in gate.as_text(verdict, "dev")


def test_a_file_that_is_no_baseline_is_refused_with_the_way_out(kept: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="--split test --save"):
        gate.read(tmp_path / "none.json", "test")
    with pytest.raises(InvalidInput, match="holds the split dev, not test"):
        gate.read(kept, "test")
    kept.write_text('{"split": "dev", "queries": {"q": {}}}')
    with pytest.raises(InvalidInput, match="not a baseline"):
        gate.read(kept, "dev")


def test_a_baseline_has_a_line_for_each_query_and_no_text(kept: Path) -> None:
    text = kept.read_text("utf-8")
    assert len([line for line in text.splitlines() if '"key"' in line]) == 50
    assert "问" not in text
    assert json.loads(text)["queries"]["q00"]["ranked"] == ["a", "b"]


def test_differences_are_told_for_every_metric(kept: Path) -> None:
    found = gate.differences(run(15, 25), gate.read(kept, "dev"))
    assert found["n"] == 40
    assert found["hit@1"]["difference"] == pytest.approx(-15 / 40)
    assert found["hit@1"]["p"] < 0.01
    assert found["hit@1"]["interval"][1] < 0
    assert found["hit@3"] == {"difference": 0.0, "p": 1.0, "interval": [0.0, 0.0]}


def test_the_command_measures_saves_and_guards(tmp_path: Path) -> None:
    folder, file = content(tmp_path / "content"), judged(tmp_path / "judged.jsonl")
    kept, common = tmp_path / "kept.json", ["--content", str(folder), "--queries", str(file)]

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(evaluate, [*arguments, *common], catch_exceptions=False)

    first = call("judged", "--save", str(kept), "--json")
    found = json.loads(first.stdout)
    assert (found["all"]["n"], found["all"]["n_no_answer"]) == (5, 1)
    assert (found["clean"]["n"], found["multi_turn"]["n"]) == (3, 1)
    assert found["variants"]["typo"]["n"] == 1
    assert list(found["systems"]) == ["hybrid", "dense", "keyword", "bm25"]
    assert sum(part["count"] for part in found["reliability"]) == 6
    again = call("judged", "--against", str(kept))
    assert "since then hit@1: {'difference': 0.0" in again.stdout
    assert "follow-ups 1" in again.stdout
    passed = call("gate", "--baseline", str(kept), "--json")
    assert (passed.exit_code, json.loads(passed.stdout)["passed"]) == (0, True)

    rows = [{**JUDGED[2], "id": f"r{n}"} for n in range(8)]
    judged(file, [*rows, JUDGED[4]])
    call("judged", "--save", str(kept))
    for page in folder.glob("refund*.md"):
        page.write_text(page.read_text("utf-8").replace("退款多久到账", "运费险")
                        .replace("退款 3 个工作日内到账", "运费险随单"), "utf-8")  # fmt: skip
    failed = call("gate", "--baseline", str(kept))
    assert failed.exit_code == 1
    assert "WORSE" in failed.stdout
    assert "r0 退款多久到账" in failed.stdout


def test_queries_about_entries_that_are_gone_stop_the_measurement(tmp_path: Path) -> None:
    folder = content(tmp_path / "content")
    file = judged(tmp_path / "judged.jsonl", [{**JUDGED[0], "relevant": {"gone": 2}}])
    with pytest.raises(InvalidInput, match=r"no entry gone \(named by q1\)"):
        CliRunner().invoke(
            evaluate, ["judged", "--content", str(folder), "--queries", str(file)],
            catch_exceptions=False,
        )  # fmt: skip
