"""Entries that go on saying what a rule said before it changed, though they declare no dependency.

Worked out anew at each moment: an entry counts until somebody publishes or verifies it after the
change. Only figures count here; see `kb.ripple` for everything that a change may touch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from kb.basis import last_review
from kb.claims import Statement
from kb.model import Entry, Kind, Revision
from kb.replaced import ECHO, ECHO_OF_NAMED, Echo, Replacement, echo_in, replacements
from kb.validity import Timeline


@dataclass(frozen=True, slots=True)
class Change:
    """The rule `entry_id` said otherwise from `at` on: `before` until then, `after` since."""

    entry_id: str
    at: datetime
    before: Revision
    after: Revision


@dataclass(frozen=True, slots=True)
class Repeating:
    """The entry `entry_id` still repeats what `change` replaced."""

    entry_id: str
    change: Change
    echo: Echo


def changes(entries: Mapping[str, Entry], timeline: Timeline, now: datetime) -> Iterator[Change]:
    """Every time up to `now` that one text of a rule took the place of another."""
    for entry in entries.values():
        for before, after in pairwise(timeline.spans(entry.id)):
            if after.start and after.start <= now and before.revision != after.revision:
                yield from _change(
                    entry.id, after.start,
                    entry.revision(before.revision), entry.revision(after.revision),
                )  # fmt: skip
    for target, ended in timeline.superseded.items():
        spans = timeline.spans(target)
        if ended.at <= now and spans and target in entries:
            last = entries[target].revision(spans[-1].revision)
            yield from _change(ended.by, ended.at, last, timeline.at(ended.by, ended.at))


def _change(
    entry_id: str, start: datetime, before: Revision | None, after: Revision | None
) -> Iterator[Change]:
    if before and after:
        yield Change(entry_id, max(start, after.published_at or start), before, after)


def repeating(
    entries: Mapping[str, Entry],
    timeline: Timeline,
    in_force: Iterable[Revision],
    texts: Mapping[str, tuple[Statement, ...]],
    now: datetime,
) -> list[Repeating]:
    """Who still repeats what was replaced, one row for each entry and rule, the surest.

    `texts` are the statements of the revisions in force, by entry.
    """
    revisions = {r.entry_id: r for r in in_force if r.content.kind is not Kind.CASE}
    places = _places(revisions, texts)
    found: dict[tuple[str, str], Repeating] = {}
    for change in changes(entries, timeline, now):
        for replacement in replacements(change.before.content, change.after.content):
            for entry_id, statement in places.get(_key(replacement), ()):
                revision = revisions[entry_id]
                if change.at > now or not _concerned(entries[entry_id], revision, change):
                    continue
                echo = echo_in(statement, replacement)
                if echo and echo.score >= _needed(revision, change):
                    best = found.get((entry_id, change.entry_id))
                    if best is None or best.echo.score < echo.score:
                        row = Repeating(entry_id, change, echo)
                        found[entry_id, change.entry_id] = row
    return [found[key] for key in sorted(found)]


def _places(
    revisions: Mapping[str, Revision], texts: Mapping[str, tuple[Statement, ...]]
) -> dict[tuple[str, str], list[tuple[str, Statement]]]:
    """For each figure the sentences that have it."""
    places: dict[tuple[str, str], list[tuple[str, Statement]]] = defaultdict(list)
    for entry_id in revisions:
        for statement in texts[entry_id]:
            for key in {figure.key for figure in statement.figures}:
                places[key].append((entry_id, statement))
    return places


def _key(replacement: Replacement) -> tuple[str, str]:
    return replacement.old.values[0]


def _concerned(entry: Entry, revision: Revision, change: Change) -> bool:
    """Whether an entry was last looked at before the change and is not judged by it already."""
    rules = {change.entry_id, change.before.entry_id}
    return (
        entry.id not in rules
        and not rules & {*revision.content.depends_on, *revision.content.supersedes}
        and revision.content.lang == change.after.content.lang
        and _one_product(revision, change.after)
        and last_review(entry.stewardship, revision) < change.at
    )


def _one_product(a: Revision, b: Revision) -> bool:
    one, other = set(a.content.products), set(b.content.products)
    return not (one and other) or bool(one & other)


def _needed(revision: Revision, change: Change) -> float:
    body = revision.content.body
    ids = {change.entry_id, change.before.entry_id}
    named = any(f"kb:{rule}" in body for rule in ids) or change.after.content.title in body
    return ECHO_OF_NAMED if named else ECHO
