"""The grade of a contact, the colour of a complaint, and their running clocks.

Each message can give grounds. The most urgent ground decides; each keeps its own time, so that a
new ground never postpones what was already due, and going to another group restarts nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from assistant.risk.lexicon import find_spans
from assistant.risk.model import Clock, Colour, Complaint, Grade, Graded, Message, Mood, Reason
from assistant.risk.mood import read_mood
from assistant.risk.sensitive import sensitive_words
from assistant.risk.writing import written

if TYPE_CHECKING:
    from assistant.risk.settings import RiskSettings

_DANGER = frozenset({"safety", "life"})
_ORDER = {level: place for place, level in enumerate([*Grade, *Colour])}
_FIRST = {reason: place for place, reason in enumerate(Reason)}


@dataclass(frozen=True, slots=True)
class Ground:
    """What one message gives reason for; `place` is the index of the message in the contact."""

    level: Grade | Colour
    reason: Reason
    words: tuple[str, ...]
    place: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What one message tells, whoever reads it; values are the words that tell it, verbatim."""

    danger: tuple[str, ...]
    sensitive: tuple[str, ...]
    emergency: tuple[str, ...]
    fault: tuple[str, ...]
    money: tuple[str, ...]
    late: tuple[str, ...]
    complaint: tuple[str, ...]
    compensation: tuple[str, ...]
    repeated: tuple[str, ...]
    mood: Mood
    mood_words: tuple[str, ...]


def grade(
    messages: Sequence[Message],
    mood: Mood,
    settings: RiskSettings,
    now: datetime,
    slots: Mapping[str, str],
) -> Graded | None:
    """The grade of a contact; None when the customer has not said anything.

    A: danger, sensitive words, somebody locked in or out, or a valued customer who is upset.
    B: something does not work, money or a promise is in dispute, the customer is upset.
    C: everything else. An outburst that has passed counts no more.
    """
    found: list[Ground] = []
    for place, message, facts in _told(messages, settings):
        at = min(message.at or now, now)  # no clock starts in the future
        upset = facts.mood_words if mood is not Mood.CALM and facts.mood is not Mood.CALM else ()
        valued = upset if _is_valued(slots, settings) else ()
        grounds = (
            (Grade.A, Reason.SAFETY, facts.danger),
            (Grade.A, Reason.SENSITIVE, facts.sensitive),
            (Grade.A, Reason.EMERGENCY, facts.emergency),
            (Grade.A, Reason.VALUED_CUSTOMER, valued),
            (Grade.B, Reason.COMPLAINT, facts.complaint or facts.compensation),
            (Grade.B, Reason.FAULT, facts.fault),
            (Grade.B, Reason.MONEY, facts.money),
            (Grade.B, Reason.LATE, facts.late),
            (Grade.B, Reason.UPSET, upset),
        )
        found += [Ground(level, why, words, place, at) for level, why, words in grounds if words]
        found.append(Ground(Grade.C, Reason.INQUIRY, (), place, at))
    if not found:
        return None
    decisive = _decisive(found)
    level = Grade(decisive.level)
    clock = _clock(found, decisive, messages, settings.grading["grades"], now)
    return Graded(level, decisive.reason, decisive.words, clock)


def complaint(
    messages: Sequence[Message], mood: Mood, settings: RiskSettings, now: datetime
) -> Complaint | None:
    """The colour of the complaint in a contact; None when there is none.

    A complaint is: danger or a sensitive word (red), blame, a wish to complain or to be
    compensated. Yellow when it came up before or compensation is asked for, else green.
    """
    found: list[Ground] = []
    repeated: tuple[str, ...] = ()
    for place, message, facts in _told(messages, settings):
        at = min(message.at or now, now)  # no clock starts in the future
        repeated = repeated or facts.repeated
        angry = mood is Mood.ANGRY and facts.mood is Mood.ANGRY
        blamed = facts.complaint or (facts.mood_words if angry else ())
        came_again = repeated if blamed or (facts.repeated and mood is not Mood.CALM) else ()
        grounds = (
            (Colour.RED, Reason.SAFETY, facts.danger),
            (Colour.RED, Reason.SENSITIVE, facts.sensitive),
            (Colour.YELLOW, Reason.REPEATED, came_again),
            (Colour.YELLOW, Reason.COMPENSATION, facts.compensation),
            (Colour.GREEN, Reason.FIRST_COMPLAINT, blamed),
        )
        found += [Ground(level, why, words, place, at) for level, why, words in grounds if words]
    if not found:
        return None
    decisive = _decisive(found)
    clock = _clock(found, decisive, messages, settings.grading["complaints"], now)
    return Complaint(Colour(decisive.level), decisive.reason, decisive.words, clock)


