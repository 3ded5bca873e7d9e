"""What the customer asks: the turn to answer, its questions, and what was said before each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.replies.model import Message
from indexer.asking import split
from indexer.text import normalise

CUSTOMER = "customer"
_COMMA = ",\uff0c\u3001"
_STOP = "\u3002.!\uff01?\uff1f;\uff1b\n"
_PIECE = re.compile(rf"[{_COMMA}{_STOP}~\uff5e…]+")
_NOISE = re.compile(r"[\W_]+")
_LAUGH = re.compile(r"^([哈呵嘻嘿嗯哦啊呃额6])\1*$")
_PARTICLES = "啊呀哦哈呢吧啦呐嘛喔哟"


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a turn; `context` is what the customer said and asked before it."""

    text: str
    context: tuple[str, ...] = ()


def customer_texts(messages: Sequence[Message]) -> list[str]:
    """Texts of all customer messages, oldest first, blank ones left out."""
    return [m.text.strip() for m in messages if m.role == CUSTOMER and m.text.strip()]


def customer_turn(messages: Sequence[Message]) -> str:
    """The customer's messages since our side last said something, one per line."""
    return _turns(messages)[-1] if _turns(messages) else ""


def questions(messages: Sequence[Message]) -> list[Question]:
    """Up to three questions of the last turn, each with what the customer said before it.

    A turn without several questions is one question, whole.
    """
    said = earlier_turns(messages)
    found: list[Question] = []
    turn = customer_turn(messages)
    for text in split(turn) if turn else ():
        found.append(Question(text, said))
        said = (*said, text)
    return found


def earlier_turns(messages: Sequence[Message]) -> tuple[str, ...]:
    """The customer's turns before the one to answer, oldest first."""
    return tuple(_turns(messages)[:-1])


def is_just(text: str, phrases: Iterable[str]) -> bool:
    """Whether a text is nothing but these phrases (你好,在吗?), particles and punctuation."""
    known = {_bare(phrase) for phrase in phrases}
    whole = _bare(text)
    if whole in known or _LAUGH.match(whole):
        return True
    pieces = [bare for piece in _PIECE.split(text) if (bare := _bare(piece))]
    return all(piece in known or _LAUGH.match(piece) for piece in pieces)


def _bare(text: str) -> str:
    plain = _NOISE.sub("", normalise(text))
    return plain.rstrip(_PARTICLES) or plain


def _turns(messages: Sequence[Message]) -> list[str]:
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
