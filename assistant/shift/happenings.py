"""What happened to entries between two moments: published, changed, started, ended, withdrawn.

Worked out from revisions and their valid times, so nothing needs to have been watching.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from assistant.catalogue import Catalogue
from kb.basis import BasisChange, changes_after
from kb.model import Entry, Revision


class What(StrEnum):
    """The kinds of news."""

    PUBLISHED = "published"
    CHANGED = "changed"
    STARTED = "started"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Happening:
    """One piece of news about an entry.

    Attributes:
        what: What happened.
        at: When.
        revision: The revision that it happened to.
        before: The one in force until then, if another was.
        after: The one in force since then, if any.
        starts: For a revision published ahead: when it will hold.
        by: The entry that took its place, for one that ended by that.
    """

    what: What
    at: datetime
    revision: Revision
    before: Revision | None = None
    after: Revision | None = None
    starts: datetime | None = None
    by: str = ""

    @property
    def entry_id(self) -> str:
        """The entry it is about."""
        return self.revision.entry_id


def happenings(catalogue: Catalogue, since: datetime, until: datetime) -> list[Happening]:
    """All news after `since`, up to and including `until`, newest first."""
    found = {
        (news.entry_id, news.what, news.at, news.revision.number): news
        for entry in catalogue.entries.values()
        for news in _of(entry, catalogue, since, until)
    }
    return sorted(found.values(), key=lambda n: (n.at, n.entry_id, n.revision.number), reverse=True)


def _of(
    entry: Entry, catalogue: Catalogue, since: datetime, until: datetime
) -> Iterator[Happening]:
    for change in changes_after(since, entry, catalogue.timeline, until):
        if news := _news(entry, change, catalogue):
            yield news
    for revision in entry.published:
        published, start = revision.published_at, revision.valid_from
        if published and start and since < published <= until and start > published:
            before = catalogue.in_force(entry.id, published)
            what = What.CHANGED if before else What.PUBLISHED
            yield Happening(what, published, revision, before, revision, start)


def _news(entry: Entry, change: BasisChange, catalogue: Catalogue) -> Happening | None:
    if change.what == "started":
        return _started(entry, change, catalogue)
    if change.what == "withdrawn":
        gone = entry.revision(change.revision)
        after = catalogue.in_force(entry.id, change.at)
        return Happening(What.WITHDRAWN, change.at, gone, gone, after) if gone else None
    ended = [span for span in catalogue.timeline.spans(entry.id) if span.end == change.at]
    last = entry.revision(ended[-1].revision) if ended else None
    return Happening(What.EXPIRED, change.at, last, last, by=change.by) if last else None


def _started(entry: Entry, change: BasisChange, catalogue: Catalogue) -> Happening | None:
    revision = entry.revision(change.revision)
    if revision is None:
        return None
    before = _before(entry, change, catalogue)
    if change.at == revision.published_at:
        what = What.CHANGED if before else What.PUBLISHED
    else:
        what = What.STARTED
    return Happening(what, change.at, revision, before, revision)


def _before(entry: Entry, change: BasisChange, catalogue: Catalogue) -> Revision | None:
    """The revision whose span ends where the one that started begins."""
    spans = catalogue.timeline.spans(entry.id)
    for earlier, later in pairwise(spans):
        if later.revision == change.revision and earlier.end == later.start:
            return entry.revision(earlier.revision)
    return None
