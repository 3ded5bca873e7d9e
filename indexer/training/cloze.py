"""Makes pairs out of plain paragraphs (inverse cloze)."""

from __future__ import annotations

import logging
import random
import re
from pathlib import Path

from indexer.training.corpus import Pair
from indexer.training.settings import Settings

log = logging.getLogger(__name__)
_SENTENCE = re.compile(r"[^。！？!?；;]+(?:[。！？!?；;]+|$)|[^.]+\.\s")
_CLAUSE = re.compile(r"[,，、:：;；()（）。！？!?]|\.\s")


def sentences(paragraph: str) -> list[str]:
    """Split a paragraph into sentences long enough to stand alone."""
    return [part.strip() for part in _SENTENCE.findall(paragraph) if len(part.strip()) >= 6]


def _clause(sentence: str, rng: random.Random) -> str:
    """Return a random clause of a sentence, to be nearer to what people type."""
    clauses = [part.strip() for part in _CLAUSE.split(sentence) if len(part.strip()) >= 4]
    return rng.choice(clauses) if clauses else sentence


def cloze_pairs(path: Path, settings: Settings) -> list[Pair]:
    """Make inverse-cloze pairs: a sentence or clause of a paragraph against the rest of it.

    Sometimes the sentence stays in the passage, so that equal words keep counting.

    Args:
        path: File written by `write_text`.
        settings: Settings of the run.

    Returns:
        The pairs; Microsoft text is thinned to leave room for other sources.
    """
    rng = random.Random(settings.seed)
    made: list[Pair] = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            source, paragraph = line.rstrip("\n").split("\t", 1)
            if source.startswith("ms_") and rng.random() > settings.cloze_microsoft:
                continue
            parts = sentences(paragraph[:800])
            if len(parts) < 2:
                continue
            lang = "en" if source.endswith("_en") else "zh"
            name = source.removesuffix("_en")
            for at in rng.sample(range(len(parts)), min(len(parts) - 1, settings.cloze_each)):
                keep = rng.random() < settings.cloze_keep
                rest = "".join(parts if keep else parts[:at] + parts[at + 1 :])
                query = _clause(parts[at], rng) if rng.random() < 0.5 else parts[at]
                made.append(Pair(name, "cloze", "", lang, "", query[:120], rest[:400]))
    log.info("cloze pairs possible: %d", len(made))
    rng.shuffle(made)
    return made[: settings.cloze_pairs]
