"""What is proposed, and the knowledge as it would be: pure functions over entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from assistant.impact.model import Asked, Question
from kb.errors import NotFound
from kb.model import Content, Entry, Kind, Revision, Status, Stewardship
from kb.transaction import replaced
from kb.validity import Timeline

NEW = "new-entry"  # stands for an entry that has no id yet
_MOST_OWN = 20
_MOST_MOMENTS = 6  # each is asked about all questions that must hit


class Step(StrEnum):
    """What is proposed to be done with a revision."""

    PUBLISH = "publish"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A step that somebody thinks of taking.

    Attributes:
        step: What would be done.
        entry_id: With which entry; `NEW` for one without an id.
        revision: With which revision; 0: one that is not stored yet, of this content.
        content: What the revision says.
    """

    step: Step
    entry_id: str
    revision: int
    content: Content

    @property
    def key(self) -> str:
        """Equal keys mean the same proposal."""
        return f"{self.step} {self.entry_id} {self.revision} {self.content.digest()}"


@dataclass(frozen=True, slots=True)
class Proposed:
    """The knowledge as it would be.

    Attributes:
        entries: Everything published, and the proposal carried out.
        revision: The revision it is about, as it would be then.
        moment: When it would show: now, or when the revision comes into force.
    """

    entries: tuple[Entry, ...]
    revision: Revision
    moment: datetime


def carried_out(entries: Sequence[Entry], proposal: Proposal, now: datetime) -> Proposed:
    """The knowledge as it would be if the proposal were carried out now.

    Raises:
        NotFound: A revision is to be withdrawn that does not exist.
    """
    entry = next((one for one in entries if one.id == proposal.entry_id), None)
    if proposal.step is Step.WITHDRAW:
        gone = entry.revision(proposal.revision) if entry else None
        if entry is None or gone is None:
            raise NotFound(f"{proposal.entry_id} r{proposal.revision}")
        revision = replace(gone, status=Status.WITHDRAWN, withdrawn_at=now)
    else:
        revision = _published(entry, proposal, now)
    if entry is None:
        entry = Entry(proposal.entry_id, proposal.content.kind, Stewardship(), 0, now)
    changed = replaced(entry, revision)
    others = [one for one in entries if one.id != changed.id]
    everything = sorted([*others, changed], key=lambda one: one.id)
    start = revision.valid_from
    return Proposed(tuple(everything), revision, max(now, start) if start else now)


def _published(entry: Entry | None, proposal: Proposal, now: datetime) -> Revision:
    stored = entry.revision(proposal.revision) if entry else None
    if stored is not None and stored.content == proposal.content:
        if stored.status is Status.PUBLISHED:
            return stored
        return replace(stored, status=Status.PUBLISHED, published_at=now)
    number = entry.revisions[-1].number + 1 if entry and entry.revisions else 1
    content = proposal.content
    return Revision(
        proposal.entry_id, number, content, content.digest(), Status.PUBLISHED, "", now,
        published_at=now,
    )  # fmt: skip


def moments(before: Sequence[Entry], after: Sequence[Entry], first: datetime) -> list[datetime]:
    """When a change may show: `first`, then each later moment from which on it shows otherwise.

    These are starts and ends of what changes: of the revisions of a changed entry, and of others
    that end earlier or later because of it. Stretches of time in which the same revisions take the
    same places are named once; at most six, the earliest.
    """
    was, will = Timeline(before), Timeline(after)
    old = {entry.id: entry for entry in before}
    touched = sorted(
        entry.id
        for entry in after
        if old.get(entry.id) != entry or was.spans(entry.id) != will.spans(entry.id)
    )
    edges = {
        edge
        for timeline in (was, will)
        for entry_id in touched
        for span in timeline.spans(entry_id)
        for edge in (span.start, span.end)
        if edge is not None and edge > first
    }
    found, seen = [first], {_places(was, will, touched, first)}
    for edge in sorted(edges):
        places = _places(was, will, touched, edge)
        if places and places not in seen:
            seen.add(places)
            found.append(edge)
            if len(found) >= _MOST_MOMENTS:
                break
    return found


def _places(
    was: Timeline, will: Timeline, touched: Sequence[str], moment: datetime
) -> frozenset[tuple[str, str, str]]:
    """What takes the place of what at a moment, by entry and content."""
    found = set()
    for entry_id in touched:
        old, new = was.at(entry_id, moment), will.at(entry_id, moment)
        sides = (old.content_hash if old else "", new.content_hash if new else "")
        if sides[0] != sides[1]:
            found.add((entry_id, *sides))
    return frozenset(found)


def own_questions(revision: Revision) -> list[Asked]:
    """The questions that a revision itself says it answers."""
    content = revision.content
    texts = (*([content.title] if content.kind is Kind.FAQ else []), *content.questions)
    return [
        Asked("", Question(text, audience=content.audience, expects=(revision.entry_id,)), "own")
        for text in dict.fromkeys(texts)
        if text.strip()
    ][:_MOST_OWN]
