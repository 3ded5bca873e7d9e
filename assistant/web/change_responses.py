"""Answers about changes: the feed by number, and the news since a moment."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12


class ChangeOut(TypedDict):
    """One change of an entry."""

    seq: int
    entry_id: str
    at: str | None
    title: str
    kind: str
    revision: int | None
    state: str
    url: str


class ChangesOut(TypedDict):
    """Changes in order; ask again with `after` set to `next`."""

    changes: list[ChangeOut]
    next: int


class MovedOut(TypedDict):
    """A figure before and after, with the sentence it stands in now."""

    before: str
    after: str
    sentence: str


class ReplacedBy(TypedDict):
    """The entry that took another one's place."""

    entry_id: str
    title: str
    url: str


class NewsOut(TypedDict):
    """What happened to an entry: `published`, `changed`, `started`, `expired` or `withdrawn`.

    `summary` is one line for people; `previous` the revision in force before; `starts` is set for
    a revision published ahead of time.
    """

    entry_id: str
    what: str
    at: str | None
    title: str
    kind: str
    risk: int
    revision: int
    previous: int | None
    starts: str | None
    summary: str
    numbers: list[MovedOut]
    replaced_by: ReplacedBy | None
    state: str
    url: str


class NewsListOut(TypedDict):
    """News after `since` up to `until`, newest first; `total` counts those cut off by the limit.

    Ask again with `since` set to `until`, which is exact: nothing is told twice or missed.
    """

    since: str | None
    until: str
    changes: list[NewsOut]
    total: int
