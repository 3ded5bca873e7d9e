"""Whether a customer of self-service should have a person at once, and why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from assistant.replies.language import language
from assistant.risk import Assessment, Message, RiskSettings, assess
from assistant.risk.conversation import customer_messages
from assistant.risk.departments import topic_groups
from assistant.risk.handover import decide
from assistant.risk.model import Handover, HandoverReason, Mood
from assistant.risk.mood import MOODS, logits, signs

_TELLING = ("angry", "sarcasm", "marks", "repeated")
_ANNOYED = 2  # words of annoyance; one alone is often an innocent one (再买一台)
_CERTAIN = 0.9  # probability of anger above which a message needs no telling word
# A turn that concerns several departments may still be several plain questions.
AT_ONCE = frozenset(
    {
        HandoverReason.SENSITIVE,
        HandoverReason.ASKED_FOR_PERSON,
        HandoverReason.UPSET,
        HandoverReason.REPEATED,
    }
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard in a conversation so far."""

    assessment: Assessment
    handover: Handover

    @property
    def at_once(self) -> bool:
        """Whether nothing should be answered before a person is there."""
        return self.handover.needed and self.handover.reason in AT_ONCE

    @property
    def mood(self) -> Mood:
        """How the customer sounds."""
        return self.assessment.mood


def hear(said: Sequence[Message], settings: RiskSettings, now: datetime) -> Heard:
    """Read the conversation; the newest message is the customer's."""
    found = assess(said, now=now, settings=settings)
    if found.mood is Mood.ANGRY and not _is_plainly_upset(said[-1].text, settings):
        # Handing over for a tone of voice alone would take answers from people who only ask.
        found = replace(found, mood=Mood.CALM)
    return Heard(found, decide(said, found, settings))


def group_for(
    said: Sequence[Message],
    heard: Heard,
    settings: RiskSettings,
    *,
    reason: HandoverReason,
    owner: str = "",
    answered_by: str = "",
) -> str:
    """The skill group for a hand-over that was decided for `reason`.

    What the newest turn is about decides; a bare 转人工 goes where the turns before it belong.

    Args:
        said: The conversation, oldest first.
        heard: What was heard in it.
        settings: The groups and their words.
        reason: Why it is handed over.
        owner: The group that keeps what was found for this turn.
        answered_by: The group that keeps the article that was given last.
    """
    turns = [message.text for message in customer_messages(said)]
    if reason is HandoverReason.SENSITIVE and heard.assessment.escalation:
        return heard.assessment.escalation.group
    if turns and (owner or topic_groups(turns[-1], settings)):
        return decide(said, heard.assessment, settings, owner=owner, unanswered=True).skill_group
    for text in reversed(turns[:-1]):
        topics = topic_groups(text, settings)
        if topics:
            return topics[0]
    if answered_by:
        return answered_by
    return str(settings.groups["complaints" if reason is HandoverReason.UPSET else "default"])


def _is_plainly_upset(text: str, settings: RiskSettings) -> bool:
    """Whether words or signs of the message itself show anger, or its tone leaves no doubt."""
    places = signs(text, settings).places
    if any(places[name] for name in _TELLING) or len(places["annoyed"]) >= _ANNOYED:
        return True
    weights = [math.exp(value) for value in logits(text, settings)]
    return weights[MOODS.index(Mood.ANGRY)] / sum(weights) >= _CERTAIN


def lead_for(mood: Mood, text: str, phrases: Mapping[str, Any]) -> str:
    """One sentence of sympathy before an answer, where the mood calls for one."""
    return str(phrases[language(text)]["empathy"].get(mood.value, {}).get("chat", ""))
