"""What a check of a reply accepts and answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from assistant.web.requests import EntryId, Moment, Strict

Written = Annotated[str, StringConstraints(max_length=10_000)]


class EvidenceIn(Strict):
    """A piece of evidence, as a suggestion gives it."""

    entry_id: EntryId
    revision: Annotated[int, Field(ge=1)]
    quote: Annotated[str, StringConstraints(min_length=1, max_length=4_000)]


class CheckIn(Strict):
    """A reply as somebody has written it, and what its figures may rest on.

    `said` is text whose figures may be repeated without evidence: the customer's words, the
    contact's data, canned replies. Evidence that does not hold at `as_of` (now unless given) backs
    nothing.
    """

    text: Written
    evidence: Annotated[list[EvidenceIn], Field(max_length=100)] = Field(default_factory=list)
    said: Annotated[list[Written], Field(max_length=100)] = Field(default_factory=list)
    as_of: Moment | None = None


class FigureOut(TypedDict):
    """A number, amount, date or code of the text; `near` is what the evidence says instead.

    `start` and `end` count UTF-16 code units, as browsers do.
    """

    start: int
    end: int
    text: str
    ok: bool
    near: list[str]


class CheckedOut(TypedDict):
    """Every figure of the text, in order."""

    figures: list[FigureOut]
