"""What customers say of the articles in the help centre: helpful or not, counted by day."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Engine

from assistant.selfservice import store
from kb.clock import Clock
from kb.errors import StorageBusy, StorageFull
from kb.model import Revision
from kb.store import read, write

WINDOW = timedelta(days=30)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Votes:
    """How many found an article helpful, and how many did not."""

    yes: int = 0
    no: int = 0


class Helpful:
    """Counts votes; keeps nothing of who voted.

    Args:
        engine: The database.
        clock: The time.
        site_tz: The zone whose days are counted.
    """

    def __init__(self, engine: Engine, clock: Clock, site_tz: ZoneInfo) -> None:
        self._engine = engine
        self._clock = clock
        self._tz = site_tz

    def count(self, revision: Revision, *, yes: bool) -> None:
        """Add a vote to today's. A full disk or a locked database costs the vote, no more."""
        try:
            with write(self._engine) as connection:
                store.count_helpful(
                    connection, revision.entry_id, revision.number, self._day(), yes=yes
                )
        except (StorageFull, StorageBusy) as error:
            _log.warning("a vote on an article could not be kept: %s", error)

    def lately(self, entry_id: str) -> Votes:
        """The votes on an article over the last thirty days, on all of its versions."""
        with read(self._engine) as connection:
            yes, no = store.helpful_since(connection, entry_id, self._day(WINDOW))
        return Votes(yes, no)

    def _day(self, ago: timedelta = timedelta(0)) -> str:
        return (self._clock() - ago).astimezone(self._tz).date().isoformat()
