"""From chosen sentences to the text that a channel wants.

Chat and app: one short message of about 120 Han characters. Phone: three short points to speak,
steps beside them. E-mail: greeting, all that was found, a closing, and who signs where that is
known. The parts keep their order (for each question by itself): empathy, facts, compensation,
action. What is cut for length is cut by whole groups, the least fitting first; steps that have
been begun may run a little over.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from assistant.replies.canned import filled
from assistant.replies.language import join, length
from assistant.replies.model import Part, Sentence
from assistant.replies.passages import Shape
from assistant.replies.selection import repeats
from assistant.risk.model import Mood
from kb.model import Channel

CHAT_LENGTH = 120
_MORE_PER_QUESTION = 20
_PHONE_LENGTH = 110
_PHONE_GROUPS = 3
_POINT = "·"
_NUMERALS = "①②③④⑤⑥⑦⑧⑨"
_SHORT_RUN = 2
_ASIDE = 0.55
_TO_FINISH_STEPS = 60
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
    """The needed blocks, then the best that fit the channel's length; nothing is said twice."""
    kept = [b for b in blocks if b.needed]
    budget: float = _PHONE_LENGTH if channel is Channel.PHONE else CHAT_LENGTH
    budget += _MORE_PER_QUESTION * max(0, len(kept) - 1)
    if channel is Channel.EMAIL:
        budget = math.inf
    used += sum(_length(b) for b in kept)
    limit = max(_PHONE_GROUPS, len(kept)) if channel is Channel.PHONE else len(blocks)
    broken_off: set[int] = set()
    for unit in _units([b for b in blocks if not b.needed and not _is_aside(b, blocks)]):
        steps, question = unit[0].shape is Shape.STEP, unit[0].order[0]
        new = unit if steps else tuple(b for b in unit if not _is_said(b, kept))
        begun = steps and any(b.shape is Shape.STEP and b.order[0] == question for b in kept)
        room = budget + _TO_FINISH_STEPS if begun else budget
        fits = used + sum(map(_length, new)) <= room
        fits = fits and (begun or len(kept) + len(new) <= limit)
        if fits and not (steps and question in broken_off):
            kept += new
            used += sum(map(_length, new))
        elif steps:
            broken_off.add(question)  # a later step without the earlier one misleads
    return kept


def _is_aside(block: Block, blocks: Sequence[Block]) -> bool:
    """Whether it states something that fits far less than the best about its question.

    A letter has room for it, and is the worse for it.
    """
    best = max(b.score for b in blocks if b.order[0] == block.order[0])
    return block.part is Part.FACTS and block.score < _ASIDE * best


def _units(blocks: Sequence[Block]) -> list[tuple[Block, ...]]:
    """What is kept or cut at once, the best first: a block, or two steps that are all there are.

    The first half of two steps is of no use. Of a longer run the first ones are, so an earlier step
    ranks no lower than a later one.
    """
    units: list[tuple[float, tuple[Block, ...]]] = []
    runs: dict[int, list[Block]] = {}
    for block in sorted(blocks, key=lambda b: b.order):
        if block.shape is Shape.STEP:
            runs.setdefault(block.order[0], []).append(block)
        else:
            units.append((block.score, (block,)))
    for run in runs.values():
        if len(run) == _SHORT_RUN:
            units.append((max(b.score for b in run), tuple(run)))
        else:
            units += [(max(b.score for b in run[n:]), (step,)) for n, step in enumerate(run)]
    return [unit for _, unit in sorted(units, key=lambda u: (-u[0], u[1][0].order))]


def _is_said(block: Block, kept: Sequence[Block]) -> bool:
    """Whether what is kept already says this: nearly all its words, and every figure.

    Rows of one table resemble each other and still say different things.
    """
    text = "".join(s.text for s in block.sentences)
    others = ["".join(s.text for s in b.sentences) for b in kept if b.shape is not block.shape]
    if block.shape is not Shape.ROW:
        others += ["".join(s.text for s in b.sentences) for b in kept if b.shape is block.shape]
    return any(repeats(text, other) for other in others)


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
    closing = [Sentence(words["closing"], Part.EMPATHY)]
    if slots.get("agent.name", "").strip():
        closing.append(filled(Sentence(words["signature"], Part.EMPATHY), slots))
    paragraphs = [hello.text, join([s.text for s in thanks], lang)]
    for _, group in groupby(blocks, key=lambda b: (b.order[0], b.part)):
        paragraphs.append("\n".join(_lines(list(group), lang, spoken=False)))
    paragraphs += [s.text for s in closing]
    body = tuple(s for b in blocks for s in b.sentences)
    return "\n\n".join(paragraphs), (hello, *thanks, *body, *closing)
