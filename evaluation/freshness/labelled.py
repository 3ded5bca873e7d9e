"""The labelled sets of freshness: `evaluation/data/{conflicts,states,ripple}.jsonl`.

A side of a pair, an entry of a world and a text beside a changed rule are all written as JSON
objects in one spelling, see `entry_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from evaluation.labelled_lines import read_lines
from kb.clock import parse_local
from kb.errors import InvalidInput
from kb.freshness import State
from kb.model import Audience, Content, Entry, Kind, Revision, Status, Stewardship
from kb.ripple import Tie
from kb.rows import Report
from kb.settings import DEFAULT_TZ

SPLITS = ("dev", "test")
TZ = ZoneInfo(DEFAULT_TZ)
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
_LONG_AGO = "2025-01-01"
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries and whether they contradict each other; `what` in which way, or why not."""

    id: str
    entries: tuple[Entry, Entry]
    conflict: bool
    what: str


@dataclass(frozen=True, slots=True)
class World:
    """Some entries at one moment, and for some of them the exact set of states."""

    id: str
    now: datetime
    entries: tuple[Entry, ...]
    reports: tuple[Report, ...]
    expected: Mapping[str, frozenset[State]]


@dataclass(frozen=True, slots=True)
class Change:
    """A rule with a new draft, other entries, and how each hangs on the rule (empty: not at all).

    `proposals` holds, by entry, the sentence that should be proposed.
    """

    id: str
    entries: tuple[Entry, ...]
    changed: Revision
    expected: Mapping[str, frozenset[Tie]]
    proposals: Mapping[str, str]


def pairs(split: str, file: Path | None = None) -> list[Pair]:
    """The labelled pairs of a split. Raises InvalidInput naming every bad line."""
    return _read("conflicts.jsonl", split, _pair, file)


def worlds(split: str, file: Path | None = None) -> list[World]:
    """The labelled worlds of a split. Raises InvalidInput naming every bad line."""
    return _read("states.jsonl", split, _world, file)


def changes(split: str, file: Path | None = None) -> list[Change]:
    """The labelled changes of rules of a split. Raises InvalidInput naming every bad line."""
    return _read("ripple.jsonl", split, _change, file)


def _read(
    name: str, split: str, make: Callable[[dict[str, Any]], Made], file: Path | None
) -> list[Made]:
    source = file or Path(str(resources.files("evaluation") / "data" / name))
    known: set[str] = set()

    def once(row: dict[str, Any]) -> tuple[str, Made]:
        if row["split"] not in SPLITS or row["id"] in known:
            raise ValueError("unknown split, or an id that is there twice")
        known.add(row["id"])
        return row["split"], make(row)

    found, problems = read_lines(source, once, "a labelled case")
    if problems:
        raise InvalidInput(problems)
    return [made for _, (where, made) in found if where == split]


def entry_of(row: Mapping[str, Any], lang: str = "zh-CN") -> Entry:
    """An entry from its short form: title and body, or `revisions` with a body each.

    A revision may say from, until, published and withdrawn (dates in the site's time zone) and
    draft; the entry kind, lang, audience, depends_on, supersedes, reviewed and every (days).
    """
    shared = {key: value for key, value in row.items() if key != "revisions"}
    parts = row.get("revisions") or [{}]
    revisions = tuple(
        _revision(number, {**shared, **part}, lang) for number, part in enumerate(parts, start=1)
    )
    keeper = Stewardship(
        owner="", review_every=int(row.get("every", 0)), reviewed_at=_moment(row.get("reviewed"))
    )
    first = revisions[0]
    return Entry(row["id"], first.content.kind, keeper, 1, first.created_at, revisions)


def _revision(number: int, row: Mapping[str, Any], lang: str) -> Revision:
    content = Content(
        kind=Kind(row.get("kind", "policy")),
        title=row["title"],
        body=row["body"],
        lang=row.get("lang", lang),
        audience=Audience(row.get("audience", "customer")),
        effective_from=_moment(row.get("from")),
        effective_until=_moment(row.get("until")),
        depends_on=tuple(row.get("depends_on", ())),
        supersedes=tuple(row.get("supersedes", ())),
    )
    published = _moment(row.get("published", _LONG_AGO))
    assert published is not None
    withdrawn = _moment(row.get("withdrawn"))
    draft = bool(row.get("draft"))
    status = Status.DRAFT if draft else Status.WITHDRAWN if withdrawn else Status.PUBLISHED
    return Revision(
        row["id"], number, content, content.digest(), status, "", published,
        published_at=None if draft else published, withdrawn_at=withdrawn,
    )  # fmt: skip


def _moment(text: str | None) -> datetime | None:
    return parse_local(text, TZ) if text else None


def _pair(row: dict[str, Any]) -> Pair:
    a, b = (entry_of({"id": name, **row[name]}, row["lang"]) for name in ("a", "b"))
    return Pair(row["id"], (a, b), bool(row["conflict"]), row["what"])


def _world(row: dict[str, Any]) -> World:
    now = _moment(row["now"])
    assert now is not None
    reports = tuple(
        Report(
            number, report["entry_id"], 1, "", report["note"], "坐席", now,
            resolved_at=now if report.get("resolved") else None,
        )
        for number, report in enumerate(row["reports"], start=1)
    )  # fmt: skip
    expected = {
        entry_id: frozenset(State(state) for state in states)
        for entry_id, states in row["expect"].items()
    }
    entries = tuple(entry_of(entry) for entry in row["entries"])
    return World(row["id"], now, entries, reports, expected)


def _change(row: dict[str, Any]) -> Change:
    rule, lang = row["rule"], row["lang"]
    bodies = [{"body": rule["before"]}, {"body": rule["after"], "draft": True}]
    changed = entry_of({"id": "rule", "title": rule["title"], "revisions": bodies}, lang)
    others = [entry_of(other, lang) for other in row["others"]]
    return Change(
        row["id"],
        (changed, *others),
        changed.revisions[-1],
        {other["id"]: frozenset(Tie(tie) for tie in other["ties"]) for other in row["others"]},
        {o["id"]: o["proposal"] for o in row["others"] if "proposal" in o},
    )
