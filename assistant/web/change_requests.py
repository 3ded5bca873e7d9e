"""What the feed of changes accepts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from assistant.web.requests import LARGEST, Moment, NoQuery


class ChangesQuery(NoQuery):
    """Changes after a sequence number, or news since a moment (up to `until`, by default now)."""

    after: Annotated[int, Field(ge=0, le=LARGEST)] = 0
    since: Moment | None = None
    until: Moment | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
