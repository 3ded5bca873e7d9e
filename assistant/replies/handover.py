"""Whether a person or another group should take over, and which group fits."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.replies.lexicon import find_words
from assistant.replies.model import Handover, HandoverReason, Message, Mood, Risk
from assistant.replies.questions import customer_turn, is_just
from assistant.replies.tables import Tables

_MANY_DEPARTMENTS = 3


def decide(
    messages: Sequence[Message],
    risk: Risk,
    tables: Tables,
    *,
    owner: str,
    unanswered: bool,
) -> Handover:
    """Decide on a hand-over; the first reason that holds, the most serious first, is given.

    Sensitive words, asking for a person, an angry customer, no reliable answer, or departments that
    one agent cannot speak for: three of them, or two when the customer had to come again.

    Args:
        messages: The contact, oldest first.
        risk: What `assistant.replies.risk.assess` found in it.
        tables: The word lists.
        owner: Group that owns the best answer, or an empty string.
        unanswered: True when a question of this turn found neither an answer nor a question back.
    """
    turn = customer_turn(messages)
    reason = _reason(turn, risk, tables, unanswered)
    group = _group(turn, risk, tables, owner, reason)
    return Handover(reason is not None, reason, group)


def topic_groups(text: str, tables: Tables) -> tuple[str, ...]:
    """Skill groups whose topic words occur in `text`, the most words first, table order on ties."""
    topics: dict[str, list[str]] = tables.groups["topics"]
    counts = {group: len(find_words(text, words)) for group, words in topics.items()}
    found = [group for group in topics if counts[group]]
    return tuple(sorted(found, key=lambda group: -counts[group]))


def _reason(turn: str, risk: Risk, tables: Tables, unanswered: bool) -> HandoverReason | None:
    if risk.sensitive_words:
        return HandoverReason.SENSITIVE
    if asks_for_person(turn, tables):
        return HandoverReason.ASKED_FOR_PERSON
    if risk.mood is Mood.ANGRY:
        return HandoverReason.UPSET
    if unanswered:
        return HandoverReason.NO_KNOWLEDGE
    departments = len(risk.complexity.departments)
    if departments >= _MANY_DEPARTMENTS or (departments > 1 and risk.complexity.repeated):
        return HandoverReason.SEVERAL_DEPARTMENTS
    return None


def asks_for_person(turn: str, tables: Tables) -> bool:
    """Whether the customer wants a person: by a telling phrase, or by the bare word 人工."""
    words = tables.words
    return is_just(turn, words["person_alone"]) or bool(find_words(turn, words["person"]))


def _group(turn: str, risk: Risk, tables: Tables, owner: str, reason: HandoverReason | None) -> str:
    if reason is HandoverReason.SENSITIVE and risk.escalation:
        return risk.escalation.group
    if owner:
        return owner
    topics = topic_groups(turn, tables)
    if topics:
        return topics[0]
    if reason is HandoverReason.UPSET:
        return str(tables.groups["complaints"])
    return str(tables.groups["default"]) if reason else ""
