"""Canned replies: the variant for the channel as sentences, with the contact's data filled in.

The template sentence is the quote; it goes through the gate before any slot is filled, so numbers
that come from the contact's own data (an order number) need no evidence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from assistant.replies.model import Evidence, Part, Sentence
from assistant.replies.wording import part_of
from kb.model import Channel, Revision
from kb.quantities import quantities
from kb.sections import plain_text, reply_variants
from kb.sentences import split

# What the contact fills, and what the agent is asked for ({{?amount}}): the latter is never known.
_SLOT = re.compile(r"\{\{\s*([\w.-]+|\?[^{}]{1,60}?)\s*\}\}")
_MAX_VALUE = 200
_SIGNATURE = 24
_FALLBACK = ("chat", "phone", "email")

Paragraph = list[Sentence]


def template(revision: Revision, channel: Channel) -> list[Paragraph]:
    """Paragraphs of sentences of the variant written for a channel, slots unfilled.

    The app takes the chat variant; where a channel has none, chat, phone and email stand in, in
    this order. An opening or closing without any figure or request is empathy.
    """
    text = variant(revision.content.body, channel)
    blocks = [block for block in text.split("\n\n") if block.strip()]
    paragraphs = [_paragraph(block, revision) for block in blocks]
    return [_with_parts(p, p is paragraphs[0], p is paragraphs[-1]) for p in paragraphs]


def variant(body: str, channel: Channel) -> str:
    """The plain text of a canned reply's body for a channel, as `template` chooses it."""
    variants = reply_variants(body)
    name = next((n for n in (channel.value, *_FALLBACK) if n in variants), None)
    return plain_text(variants[name]) if name else ""


def fill(text: str, slots: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Put the contact's data into ``{{…}}``; return the text and the names that stay unfilled.

    Values are cut to one line of 200 characters; what they contain is never read as a slot.
    """
    missing: dict[str, None] = {}

    def value(match: re.Match[str]) -> str:
        known = " ".join(slots.get(match[1], "").split())[:_MAX_VALUE]
        if not known:
            missing[match[1]] = None
            return "{{" + match[1] + "}}"
        return known

    return _SLOT.sub(value, text), tuple(missing)


def filled(sentence: Sentence, slots: Mapping[str, str]) -> Sentence:
    """The sentence with its slots filled and the missing ones reported."""
    text, missing = fill(sentence.text, slots)
    return replace(sentence, text=text, slots_missing=missing)


def _paragraph(block: str, revision: Revision) -> Paragraph:
    return [
        Sentence(text, Part.FACTS, (Evidence(revision.entry_id, revision.number, text),))
        for text in split(block)
    ]


def _with_parts(paragraph: Paragraph, first: bool, last: bool) -> Paragraph:
    signature = last and len(paragraph) == 1 and len(paragraph[0].text) <= _SIGNATURE
    return [replace(s, part=_part(s.text, courtesy=first or signature)) for s in paragraph]


def _part(text: str, *, courtesy: bool) -> Part:
    part = part_of(text)
    if courtesy and part is Part.FACTS and not quantities(text):
        return Part.EMPATHY
    return part
