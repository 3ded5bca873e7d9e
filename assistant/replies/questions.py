"""What the customer asks: the turn to answer, its questions, and what was said before each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.risk.conversation import customer_turn, customer_turns
from assistant.risk.model import Message
from indexer.asking import split


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a turn.

    Attributes:
        text: As the customer asked it.
        context: What the customer said and asked before it, oldest first.
        answered: What our side said last; empty when it has said nothing.
    """

    text: str
    context: tuple[str, ...] = ()
    answered: str = ""


def questions(messages: Sequence[Message]) -> list[Question]:
    """Up to three questions of the last turn, each with what the customer said before it.

    A turn without several questions is one question, whole.
    """
    said, answered = earlier_turns(messages), last_answer(messages)
    found: list[Question] = []
    turn = customer_turn(messages)
    for text in split(turn) if turn else ():
        found.append(Question(text, said, answered))
        said = (*said, text)
    return found


def earlier_turns(messages: Sequence[Message]) -> tuple[str, ...]:
    """The customer's turns before the one to answer, oldest first."""
    return tuple(customer_turns(messages)[:-1])


def last_answer(messages: Sequence[Message]) -> str:
    """What our side said last; empty when it has said nothing."""
    return next((m.text for m in reversed(messages) if m.role == "agent" and m.text.strip()), "")