@lru_cache(maxsize=1024)
def facts_of(text: str, settings: RiskSettings) -> Facts:
    """What one message tells by itself."""
    plain = written(text)
    lists = settings.grading
    mood, mood_words = read_mood([text], settings)
    warnings = sensitive_words(text, settings)

    def words(of: Sequence[str], but: Sequence[str] = ()) -> tuple[str, ...]:
        spans = find_spans(plain.text, of, exceptions=but)
        return tuple(dict.fromkeys(plain.verbatim(s.start, s.end) for s in spans))

    return Facts(
        danger=tuple(w.word for w in warnings if w.topic in _DANGER),
        sensitive=tuple(w.word for w in warnings if w.topic not in _DANGER),
        emergency=words(lists["emergency"], settings.mood["benign"]),
        fault=words(lists["fault"], lists["not_fault"]),
        money=words(lists["money"], lists["not_money"]),
        late=words(lists["late"], lists["not_late"]),
        complaint=words(lists["complaint"], settings.mood["benign"]),
        compensation=words(lists["compensation"], lists["not_compensation"]),
        repeated=words(settings.mood["repeated"], settings.mood["first_time"]),
        mood=mood,
        mood_words=mood_words,
    )


def _told(messages: Sequence[Message], settings: RiskSettings) -> list[tuple[int, Message, Facts]]:
    return [
        (place, message, facts_of(message.text, settings))
        for place, message in enumerate(messages)
        if message.role == "customer" and message.text.strip()
    ]


def _is_valued(slots: Mapping[str, str], settings: RiskSettings) -> bool:
    valued: Mapping[str, Any] = settings.grading["valued"]
    return slots.get(valued["slot"], "") in valued["values"]


def _decisive(grounds: Sequence[Ground]) -> Ground:
    """The most urgent ground, the first message that gave it."""
    return min(grounds, key=lambda g: (_ORDER[g.level], _FIRST[g.reason], g.place))


def _clock(
    grounds: Sequence[Ground],
    decisive: Ground,
    messages: Sequence[Message],
    table: Mapping[str, Mapping[str, float]],
    now: datetime,
) -> Clock:
    """The earliest of all deadlines; for the answer, of those grounds not yet answered."""

    def due(ground: Ground, kind: str) -> datetime:
        return ground.at + timedelta(minutes=table[ground.level.value][kind])

    first = {g.level: g for g in sorted(grounds, key=lambda g: g.place, reverse=True)}
    last_answer = max((p for p, m in enumerate(messages) if m.role == "agent"), default=-1)
    waiting = [g for g in first.values() if g.place > last_answer]
    answered = None if waiting else _answer(messages, first[decisive.level].place, now)
    respond_by = min(due(g, "respond_minutes") for g in waiting or [first[decisive.level]])
    resolve_by = min(due(g, "resolve_minutes") for g in first.values())
    return Clock(
        since=min(g.at for g in first.values()),
        respond_by=respond_by,
        resolve_by=resolve_by,
        responded_at=answered,
    )


def _answer(messages: Sequence[Message], after: int, now: datetime) -> datetime | None:
    later = (m for m in messages[after + 1 :] if m.role == "agent")
    return next((m.at or now for m in later), None)
