"""What the feed of changes accepts."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from assistant.web.requests import LARGEST, Moment, NoQuery


class ChangesQuery(NoQuery):
    """Changes after a sequence number, or news since a moment (up to `until`, by default now)."""

    after: Annotated[int, Field(ge=0, le=LARGEST)] = 0
    since: Moment | None = None
    until: Moment | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class VersionsQuery(NoQuery):
    """Two revision numbers to compare; without them whatever of the entry has two versions."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    before: Annotated[int | None, Field(ge=1, alias="from")] = None
    after: Annotated[int | None, Field(ge=1, alias="to")] = None
