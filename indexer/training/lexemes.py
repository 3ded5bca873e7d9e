"""Counts the words from which the vocabulary is chosen."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import jieba
import rjieba

from indexer.training.corpus import read_pairs
from indexer.training.progress import track
from indexer.training.textprep import HAN_RUN, NUMBER, WORD, normalise

COUNTS = "counts.json"
GENERAL = Path(jieba.__file__).with_name("dict.txt")
SERVICE_WORDS = Path(__file__).with_name("service_words.txt")


def texts(pairs: Path, text: Path) -> Iterator[str]:
    """Yield each distinct query, passage and paragraph."""
    last = ""
    for pair in read_pairs(pairs):
        if pair.query != last:
            yield pair.query
            last = pair.query
        if pair.kind in {"dialogue", "faq", "paraphrase", "parallel"}:
            yield pair.passage
    with text.open(encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t", 1)[1]


def write_counts(pairs: Path, text: Path, folder: Path) -> None:
    """Count Chinese words (rjieba), characters, English words and numbers."""
    han: Counter[str] = Counter()
    chars: Counter[str] = Counter()
    words: Counter[str] = Counter()
    numbers: Counter[str] = Counter()
    other: Counter[str] = Counter()
    for line in track(texts(pairs, text), "texts counted"):
        other.update(line)
        words.update(WORD.findall(line))
        numbers.update(NUMBER.findall(line))
        for run in HAN_RUN.findall(line):
            chars.update(run)
            han.update(rjieba.cut(run, True))
    names = {"han": han, "chars": chars, "words": words, "numbers": numbers, "other": other}
    dump = {name: dict(counts.most_common(400_000)) for name, counts in names.items()}
    (folder / COUNTS).write_text(json.dumps(dump, ensure_ascii=False), "utf-8")


def read_lexicon(path: Path) -> list[tuple[str, int, str]]:
    """Return (word, document frequency, list) rows of the THUOCL lexicon, simplified."""
    rows: list[tuple[str, int, str]] = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            word, frequency, name = line.rstrip("\n").split("\t")[:3]
            if frequency.isdigit():
                rows.append((normalise(word), int(frequency), name))
    return rows


def read_general() -> dict[str, int]:
    """Return the words of jieba's own dictionary (MIT) with their general frequencies."""
    rows = (line.split(" ") for line in GENERAL.read_text("utf-8").splitlines() if line)
    return {normalise(row[0]): int(row[1]) for row in rows}


def read_service_words() -> list[str]:
    """Return our own list of words of customer service and shopping."""
    return sorted(set(SERVICE_WORDS.read_text("utf-8").split()))
