"""Answers about conflicts, ripple, the calendar, snoozes and digests."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12


class SnoozeOut(TypedDict):
    """Until when a row of the board is put off, why, and by whom."""

    until: str | None
    reason: str
    actor: str
    at: str | None


class SideOut(TypedDict):
    """One side of a contradiction: its sentence, and the words in it that differ."""

    entry_id: str
    revision: int
    kind: str
    title: str
    owner: str
    sentence: str
    differs: str
    effective_from: str | None
    effective_until: str | None
    url: str


class ConflictOut(TypedDict):
    """Two sentences in force that disagree.

    `key` names them for dismissing; another wording has another. `in` is what they disagree in.
    """

    key: str
    disagree_in: str
    a: SideOut
    b: SideOut
    dismissed: bool
    dismissed_by: str
    dismissed_at: str | None
    note: str


class ConflictsOut(TypedDict):
    """Contradictions among what is in force now."""

    conflicts: list[ConflictOut]
    total: int


class RepeatedOut(TypedDict):
    """A sentence that repeats a replaced figure; `proposal` is null where it must be reworded."""

    sentence: str
    old: str
    new: str
    proposal: str | None


class TouchedOut(TypedDict):
    """An entry, or a reply of a person or team, that a change touches.

    `ties` say how: declared, figure, link, name. `marked` ones go stale with the change.
    """

    id: str
    revision: int
    kind: str
    scope: str
    title: str
    owner: str
    ties: list[str]
    marked: bool
    sentence: str
    repeated: list[RepeatedOut]
    url: str | None


class RippleOut(TypedDict):
    """All that a revision touches when it comes into force."""

    entry_id: str
    revision: int
    touched: list[TouchedOut]
    counts: dict[str, int]


class AppointmentOut(TypedDict):
    """Something that takes effect, changes or ends. `by` takes its place when it ends by that."""

    at: str | None
    turn: str
    entry_id: str
    revision: int
    kind: str
    title: str
    owner: str
    by: str
    url: str


class CalendarOut(TypedDict):
    """What comes, in order of time."""

    since: str | None
    until: str | None
    appointments: list[AppointmentOut]


class DigestOut(TypedDict):
    """What an owner would be sent now."""

    owner: str
    subject: str
    text: str
    html: str
    tasks: int


class SnoozedOut(TypedDict):
    """An entry and its snooze; null when it is awake."""

    entry_id: str
    snooze: SnoozeOut | None
