from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.risk import load_settings
from evaluation.cli import evaluate
from evaluation.risk import labelled, measuring
from kb.errors import InvalidInput


@pytest.fixture(scope="module")
def judged() -> list[measuring.Judged]:
    return measuring.judge(labelled.load("dev"), load_settings())


def test_what_must_hold_holds_on_messages_that_nothing_was_learnt_from() -> None:
    found = measuring.result(measuring.judge(labelled.load("test"), load_settings()))
    assert found["mood"]["macro_f1"] >= 0.80
    assert found["sensitive"]["recall"] == found["sensitive"]["topic_recall"] == 1.0
    assert found["sensitive"]["precision"] >= 0.9
    assert found["handover"]["precision"] >= 0.85
    assert found["handover"]["recall"] >= 0.85
    assert found["mood_words_verbatim"] == 1.0


def test_the_labelled_contacts_are_many_and_their_splits_apart() -> None:
    dev, test = labelled.load("dev"), labelled.load("test")
    assert len(dev) + len(test) >= 500
    texts = [{labelled.customer_text(item) for item in split} for split in (dev, test)]
    learnt = {text for text, _ in labelled.moods()}
    assert not texts[0] & texts[1]
    assert not texts[1] & learnt
    assert len(learnt) == len(labelled.moods())


def test_figures_by_hand(judged: list[measuring.Judged]) -> None:
    by_id = {j.item.id: j for j in judged}
    calm, threat = by_id["d001"], next(j for j in judged if j.item.topics)
    found = measuring.result([calm, threat])
    assert found["contacts"] == 2
    assert found["sensitive"]["labelled"] == found["sensitive"]["right"] == 1
    assert found["sensitive"]["harmless"] == 1
    assert found["handover"]["precision"] == found["handover"]["recall"] == 1.0
    assert "hand-over" in measuring.text(found, "dev")
    with pytest.raises(ValueError, match="nothing to measure"):
        measuring.result([])


def test_errors_are_listed_with_label_and_verdict(judged: list[measuring.Judged]) -> None:
    found = measuring.result(judged)
    found["wrong"] = {"mood": ["d001"]}
    line = measuring.errors(judged, found).splitlines()[1]
    assert line.startswith("d001 calm -> calm")


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "risk.jsonl"
    good = {
        "id": "x", "split": "dev", "lang": "zh", "messages": [{"role": "customer", "text": "好"}],
        "mood": "calm", "topics": [], "handover": None, "complexity": 1, "grade": "C",
        "complaint": None,
    }  # fmt: skip
    lines = [good, good, good | {"id": "y", "mood": "glad"}, good | {"id": "z", "topics": ["x"]}]
    file.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    with pytest.raises(InvalidInput) as caught:
        labelled.load("dev", file)
    assert [problem.line for problem in caught.value.problems] == [2, 3, 4]


def test_the_command_prints_figures() -> None:
    answer = CliRunner().invoke(evaluate, ["risk", "--split", "dev", "--json"])
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.output)["contacts"] == len(labelled.load("dev"))
