"""Judged queries: what customers ask and which entries answer it (`data/judged.jsonl`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.errors import InvalidInput, Problem

DEFAULT_FILE = Path(__file__).parent / "data" / "judged.jsonl"
# The day the demonstration content is written for: the date of queries that name none.
TODAY = "2026-11-22T12:00"


@dataclass(frozen=True, slots=True)
class Judged:
    """One query with its relevant entries (grade 2 answers it, 1 helps; empty: nothing does).

    `revision`, where it is not 0, is the one of an entry of grade 2 that is in force at `as_of`:
    a search for that date must bring up this one and no other.
    """

    id: str
    query: str
    relevant: Mapping[str, int]
    split: str
    tags: tuple[str, ...] = ()
    as_of: str = TODAY
    revision: int = 0


def load(path: Path = DEFAULT_FILE, split: str = "") -> list[Judged]:
    """Reads the file; only queries of `split` when given.

    Raises InvalidInput with file:line for every line that is not a judged query.
    """
    queries: list[Judged] = []
    problems: list[Problem] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            queries.append(
                Judged(
                    id=raw["id"],
                    query=raw["query"],
                    relevant={key: int(grade) for key, grade in raw["relevant"].items()},
                    split=raw["split"],
                    tags=tuple(raw.get("tags", ())),
                    as_of=raw.get("as_of", TODAY),
                    revision=int(raw.get("revision", 0)),
                )
            )
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            problems.append(Problem(str(path), number, "", f"not a judged query: {error!r}"))
    if problems:
        raise InvalidInput(problems)
    return [query for query in queries if not split or query.split == split]
