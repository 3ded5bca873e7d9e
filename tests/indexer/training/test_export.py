from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tokenizers import Tokenizer

from indexer.encoder import StaticEncoder
from indexer.training.evaluate import evaluate_set, score_query, table_encoder
from indexer.training.export import quantise, temper, write_model
from indexer.training.vocabulary import build_tokenizer

WORDS = ("退货", "运费", "退", "货", "谁", "付", "refund", "7")
TEXTS = ["退货运费谁付", "Refund 7", "", "退货，退货！", "龘", "ＲＥＦＵＮＤ"]


@pytest.fixture
def tokenizer() -> Tokenizer:
    return build_tokenizer({word: math.log((len(word) / 2) / 100) for word in WORDS})


@pytest.fixture
def table(tokenizer: Tokenizer) -> NDArray[np.float32]:
    rng = np.random.default_rng(7)
    made = rng.normal(size=(tokenizer.get_vocab_size(), 16)).astype(np.float32)
    made[0] = 0.0
    return made


def written(folder: Path, tokenizer: Tokenizer, table: NDArray[np.float32]) -> Path:
    file = folder / "tokenizer.json"
    tokenizer.save(str(file))
    write_model(table, file, folder / "model")
    return folder / "model"


def test_the_tokenizer_cuts_words_and_knows_every_character(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("退货运费，谁付？").tokens == ["退货", "运费", "谁", "付"]
    assert tokenizer.encode("REFUND 7").tokens == ["refund", "7"]
    assert [t[:3] for t in tokenizer.encode("龘").tokens] == ["<0x"] * 3


def test_the_light_runtime_reads_what_was_exported(
    tmp_path: Path, tokenizer: Tokenizer, table: NDArray[np.float32]
) -> None:
    encoder = StaticEncoder(written(tmp_path, tokenizer, table))
    rows, factor = quantise(table)
    stored = rows.astype(np.float32) * factor[:, None]
    np.testing.assert_allclose(
        encoder.encode(TEXTS), table_encoder(tokenizer, stored)(TEXTS), atol=1e-6
    )
    # Eight bits cost little: the vectors are nearly those of the table itself.
    exact = table_encoder(tokenizer, table)(TEXTS)
    assert float((encoder.encode(TEXTS) * exact).sum(axis=1)[[0, 1, 3]].min()) > 0.999


def test_exporting_again_replaces_the_weights_and_keeps_the_card(
    tmp_path: Path, tokenizer: Tokenizer, table: NDArray[np.float32]
) -> None:
    model = written(tmp_path, tokenizer, table)
    (model / "README.md").write_text("card")
    before = StaticEncoder(model).fingerprint
    assert StaticEncoder(written(tmp_path, tokenizer, -table)).fingerprint != before
    assert (model / "README.md").read_text() == "card"
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_tempering_evens_lengths_out_and_keeps_directions(table: NDArray[np.float32]) -> None:
    found = temper(table, 0.5)
    lengths = np.linalg.norm(table[1:], axis=1)
    np.testing.assert_allclose(np.linalg.norm(found[1:], axis=1), lengths**0.5, rtol=1e-5)
    np.testing.assert_allclose(temper(table, 1.0), table, rtol=1e-6)


def test_figures_of_one_ranking() -> None:
    ndcg, mrr, hit, recall = score_query(["x", "a", "y"], {"a": 1, "b": 1})
    assert (mrr, hit, recall) == (0.5, 0.0, 0.5)
    assert ndcg == pytest.approx((1 / math.log2(3)) / (1 + 1 / math.log2(3)))
    assert score_query(["a", "b"], {"a": 1, "b": 1}) == pytest.approx((1.0, 1.0, 1.0, 1.0))


def test_an_evaluation_set_is_ranked_by_the_encoder(tmp_path: Path, tokenizer: Tokenizer) -> None:
    (tmp_path / "corpus.jsonl").write_text(
        '{"_id": "a", "title": "退货", "text": "退货"}\n{"_id": "b", "title": "", "text": "运费"}\n',
        "utf-8",
    )
    (tmp_path / "queries.jsonl").write_text(
        '{"_id": "q", "text": "運費"}\n{"_id": "unjudged", "text": "退货"}\n', "utf-8"
    )
    (tmp_path / "qrels.tsv").write_text("query\tdoc\tscore\nq\tb\t1\nq\ta\t0\n")
    identity = np.eye(tokenizer.get_vocab_size(), dtype=np.float32)
    found = evaluate_set(tmp_path, table_encoder(tokenizer, identity))
    assert found == {"ndcg@10": 1.0, "mrr@10": 1.0, "hit@1": 1.0, "recall@10": 1.0}
