"""Labelled service messages: `evaluation/data/risk.jsonl`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from assistant.risk import Colour, Grade, HandoverReason, Message, Mood
from evaluation.labelled_lines import read_lines
from kb.errors import InvalidInput, Problem

SPLITS = ("dev", "test")
TOPICS = frozenset({"exposure", "regulator", "legal", "police", "privacy", "safety", "life"})


@dataclass(frozen=True, slots=True)
class Labelled:
    """A contact and what a person says about it.

    `topics` are those of its sensitive words, `handover` the reason to hand over or None,
    `complexity` 1 to 3, `complaint` its colour or None.
    """

    id: str
    split: str
    lang: str
    messages: tuple[Message, ...]
    mood: Mood
    topics: frozenset[str]
    handover: HandoverReason | None
    complexity: int
    grade: Grade
    complaint: Colour | None


def load(split: str, file: Path | None = None) -> list[Labelled]:
    """The labelled contacts of a split, in the order of the file.

    Raises:
        InvalidInput: A line is no JSON object, lacks a field, or has an unknown label; every such
            line is named. Identifiers and texts must not occur twice.
    """
    source = file or Path(str(resources.files("evaluation") / "data" / "risk.jsonl"))
    found, problems = read_lines(source, _read, "a labelled contact")
    known: set[object] = set()
    for number, item in found:
        if {item.id, item.messages} & known:
            problems.append(Problem(str(source), number, "id", f"{item.id} is there twice"))
        known |= {item.id, item.messages}
    if problems:
        raise InvalidInput(sorted(problems, key=lambda problem: problem.line))
    return [item for _, item in found if item.split == split]


def moods(file: Path | None = None) -> list[tuple[str, Mood]]:
    """Single messages with their mood only, to learn from: `evaluation/data/moods.jsonl`."""
    source = file or Path(str(resources.files("evaluation") / "data" / "moods.jsonl"))
    rows = map(json.loads, source.read_text(encoding="utf-8").splitlines())
    return [(row["text"], Mood(row["mood"])) for row in rows]


def customer_text(item: Labelled) -> str:
    """All that the customer wrote, one message per line."""
    return "\n".join(m.text for m in item.messages if m.role == "customer")


def _read(row: dict[str, Any]) -> Labelled:
    topics = frozenset(row["topics"])
    if row["split"] not in SPLITS or topics - TOPICS or row["complexity"] not in (1, 2, 3):
        raise ValueError("unknown split, topic or complexity")
    return Labelled(
        id=row["id"],
        split=row["split"],
        lang=row["lang"],
        messages=_messages(row["messages"]),
        mood=Mood(row["mood"]),
        topics=topics,
        handover=HandoverReason(row["handover"]) if row["handover"] else None,
        complexity=row["complexity"],
        grade=Grade(row["grade"]),
        complaint=Colour(row["complaint"]) if row["complaint"] else None,
    )


def _messages(rows: Sequence[dict[str, str]]) -> tuple[Message, ...]:
    return tuple(Message(row["role"], row["text"]) for row in rows)
