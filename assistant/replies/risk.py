"""How the customer sounds, which words call for an early warning, and how complex a contact is.

Rules only: word lists and punctuation. The words that led to a verdict are part of it, so that the
agent can see why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.replies.lexicon import find_words
from assistant.replies.model import Complexity, Escalation, Message, Mood, Risk
from assistant.replies.questions import customer_texts
from assistant.replies.tables import Tables

_ANGRY_AT = 2
_RECENT = 4
_SHOUTING = re.compile(r"[!\uff01]{2,}|[?\uff1f]{3,}|[?\uff1f][!\uff01]|[!\uff01][?\uff1f]")
_CAPITALS = re.compile(r"\b[A-Z]{3,}(?:\s+[A-Z]{2,})+\b")


def assess(
    messages: Sequence[Message], tables: Tables, *, departments: tuple[str, ...], questions: int
) -> Risk:
    """Risk of a contact from its customer's messages.

    Mood and repeated contact are read from the last four customer messages (people calm down);
    sensitive words from all of them (a threat stays said).
    """
    texts = customer_texts(messages)
    recent = "\n".join(texts[-_RECENT:])
    mood, mood_words = read_mood(recent, tables.words)
    sensitive = find_words(
        "\n".join(texts), tables.sensitive["words"], exceptions=tables.sensitive["except"]
    )
    repeated = bool(find_words(recent, tables.words["repeated"]))
    return Risk(
        mood=mood,
        mood_words=tuple(mood_words),
        sensitive_words=tuple(sensitive),
        complexity=Complexity(departments, questions, repeated),
        escalation=_escalation(tables.sensitive["escalation"]) if sensitive else None,
    )


def read_mood(text: str, words: Mapping[str, Any]) -> tuple[Mood, list[str]]:
    """Mood and what shows it.

    Angry words weigh one or two points, shouting (!!, ???, words in capitals) one; two points make
    angry, one point or any worried word makes worried.
    """
    weights: Mapping[str, int] = words["angry"]
    angry = find_words(text, weights, negations=words["negations"])
    shouts = _SHOUTING.findall(text)[:1] + _CAPITALS.findall(text)[:1]
    points = sum(weights[word] for word in angry) + len(shouts)
    if points >= _ANGRY_AT:
        return Mood.ANGRY, angry + shouts
    worried = find_words(text, words["worried"], negations=words["negations"])
    if worried or points:
        return Mood.WORRIED, angry + worried + shouts
    return Mood.CALM, []


def _escalation(table: Mapping[str, Any]) -> Escalation:
    return Escalation(str(table["group"]), int(table["minutes"]), tuple(table["path"]))
