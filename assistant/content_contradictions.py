"""Contradictions between content files, and the faults that a folder lists as meant.

A folder may hold a file of faults that are there on purpose, for tests and demonstrations::

    now: 2026-11-22T12:00      # the moment that the list holds at; default: now
    faults:
      - entry: shipping-delay
        state: conflict        # or broken_link, …
        refs: [faq-delay-coupon]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from kb.clock import parse_local
from kb.document import Document
from kb.errors import Problem
from kb.freshness import Freshness, State, assess
from kb.model import Entry, Revision

FILE = "planted-faults.yaml"


@dataclass(frozen=True, slots=True)
class Listed:
    """Faults that are meant, as entry, state and the entry it is with; `now` None: any moment."""

    now: datetime | None = None
    faults: frozenset[tuple[str, str, str]] = field(default_factory=frozenset)

    def has(self, entry_id: str, state: State, ref: str) -> bool:
        """Whether the fault that `entry_id` has with `ref` is meant."""
        return (entry_id, state.value, ref) in self.faults


def listed_in(folder: Path, tz: ZoneInfo, problems: list[Problem]) -> Listed:
    """What the folder's list names; nothing without one. One that cannot be read is a problem."""
    import yaml

    path = folder / FILE
    if not path.exists():
        return Listed()
    try:
        told = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
        now = parse_local(told["now"], tz) if "now" in told else None
        faults = frozenset(
            (str(fault["entry"]), str(fault["state"]), str(ref))
            for fault in told["faults"]
            for ref in fault.get("refs", ())
        )
    except (
        yaml.YAMLError,
        UnicodeDecodeError,
        KeyError,
        TypeError,
        AttributeError,
        ValueError,
    ) as e:
        problems.append(Problem(str(path), 0, "", f"cannot be read: {e!r}"))
        return Listed()
    return Listed(now, faults)


def labels_of(documents: Iterable[Document], now: datetime, tz: ZoneInfo) -> dict[str, Freshness]:
    """The freshness that the entries in these documents would have at `now`, by entry."""
    return assess(_entries(documents, now), now=now, tz=tz)


def contradictions(labels: Mapping[str, Freshness]) -> Iterator[tuple[str, str, str]]:
    """Each pair of entries that disagree, once: the two ids and what they say, in English."""
    told = set[frozenset[str]]()
    for entry_id, label in sorted(labels.items()):
        for reason in label.reasons:
            for ref in reason.refs if reason.state is State.CONFLICT else ():
                if frozenset((entry_id, ref)) not in told:
                    told.add(frozenset((entry_id, ref)))
                    yield entry_id, ref, reason.message_en


def _entries(documents: Iterable[Document], now: datetime) -> Iterator[Entry]:
    by_entry: dict[str, dict[int, Document]] = defaultdict(dict)
    for document in documents:
        by_entry[document.entry_id].setdefault(document.number or 1, document)
    for entry_id, numbered in by_entry.items():
        revisions = tuple(_revision(number, each, now) for number, each in sorted(numbered.items()))
        last = numbered[max(numbered)]
        yield Entry(entry_id, last.kind, last.stewardship, 1, revisions[0].created_at, revisions)


def _revision(number: int, document: Document, now: datetime) -> Revision:
    content = document.content
    return Revision(
        document.entry_id, number, content, content.digest(), document.status, document.author,
        document.created_at or document.published_at or now,
        published_at=document.published_at, withdrawn_at=document.withdrawn_at,
    )  # fmt: skip
