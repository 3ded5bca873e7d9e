"""Insights as the rest of the product sees them: record feedback, count use, queue gaps.

Whatever may hold a customer's words is masked here, before it reaches the store.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Engine

from assistant.insights.later import Later
from assistant.insights.masking import mask
from assistant.insights.store import InsightStore
from indexer.text import normalise
from kb.clock import Clock
from kb.errors import StorageBusy, StorageFull

USAGE_WINDOW = timedelta(days=30)
_log = logging.getLogger(__name__)
_CUSTOMERS = "visit:"  # how the actors of self-service are called
_TEXT_LIMIT = 4_000  # characters kept of any one text
_QUERY_LIMIT = 500


class FeedbackKind(StrEnum):
    """What became of a suggestion or an answer."""

    ADOPTED = "adopted"
    EDITED = "edited"
    UNHELPFUL = "unhelpful"
    OUTDATED = "outdated"
    IGNORED = "ignored"


USED = frozenset({FeedbackKind.ADOPTED, FeedbackKind.EDITED})


@dataclass(frozen=True, slots=True)
class Feedback:
    """One piece of feedback about one revision; texts may be raw, they are masked on the way in."""

    kind: FeedbackKind
    entry_id: str
    revision: int
    query: str = ""
    sent: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that found no reliable answer, with how often it was asked. Times are UTC."""

    query: str
    reason: str
    count: int
    first_at: datetime
    last_at: datetime
    status: str


class Insights:
    """Feedback, usage counts and the gap queue."""

    def __init__(self, engine: Engine, clock: Clock, site_tz: ZoneInfo) -> None:
        self._store = InsightStore(engine)
        self._clock = clock
        self._tz = site_tz
        self._later = Later()

    def record(self, feedback: Feedback, actor: str) -> None:
        """Store feedback; an adopted or edited suggestion counts one use of its entry today."""
        now = self._clock()
        row = {
            "at": int(now.timestamp()),
            "actor": actor,
            "kind": feedback.kind.value,
            "entry_id": feedback.entry_id,
            "revision": feedback.revision,
            "query": mask(feedback.query)[:_QUERY_LIMIT],
            "sent": mask(feedback.sent)[:_TEXT_LIMIT],
            "note": mask(feedback.note)[:_TEXT_LIMIT],
        }
        used = feedback.kind in USED
        self._store.add_feedback(row, self._day(now) if used else None)

    def record_later(self, feedback: Feedback, actor: str) -> None:
        """Store feedback without making anybody wait; it may be lost with the process."""
        self._later.do(lambda: self.record(feedback, actor))

    def usage(self) -> Mapping[str, int]:
        """Uses per entry over the last thirty days."""
        return self._store.usage_since(self._day(self._clock() - USAGE_WINDOW))

    def note_gap(self, query: str) -> None:
        """Queue a question that a search found no answer to, without making the search wait."""
        self._later.do(lambda: self.add_gap(query, "no_answer"))

    def add_gap(self, query: str, reason: str) -> None:
        """Queue a question without an answer; the same words asked again raise its count.

        A full disk or a locked database costs the note, never the search it came from.

        Args:
            query: what was asked, raw.
            reason: `no_answer` (found by a search) or `reported` (by somebody who looked).
        """
        masked = mask(query).strip()[:_QUERY_LIMIT]
        if not masked:
            return
        same = "".join(character for character in normalise(masked) if character.isalnum())
        key = hashlib.sha256((same or masked).encode("utf-8", "surrogatepass")).hexdigest()
        try:
            self._store.count_gap(key, masked, reason, int(self._clock().timestamp()))
        except (StorageFull, StorageBusy) as error:
            _log.warning("a knowledge gap could not be noted: %s", error)

    def gaps(self, limit: int = 50, offset: int = 0) -> tuple[tuple[Gap, ...], int]:
        """Open gaps, most asked first, and how many there are in all."""
        self._later.drain()
        rows, total = self._store.gaps(limit, offset)
        found = tuple(
            Gap(
                query=row["query"],
                reason=row["reason"],
                count=row["count"],
                first_at=datetime.fromtimestamp(row["first_at"], UTC),
                last_at=datetime.fromtimestamp(row["last_at"], UTC),
                status=row["status"],
            )
            for row in rows
        )
        return found, total

    def asked(self, limit: int) -> list[str]:
        """The newest real questions, of feedback and of the gap queue, masked; the newest first.

        The same words may come twice, once from each.
        """
        self._later.drain()
        return [query for _at, query in self._store.asked(limit)]

    def forget(self, days: int) -> None:
        """Forget words of customers that nobody came back to for `days` days.

        Questions that a search found no answer to, and that were asked once, are deleted. Of what
        customers said of answers the words go; that they said it is counted all the same.
        """
        before = int((self._clock() - timedelta(days=days)).timestamp())
        while self._store.forget_gaps(before) or self._store.forget_words(before, _CUSTOMERS):
            pass  # in parts, so that nobody waits long for the database

    def _day(self, moment: datetime) -> str:
        return moment.astimezone(self._tz).date().isoformat()
