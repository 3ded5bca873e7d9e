"""Reads pairs and paragraphs into two plain, normalised files."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.training.progress import track
from indexer.training.textprep import clean

PAIRS = "pairs.tsv"
TEXT = "text.tsv"


@dataclass(frozen=True)
class Pair:
    """One training pair, normalised; `label` joins texts that mean the same (intent)."""

    source: str
    kind: str
    sub: str
    lang: str
    label: str
    query: str
    passage: str


def family(source: str) -> str:
    """Return the publisher a source belongs to; batches may be drawn within one."""
    for name in ("aliyun", "ms"):
        if source.startswith(name + "_"):
            return name
    return source


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the JSON objects of a gzip file of lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def write_pairs(data: Path, folder: Path) -> None:
    """Normalise all pairs into one tab-separated file.

    Args:
        data: The shared data folder.
        folder: Where the file is written.
    """
    paths = sorted((data / "train" / "pairs").glob("*.jsonl.gz"))
    seen: set[int] = set()
    with (folder / PAIRS).open("w", encoding="utf-8") as out:
        for path in track(paths, "pair files"):
            for row in read_rows(path):
                query, passage = clean(row["query"]), clean(row["passage"])
                mark = hash((query, passage))
                if len(query) < 2 or len(passage) < 2 or query == passage or mark in seen:
                    continue
                seen.add(mark)
                kind = "api" if row.get("api") else row["kind"]
                fields = (row["source"], kind, str(row.get("sub", "")), row["lang"])
                label = str(row.get("intent", ""))
                out.write("\t".join((*fields, label, query, passage)) + "\n")


def read_pairs(path: Path) -> Iterator[Pair]:
    """Yield the pairs that `write_pairs` wrote."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield Pair(*line.rstrip("\n").split("\t"))


def write_text(data: Path, folder: Path) -> None:
    """Normalise all paragraphs into one file of `source<TAB>paragraph` lines, without repeats."""
    paths = sorted((data / "train" / "text").glob("*.txt.gz"))
    seen: set[int] = set()
    with (folder / TEXT).open("w", encoding="utf-8") as out:
        for path in track(paths, "text files"):
            source = path.name.removesuffix(".txt.gz")
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                for line in lines:
                    paragraph = clean(line)
                    mark = hash(paragraph)
                    if len(paragraph) < 8 or mark in seen:
                        continue
                    seen.add(mark)
                    out.write(f"{source}\t{paragraph}\n")
