"""A revision cut into passages: the smallest pieces a reply may take from it.

A passage is a sentence of a paragraph, a list item, a numbered step or a table row. Each knows the
verbatim plain text it stands on; a passage whose quotes are not in the revision's plain text is
never made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from assistant.replies.rows import cells_of, word_row
from assistant.replies.stages import name_stages, stages_of
from assistant.replies.wording import announces, follows, hangs
from kb.model import Content
from kb.sections import Section, plain_text, sections
from kb.sentences import split

_STEP = re.compile(r"\s{0,3}\d{1,3}[.)]\s+\S")
_NESTED = re.compile(r"(?:\s{2,}|\t)(?:[-*+]|\d{1,3}[.)])\s+\S")
_ITEM = re.compile(r"\s*[-*+]\s+\S")
_ROW = re.compile(r"\s*\|")
_LABEL = re.compile(r"\[([^\]]+)\]\(kb:[^)]*\)")
_MOSTLY = 0.5


class Shape(StrEnum):
    """How a passage stands in its section."""

    PROSE = "prose"
    ITEM = "item"
    STEP = "step"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Passage:
    """One piece of a revision.

    Attributes:
        text: What a customer reads.
        quotes: The plain text behind it: the sentence itself, or a table row and, where the text
            uses the column names, the header row.
        heading: Titles of its sections, outermost first, joined by a space.
        section: Number of its section in the body.
        order: Number of the passage in the body.
        shape: Sentence, list item, step or row.
        key: First cell of a row (the scenario); empty otherwise.
        key_label: Name of the first column of a row's table; empty otherwise.
        group: Passages with the same number belong together and are used together or not at all.
    """

    text: str
    quotes: tuple[str, ...]
    heading: str
    section: int
    order: int
    shape: Shape
    key: str = ""
    key_label: str = ""
    group: int = 0


@lru_cache(maxsize=1024)
def passages(content: Content) -> tuple[Passage, ...]:
    """The passages of a revision's body in order. Pure, so it is remembered per content."""
    return cut(content.body, content.lang)


def cut(body: str, lang: str) -> tuple[Passage, ...]:
    """The passages of a Markdown body in order; `lang` decides how table rows are worded."""
    source = plain_text(body)
    found: list[Passage] = []
    group = -1
    parts = sections(body)
    stages = stages_of(parts)
    for number, section in enumerate(parts):
        heading = " ".join(section.path)
        first = True
        for draft in _drafts(section, lang):
            text, quotes = name_stages(draft.text, draft.quotes, stages)
            if not all(quote in source for quote in quotes):
                continue
            if first or not _belongs(found[-1], draft):
                group += 1
            first = False
            found.append(
                Passage(
                    text,
                    quotes,
                    heading,
                    number,
                    len(found),
                    draft.shape,
                    draft.key,
                    draft.key_label,
                    group,
                )
            )
    return tuple(found)


class _Draft(NamedTuple):
    text: str
    quotes: tuple[str, ...]
    shape: Shape
    key: str = ""
    key_label: str = ""


def _belongs(before: Passage, draft: _Draft) -> bool:
    """Whether a passage is only understood, or only fair, together with the one before it."""
    text = draft.text
    if draft.shape is not Shape.PROSE or announces(text):
        return False
    if before.shape is not Shape.PROSE:
        return follows(text)
    runs_on = before.text.endswith((";", "\uff1b"))
    return runs_on or follows(text) or hangs(text) or announces(before.text)


def _drafts(section: Section, lang: str) -> list[_Draft]:
    drafts: list[_Draft] = []
    header = ""
    for line in section.text.split("\n"):
        plain = plain_text(line)
        is_row = bool(_ROW.match(line))
        if not plain:
            header = header if is_row else ""
        elif is_row and header:
            text, quotes = word_row(plain, header, lang)
            key, label = cells_of(plain)[0], cells_of(header)[0]
            drafts.append(_Draft(text, quotes, Shape.ROW, key, label))
        elif is_row:
            header = plain
        else:
            header = ""
            _add_line(drafts, line, plain)
    return drafts


def _add_line(drafts: list[_Draft], line: str, plain: str) -> None:
    """A list item, a part of the step above it, or the sentences of a paragraph."""
    if _NESTED.match(line) and drafts and drafts[-1].shape is Shape.STEP:
        above = drafts.pop()
        drafts.append(_Draft(f"{above.text}{plain}", (*above.quotes, plain), Shape.STEP))
    elif _STEP.match(line):
        drafts.append(_Draft(plain, (plain,), Shape.STEP))
    elif _ITEM.match(line):
        drafts.append(_Draft(plain, (plain,), Shape.ITEM))
    elif not _is_links(line, plain):
        drafts += [_Draft(text, (text,), Shape.PROSE) for text in split(plain)]


def _is_links(line: str, plain: str) -> bool:
    """Whether at least half of a line is links to other entries."""
    labels = sum(len(label) for label in _LABEL.findall(line))
    return labels >= _MOSTLY * len(plain)
