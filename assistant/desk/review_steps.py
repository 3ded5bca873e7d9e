"""What somebody may do with a revision now: each step with what it will do, or why it cannot be.

Pure: decides from what is handed in. What is said here is a forecast in words; the lifecycle and
the API decide when the step is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.accounts.policy import Action
from assistant.catalogue import Catalogue
from kb.lifecycle import is_author
from kb.model import Entry, Revision, Status
from kb.transaction import replaced
from kb.validity import Span, Timeline

Told = tuple[str, dict[str, object]]  # the key of a sentence, and what to fill into it
_UNPUBLISHED = frozenset({Status.DRAFT, Status.IN_REVIEW, Status.APPROVED})
_BACK = frozenset({Status.IN_REVIEW, Status.APPROVED})


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `does` are sentences on what it will do; with `why_not` it cannot be taken."""

    name: str
    does: tuple[Told, ...] = ()
    why_not: str = ""
    main: bool = False
    label: str = ""  # when the button says something else than the step's name

    @property
    def possible(self) -> bool:
        """Whether it can be taken now."""
        return not self.why_not


@dataclass(frozen=True)
class Caller:
    """Who asks: the name in the audit log, and what they may do at all."""

    name: str
    may: Callable[[Action], bool]


@dataclass(frozen=True)
class Forecast:
    """What is in force before and after a step on one revision."""

    now: datetime
    number: int
    before: tuple[Span, ...] = ()
    after: tuple[Span, ...] = ()

    @property
    def holds_now(self) -> int | None:
        """The number of the revision in force before the step."""
        return _at(self.before, self.now)

    @property
    def holds_then(self) -> int | None:
        """The number of the revision in force right after the step."""
        return _at(self.after, self.now)

    @property
    def own(self) -> Span | None:
        """The first time, from now on, at which the revision will be in force."""
        later = (s for s in self.after if s.revision == self.number)
        return next((s for s in later if s.end is None or s.end > self.now), None)


def steps(catalogue: Catalogue, entry: Entry, revision: Revision, caller: Caller) -> list[Step]:
    """The steps that the state of `revision` offers, the main one first."""
    return list(_steps(catalogue, entry, revision, caller))


def forecast(catalogue: Catalogue, entry: Entry, revision: Revision, status: Status) -> Forecast:
    """What the validity line becomes when `revision` gets `status` now."""
    moved = replace(
        revision,
        status=status,
        published_at=catalogue.at if status is Status.PUBLISHED else revision.published_at,
    )
    entries = {**catalogue.entries, entry.id: replaced(entry, moved)}
    after = Timeline(entries.values()).spans(entry.id)
    before = Timeline({**catalogue.entries, entry.id: entry}.values()).spans(entry.id)
    return Forecast(catalogue.at, revision.number, before, after)


def _steps(
    catalogue: Catalogue, entry: Entry, revision: Revision, caller: Caller
) -> Iterator[Step]:
    own = is_author(revision, caller.name)
    if revision.status is Status.DRAFT:
        reviewer = entry.stewardship.reviewer
        sentence = _told("submit_to", reviewer=reviewer) if reviewer else _told("submit")
        yield Step("submit", (sentence,), main=True)
    if revision.status is Status.IN_REVIEW:
        why = _not_trusted(caller, Action.ENTRIES_REVIEW) or ("own" if own else "")
        yield Step("approve", (_told("approve"),), why, main=True)
    if revision.status is Status.APPROVED:
        yield _publish(forecast(catalogue, entry, revision, Status.PUBLISHED), caller)
    if revision.status in _BACK:
        why = _not_trusted(caller, Action.ENTRIES_REVIEW)
        yield Step("reject", (_told("reject", author=revision.author),), why)
    if own and revision.status in _UNPUBLISHED:
        yield Step("discard", (_told("discard"),))
    if revision.status is Status.PUBLISHED:
        yield from _published(catalogue, entry, revision, caller)
    if revision.status is Status.WITHDRAWN:
        yield _rollback(revision)


def _publish(found: Forecast, caller: Caller) -> Step:
    why = _not_trusted(caller, Action.ENTRIES_PUBLISH)
    own, current = found.own, found.holds_now
    if own is None:
        return Step("publish", (_told("publish_never"),), why, main=True)
    later = own.start is not None and own.start > found.now
    does = [_starts(later, own, current)]
    if own.end is not None:
        does.append(_told("publish_until", until=own.end))
    return Step("publish", tuple(does), why, main=True, label="schedule" if later else "")


def _starts(later: bool, own: Span, current: int | None) -> Told:
    if later and current:
        return _told("publish_later", start=own.start, number=current)
    if later:
        return _told("publish_later_first", start=own.start)
    return _told("publish_now", number=current) if current else _told("publish_first")


def _published(
    catalogue: Catalogue, entry: Entry, revision: Revision, caller: Caller
) -> Iterator[Step]:
    found = forecast(catalogue, entry, revision, Status.WITHDRAWN)
    in_force = found.holds_now == revision.number
    newest = max(r.number for r in entry.published)
    if not in_force and revision.number < newest:
        yield _rollback(revision)
    why = _not_trusted(caller, Action.ENTRIES_PUBLISH)
    if in_force and found.holds_then:
        does = _told("withdraw_back", number=found.holds_then)
    elif in_force:
        does = _told("withdraw_none")
    elif any(s.start and s.start > found.now for s in found.before if s.revision == found.number):
        does = _told("withdraw_scheduled")
    else:
        does = _told("withdraw_past")
    yield Step("withdraw", (does,), why)


def _rollback(revision: Revision) -> Step:
    return Step("rollback", (_told("rollback", number=revision.number),))


def _not_trusted(caller: Caller, action: Action) -> str:
    return "" if caller.may(action) else "role"


def _told(key: str, **params: object) -> Told:
    return key, params


def _at(spans: tuple[Span, ...], moment: datetime) -> int | None:
    return next((span.revision for span in spans if span.holds(moment)), None)
