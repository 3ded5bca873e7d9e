"""What keeps contacts tidy: old ones are forgotten, and consoles hear of a new index."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.engine import Engine

from assistant.contacts import store
from assistant.contacts.model import EventKind
from kb.clock import Clock
from kb.store import read, write

EVENTS_KEPT = timedelta(hours=48)  # a console that was away for longer starts afresh
_FORGOTTEN_AT_ONCE = 200

Wake = Callable[[], None]


class Upkeep:
    """The part of the contacts that looks after them, and tells this process of what changed."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._wakes: list[Wake] = []

    def on_change(self, wake: Wake) -> None:
        """Have `wake` called after each change that this process made; it must not block."""
        self._wakes.append(wake)

    def note_generation(self, generation: str) -> None:
        """Tell every console, once, that the index has another generation."""
        if not generation:
            return
        with read(self._engine) as connection:
            if store.last_detail(connection, EventKind.KNOWLEDGE) == generation:
                return
        with write(self._engine) as connection:  # another process may have been quicker
            if store.last_detail(connection, EventKind.KNOWLEDGE) == generation:
                return
            now = self._clock()
            store.append_event(connection, now, EventKind.KNOWLEDGE, detail=generation)
        self._tell()

    def forget(self, days: int) -> int:
        """Delete contacts closed more than `days` days ago, with all that was said, and old events.

        Returns:
            How many contacts were deleted.
        """
        now, forgotten = self._clock(), 0
        while True:  # in parts, so that nobody waits long for the database
            with write(self._engine) as connection:
                old = store.closed_before(connection, now - timedelta(days=days),
                                          _FORGOTTEN_AT_ONCE)  # fmt: skip
                store.delete(connection, old)
                forgotten += len(old)
                if len(old) < _FORGOTTEN_AT_ONCE:
                    store.delete_events_before(connection, now - EVENTS_KEPT)
                    return forgotten

    def _tell(self) -> None:
        for wake in self._wakes:
            wake()
