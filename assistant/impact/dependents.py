"""What goes stale with a proposed step: entries, cases and canned replies that rest on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.canned.model import OwnReply
from assistant.desk.touched_replies import as_revision
from assistant.impact.proposals import Proposal, Step
from kb.model import Entry, Revision
from kb.ripple import RuleChange, Touched, change_of, rank, touch
from kb.sections import links
from kb.validity import Timeline


@dataclass(frozen=True, slots=True)
class Dependent:
    """An entry, or a person's or team's reply (`reply` is it then), that a step touches."""

    touched: Touched
    revision: Revision
    reply: OwnReply | None = None


@dataclass(frozen=True, slots=True)
class Unresolved:
    """What a field names and is not there; `why` is ``unknown`` or ``not_in_force``."""

    field: str
    target: str
    why: str


def dependents(
    entries: Sequence[Entry],
    proposal: Proposal,
    revision: Revision,
    moment: datetime,
    replies: Iterable[OwnReply],
) -> list[Dependent]:
    """What hangs on an entry and would be touched by a step, what goes stale first.

    Args:
        entries: All entries as they are.
        proposal: The step.
        revision: The revision it is about, as it would be.
        moment: When the step would show.
        replies: Replies of people and teams that the caller may see.
    """
    known = {entry.id: entry for entry in entries}
    timeline = Timeline(entries)
    change = _change(known, timeline, proposal, revision, moment)
    if change is None:
        return []
    found = [
        Dependent(touched, theirs)
        for entry in entries
        if entry.id not in change.targets and entry.published
        and (theirs := timeline.at(entry.id, moment) or entry.published[-1])
        and (touched := touch(theirs, change))
    ]  # fmt: skip
    for reply in replies:
        theirs = as_revision(reply, revision.content.lang)
        if touched := touch(theirs, change):
            found.append(Dependent(touched, theirs, reply))
    return sorted(found, key=lambda one: rank(one.touched))


def _change(
    known: Mapping[str, Entry],
    timeline: Timeline,
    proposal: Proposal,
    revision: Revision,
    moment: datetime,
) -> RuleChange | None:
    """What the step replaces; None where it changes nothing that is or will be in force."""
    if proposal.step is Step.PUBLISH:
        return change_of(known, timeline, revision, moment)
    entry = known[proposal.entry_id]
    before = entry.revision(proposal.revision)
    if before is None or before not in entry.published:
        return None
    left = replace(entry, revisions=tuple(r for r in entry.revisions if r != before))
    after = Timeline([*(one for one in known.values() if one.id != entry.id), left])
    takes_over = after.at(entry.id, moment)
    if takes_over is None:
        return RuleChange(frozenset({entry.id}), (before.content.title,), ())
    # An earlier text comes back: it is held against the one that goes, as if it were newer.
    number = entry.revisions[-1].number + 1
    return change_of(known, timeline, replace(takes_over, number=number), moment)


def unresolved(entries: Sequence[Entry], revision: Revision, moment: datetime) -> list[Unresolved]:
    """What a revision depends on, replaces or links to that is not there at a moment."""
    timeline = Timeline(entries)
    known = {entry.id for entry in entries}
    named = [
        *(("depends_on", target) for target in revision.content.depends_on),
        *(("supersedes", target) for target in revision.content.supersedes),
        *(("body", link.entry_id) for link in links(revision.content.body) if link.entry_id),
    ]
    found: list[Unresolved] = []
    for field, target in dict.fromkeys(named):
        if target not in known:
            found.append(Unresolved(field, target, "unknown"))
        elif field != "supersedes" and timeline.at(target, moment) is None:
            found.append(Unresolved(field, target, "not_in_force"))
    return found
