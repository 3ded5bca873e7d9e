"""A picture of the whole knowledge base as it stands: who is in force, how fresh, who depends.

Lists, labels on answers and the freshness board all read from one picture, so they never
contradict each other within a request. It is renewed when the change feed moved, and each minute
because time alone makes things expire.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter, thread_time

from kb import freshness
from kb.clock import Clock
from kb.conflicts import ConflictPair
from kb.freshness import Freshness
from kb.images import ImageStore
from kb.knowledge import KnowledgeBase
from kb.model import Entry, Revision
from kb.snoozing import Snooze
from kb.validity import Span, Timeline

MAX_AGE = timedelta(minutes=1)
_QUICK_SECONDS = 0.25  # a renewal faster than this is worth waiting for
_FREE_SECONDS = 0.05  # one faster than this may happen as often as it likes
_PATIENCE_SECONDS = 5.0  # a writer waits this long for another thread's renewal
_MANY = 0.1  # of all entries
_SHARE = 4.0  # slower ones pause four times as long as they took: a fifth of a processor at most

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Catalogue:
    """One consistent picture. `sequence` is the change it includes last, `at` when it was taken.

    `conflicts` are all contradictions in force, also those that somebody found to be none.
    """

    sequence: int
    at: datetime
    entries: Mapping[str, Entry]
    freshness: Mapping[str, Freshness]
    timeline: Timeline
    dependents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    successors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    conflicts: tuple[ConflictPair, ...] = ()
    snoozes: Mapping[str, Snooze] = field(default_factory=dict)

    def in_force(self, entry_id: str, as_of: datetime | None = None) -> Revision | None:
        """The revision in force at `as_of` (default: when the picture was taken), or None."""
        return self.timeline.at(entry_id, as_of or self.at)

    def spans(self, entry_id: str, number: int) -> tuple[Span, ...]:
        """When that revision really is the one in force."""
        return tuple(s for s in self.timeline.spans(entry_id) if s.revision == number)


class CatalogueKeeper:
    """Keeps the current `Catalogue`, shared by all threads of a process.

    Args:
        kb: What it is a picture of.
        clock: The time.
        images: The pictures that texts may show; None: nobody looks whether they are there.
    """

    def __init__(self, kb: KnowledgeBase, clock: Clock, images: ImageStore | None = None) -> None:
        self._images = images
        self._kb = kb
        self._clock = clock
        self._renewing = threading.Lock()
        self._current: Catalogue | None = None
        self._cost_seconds = 0.0
        self._not_before = 0.0
        self._held = threading.local()

    @contextmanager
    def held(self) -> Iterator[Catalogue]:
        """The current picture, which `current` gives this thread until the end of the block.

        For work that looks many times and changes nothing: whether the picture is stale is asked
        once.
        """
        before = getattr(self._held, "picture", None)
        self._held.picture = before or self.current()
        try:
            yield self._held.picture
        finally:
            self._held.picture = before

    def current(self, *, own_write: bool = False) -> Catalogue:
        """The picture to answer from.

        With `own_write` the caller has just changed something and wants to see it; otherwise
        many changes in a row are gathered into one renewal.

        The first caller waits for it. Later, a stale picture is renewed by one thread: in place
        while that is quick, in the background once the knowledge base has grown so large that a
        request should not wait for it; everybody else goes on with the previous one.
        """
        held: Catalogue | None = getattr(self._held, "picture", None)
        if held is not None and not own_write:
            return held
        known = self._current
        if known is None:
            with self._renewing:
                return self._current or self._take()
        if own_write:
            return self._renewed(known)
        due = perf_counter() >= self._not_before
        if due and self._stale(known) and self._renewing.acquire(blocking=False):
            if self._cost_seconds < _QUICK_SECONDS:
                return self._renew(known)
            threading.Thread(target=self._renew, args=(known,), daemon=True).start()
        return self._current or known

    def _renewed(self, known: Catalogue) -> Catalogue:
        """A picture with every change so far; a renewal on its way in another thread is awaited."""
        if not self._stale(known) or not self._renewing.acquire(timeout=_PATIENCE_SECONDS):
            return self._current or known
        newest = self._current or known
        if newest is not known and not self._stale(newest):
            self._renewing.release()
            return newest
        return self._renew(newest)

    def _stale(self, known: Catalogue) -> bool:
        age = self._clock() - known.at
        # A clock set back makes the age negative; that is as stale as an old picture.
        return not timedelta(0) <= age < MAX_AGE or self._kb.last_change() != known.sequence

    def _renew(self, known: Catalogue) -> Catalogue:
        try:
            return self._take()
        except Exception:
            _log.exception("the catalogue could not be renewed; the previous one goes on serving")
            return known
        finally:
            self._renewing.release()

    def _take(self) -> Catalogue:
        started = thread_time()
        known = self._current.entries.keys() if self._current else set()
        self._current = take(self._kb, self._clock, self._images)
        finished = perf_counter()
        new = self._current.entries.keys() - known
        # One that reads many texts for the first time does not tell what the next one costs; and
        # what counts is the work, not how busy the machine was meanwhile.
        if len(new) <= _MANY * len(self._current.entries):
            self._cost_seconds = thread_time() - started
        pause = self._cost_seconds * _SHARE if self._cost_seconds > _FREE_SECONDS else 0.0
        self._not_before = finished + pause
        return self._current


def take(kb: KnowledgeBase, clock: Clock, images: ImageStore | None = None) -> Catalogue:
    """Read everything and work out what holds now."""
    sequence = kb.last_change()  # before reading: a change in between makes the picture stale again
    now = clock()
    entries = {entry.id: entry for entry in kb.snapshot()}
    timeline = Timeline(entries.values())
    conflicts = freshness.contradictions(entries, timeline, now)
    states = freshness.assess(
        entries.values(),
        now=now,
        tz=kb.site_tz,
        reports=kb.reports(),
        conflicts=conflicts,
        ignored=kb.dismissed_conflicts(),
        has_picture=(lambda name: images.path(name) is not None) if images else None,
    )
    return Catalogue(
        sequence=sequence,
        at=now,
        entries=entries,
        freshness=states,
        timeline=timeline,
        dependents=_reversed(entries, timeline, now, lambda r: r.content.depends_on),
        successors=_reversed(entries, timeline, now, lambda r: r.content.supersedes),
        conflicts=tuple(conflicts),
        snoozes=kb.snoozes(),
    )


def shown_revision(entry: Entry, in_force: Revision | None) -> Revision | None:
    """The revision that stands for an entry: the one in force, else the newest; None if empty."""
    return in_force or (entry.revisions[-1] if entry.revisions else None)


def _reversed(
    entries: Mapping[str, Entry],
    timeline: Timeline,
    now: datetime,
    targets: Callable[[Revision], tuple[str, ...]],
) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for entry in entries.values():
        revision = shown_revision(entry, timeline.at(entry.id, now))
        for target in dict.fromkeys(targets(revision)) if revision else ():
            found.setdefault(target, []).append(entry.id)
    return {target: tuple(sorted(sources)) for target, sources in found.items()}
