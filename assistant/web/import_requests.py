"""What the import and export routes accept."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from assistant.web.requests import LARGEST, NoQuery, Short, Strict, Text
from kb.formats.planning import Outcome
from kb.model import Audience, Kind

_KIND = "|".join(Kind)
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
    """How to carry out a plan: as drafts or published, with or without what repeats something.

    `override` is why it is published though questions break.
    """

    publish: bool = False
    override: Text = ""
    skip_duplicates: bool = False
    wait: _Wait = 2


class RowsQuery(NoQuery):
    """Which rows to show, by number, after a number."""

    outcome: Outcome | None = None
    duplicates: bool = False
    limit: Annotated[int, Field(ge=0, le=500)] = 100
    after: Annotated[int, Field(ge=0, le=LARGEST)] = 0


class SampleQuery(NoQuery):
    """The sample to fill in: our own columns, or a short table of questions and answers."""

    sample: Literal["entries", "questions"] = "entries"
    format: Literal["xlsx", "csv", "markdown"] = "xlsx"


class ExportQuery(NoQuery):
    """The file to export: its format, all revisions or the newest of each entry, of which kinds.

    `kinds` are separated by commas; none means all.
    """

    format: Literal["xlsx", "csv", "markdown"] = "xlsx"
    revisions: Literal["all", "newest"] = "all"
    kinds: Annotated[str, StringConstraints(pattern=rf"^(?:{_KIND})(?:,(?:{_KIND})){{0,4}}$")] = ""
