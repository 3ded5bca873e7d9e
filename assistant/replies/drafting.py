"""From an entry to the sentences of a suggestion, all of them through the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.replies import canned
from assistant.replies.answering import Candidate
from assistant.replies.grounding import Gate
from assistant.replies.language import fits, join
from assistant.replies.meaning import Meaning
from assistant.replies.model import Evidence, Part, Sentence, Suggestion
from assistant.replies.passages import Passage, Shape
from assistant.replies.saying import said
from assistant.replies.selecting import choose
from assistant.replies.selection import Choice
from assistant.replies.shaping import Block, shape_reply
from assistant.replies.vocabulary import Vocabulary
from assistant.risk.model import Mood
from kb.model import Channel, Revision


@dataclass(frozen=True, slots=True)
class Reader:
    """What it takes to see which passages answer: meaning, and the company's own words."""

    meaning: Meaning | None
    vocabulary: Vocabulary


@dataclass(frozen=True, slots=True)
class Style:
    """What shapes a suggestion besides its content."""

    channel: Channel
    mood: Mood
    slots: Mapping[str, str]
    phrases: Mapping[str, Any]


def blocks_of(
    query: str, candidate: Candidate, gate: Gate, reader: Reader, turn: int = 0
) -> list[Block]:
    """The blocks of an article that answer a query; the best one is marked as needed.

    `turn` is the number of the question, so that the parts of a merged reply keep its order. A
    block of which one sentence does not pass the gate is left out whole: a rule without its
    exception misleads.
    """
    hit, revision = candidate
    blocks: list[Block] = []
    for choice in choose(query, revision.content, hit, reader.meaning, reader.vocabulary):
        sentences = tuple(_sentence(p, choice, revision) for p in choice.passages)
        if all(gate.passes(s) for s in sentences):
            shape = choice.passages[-1].shape
            if shape is Shape.STEP and choice.part is Part.FACTS:
                shape = Shape.PROSE  # said for what it states, not as a step of a procedure
            order = (turn, choice.order)
            blocks.append(
                Block(sentences, choice.part, shape, choice.score, order, needed=not blocks)
            )
    return blocks


def article(blocks: Sequence[Block], sources: Sequence[Candidate], style: Style) -> Suggestion:
    """A suggestion made of blocks; the first source is the main one.

    It is written in the language of that source, so that evidence and phrases agree.
    """
    hit, revision = sources[0]
    lang = "en" if fits(revision.content.lang, "en") else "zh"
    text, sentences = shape_reply(
        blocks,
        channel=style.channel,
        mood=style.mood,
        lang=lang,
        slots=style.slots,
        phrases=style.phrases,
    )
    confidence = min(h.confidence for h, _ in sources)
    return Suggestion(
        text, sentences, confidence, hit.entry_id, hit.revision, revision.content.title, lang
    )


def canned_reply(candidate: Candidate, gate: Gate, style: Style) -> Suggestion | None:
    """A canned reply with the contact's data filled in, or None when nothing of it may be said."""
    hit, revision = candidate
    lang = "en" if fits(revision.content.lang, "en") else "zh"
    paragraphs = [
        [canned.filled(s, style.slots) for s in paragraph if gate.passes(s)]
        for paragraph in canned.template(revision, style.channel)
    ]
    paragraphs = [p for p in paragraphs if p]
    if not paragraphs:
        return None
    gap = "\n\n" if style.channel is Channel.EMAIL else "\n"
    text = gap.join(join([s.text for s in p], lang) for p in paragraphs)
    sentences = tuple(s for p in paragraphs for s in p)
    return Suggestion(
        text,
        sentences,
        hit.confidence,
        hit.entry_id,
        hit.revision,
        revision.content.title,
        lang,
    )


def _sentence(passage: Passage, choice: Choice, revision: Revision) -> Sentence:
    evidence = tuple(Evidence(revision.entry_id, revision.number, q) for q in passage.quotes)
    return Sentence(said(passage.text), choice.part, evidence)
