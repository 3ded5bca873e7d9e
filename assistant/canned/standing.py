"""Whether a canned reply still holds: by its own dates and by those of the entries it rests on.

Evaluated at the moment of asking, never stored. A reply without a single ground that fell away is
usable; one whose grounds changed after it was written says so; one with a ground that ended, or
was withdrawn, is not offered as current any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from assistant.canned.model import Ground, Item, Standing
from assistant.catalogue import Catalogue
from assistant.shift.comparisons import held
from kb.basis import changes_after
from kb.states import State

_OVER = frozenset({State.EXPIRED, State.SUPERSEDED, State.NOT_YET_EFFECTIVE})


def standing(item: Item, catalogue: Catalogue, now: datetime, as_of: datetime | None) -> Standing:
    """How far a reply can be trusted at `as_of` (None: now)."""
    moment = as_of or now
    if item.revision is not None:
        return _of_company(item, catalogue, moment)
    return _of_own(item, catalogue, now, moment)


def _of_company(item: Item, catalogue: Catalogue, moment: datetime) -> Standing:
    assert item.revision is not None
    entry_id, number = item.revision.entry_id, item.revision.number
    in_force = catalogue.in_force(entry_id, moment)
    known = catalogue.freshness.get(entry_id)
    state = known.state if known else State.CURRENT
    if in_force is None or in_force.number != number:
        ended = [span.end for span in catalogue.spans(entry_id, number) if span.end]
        over = state if state in _OVER else State.EXPIRED
        past = [end for end in (*ended, item.revision.withdrawn_at) if end and end <= moment]
        return Standing(False, over, ended_at=max(past, default=None))
    grounds = tuple(
        _ground(catalogue, basis, moment)
        for basis in item.revision.content.depends_on
        if basis in catalogue.entries  # a name nobody has is a broken link, no ground
    )
    usable = all(ground.carries for ground in grounds)
    return Standing(
        usable,
        state if usable else State.EXPIRED,
        grounds,
        _first(_end(catalogue, entry_id, moment, same=number), *(g.until for g in grounds)),
    )


def _of_own(item: Item, catalogue: Catalogue, now: datetime, moment: datetime) -> Standing:
    assert item.own is not None
    draft = item.own.draft
    if draft.expires_at and draft.expires_at <= moment:
        return Standing(False, State.EXPIRED, ended_at=draft.expires_at)
    grounds = []
    for basis in draft.rests_on:
        dependency = catalogue.entries.get(basis)
        if dependency is None:
            continue
        changes = changes_after(item.own.updated_at, dependency, catalogue.timeline, now)
        ground = _ground(catalogue, basis, now, moment, changes[-1].at if changes else None)
        written_for = held(dependency, item.own.updated_at) if changes else None
        grounds.append(replace(ground, was=written_for.number if written_for else 0))
    usable = all(ground.carries for ground in grounds)
    return Standing(
        usable,
        _worst(catalogue, grounds) if usable else State.EXPIRED,
        tuple(grounds),
        _first(draft.expires_at, *(ground.until for ground in grounds)),
    )


def _ground(
    catalogue: Catalogue,
    entry_id: str,
    now: datetime,
    moment: datetime | None = None,
    changed_at: datetime | None = None,
) -> Ground:
    """An entry as a ground: the text was written for `now`, and is wanted for `moment`."""
    current = catalogue.in_force(entry_id, now)
    wanted = catalogue.in_force(entry_id, moment or now)
    if wanted is None or current is None:
        return Ground(entry_id, None, changed_at=changed_at)
    then = wanted.number if wanted.number != current.number else 0
    return Ground(entry_id, current.number, _end(catalogue, entry_id, now), changed_at, then)


def _end(
    catalogue: Catalogue, entry_id: str, moment: datetime, same: int | None = None
) -> datetime | None:
    """When nothing of an entry (or: not that one revision) is in force any more; None: open."""
    end: datetime | None = None
    begun = False
    for span in catalogue.timeline.spans(entry_id):
        if not begun:
            begun = span.holds(moment)
        elif span.start != end or (same is not None and span.revision != same):
            break
        if begun:
            end = span.end
            if end is None:
                break
    return end


def _worst(catalogue: Catalogue, grounds: Iterable[Ground]) -> State:
    found = [State.CURRENT]
    for ground in grounds:
        known = catalogue.freshness.get(ground.entry_id)
        found.append(known.state if known else State.CURRENT)
        if ground.changed_at:
            found.append(State.BASIS_CHANGED)
    return max(found, key=lambda state: state.badness)


def _first(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment), default=None)
