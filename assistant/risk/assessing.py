"""One look at a contact: mood, warnings, complexity, grade, complaint and hand-over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from assistant.risk import grading, handover
from assistant.risk.conversation import customer_messages, customer_turn, from_handover
from assistant.risk.departments import departments as departments_of
from assistant.risk.model import Assessment, Complexity, Escalation, Message, Mood, SensitiveWord
from assistant.risk.mood import read_mood
from assistant.risk.sensitive import sensitive_words
from indexer.asking import split

if TYPE_CHECKING:
    from assistant.risk.settings import RiskSettings

_RECENT = 4
_NO_SLOTS: Mapping[str, str] = MappingProxyType({})


def assess(
    messages: Sequence[Message],
    *,
    now: datetime,
    settings: RiskSettings,
    slots: Mapping[str, str] = _NO_SLOTS,
    departments: tuple[str, ...] | None = None,
    questions: int | None = None,
) -> Assessment:
    """What to watch for in a contact.

    Mood and repeated contact are read from the last four customer messages (people calm down);
    sensitive words from all of them (a threat stays said). Deterministic; each message is read
    once, so that a long contact costs no more than its newest message.

    Args:
        messages: The contact, oldest first.
        now: The moment of the assessment, with a time zone; messages without a time came now.
        settings: Word lists, groups, clocks and the mood model.
        slots: What is known about the contact, such as the customer's level.
        departments: Groups involved, where the caller knows them better than topic words do.
        questions: How many questions the turn has, where the caller has counted them.

    The hand-over knows nothing of answers; whoever has searched decides again with
    `assistant.risk.handover.decide`.
    """
    said = [message.text for message in customer_messages(messages)]
    turn = customer_turn(messages)
    clocked = from_handover(messages)
    mood, mood_words = read_mood(said, settings)
    sensitive = _each_once(word for text in said for word in sensitive_words(text, settings))
    found = Assessment(
        mood=mood,
        mood_words=mood_words,
        sensitive=sensitive,
        complexity=Complexity(
            departments_of(turn, settings) if departments is None else departments,
            _questions(turn, mood) if questions is None else questions,
            any(grading.facts_of(text, settings).repeated for text in said[-_RECENT:]),
        ),
        escalation=_escalation(settings.sensitive["escalation"]) if sensitive else None,
        graded=grading.grade(clocked, mood, settings, now, slots),
        complaint=grading.complaint(clocked, mood, settings, now),
    )
    return found.with_handover(handover.decide(messages, found, settings))


def _questions(turn: str, mood: Mood) -> int:
    """How many questions a turn has; what an angry customer asks is mostly no question."""
    return 1 if mood is Mood.ANGRY else len(split(turn)) if turn else 0


def _each_once(words: Iterable[SensitiveWord]) -> tuple[SensitiveWord, ...]:
    first: dict[tuple[str, str], SensitiveWord] = {}
    for word in words:
        first.setdefault((word.topic, word.listed), word)
    return tuple(first.values())


def _escalation(table: Mapping[str, Any]) -> Escalation:
    english = tuple(table.get("path_en", ()))
    return Escalation(str(table["group"]), int(table["minutes"]), tuple(table["path"]), english)
