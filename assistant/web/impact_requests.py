"""What the API accepts about impact previews, saved questions and hit tests."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from assistant.impact.hit_tests import MOST_IN_RUN
from assistant.web.requests import (
    LARGEST,
    ContentIn,
    EntryId,
    FileIn,
    Moment,
    NoQuery,
    NoteIn,
    PageQuery,
    Short,
    Strict,
    Text,
)
from indexer.results import MAX_QUERY
from kb.model import Audience, Channel, Kind

StepName = Literal["publish", "withdraw"]
Asked = Annotated[str, StringConstraints(min_length=1, max_length=MAX_QUERY)]
Expected = Annotated[list[EntryId], Field(max_length=10)]
Number = Annotated[int, Field(ge=1, le=LARGEST)]


class ImpactIn(Strict):
    """A step to look at before it is taken.

    To publish: `content`, of a new entry unless `entry_id` names one. To withdraw: `entry_id`, and
    `revision` unless it is the one in force.
    """

    step: StepName = "publish"
    entry_id: EntryId | None = None
    revision: Number | None = None
    content: ContentIn | None = None


class ImpactQuery(NoQuery):
    """Which step."""

    step: StepName = "publish"


class OverrideIn(NoteIn):
    """A step of the lifecycle; `override` is why it is taken though questions break."""

    override: Text = ""


class QuestionsQuery(PageQuery):
    """Saved questions that hold `q`, and that expect an entry."""

    limit: Annotated[int, Field(ge=1, le=500)] = 100
    q: Short = ""
    entry: Short = ""


class QuestionIn(Strict):
    """A question to keep; `version`, when given, is the one that is changed."""

    text: Asked
    as_of: Moment | None = None
    audience: Audience = Audience.CUSTOMER
    channel: Channel | None = None
    expects: Annotated[Expected, Field(default_factory=list)]
    must_hit: bool = False
    version: Number | None = None


class VersionQuery(NoQuery):
    """The version that is meant; another one is a conflict."""

    version: Number | None = None


class QuestionsImportIn(Strict):
    """A CSV file of questions, by header: question,expects,must_hit,as_of,audience,channel."""

    files: Annotated[list[FileIn], Field(min_length=1, max_length=1)]
    dry_run: bool = True


class QuestionsImportQuery(NoQuery):
    """For CSV as the body itself: its name, and whether only to say what would happen."""

    dry_run: bool = True
    name: Short = "questions.csv"


class HitTestIn(Strict):
    """One question, of somebody, about a time, on a channel, among kinds."""

    query: Asked
    as_of: Moment | None = None
    audience: Audience = Audience.CUSTOMER
    channel: Channel | None = None
    kinds: Annotated[list[Kind], Field(max_length=5)] | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 10


class RunQuestionIn(Strict):
    """A question of a run."""

    text: Asked
    expects: Annotated[Expected, Field(default_factory=list)]
    as_of: Moment | None = None
    audience: Audience = Audience.CUSTOMER
    channel: Channel | None = None


class HitRunIn(Strict):
    """Many questions: listed, the saved ones, or a CSV file's."""

    name: Annotated[str, StringConstraints(max_length=200)] = ""
    saved: bool = False
    questions: Annotated[list[RunQuestionIn], Field(default_factory=list, max_length=MOST_IN_RUN)]
    files: Annotated[list[FileIn], Field(default_factory=list, max_length=1)]


class RunNameQuery(NoQuery):
    """For CSV as the body itself: the run's name."""

    name: Short = ""
