"""What the routes of cases accept."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from assistant.web.requests import EntryId, Short, Strict, Text

Part = Annotated[str, StringConstraints(max_length=10_000)]


class CaseIn(Strict):
    """A case as its author writes it. Personal data in it is masked.

    A draft needs a title and a scene; with `submit` it goes to a supervisor and needs cause,
    handling and outcome, too. The policy note may be left to the supervisor.
    """

    title: Short
    scene: Part
    cause: Part = ""
    handling: Part = ""
    policy_basis: Part = ""
    outcome: Part = ""
    lang: Literal["zh-CN", "en"] = "zh-CN"
    tags: Annotated[list[Short], Field(max_length=20)] = Field(default_factory=list)
    products: Annotated[list[Short], Field(max_length=50)] = Field(default_factory=list)
    rests_on: Annotated[list[EntryId], Field(max_length=20)] = Field(default_factory=list)
    submit: bool = False


class CaseRuleIn(Strict):
    """A rule to add to a case, and the language of the case."""

    entry_id: EntryId
    lang: Literal["zh-CN", "en"] = "zh-CN"


class CaseNoteIn(Strict):
    """The policy note: what a supervisor adds to the rules a case rests on."""

    policy_note: Part


class CasePublishIn(Strict):
    """The content that was read, by its hash; another one is not approved.

    `override` is why it is published though questions break.
    """

    content_hash: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    override: Text = ""


class CaseReturnIn(Strict):
    """What the author should change."""

    comment: Annotated[str, StringConstraints(max_length=2_000)]
