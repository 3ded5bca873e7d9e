"""Retrieval figures of the dense model alone: `python -m indexer.training.evaluate`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from indexer.encoder import open_encoder
from indexer.training.textprep import normalise

Floats = NDArray[np.float32]
Encode = Callable[[list[str]], Floats]
METRICS = ("ndcg@10", "mrr@10", "hit@1", "recall@10")


def read_lines(path: Path) -> list[dict[str, str]]:
    """Return the objects of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Return the positive judgements per query."""
    judged: dict[str, dict[str, int]] = {}
    for line in path.read_text("utf-8").splitlines()[1:]:
        query, document, score = line.split("\t")
        if int(score) > 0:
            judged.setdefault(query, {})[document] = int(score)
    return judged


def score_query(ranked: list[str], judged: dict[str, int]) -> tuple[float, float, float, float]:
    """Return nDCG@10 (linear gain), MRR@10, hit@1 and recall@10 of one ranking."""
    top = ranked[:10]
    gains = [judged.get(document, 0) for document in top]
    ideal = sorted(judged.values(), reverse=True)[:10]
    discount = [1 / np.log2(at + 2) for at in range(10)]
    best = sum(g * d for g, d in zip(ideal, discount, strict=False))
    ndcg = sum(g * d for g, d in zip(gains, discount, strict=False)) / best
    first = next((at for at, gain in enumerate(gains) if gain), None)
    mrr = 0.0 if first is None else 1 / (first + 1)
    found = sum(1 for gain in gains if gain)
    return float(ndcg), mrr, float(gains[0] > 0), found / len(judged)


def evaluate_set(folder: Path, encode: Encode, prefix: str = "") -> dict[str, float]:
    """Return the mean figures of one evaluation set.

    Args:
        folder: Holds corpus.jsonl, queries.jsonl and qrels.tsv.
        encode: Returns unit vectors of texts.
        prefix: `conv_` for the follow-up questions of a set.
    """
    corpus = read_lines(folder / "corpus.jsonl")
    judged = read_qrels(folder / f"{prefix}qrels.tsv")
    queries = [q for q in read_lines(folder / f"{prefix}queries.jsonl") if q["_id"] in judged]
    ids = [row["_id"] for row in corpus]
    at = {name: place for place, name in enumerate(ids)}
    documents = encode([normalise(f"{row['title']}\n{row['text']}") for row in corpus])
    vectors = encode([normalise(row["text"]) for row in queries])
    scores = vectors @ documents.T
    rows = []
    for row, query in zip(scores, queries, strict=True):
        if (own := query.get("self_id")) in at:
            row[at[own]] = -np.inf
        order = np.lexsort((np.arange(len(row)), -row))[:10]
        rows.append(score_query([ids[i] for i in order], judged[query["_id"]]))
    means = np.mean(rows, axis=0)
    return {name: float(value) for name, value in zip(METRICS, means, strict=True)}


def evaluate_all(data: Path, encode: Encode) -> dict[str, dict[str, float]]:
    """Return the figures of every set under `data`."""
    results = {}
    for folder in sorted(path for path in data.iterdir() if path.is_dir()):
        results[folder.name] = evaluate_set(folder, encode)
        if (folder / "conv_qrels.tsv").exists():
            results[f"{folder.name} (follow-ups)"] = evaluate_set(folder, encode, "conv_")
    return results


def as_table(results: dict[str, dict[str, float]]) -> str:
    """Return the figures as a Markdown table."""
    lines = ["| set | " + " | ".join(METRICS) + " |", "| --- |" + " --- |" * len(METRICS)]
    for name, row in results.items():
        lines.append(f"| {name} | " + " | ".join(f"{row[m]:.3f}" for m in METRICS) + " |")
    return "\n".join(lines) + "\n"


def table_encoder(tokenizer: Tokenizer, table: Floats) -> Encode:
    """Return the encoder that a table still in training would make."""

    def encode(texts: list[str]) -> Floats:
        out = np.zeros((len(texts), table.shape[1]), np.float32)
        encodings = tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        for row, encoding in zip(out, encodings, strict=True):
            if encoding.ids:
                mean = table[encoding.ids].mean(axis=0)
                row[:] = mean / max(float(np.linalg.norm(mean)), 1e-12)
        return out

    return encode


def main(arguments: list[str] | None = None) -> int:
    """Print the figures of a model on every set."""
    parser = argparse.ArgumentParser(
        prog="python -m indexer.training.evaluate", description=__doc__
    )
    parser.add_argument("--model", required=True, help="a model folder or name")
    parser.add_argument("--data", required=True, type=Path, help="the folder of evaluation sets")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args(arguments)
    results = evaluate_all(options.data, open_encoder(options.model).encode)
    sys.stdout.write(as_table(results))
    if options.json:
        options.json.write_text(json.dumps(results, indent=2), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
