"""What the API of the freshness board accepts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from assistant.desk.tasks import Snoozed
from assistant.web.requests import Moment, NoQuery, PageQuery, Short, Strict, Text
from kb.freshness import State
from kb.model import Kind


class FreshnessQuery(PageQuery):
    """Filters of the freshness board; `mine`: what the caller or their teams keep or review.

    With `entry_id` there is one row at most, while the counts are those of the other filters.
    """

    limit: Annotated[int, Field(ge=1, le=1000)] = 200
    owner: Short | None = None
    product: Short | None = None
    state: State | None = None
    kind: Kind | None = None
    mine: bool = False
    snoozed: Snoozed = Snoozed.HIDE
    entry_id: Short | None = None


class CalendarQuery(NoQuery):
    """How many days ahead to look."""

    days: Annotated[int, Field(ge=1, le=366)] = 60


class ConflictsQuery(PageQuery):
    """Which contradictions: those of one entry or all; with `dismissed`, those found to be none."""

    entry_id: Short | None = None
    dismissed: bool = False


class RippleQuery(NoQuery):
    """The revision whose publishing is looked at; default: the newest."""

    revision: Annotated[int, Field(ge=1)] | None = None


class DigestQuery(NoQuery):
    """Whose digest to show."""

    owner: Short


class LinksIn(Strict):
    """External addresses to ask, each of which must stand in an entry in force."""

    urls: Annotated[list[Text], Field(min_length=1, max_length=5)]


class SnoozeIn(Strict):
    """Put off until a date or time in the site's time zone, and why."""

    until: Annotated[Moment, StringConstraints(min_length=1)]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)]


class DismissIn(Strict):
    """Why a contradiction is none."""

    note: Text = ""
