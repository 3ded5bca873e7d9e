"""Conflicts, ripple, calendar and snoozes as the caller may see them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from assistant.accounts.policy import Action
from assistant.canned.model import OwnReply
from assistant.catalogue import Catalogue
from assistant.desk.applying import in_markdown
from assistant.desk.external_links import ExternalLink, collect
from assistant.desk.touched_replies import touched_replies
from assistant.web import context, diffs, labels
from assistant.web.freshness_requests import ConflictsQuery
from assistant.web.freshness_responses import (
    AppointmentOut,
    CalendarOut,
    ConflictOut,
    ConflictsOut,
    RepeatedOut,
    RippleOut,
    SideOut,
    SnoozeOut,
    TextDateOut,
    TouchedOut,
)
from kb.agenda import Appointment, TextDate, agenda, text_dates
from kb.conflicts import ConflictPair
from kb.dates_in_text import day_over
from kb.freshness import State, conflict_key
from kb.model import Entry, Revision, Status
from kb.reports import Dismissal
from kb.ripple import Repeated, Touched, ripple
from kb.snoozing import Snooze


def visible_conflicts(catalogue: Catalogue, entry_id: str | None) -> Iterator[ConflictPair]:
    """The contradictions whose both sides the caller may read, of one entry or all."""
    for pair in catalogue.conflicts:
        sides = (pair.a, pair.b)
        if entry_id and entry_id not in (side.entry_id for side in sides):
            continue
        if all(context.allowed(Action.ENTRIES_READ, side) for side in sides):
            yield pair


def conflicts(query: ConflictsQuery) -> ConflictsOut:
    """A page of the contradictions between entries in force, open ones or dismissed ones."""
    services = context.services()
    catalogue = services.catalogue.current()
    dismissed = {one.key: one for one in services.kb.dismissals()}
    found = [
        pair
        for pair in visible_conflicts(catalogue, query.entry_id)
        if (conflict_key(pair) in dismissed) == query.dismissed
    ]
    page = found[query.offset : query.offset + query.limit]
    return {
        "conflicts": [
            conflict(catalogue, pair, dismissed.get(conflict_key(pair))) for pair in page
        ],
        "total": len(found),
    }


OVER = frozenset({State.EXPIRED, State.SUPERSEDED})  # nobody is told any of it
Runs = list[tuple[str, bool]]


def runs(pair: ConflictOut) -> tuple[Runs, Runs]:
    """Both sentences of a contradiction, each cut into runs: the words, and whether they differ."""
    return _runs(pair["a"], pair["b"]), _runs(pair["b"], pair["a"])


def _runs(mine: SideOut, theirs: SideOut) -> Runs:
    start, differs, end = mine["sentence"].partition(mine["differs"])
    if mine["differs"] and differs:
        return [(text, text is differs) for text in (start, differs, end) if text]
    changes = diffs.word_changes(mine["sentence"], theirs["sentence"])
    return [(run["text"], run["op"] == "delete") for run in changes if run["op"] != "insert"]


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
        _touched_entry(catalogue, one, changed)
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


def _touched_entry(catalogue: Catalogue, one: Touched, changed: Revision) -> TouchedOut:
    entry = catalogue.entries[one.entry_id]
    revision = entry.revision(one.revision)
    shown = revision or labels.representative(catalogue, entry)
    state = labels.state_of(catalogue, entry.id)
    return {
        **_how(one, revision.content.body if revision else ""),
        "state": state,
        "waiting": one.marked and state not in OVER and not _vouched_since(entry, changed),
        "scope": "company",
        "title": shown.content.title if shown else one.entry_id,
        "owner": entry.stewardship.owner,
        "url": labels.entry_url(one.entry_id, one.revision),
    }


def _vouched_since(entry: Entry, changed: Revision) -> bool:
    """Whether somebody confirmed or published an entry after a rule changed."""
    if changed.status is not Status.PUBLISHED:
        return False
    took_effect = max(filter(None, (changed.valid_from, changed.published_at)))
    moments = (entry.stewardship.reviewed_at, *(r.published_at for r in entry.published))
    return any(moment >= took_effect for moment in moments if moment)


def _touched_reply(reply: OwnReply, one: Touched) -> TouchedOut:
    draft = reply.draft
    owner = draft.team or reply.owner
    return {
        **_how(one, ""),
        "state": "",
        "waiting": one.marked,
        "scope": draft.scope.value,
        "title": draft.title,
        "owner": owner,
        "url": None,
    }


def _how(one: Touched, body: str) -> TouchedOut:
    return {  # type: ignore[typeddict-item]  # completed by the callers
        "id": one.entry_id,
        "revision": one.revision,
        "kind": one.kind.value,
        "ties": [tie.value for tie in one.ties],
        "marked": one.marked,
        "sentence": one.sentence,
        "repeated": [_repeated(each, body) for each in one.repeated],
    }


def _repeated(found: Repeated, body: str) -> RepeatedOut:
    edit = in_markdown(body, found.sentence, found.proposal) if found.proposal else None
    return {
        "sentence": found.sentence,
        "old": found.old,
        "new": found.new,
        "proposal": found.proposal,
        "edit": {"replace": edit[0], "by": edit[1]} if edit else None,
    }


def calendar(catalogue: Catalogue, days: int) -> CalendarOut:
    """What takes effect, changes or ends in the coming days, and the dates that texts name."""
    until = catalogue.at + timedelta(days=days)
    coming = agenda(catalogue.entries, catalogue.timeline, catalogue.at, until)
    tz = context.services().settings.site_tz
    named = text_dates(catalogue.entries, catalogue.timeline, catalogue.at, until, tz)
    return {
        "since": context.moment_json(catalogue.at),
        "until": context.moment_json(until),
        "appointments": [
            appointment(catalogue, one)
            for one in coming
            if context.allowed(Action.ENTRIES_READ, one.revision)
        ],
        "text_dates": [
            text_date(catalogue, one, tz)
            for one in named
            if context.allowed(Action.ENTRIES_READ, one.revision)
        ],
    }


def text_date(catalogue: Catalogue, one: TextDate, tz: ZoneInfo) -> TextDateOut:
    """A deadline that a text names."""
    revision = one.revision
    return {
        "day": one.day.isoformat(),
        "text": one.text,
        "sentence": one.sentence,
        "passed": day_over(one.day, tz) <= catalogue.at,
        "entry_id": revision.entry_id,
        "revision": revision.number,
        "kind": revision.content.kind.value,
        "title": revision.content.title,
        "owner": _owner(catalogue, revision.entry_id),
        "url": labels.entry_url(revision.entry_id),
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


def external_links(catalogue: Catalogue) -> list[ExternalLink]:
    """The addresses outside in all texts in force that the caller may read."""
    return collect(
        revision
        for entry_id in catalogue.entries
        if (revision := catalogue.in_force(entry_id))
        and context.allowed(Action.ENTRIES_READ, revision)
    )
