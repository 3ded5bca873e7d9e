"""A revision cut into passages: the smallest pieces a reply may take from it.

A passage is a sentence of a paragraph, a list item, a numbered step or a table row. Each knows the
verbatim plain text it stands on; a passage whose quotes are not in the revision's plain text is
never made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from assistant.replies.wording import announces, follows, hangs
from kb.model import Content
from kb.sections import Section, plain_text, sections
from kb.sentences import split

_STEP = re.compile(r"\s*\d{1,3}[.)]\s+\S")
_ITEM = re.compile(r"\s*[-*+]\s+\S")
_ROW = re.compile(r"\s*\|")
_ASIDE = re.compile(r"\s*[(\uff08][^()\uff08\uff09]*[)\uff09]")
_ENDED = re.compile(r"[.!?。…\uff01\uff1f]$")


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
    for number, section in enumerate(sections(body)):
        first = True
        for draft in _drafts(section, lang):
            text, quotes, shape, key, label = draft
            if not all(quote in source for quote in quotes):
                continue
            if first or not _belongs(found[-1], text, shape):
                group += 1
            first = False
            heading, order = " ".join(section.path), len(found)
            found.append(Passage(text, quotes, heading, number, order, shape, key, label, group))
    return tuple(found)


class _Marks(NamedTuple):
    colon: str
    comma: str
    dash: str
    stop: str
    brackets: tuple[str, str]


_CHINESE = _Marks("\uff1a", "\uff1b", "——", "。", ("\uff08", "\uff09"))
_ENGLISH = _Marks(": ", "; ", " - ", ".", (" (", ")"))
_Draft = tuple[str, tuple[str, ...], Shape, str, str]


def _belongs(before: Passage, text: str, shape: Shape) -> bool:
    if shape is not Shape.PROSE:
        return False
    if before.shape is not Shape.PROSE:
        return follows(text)
    if announces(text):
        return False
    runs_on = before.text.endswith((";", "\uff1b"))
    return runs_on or follows(text) or hangs(text) or announces(before.text)


def _drafts(section: Section, lang: str) -> Iterator[_Draft]:
    header: list[str] | None = None
    for line in section.text.split("\n"):
        plain = plain_text(line)
        if _ROW.match(line):
            if not plain:
                continue
            cells = [cell.strip() for cell in plain.split(" | ")]
            if header is None:
                header, header_quote = cells, plain
            else:
                yield _row(cells, plain, header, header_quote, lang)
            continue
        header = None
        if not plain:
            continue
        if _STEP.match(line) or _ITEM.match(line):
            shape = Shape.STEP if _STEP.match(line) else Shape.ITEM
            yield plain, (plain,), shape, "", ""
            continue
        for sentence in split(plain):
            yield sentence, (sentence,), Shape.PROSE, "", ""


def _row(cells: list[str], quote: str, header: list[str], header_quote: str, lang: str) -> _Draft:
    """A row as a sentence: 场景:结果 for two columns, with the column names for more."""
    marks = _ENGLISH if lang.startswith("en") else _CHINESE
    key, rest = cells[0], cells[1:]
    quotes: tuple[str, ...] = (quote,)
    if len(rest) == 1:
        text = f"{key}{marks.colon}{rest[0]}"
    else:
        names = [_ASIDE.sub("", name) for name in header[1:]]
        text = f"{key}{marks.dash}{_named(names, rest, marks)}"
        quotes = (quote, header_quote)
    if not _ENDED.search(text):
        text += marks.stop
    return text, quotes, Shape.ROW, key, header[0]


def _named(names: list[str], cells: list[str], marks: _Marks) -> str:
    """Cells with their column's name; behind a digit (Mira 5) in brackets, 5:4 would be a time."""
    pairs = [(name, cell) for name, cell in zip(names, cells, strict=False) if cell]
    if any(name[-1:].isdigit() for name, _ in pairs):
        opening, closing = marks.brackets
        return marks.comma.join(f"{name}{opening}{cell}{closing}" for name, cell in pairs)
    return marks.comma.join(f"{name}{marks.colon}{cell}" if name else cell for name, cell in pairs)
