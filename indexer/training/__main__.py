"""Trains the default encoder: `python -m indexer.training --data …`."""

from __future__ import annotations

import argparse
import dataclasses
import json
import logging
import sys
import time
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from indexer.encoder import SHIPPED, StaticEncoder
from indexer.text import ANALYSIS_VERSION
from indexer.training import corpus, encoded, export, lexemes, optimise, vocabulary
from indexer.training.card import model_card
from indexer.training.evaluate import evaluate_all, table_encoder
from indexer.training.settings import Settings, load_settings
from indexer.training.steps import files_fingerprint, fingerprint, run_step

log = logging.getLogger("indexer.training")
CODE = Path(__file__).parent


def code_key(*modules: str) -> str:
    """Return a fingerprint of the named modules of this package."""
    return files_fingerprint(CODE / f"{name}.py" for name in modules)


def prepare(data: Path, work: Path, s: Settings) -> tuple[Path, Path]:
    """Run the steps up to token ids; return the folders of the tokenizer and of the ids."""
    train = data / "train"
    reading = (code_key("corpus", "textprep"), ANALYSIS_VERSION)
    pairs_key = fingerprint(files_fingerprint(train.glob("pairs/*.gz")), *reading)
    text_key = fingerprint(files_fingerprint(train.glob("text/*.gz")), *reading)
    pairs = run_step(work, "pairs", pairs_key, lambda f: corpus.write_pairs(data, f)) / corpus.PAIRS
    text = run_step(work, "text", text_key, lambda f: corpus.write_text(data, f)) / corpus.TEXT
    counts_key = fingerprint(pairs_key, text_key, code_key("lexemes"))
    counts = run_step(work, "counts", counts_key, lambda f: lexemes.write_counts(pairs, text, f))
    lexicon = data / "lexicon" / "thuocl.tsv.gz"
    vocabulary_names = ("vocab_size", "english_words", "english_pieces", "numbers", "general_share")
    vocabulary_key = fingerprint(
        counts_key,
        files_fingerprint([lexicon, lexemes.SERVICE_WORDS, lexemes.GENERAL]),
        code_key("vocabulary"),
        s.pick(*vocabulary_names),
    )
    tokenizer = run_step(
        work,
        "vocabulary",
        vocabulary_key,
        lambda f: vocabulary.write_tokenizer(counts, lexicon, s, f),
    )
    names = (
        "seed",
        "cloze_pairs",
        "cloze_each",
        "cloze_keep",
        "cloze_microsoft",
        "max_query_tokens",
        "max_passage_tokens",
    )
    encoded_key = fingerprint(
        vocabulary_key,
        files_fingerprint([encoded.FILLERS]),
        code_key("cloze", "encoded", "mix"),
        s.pick(*names),
    )
    ids = run_step(
        work,
        "encoded",
        encoded_key,
        lambda f: encoded.write_encoded(pairs, text, tokenizer / vocabulary.TOKENIZER, s, f),
    )
    return tokenizer, ids


def run(data: Path, out: Path, work: Path, s: Settings) -> None:
    """Run every step and write the model folder."""
    began = time.monotonic()
    tokenizer_folder, ids = prepare(data, work, s)
    tokenizer_file = tokenizer_folder / vocabulary.TOKENIZER
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokens = [tokenizer.id_to_token(at) or "" for at in range(tokenizer.get_vocab_size())]
    shaping = {k: v for k, v in dataclasses.asdict(s).items() if k != "norm_power"}
    key = fingerprint(ids.name, code_key("optimise", "composition", "batches"), shaping)

    def watch(step: int, table: torch.Tensor) -> None:
        figures = evaluate_all(data / "eval", table_encoder(tokenizer, table.numpy()))
        line = " ".join(f"{name[:9]} {row['ndcg@10']:.3f}" for name, row in figures.items())
        log.info("epoch ends at step %d: %s", step, line)

    def make(folder: Path) -> None:
        checkpoints = work / f"checkpoints-{key}"
        table = optimise.train(encoded.Encoded.load(ids), tokens, s, checkpoints, watch)
        np.save(folder / optimise.WEIGHTS, table)
        (checkpoints / optimise.CHECKPOINT).unlink(missing_ok=True)

    trained = run_step(work, "trained", key, make)
    table = export.temper(np.load(trained / optimise.WEIGHTS), s.norm_power)
    export.write_model(table, tokenizer_file, out)
    figures = evaluate_all(data / "eval", StaticEncoder(out).encode)
    minutes = (time.monotonic() - began) / 60
    log.info("figures %s", json.dumps(figures))
    card = model_card(figures, s, len(tokens), (data / "train" / "MANIFEST.md").read_text("utf-8"))
    (out / "README.md").write_text(card, "utf-8")
    log.info("model written to %s after %.1f minutes", out, minutes)


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and train."""
    parser = argparse.ArgumentParser(prog="python -m indexer.training", description=__doc__)
    parser.add_argument("--data", required=True, type=Path, help="the shared data folder")
    parser.add_argument(
        "--out", type=Path, default=SHIPPED, help="the model folder to write; %(default)s"
    )
    parser.add_argument(
        "--work",
        type=Path,
        default=Path("var/training"),
        help="folder where finished steps are kept, to go on after a kill; %(default)s",
    )
    parser.add_argument("--settings", type=Path, help="JSON file of settings to override")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    torch.use_deterministic_algorithms(True, warn_only=True)
    run(options.data, options.out, options.work, load_settings(options.settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
