"""The gate before publishing and withdrawing: what must be answered goes on being answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.impact.comparing import Effects
from assistant.impact.previews import Previews
from assistant.impact.proposals import Proposal, Step
from kb.errors import Unavailable, ZhikeError
from kb.model import Entry, Revision, Status

_MOST_NOTED = 20


class MustHitBroken(ZhikeError):
    """A step would leave questions unanswered that must be answered; `effects` names them."""

    def __init__(self, effects: Effects) -> None:
        super().__init__(f"{len(effects.broken)} question(s) that must be answered would not be")
        self.effects = effects


def check(previews: Previews, revision: Revision, step: Step, override: str) -> dict[str, object]:
    """Let a step pass, or say what it breaks.

    Args:
        previews: Works out the answers.
        revision: What is to be published or withdrawn.
        step: Which of both.
        override: Why it shall pass all the same; empty: it shall not.

    Returns:
        What the audit log notes besides the step: nothing, or the reason and what breaks; with a
        reason for a withdrawal that could not be looked at, that it was not checked.

    Raises:
        MustHitBroken: A question that must hit would not, and no reason is given.
        Unavailable: A remote encoder did not answer; a withdrawal with a reason goes on.
    """
    if step is Step.WITHDRAW and revision.status is not Status.PUBLISHED:
        return {}  # nobody is answered with it
    proposal = Proposal(step, revision.entry_id, revision.number, revision.content)
    try:
        return _judged(lambda: previews.broken(proposal), override)
    except Unavailable:
        if step is not Step.WITHDRAW or not override.strip():
            raise
        return {"override": override.strip(), "must_hit": "not checked"}


def check_together(
    previews: Previews, changed: Sequence[Entry], override: str
) -> dict[str, object]:
    """Let several entries become as given, or say what that breaks; otherwise like `check`.

    Each entry's line in the audit log repeats what is noted: at most twenty of the questions.
    """
    told = _judged(lambda: previews.broken_by(changed), override)
    if isinstance(broken := told.get("must_hit_broken"), list):
        told["must_hit_broken"] = broken[:_MOST_NOTED]
    return told


def _judged(look: Callable[[], Effects], override: str) -> dict[str, object]:
    found = look()
    if not found.broken:
        return {}
    if not override.strip():
        raise MustHitBroken(found)
    texts = [outcome.asked.question.text for outcome in found.broken]
    return {"override": override.strip(), "must_hit_broken": texts}
