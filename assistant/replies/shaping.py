"""From chosen sentences to the text that a channel wants.

Chat and app: one short message of about 120 Han characters. Phone: three short points to speak.
E-mail: greeting, all that was found, a closing. The parts keep their order (for each question by
itself): empathy, facts, compensation, action. What is cut for length is cut by whole groups, the
least fitting first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from assistant.replies.canned import filled
from assistant.replies.language import join, length
from assistant.replies.model import Part, Sentence
from assistant.replies.passages import Shape
from assistant.risk.model import Mood
from kb.model import Channel

CHAT_LENGTH = 120
_MORE_PER_QUESTION = 20
_PHONE_LENGTH = 110
_PHONE_GROUPS = 3
_POINT = "·"
_NUMERALS = "①②③④⑤⑥⑦⑧⑨"
_ORDER = (Part.FACTS, Part.COMPENSATION, Part.ACTION)


@dataclass(frozen=True, slots=True)
class Block:
    """Sentences that are said together or not at all.

    `score` is how well they fit, `order` their place among all (question, then place in the
    entry); `needed` blocks are never cut.
    """

    sentences: tuple[Sentence, ...]
    part: Part
    shape: Shape
    score: float
    order: tuple[int, int]
    needed: bool = False


def shape_reply(
    blocks: Sequence[Block],
    *,
    channel: Channel,
    mood: Mood,
    lang: str,
    slots: Mapping[str, str],
    phrases: Mapping[str, Any],
) -> tuple[str, tuple[Sentence, ...]]:
    """Text and sentences of a reply made of blocks; all slots filled."""
    words = phrases[lang]
    opening = _empathy(channel, mood, words)
    kept = _fit(blocks, channel, sum(length(s.text) for s in opening))
    ordered = sorted(kept, key=lambda b: (b.order[0], _ORDER.index(b.part), b.order))
    if channel is Channel.EMAIL:
        return _email(opening, ordered, lang, slots, words)
    lines = _lines(ordered, lang, spoken=channel is Channel.PHONE)
    first = join([s.text for s in opening], lang)
    body = "\n".join(lines)
    listed = body.startswith((_POINT, *_NUMERALS))
    text = (
        f"{first}\n{body}" if opening and listed else join([first] * bool(opening) + [body], lang)
    )
    return text, (*opening, *(s for b in ordered for s in b.sentences))


def _empathy(channel: Channel, mood: Mood, words: Mapping[str, Any]) -> tuple[Sentence, ...]:
    key = "chat" if channel is Channel.APP else channel.value
    text = words["empathy"].get(mood.value, {}).get(key, "")
    return (Sentence(text, Part.EMPATHY),) if text else ()


def _fit(blocks: Sequence[Block], channel: Channel, used: float) -> list[Block]:
    """The needed blocks, then the best that fit the channel's length."""
    if channel is Channel.EMAIL:
        return list(blocks)
    kept = [b for b in blocks if b.needed]
    budget: float = _PHONE_LENGTH if channel is Channel.PHONE else CHAT_LENGTH
    budget += _MORE_PER_QUESTION * max(0, len(kept) - 1)
    used += sum(_length(b) for b in kept)
    limit = max(_PHONE_GROUPS, len(kept)) if channel is Channel.PHONE else len(blocks)
    for block in sorted((b for b in blocks if not b.needed), key=lambda b: (-b.score, b.order)):
        if len(kept) < limit and used + _length(block) <= budget:
            kept.append(block)
            used += _length(block)
        elif block.shape is Shape.STEP:
            break  # a later step without the earlier one misleads
    return kept


def _length(block: Block) -> float:
    return sum(length(s.text) for s in block.sentences)


def _lines(blocks: Sequence[Block], lang: str, *, spoken: bool) -> list[str]:
    """Lines of text: sentences run on; several steps or rows get a line each, speech a point."""
    lines: list[str] = []
    running = False
    steps = [b for b in blocks if b.shape is Shape.STEP]
    rows = sum(len(b.sentences) for b in blocks if b.shape is Shape.ROW)
    for block in blocks:
        texts = [s.text for s in block.sentences]
        text = join(texts, lang)
        numbered = block.shape is Shape.STEP and len(steps) > 1 and not spoken
        listed = spoken or (block.shape is Shape.ROW and rows > 1)
        if numbered:
            lines.append(f"{_NUMERALS[steps.index(block)]} {text}")
        elif listed:
            lines += [f"{_POINT} {t}" for t in (texts if block.shape is Shape.ROW else [text])]
        elif running:
            lines[-1] = join([lines[-1], text], lang)
        else:
            lines.append(text)
        running = not numbered and not listed
    return lines


def _email(
    opening: tuple[Sentence, ...],
    blocks: Sequence[Block],
    lang: str,
    slots: Mapping[str, str],
    words: Mapping[str, Any],
) -> tuple[str, tuple[Sentence, ...]]:
    greeting = words["greeting"]
    named = greeting["named"] if slots.get("customer.name", "").strip() else greeting["unnamed"]
    hello = filled(Sentence(named, Part.EMPATHY), slots)
    thanks = opening or (Sentence(greeting["thanks"], Part.EMPATHY),)
    closing = Sentence(words["closing"], Part.EMPATHY)
    paragraphs = [hello.text, join([s.text for s in thanks], lang)]
    for _, group in groupby(blocks, key=lambda b: (b.order[0], b.part)):
        paragraphs.append("\n".join(_lines(list(group), lang, spoken=False)))
    paragraphs.append(closing.text)
    body = tuple(s for b in blocks for s in b.sentences)
    return "\n\n".join(paragraphs), (hello, *thanks, *body, closing)
