"""API: contradictions, the ripple of a change, the calendar, putting off, digests."""

from __future__ import annotations

from assistant.accounts.policy import Action
from assistant.desk import digest as digests
from assistant.web import board_views, context, freshness_views
from assistant.web.contact_requests import NothingIn
from assistant.web.freshness_requests import (
    CalendarQuery,
    ConflictsQuery,
    DigestQuery,
    DismissIn,
    RippleQuery,
    SnoozeIn,
)
from assistant.web.freshness_responses import (
    CalendarOut,
    ConflictOut,
    ConflictsOut,
    DigestOut,
    RippleOut,
    SnoozedOut,
)
from assistant.web.lookup import known_entry, known_revision
from assistant.web.moments import parse_moment
from assistant.web.routing import Routes
from kb.conflicts import ConflictPair
from kb.errors import NotFound
from kb.freshness import conflict_key

routes = Routes()
_ENTRY = "/freshness/entries/<entry_id>"
_CONFLICT = "/freshness/conflicts/<key>"


@routes.get(
    "/freshness/conflicts", Action.FRESHNESS_READ, query=ConflictsQuery, returns=ConflictsOut
)
def list_conflicts(query: ConflictsQuery) -> ConflictsOut:
    """List contradictions between entries in force, both sentences side by side."""
    return freshness_views.conflicts(query)


@routes.post(f"{_CONFLICT}/dismiss", Action.ENTRIES_STEWARD, body=DismissIn, returns=ConflictOut)
def dismiss_conflict(key: str, body: DismissIn) -> ConflictOut:
    """Note that two sentences do not contradict; it holds until one of them is reworded."""
    pair = _known(key)
    services = context.services()
    services.kb.dismiss_conflict(key, pair.a.entry_id, context.principal().name, body.note)
    return _after(key, pair)


@routes.post(f"{_CONFLICT}/restore", Action.ENTRIES_STEWARD, body=DismissIn, returns=ConflictOut)
def restore_conflict(key: str, body: DismissIn) -> ConflictOut:
    """Take back that two sentences do not contradict."""
    pair = _known(key)
    context.services().kb.restore_conflict(key, context.principal().name, body.note)
    return _after(key, pair)


def _known(key: str) -> ConflictPair:
    catalogue = context.services().catalogue.current()
    for pair in freshness_views.visible_conflicts(catalogue, None):
        if conflict_key(pair) == key:
            return pair
    raise NotFound("there is no such contradiction")


def _after(key: str, pair: ConflictPair) -> ConflictOut:
    services = context.services()
    catalogue = services.catalogue.current(own_write=True)
    dismissed = {one.key: one for one in services.kb.dismissals()}
    return freshness_views.conflict(catalogue, pair, dismissed.get(key))


@routes.get(
    "/entries/<entry_id>/ripple", Action.ENTRIES_WRITE, query=RippleQuery, returns=RippleOut
)
def read_ripple(entry_id: str, query: RippleQuery) -> RippleOut:
    """Show what depends on an entry and would go stale with one of its revisions."""
    catalogue, entry = known_entry(entry_id)
    if query.revision:
        changed = known_revision(entry, query.revision)
    else:
        changed = freshness_views.newest_visible(entry)
    replies = context.services().canned.visible(context.principal())
    return freshness_views.ripple_of(catalogue, changed, replies)


@routes.get("/freshness/calendar", Action.FRESHNESS_READ, query=CalendarQuery, returns=CalendarOut)
def read_calendar(query: CalendarQuery) -> CalendarOut:
    """List what takes effect, changes or ends in the coming days, and dates that texts name."""
    return freshness_views.calendar(context.services().catalogue.current(), query.days)


@routes.post(f"{_ENTRY}/snooze", Action.ENTRIES_STEWARD, body=SnoozeIn, returns=SnoozedOut)
def snooze_entry(entry_id: str, body: SnoozeIn) -> SnoozedOut:
    """Put an entry off until a date; a new flaw shows it earlier."""
    catalogue, entry = known_entry(entry_id)
    until = parse_moment(body.until, "until")
    assert until is not None
    label = catalogue.freshness.get(entry.id)
    states = {reason.state for reason in label.reasons} if label else set()
    services = context.services()
    made = services.kb.snooze(entry.id, until, body.reason, states, context.principal().name)
    services.catalogue.current(own_write=True)
    return {"entry_id": entry.id, "snooze": freshness_views.snooze(made)}


@routes.post(f"{_ENTRY}/wake", Action.ENTRIES_STEWARD, body=NothingIn, returns=SnoozedOut)
def wake_entry(entry_id: str, body: NothingIn) -> SnoozedOut:
    """End a snooze before its date."""
    _catalogue, entry = known_entry(entry_id)
    services = context.services()
    services.kb.wake(entry.id, context.principal().name)
    services.catalogue.current(own_write=True)
    return {"entry_id": entry.id, "snooze": None}


@routes.get("/freshness/digest", Action.ENTRIES_STEWARD, query=DigestQuery, returns=DigestOut)
def read_digest(query: DigestQuery) -> DigestOut:
    """Show the digest that an owner would be sent now."""
    services = context.services()
    catalogue = services.catalogue.current()
    found = [row for row in board_views.visible_rows() if row.owner == query.owner]
    made = digests.compose(query.owner, found, catalogue, services.settings.site_tz, context.lang())
    return {
        "owner": made.owner,
        "subject": made.subject,
        "text": made.text,
        "html": made.html,
        "tasks": made.tasks,
    }
