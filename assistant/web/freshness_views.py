"""Conflicts, ripple, calendar and snoozes as the caller may see them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from assistant.accounts.policy import Action
from assistant.canned.model import OwnReply
from assistant.catalogue import Catalogue
from assistant.desk.touched_replies import touched_replies
from assistant.web import context, labels
from assistant.web.freshness_responses import (
    AppointmentOut,
    ConflictOut,
    RippleOut,
    SideOut,
    SnoozeOut,
    TouchedOut,
)
from kb.agenda import Appointment
from kb.conflicts import ConflictPair
from kb.freshness import conflict_key
from kb.model import Entry, Revision
from kb.reports import Dismissal
from kb.ripple import Touched, ripple
from kb.snoozing import Snooze


def visible_conflicts(catalogue: Catalogue, entry_id: str | None) -> Iterator[ConflictPair]:
    """The contradictions whose both sides the caller may read, of one entry or all."""
    for pair in catalogue.conflicts:
        sides = (pair.a, pair.b)
        if entry_id and entry_id not in (side.entry_id for side in sides):
            continue
        if all(context.allowed(Action.ENTRIES_READ, side) for side in sides):
            yield pair


def conflict(catalogue: Catalogue, pair: ConflictPair, dismissal: Dismissal | None) -> ConflictOut:
    """A contradiction with both sentences."""
    return {
        "key": conflict_key(pair),
        "disagree_in": pair.kind.removeprefix("term:"),
        "a": _side(catalogue, pair.a, pair.sentence_a, pair.what[0]),
        "b": _side(catalogue, pair.b, pair.sentence_b, pair.what[1]),
        "dismissed": dismissal is not None,
        "dismissed_by": dismissal.actor if dismissal else "",
        "dismissed_at": context.moment_json(dismissal.at) if dismissal else None,
        "note": dismissal.note if dismissal else "",
    }


def _side(catalogue: Catalogue, revision: Revision, sentence: str, differs: str) -> SideOut:
    return {
        "entry_id": revision.entry_id,
        "revision": revision.number,
        "kind": revision.content.kind.value,
        "title": revision.content.title,
        "owner": _owner(catalogue, revision.entry_id),
        "sentence": sentence,
        "differs": differs,
        "effective_from": context.moment_json(revision.valid_from),
        "effective_until": context.moment_json(revision.valid_until),
        "url": labels.entry_url(revision.entry_id, revision.number),
    }


def _owner(catalogue: Catalogue, entry_id: str) -> str:
    entry = catalogue.entries.get(entry_id)
    return entry.stewardship.owner if entry else ""


def ripple_of(catalogue: Catalogue, changed: Revision, replies: list[OwnReply]) -> RippleOut:
    """What a revision touches, as far as the caller may know of it."""
    found = ripple(
        catalogue.entries.values(), changed, now=catalogue.at, timeline=catalogue.timeline
    )
    rows = [
        _touched_entry(catalogue, one)
        for one in found
        if labels.visible_entry(catalogue.entries.get(one.entry_id))
    ]
    for one in touched_replies(replies, catalogue, changed):
        rows.append(_touched_reply(one.reply, one.touched))
    counts = Counter("marked" if row["marked"] else "to_look_at" for row in rows)
    return {
        "entry_id": changed.entry_id,
        "revision": changed.number,
        "touched": rows,
        "counts": {name: counts[name] for name in ("marked", "to_look_at")},
    }


def _touched_entry(catalogue: Catalogue, one: Touched) -> TouchedOut:
    entry = catalogue.entries[one.entry_id]
    revision = entry.revision(one.revision)
    shown = revision or labels.representative(catalogue, entry)
    return {
        **_how(one),
        "scope": "company",
        "title": shown.content.title if shown else one.entry_id,
        "owner": entry.stewardship.owner,
        "url": labels.entry_url(one.entry_id, one.revision),
    }


def _touched_reply(reply: OwnReply, one: Touched) -> TouchedOut:
    draft = reply.draft
    owner = draft.team or reply.owner
    return {
        **_how(one),
        "scope": draft.scope.value,
        "title": draft.title,
        "owner": owner,
        "url": None,
    }


def _how(one: Touched) -> TouchedOut:
    return {  # type: ignore[typeddict-item]  # completed by the callers
        "id": one.entry_id,
        "revision": one.revision,
        "kind": one.kind.value,
        "ties": [tie.value for tie in one.ties],
        "marked": one.marked,
        "sentence": one.sentence,
        "repeated": [
            {"sentence": r.sentence, "old": r.old, "new": r.new, "proposal": r.proposal}
            for r in one.repeated
        ],
    }


def appointment(catalogue: Catalogue, one: Appointment) -> AppointmentOut:
    """One row of the calendar."""
    revision = one.revision
    by = one.by if labels.visible_entry(catalogue.entries.get(one.by)) else ""
    return {
        "at": context.moment_json(one.at),
        "turn": one.turn.value,
        "entry_id": revision.entry_id,
        "revision": revision.number,
        "kind": revision.content.kind.value,
        "title": revision.content.title,
        "owner": _owner(catalogue, revision.entry_id),
        "by": by,
        "url": labels.entry_url(revision.entry_id, revision.number),
    }


def snooze(found: Snooze | None) -> SnoozeOut | None:
    """A snooze as JSON."""
    if found is None:
        return None
    return {
        "until": context.moment_json(found.until),
        "reason": found.reason,
        "actor": found.actor,
        "at": context.moment_json(found.at),
    }


def newest_visible(entry: Entry) -> Revision:
    """The newest revision of an entry that the caller may read; there is one."""
    return labels.visible_revisions(entry)[-1]
