"""The rules of the lifecycle, step by step."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kb import lifecycle
from kb.errors import NotAllowed
from kb.model import Content, Kind, Revision, Status

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CONTENT = Content(Kind.POLICY, "t", "正文。")
DRAFT = Revision("rule", 1, CONTENT, CONTENT.digest(), Status.DRAFT, "Lin", NOW)


def at(status: Status) -> Revision:
    approved = status not in (Status.DRAFT, Status.IN_REVIEW)
    return replace(DRAFT, status=status, approved_by="Zhou" if approved else "")


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("step", lifecycle.STEPS)
def test_exactly_the_allowed_steps_succeed(status: Status, step: str) -> None:
    revision = at(status)

    actor = "Lin" if step == "discard" else "Zhou"

    def take() -> Revision:
        if step == "approve":
            return lifecycle.approve(revision, actor, NOW, revision.content_hash)
        return getattr(lifecycle, step)(revision, actor, NOW)  # type: ignore[no-any-return]

    if step in lifecycle.allowed_steps(revision, actor):
        assert take().status is not status
    else:
        with pytest.raises(NotAllowed, match="rule r1"):
            take()


def test_steps_open_to_the_author() -> None:
    in_review = at(Status.IN_REVIEW)
    assert lifecycle.allowed_steps(in_review, "lin ") == ("reject", "withdraw", "discard")
    assert lifecycle.allowed_steps(in_review) == ("approve", "reject", "withdraw")
    assert lifecycle.allowed_steps(at(Status.WITHDRAWN)) == ()


def test_altered_content_is_neither_approved_nor_published() -> None:
    altered = replace(at(Status.IN_REVIEW), content=replace(CONTENT, body="别的。"))
    with pytest.raises(NotAllowed, match="does not match"):
        lifecycle.approve(altered, "Zhou", NOW, altered.content_hash)
    with pytest.raises(NotAllowed, match="does not match"):
        lifecycle.publish(replace(altered, status=Status.APPROVED), "Zhou", NOW)


@pytest.mark.parametrize("approver", ["", "Lin", "LIN "])
def test_publishing_needs_somebody_elses_approval(approver: str) -> None:
    with pytest.raises(NotAllowed, match="approval"):
        lifecycle.publish(replace(at(Status.APPROVED), approved_by=approver), "Zhou", NOW)
