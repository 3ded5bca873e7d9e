"""What the import and export routes accept."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from assistant.web.requests import LARGEST, NoQuery, Short, Strict
from kb.formats.planning import Outcome
from kb.model import Audience

_Wait = Annotated[int, Field(ge=0, le=60)]


class UploadIn(Strict):
    """Fields of the form beside its file.

    `audience` and `owner` are for new entries whose file does not say, `kind` for manual pages,
    `split` is the lowest heading level that begins an entry of its own. The answer comes after
    at most `wait` seconds, then with the run as far as it is.
    """

    audience: Audience = Audience.AGENT
    kind: Literal["guide", "policy"] = "guide"
    owner: Short = ""
    split: Annotated[int, Field(ge=0, le=4)] | None = None
    wait: _Wait = 2


class ApplyIn(Strict):
    """How to carry out a plan: as drafts or published, with or without what repeats something."""

    publish: bool = False
    skip_duplicates: bool = False
    wait: _Wait = 2


class RowsQuery(NoQuery):
    """Which rows to show, by number, after a number."""

    outcome: Outcome | None = None
    duplicates: bool = False
    limit: Annotated[int, Field(ge=0, le=500)] = 100
    after: Annotated[int, Field(ge=0, le=LARGEST)] = 0


class ExportQuery(NoQuery):
    """The file to export: its format, and all revisions or the newest of each entry."""

    format: Literal["xlsx", "csv", "markdown"] = "xlsx"
    revisions: Literal["all", "newest"] = "all"
