"""Answers about guides as flows and about tables by scenario."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from assistant.web.responses import FreshnessOut


class FlowEntryOut(TypedDict):
    """Another entry that a branch leads to."""

    id: str
    title: str
    url: str


class FlowTargetOut(TypedDict):
    """Where a branch leads: `kind` is ``step``, ``end``, ``entry`` or ``handover``."""

    kind: str
    step: str
    entry: FlowEntryOut | None


class FlowBranchOut(TypedDict):
    """One way on, with the guide's own words behind it."""

    condition: str
    advice: str
    quote: str
    target: FlowTargetOut


class FlowStepOut(TypedDict):
    """One step; `html` is safe, `say` is what a customer may be told, `quotes` what that is from.

    `next` is the id of the step that follows when no branch is taken, or an empty string.
    """

    id: str
    kind: str
    number: int
    of: int
    title: str
    section: str
    html: str
    say: str
    quotes: list[str]
    branches: list[FlowBranchOut]
    next: str


class FlowNoteOut(TypedDict):
    """A section that is no step."""

    title: str
    url: str


class FlowWordingOut(TypedDict):
    """The words around a summary of what was tried, in the language of the guide."""

    tried: str
    colon: str
    solved: str
    unsolved: str


class FlowOut(TypedDict):
    """A guide as steps.

    `tellable`: whether its words may go to a customer, being for customers and in force.
    """

    entry_id: str
    revision: int
    title: str
    kind: str
    lang: str
    audience: str
    url: str
    freshness: FreshnessOut
    in_force: bool
    tellable: bool
    wording: FlowWordingOut
    intro: str
    start: str
    steps: list[FlowStepOut]
    alternatives: list[str]
    notes: list[FlowNoteOut]


class ScenarioRowOut(TypedDict):
    """A row of a table; `text` is the sentence it makes, `fits` whether the words are about it."""

    cells: list[str]
    text: str
    quotes: list[str]
    fits: bool


class ScenarioTableOut(TypedDict):
    """A table by scenario."""

    heading: str
    columns: list[str]
    rows: list[ScenarioRowOut]


class ScenariosOut(TypedDict):
    """The tables by scenario of one entry, those with a row that fits first."""

    entry_id: str
    revision: int
    title: str
    url: str
    freshness: FreshnessOut
    tellable: bool
    tables: list[ScenarioTableOut]
