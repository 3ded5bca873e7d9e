"""Judged queries: what customers ask and which entries answer it (`data/judged.jsonl`)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.labelled_lines import read_lines
from kb.errors import InvalidInput, Problem

DEFAULT_FILE = Path(__file__).parent / "data" / "judged.jsonl"
# The day the demonstration content is written for: the date of queries that name none.
TODAY = "2026-11-22T12:00"
SPLITS = ("dev", "test")
ROLES = ("customer", "agent")
GRADES = (1, 2)
NO_ANSWER = "none"
MULTI_TURN = "multi-turn"
# Ways of writing a clean query otherwise.
VARIANTS = ("typo", "pinyin", "traditional")
_SAME_TAG = {"trad": "traditional"}


@dataclass(frozen=True, slots=True)
class Turn:
    """What was said before a query: by `customer` or `agent`."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One query with its relevant entries (grade 2 answers it, 1 helps; empty: nothing does).

    Attributes:
        id: Unique in the file and stable for ever: scores are kept by it.
        query: What is asked.
        relevant: Grade of each relevant entry.
        split: `dev` or `test`; never tune on test.
        tags: What is special about it.
        as_of: The moment it is asked about, in local time.
        revision: Where it is not 0, the revision of an entry of grade 2 that is in force at
            `as_of`: a search for that date must bring up this one and no other.
        history: What was said before, oldest first.
        variant_of: Id of the clean query of which this is a misspelt or otherwise written form.
    """

    id: str
    query: str
    relevant: Mapping[str, int]
    split: str
    tags: tuple[str, ...] = ()
    as_of: str = TODAY
    revision: int = 0
    history: tuple[Turn, ...] = ()
    variant_of: str = ""

    @property
    def context(self) -> tuple[str, ...]:
        """The customer's own earlier turns, oldest first."""
        return tuple(turn.text for turn in self.history if turn.role == "customer")

    @property
    def answered(self) -> str:
        """What the agent said last; empty when they have said nothing."""
        return next((turn.text for turn in reversed(self.history) if turn.role == "agent"), "")

    @property
    def follow_up(self) -> bool:
        """Whether it needs what was said before."""
        return bool(self.history)

    @property
    def clean(self) -> bool:
        """Whether it is a query of its own, neither a variant nor a follow-up."""
        return not self.variant_of and not self.history

    @property
    def key(self) -> str:
        """Changes whenever the query or its judgement does, so that old scores are not compared."""
        told = [[turn.role, turn.text] for turn in self.history]
        parts = [self.query, sorted(self.relevant.items()), self.as_of, told]
        plain = json.dumps(parts, ensure_ascii=False)
        return hashlib.sha256(plain.encode()).hexdigest()[:12]


def load(path: Path = DEFAULT_FILE, split: str = "") -> list[Judged]:
    """Reads the file; only queries of `split` when given.

    Raises InvalidInput with file:line for every line that is not a judged query, whose id is
    double, or whose `variant_of` names no clean query of the same split.
    """
    queries, problems = read_lines(path, _judged, "a judged query")
    problems += _contradictions(path, queries)
    if problems:
        raise InvalidInput(problems)
    return [query for _, query in queries if not split or query.split == split]


def missing_entries(queries: Iterable[Judged], known: Collection[str]) -> list[str]:
    """Relevant entries that no longer exist, each with the queries that name it."""
    named: dict[str, list[str]] = {}
    for query in queries:
        for entry in query.relevant:
            if entry not in known:
                named.setdefault(entry, []).append(query.id)
    return [f"{entry} (named by {', '.join(ids)})" for entry, ids in sorted(named.items())]


def answering(queries: Iterable[Judged]) -> frozenset[str]:
    """The entries that answer any of some queries."""
    return frozenset(
        entry for query in queries for entry, grade in query.relevant.items() if grade == GRADES[-1]
    )


def _judged(raw: Mapping[str, Any]) -> Judged:
    relevant = {str(key): grade for key, grade in raw["relevant"].items()}
    if any(grade not in GRADES for grade in relevant.values()):
        raise ValueError("grades are 1 (helps) and 2 (answers)")
    if raw["split"] not in SPLITS:
        raise ValueError(f"split is one of {', '.join(SPLITS)}")
    tags = tuple(_SAME_TAG.get(str(tag), str(tag)) for tag in raw.get("tags", ()))
    if (NO_ANSWER in tags) != (not relevant):
        raise ValueError("a query has the tag none exactly when no entry is relevant")
    if not str(raw["query"]).strip():
        raise ValueError("the query is empty")
    return Judged(
        id=str(raw["id"]),
        query=str(raw["query"]),
        relevant=relevant,
        split=raw["split"],
        tags=tags,
        as_of=raw.get("as_of") or TODAY,
        revision=int(raw.get("revision", 0)),
        history=tuple(_turn(turn) for turn in raw.get("history", ())),
        variant_of=str(raw.get("variant_of") or ""),
    )


def _turn(raw: Mapping[str, Any]) -> Turn:
    if raw["role"] not in ROLES:
        raise ValueError(f"the role of an earlier turn is one of {', '.join(ROLES)}")
    return Turn(raw["role"], str(raw["text"]))


def _contradictions(path: Path, queries: list[tuple[int, Judged]]) -> list[Problem]:
    """Lines that are well-formed and yet do not go together."""
    counts = Counter(query.id for _, query in queries)
    by_id = {query.id: query for _, query in queries}
    problems = []
    for line, query in queries:
        if counts[query.id] > 1:
            problems.append(Problem(str(path), line, "id", f"{query.id} stands more than once"))
        if not query.variant_of:
            continue
        origin = by_id.get(query.variant_of)
        wrong = ""
        if origin is None:
            wrong = "there is no such query"
        elif origin.variant_of:
            wrong = "that is a variant itself; name the clean query"
        elif origin.split != query.split:
            wrong = f"that query is in {origin.split}, this one in {query.split}"
        if wrong:
            problems.append(Problem(str(path), line, "variant_of", f"{query.variant_of}: {wrong}"))
    return problems
