"""What the routes of flows and of tables by scenario accept."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from assistant.web.requests import Moment, Strict, Text


class ScenariosIn(Strict):
    """What the customer said, and which revision to read: by number, or the one in force then."""

    question: Text = ""
    revision: Annotated[int, Field(ge=1)] | None = None
    as_of: Moment | None = None
