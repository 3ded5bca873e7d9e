"""What a guide becomes when it is read as a flow. Plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TargetKind(StrEnum):
    """Where a branch leads."""

    STEP = "step"  # another step of the same flow
    END = "end"  # nothing follows: solved, or all that is left is the branch's advice
    ENTRY = "entry"  # another entry goes on
    HANDOVER = "handover"  # a person or another team takes over


class StepKind(StrEnum):
    """How a step stands in the text."""

    STAGE = "stage"  # a section headed 第 N 步, Step N or N
    ITEM = "item"  # one item of a numbered list
    CHOICE = "choice"  # a table of symptoms, or the parts that one can begin with
    CLOSING = "closing"  # what follows the last stage


@dataclass(frozen=True, slots=True)
class Target:
    """Where a branch leads: `step` is an id, `entry_id` and `anchor` name a part of an entry."""

    kind: TargetKind
    step: str = ""
    entry_id: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """One way on from a step.

    Attributes:
        condition: When it is taken, in the guide's words.
        advice: What to do then, in the guide's words; may be empty.
        target: Where it leads.
        quote: The sentence or table row it was read from: verbatim text of
            `kb.sections.plain_text(body)`.
    """

    condition: str
    advice: str
    target: Target
    quote: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        id: Name within the flow: ``s1``, ``s2``, … in the order of the text.
        kind: How it stands in the text.
        number: The number its author gave a stage, its place in the list for an item, else 0.
        of: How many items the list has; 0 for everything else.
        title: What it is called: the heading without its number.
        section: Title of the section it stands in, as written.
        anchor: That section's anchor in the rendered page; may be empty.
        text: Its Markdown, heading and list marker left out.
        branches: Ways on that the text states, in order.
        next: The step that follows when no branch is taken; empty when none does.
    """

    id: str
    kind: StepKind
    number: int
    of: int
    title: str
    section: str
    anchor: str
    text: str
    branches: tuple[Branch, ...] = ()
    next: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A section that is no step: what to know, not what to do next."""

    title: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Flow:
    """A guide as steps.

    Attributes:
        intro: Markdown before the first step; may be empty.
        steps: At least two steps, or one with two branches; never more than `MOST_STEPS`.
        start: Id of the first step.
        alternatives: Ids of steps that nothing leads to: one may begin with them as well.
        notes: Sections that are no steps.
        problems: What is wrong with the text as a flow, in plain English: references to steps
            that are not there, numbers that stand twice or are missing.
    """

    intro: str
    steps: tuple[Step, ...]
    start: str
    alternatives: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    problems: tuple[str, ...] = ()

    def step(self, step_id: str) -> Step | None:
        """The step of that id, or None."""
        return next((step for step in self.steps if step.id == step_id), None)
