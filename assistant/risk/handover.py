"""Whether a person or another group should take over, and which group fits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.risk.conversation import customer_messages, customer_turn, is_just
from assistant.risk.departments import topic_groups
from assistant.risk.lexicon import find_spans
from assistant.risk.model import Assessment, Handover, HandoverReason, Message, Mood
from assistant.risk.writing import undisguised, written
from indexer.asking import clauses

if TYPE_CHECKING:
    from assistant.risk.settings import RiskSettings

_MANY_DEPARTMENTS = 3
_STORY = 4  # clauses from which on a turn tells more than it asks


def decide(
    messages: Sequence[Message],
    found: Assessment,
    settings: RiskSettings,
    *,
    owner: str = "",
    unanswered: bool = False,
) -> Handover:
    """Decide on a hand-over; the first reason that holds, the most serious first, is given.

    Sensitive words, asking for a person, an angry customer, no reliable answer, departments that
    one agent cannot speak for (three of them, or two when the customer had to come again), or a
    matter that came up three times and more.

    Args:
        messages: The contact, oldest first.
        found: What else was found in it; its own `handover` is not read.
        settings: The word lists.
        owner: Group that owns the best answer, or an empty string; what a long turn asks for
            counts more.
        unanswered: True when a question of this turn found neither an answer nor a question back.
    """
    turn = customer_turn(messages)
    reason = _reason(messages, turn, found, settings, unanswered)
    return Handover(reason is not None, reason, _group(turn, found, settings, owner, reason))


def asks_for_person(turn: str, settings: RiskSettings) -> bool:
    """Whether the customer wants a person: by a telling phrase, or by the bare word 人工."""
    words = settings.asking
    if not turn:
        return False
    if is_just(turn, words["person_alone"]):
        return True
    return any(
        find_spans(plain.text, words["person"], exceptions=words["except"])
        for plain in (written(turn), undisguised(turn))
    )


def _reason(
    messages: Sequence[Message],
    turn: str,
    found: Assessment,
    settings: RiskSettings,
    unanswered: bool,
) -> HandoverReason | None:
    involved = len(found.complexity.departments)
    repeated = found.complexity.repeated
    holds = {
        HandoverReason.SENSITIVE: bool(found.sensitive),
        HandoverReason.ASKED_FOR_PERSON: asks_for_person(turn, settings),
        HandoverReason.UPSET: found.mood is Mood.ANGRY,
        HandoverReason.NO_KNOWLEDGE: unanswered,
        HandoverReason.SEVERAL_DEPARTMENTS: involved >= _MANY_DEPARTMENTS
        or (involved > 1 and repeated),
        HandoverReason.REPEATED: repeated and _many_times(messages, settings),
    }
    return next((reason for reason, true in holds.items() if true), None)


def _many_times(messages: Sequence[Message], settings: RiskSettings) -> bool:
    words, harmless = settings.mood["unresolved_repeats"], settings.mood["first_time"]
    return any(
        find_spans(written(message.text).text, words, exceptions=harmless)
        for message in customer_messages(messages)
    )


def _group(
    turn: str,
    found: Assessment,
    settings: RiskSettings,
    owner: str,
    reason: HandoverReason | None,
) -> str:
    if reason is HandoverReason.SENSITIVE and found.escalation:
        return found.escalation.group
    topics = topic_groups(turn, settings)[:1]
    # An answer to a long story may be about any part of it; what is asked for says where to go.
    told = topics and len(clauses(turn)) >= _STORY
    fitting = topics[0] if told else owner or next(iter(topics), "")
    if fitting:
        return fitting
    if reason is HandoverReason.UPSET:
        return str(settings.groups["complaints"])
    return str(settings.groups["default"]) if reason else ""
