"""Previews of publishing and withdrawing, and the questions that they name."""

from __future__ import annotations

from assistant.impact.previews import Impact
from assistant.impact.proposals import Proposal, Step
from kb.model import Content
from tests.assistant.impact.conftest import Desk


def publish(desk: Desk, entry_id: str, content: Content, number: int = 0) -> Impact:
    return desk.impact.previews.preview(Proposal(Step.PUBLISH, entry_id, number, content))


def withdraw(desk: Desk, entry_id: str, number: int = 1) -> Impact:
    content = desk.kb.revision(entry_id, number).content
    return desk.impact.previews.preview(Proposal(Step.WITHDRAW, entry_id, number, content))


def texts(outcomes: tuple[object, ...]) -> list[str]:
    return [outcome.asked.question.text for outcome in outcomes]  # type: ignore[attr-defined]
