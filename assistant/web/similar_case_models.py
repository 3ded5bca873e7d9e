"""What the search for similar cases accepts and answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from assistant.cases.similar import MOST
from assistant.web.answer_responses import MatchedOut
from assistant.web.entry_responses import RelatedOut
from assistant.web.requests import Moment, Strict, Text
from assistant.web.responses import Effective, FreshnessOut
from indexer.results import MAX_CONTEXT


class SimilarIn(Strict):
    """What the customer said, oldest first; the last message counts most."""

    messages: Annotated[list[Text], Field(min_length=1, max_length=MAX_CONTEXT)]
    as_of: Moment | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = 5


class SimilarCaseOut(TypedDict):
    """A past case in plain text; `rules` are the entries that its handling rested on."""

    entry_id: str
    revision: int
    title: str
    scene: str
    cause: str
    handling: list[str]
    policy_basis: str
    outcome: str
    lesson: str
    rules: list[RelatedOut]
    matched: MatchedOut
    confidence: float
    freshness: FreshnessOut
    effective: Effective
    url: str
    lang: str


class SimilarCasesOut(TypedDict):
    """Past cases, the likest first; with `reliable` false they are only the nearest ones."""

    cases: list[SimilarCaseOut]
    reliable: bool
    degraded: bool
