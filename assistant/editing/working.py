"""Working drafts: what people are still writing, saved as they type, for nobody else to see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Engine

from assistant.editing.model import WorkingDraft, WorkingRow
from assistant.editing.store import WorkingStore
from kb.clock import Clock
from kb.errors import InvalidInput, NotFound, Problem
from kb.validation import id_problem

MAX_STATE = 1024 * 1024  # bytes of JSON
MAX_DRAFTS = 200  # of one person
MAX_TITLE = 300


class WorkingDrafts:
    """Keeps working drafts; every one is reached by its owner's name alone."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._store = WorkingStore(engine)
        self._clock = clock

    def mine(self, owner: str) -> list[WorkingRow]:
        """What somebody is writing, the one saved last first."""
        return self._store.rows(owner)

    def read(self, owner: str, key: str) -> WorkingDraft:
        """What somebody is writing under a key; NotFound."""
        _expect_key(key)
        return self._store.get(owner, key)

    def save(
        self,
        owner: str,
        key: str,
        state: Mapping[str, Any],
        *,
        title: str = "",
        base: tuple[int, int] = (0, 0),
        seen: datetime | None = None,
    ) -> WorkingDraft:
        """Save what somebody is writing, over what they saw saved last; None: nothing yet.

        `base` is the revision and the version of the entry that they began from. Raises NewerDraft
        when something else was saved under the key meanwhile, as in another tab; InvalidInput for
        a state that is too large or holds a number that is none; NotAllowed for too many drafts.
        """
        _expect_key(key)
        try:
            text = json.dumps(state, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        except ValueError:  # NaN and Infinity are no JSON: what is kept could not be answered
            raise InvalidInput([Problem("", 0, "state", "holds a number that is none")]) from None
        size = len(text.encode(errors="surrogatepass"))
        if size > MAX_STATE:
            message = f"is larger than {MAX_STATE // 1024} KiB"
            raise InvalidInput([Problem("", 0, "state", message)])
        draft = WorkingDraft(owner, key, title[:MAX_TITLE], *base, dict(state), self._clock())
        return self._store.put(draft, seen, MAX_DRAFTS)

    def discard(self, owner: str, key: str, seen: datetime | None = None) -> bool:
        """Throw away what somebody is writing under a key; whether there was anything.

        With `seen`, the moment of the save they mean: raises NewerDraft when something else was
        saved since, as in another tab.
        """
        _expect_key(key)
        return self._store.remove(owner, key, seen)


def _expect_key(key: str) -> None:
    if id_problem(key):
        raise NotFound("there is no working draft of that name")
