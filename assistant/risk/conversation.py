"""Who said what in a contact: the customer's texts, and the turn that waits for an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from assistant.risk.model import Message
from indexer.text import normalise

CUSTOMER, AGENT, ASSISTANT, SYSTEM = "customer", "agent", "assistant", "system"
_COMMA = ",\uff0c\u3001"
_STOP = "\u3002.!\uff01?\uff1f;\uff1b\n"
_PIECE = re.compile(rf"[{_COMMA}{_STOP}~\uff5e…]+")
_NOISE = re.compile(r"[\W_]+")
_LAUGH = re.compile(r"^([哈呵嘻嘿嗯哦啊呃额6])\1*$")
_PARTICLES = "啊呀哦哈呢吧啦呐嘛喔哟"


def customer_messages(messages: Sequence[Message]) -> list[Message]:
    """All customer messages that say something, oldest first."""
    return [m for m in messages if m.role == CUSTOMER and m.text.strip()]


def customer_turn(messages: Sequence[Message]) -> str:
    """The customer's messages since our side last said something, one per line."""
    turns = customer_turns(messages)
    return turns[-1] if turns else ""


def customer_turns(messages: Sequence[Message]) -> list[str]:
    """The customer's messages, those without one of ours between them as one, one per line."""
    turns: list[list[str]] = []
    ours = True
    for message in messages:
        if message.role != CUSTOMER:
            ours = True
        elif message.text.strip():
            if ours:
                turns.append([])
            turns[-1].append(message.text.strip())
            ours = False
    return ["\n".join(turn) for turn in turns]


def from_handover(messages: Sequence[Message]) -> list[Message]:
    """Messages as clocks count them: what an assistant heard counts from the hand-over on.

    That is the system's note behind its turns. Until then nobody had been asked for a person.
    """
    found: list[Message] = []
    note: datetime | None = None
    handed_over: datetime | None = None
    for message in reversed(messages):
        if message.role == SYSTEM:
            note = message.at
        elif message.role == AGENT:
            note = handed_over = None
        elif message.role == ASSISTANT:
            handed_over = note
        elif handed_over is not None and message.at is not None:
            message = replace(message, at=max(message.at, handed_over))
        found.append(message)
    return found[::-1]


def without_calls(messages: Sequence[Message], calls: Iterable[str]) -> list[Message]:
    """What a person should answer, who took over from an assistant.

    A customer's message that is nothing but a call for a person (转人工) has been heard by then;
    it goes, unless they never said anything else.
    """
    if not any(message.role == ASSISTANT for message in messages):
        return list(messages)
    calls = tuple(calls)
    kept = [m for m in messages if m.role != CUSTOMER or not is_just(m.text, calls)]
    return kept if customer_messages(kept) else list(messages)


def is_just(text: str, phrases: Iterable[str]) -> bool:
    """Whether a text is nothing but these phrases (你好,在吗?), particles and punctuation."""
    known = _all_bare(tuple(phrases))
    whole = _bare(text)
    if whole in known or _LAUGH.match(whole):
        return True
    pieces = [bare for piece in _PIECE.split(text) if (bare := _bare(piece))]
    return all(piece in known or _LAUGH.match(piece) for piece in pieces)


@lru_cache(maxsize=64)
def _all_bare(phrases: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(_bare, phrases))


def _bare(text: str) -> str:
    plain = _NOISE.sub("", normalise(text))
    return plain.rstrip(_PARTICLES) or plain
