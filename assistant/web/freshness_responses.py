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


class EditOut(TypedDict):
    """What to replace in the Markdown of an entry, and by what."""

    replace: str
    by: str


class RepeatedOut(TypedDict):
    """A sentence that repeats a replaced figure; `proposal` is null where it must be reworded.

    `edit` is how the proposal gets into the entry's Markdown; null where that cannot be told.
    """

    sentence: str
    old: str
    new: str
    proposal: str | None
    edit: EditOut | None


class TouchedOut(TypedDict):
    """An entry, or a reply of a person or team, that a change touches.

    `ties` say how: declared, figure, link, name. `marked` ones go stale with the change. `state` is
    how fresh an entry is now (empty for other replies), `waiting` that it is marked and nobody has
    vouched for it since the change took effect.
    """

    id: str
    revision: int
    kind: str
    scope: str
    title: str
    owner: str
    ties: list[str]
    marked: bool
    state: str
    waiting: bool
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


class TextDateOut(TypedDict):
    """A deadline named in a text that is in force; with `passed` that day is over."""

    day: str
    text: str
    sentence: str
    passed: bool
    entry_id: str
    revision: int
    kind: str
    title: str
    owner: str
    url: str


class CalendarOut(TypedDict):
    """What comes, in order of time; `text_dates` begin with those that have passed."""

    since: str | None
    until: str | None
    appointments: list[AppointmentOut]
    text_dates: list[TextDateOut]


class DigestOut(TypedDict):
    """What an owner would be sent now."""

    owner: str
    subject: str
    text: str
    html: str
    tasks: int


class LinkPlaceOut(TypedDict):
    """An entry in which an address stands."""

    entry_id: str
    title: str
    url: str


class LinkOut(TypedDict):
    """An address outside that entries in force point their readers to."""

    url: str
    places: list[LinkPlaceOut]


class LinksOut(TypedDict):
    """Every external link; `check` is whether this service may ask them."""

    links: list[LinkOut]
    check: bool


class LinkFoundOut(TypedDict):
    """What became of an address: ok, moved, gone, refused, failed, private or busy."""

    url: str
    outcome: str
    status: int
    detail: str
    location: str


class LinksFoundOut(TypedDict):
    """What became of the addresses that were asked, in the order given."""

    results: list[LinkFoundOut]


class SnoozedOut(TypedDict):
    """An entry and its snooze; null when it is awake."""

    entry_id: str
    snooze: SnoozeOut | None
