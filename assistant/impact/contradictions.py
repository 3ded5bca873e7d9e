"""Sentences of a proposed revision that contradict other entries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from kb import conflicts
from kb.conflicts import ConflictPair
from kb.freshness import conflict_key
from kb.model import Entry, Revision
from kb.validity import Timeline


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A sentence of mine against one of another entry; `new`: only the proposal brings it."""

    other: Revision
    mine: str
    theirs: str
    my_words: str
    their_words: str
    kind: str
    new: bool


def contradictions(
    before: Sequence[Entry],
    after: Sequence[Entry],
    entry_id: str,
    moment: datetime,
    ignored: Collection[str],
) -> list[Contradiction]:
    """What an entry contradicts at a moment as proposed, the new ones first.

    Args:
        before: All entries as they are.
        after: All entries as proposed.
        entry_id: The changed entry.
        moment: When the proposal would show.
        ignored: Keys of contradictions that somebody found to be none.
    """
    pairs = [pair for pair in _pairs(after, entry_id, moment) if conflict_key(pair) not in ignored]
    if not pairs:
        return []
    standing = {conflict_key(pair) for pair in _pairs(before, entry_id, moment)}
    found = [_turned(pair, entry_id, new=conflict_key(pair) not in standing) for pair in pairs]
    return sorted(found, key=lambda one: not one.new)


def _pairs(entries: Iterable[Entry], entry_id: str, moment: datetime) -> list[ConflictPair]:
    everything = tuple(entries)
    timeline = Timeline(everything)
    if timeline.at(entry_id, moment) is None:
        return []
    in_force = (timeline.at(entry.id, moment) for entry in everything)
    return conflicts.find((revision for revision in in_force if revision), about=entry_id)


def _turned(pair: ConflictPair, entry_id: str, *, new: bool) -> Contradiction:
    if pair.a.entry_id == entry_id:
        return Contradiction(
            pair.b, pair.sentence_a, pair.sentence_b, *pair.what, pair.kind, new=new
        )
    there, here = pair.what
    return Contradiction(pair.a, pair.sentence_b, pair.sentence_a, here, there, pair.kind, new=new)
