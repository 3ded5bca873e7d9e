"""The freshness label of an entry: a state with reasons, never a silent penalty in ranking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """How far an entry can be trusted now, from worst to best."""

    EXPIRED = "expired"
    CONFLICT = "conflict"
    BASIS_CHANGED = "basis_changed"
    SUPERSEDED = "superseded"
    NOT_YET_EFFECTIVE = "not_yet_effective"
    REPORTED_OUTDATED = "reported_outdated"
    REVIEW_OVERDUE = "review_overdue"
    PAST_DATE_IN_TEXT = "past_date_in_text"
    BROKEN_LINK = "broken_link"
    REVIEW_DUE = "review_due"
    CURRENT = "current"

    @property
    def badness(self) -> int:
        """0 for `current`, more for worse."""
        return len(State) - 1 - list(State).index(self)


@dataclass(frozen=True, slots=True)
class Reason:
    """One ground for a state, in words for people.

    `refs` are ids of other entries concerned; `at` is when it began or (review due, not yet
    effective) will happen, None when that is not known. `quotes` are the revisions of other
    entries (id, number) whose words stand in the message: who may not read those may not read it.
    `sentence` is the one of the entry itself that is in question, where it is about one.
    """

    state: State
    message_zh: str
    message_en: str
    refs: tuple[str, ...] = ()
    at: datetime | None = None
    quotes: tuple[tuple[str, int], ...] = ()
    sentence: str = ""

    def message(self, lang: str) -> str:
        """The message in a language given by its tag; Chinese unless it begins with ``en``."""
        return self.message_en if lang.lower().startswith("en") else self.message_zh


@dataclass(frozen=True, slots=True)
class Freshness:
    """The worst of the reasons' states, and all reasons, worst first."""

    state: State
    reasons: tuple[Reason, ...] = ()

    @classmethod
    def of(cls, reasons: list[Reason]) -> Freshness:
        """The label that follows from `reasons`."""
        ordered = sorted(reasons, key=lambda reason: -reason.state.badness)
        return cls(ordered[0].state if ordered else State.CURRENT, tuple(ordered))
