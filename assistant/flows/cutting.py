"""The pieces of a body that become steps: headed stages, items of numbered lists, tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.flows.branching import has_symptoms
from assistant.flows.model import Note, StepKind
from assistant.flows.numbers import NUMBER, NUMBER_EN, number_of
from kb.sections import Section, numbered_lines, sections

_SIGNS = r"[\s:：.\uff0e、,\uff0c)）\-–—]*"
_WORDED = re.compile(
    rf"(?:第\s?(?P<zh>{NUMBER})\s?步|步骤\s?(?P<zh2>{NUMBER})|step\s(?P<en>{NUMBER_EN})\b)"
    rf"{_SIGNS}(?P<title>.*)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"[（(]?(?P<number>\d{1,3}|[一二三四五六七八九十]{1,3})(?:[.、．)）:：]\s?|\s+)(?!\d)(?P<title>\S.*)"
)
_MARKER = re.compile(
    r" {0,3}(?:\d{1,9}(?:[.)](?=\s)|、)|\*{0,2}(?:第\s?"
    + NUMBER
    + r"\s?步|step \d{1,3}\b)[:：.、]?\*{0,2}[:：.、]?)\s*(?=\S)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """What will be a step: see `assistant.flows.model.Step`. `part` numbers the list it is in."""

    kind: StepKind
    number: int
    of: int
    title: str
    section: str
    anchor: str
    text: str
    part: int = 0


@dataclass(slots=True)
class Cut:
    """A body in pieces."""

    intro: str = ""
    pieces: list[Piece] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    staged: bool = False


def cut(body: str, title: str) -> Cut:
    """Cut a body: by stages if its headings are numbered, else by its lists and tables.

    `title` names a list that stands under no heading.
    """
    parts = sections(body)
    stages = _stages(parts)
    return _staged(parts, stages) if stages else _listed(parts, title)


def _stages(parts: Sequence[Section]) -> dict[int, tuple[int, str]]:
    """Which sections are stages: index → (number, title); all of one depth, two at least."""
    worded = {i: found for i, part in enumerate(parts) if (found := _worded(part.title))}
    if worded:
        depth = min(len(parts[i].path) for i in worded)
        worded = {i: found for i, found in worded.items() if len(parts[i].path) == depth}
    if len(worded) > 1:
        return worded
    for depth in sorted({len(part.path) for part in parts if part.path}):
        counted = {
            i: found
            for i, part in enumerate(parts)
            if len(part.path) == depth and (found := _counted(part.title))
        }
        # 1, 2, 3 are stages; 03, 07, 12 or 8:00 and 9:30 are something else.
        if len(counted) > 1 and [n for n, _ in counted.values()] == list(
            range(1, len(counted) + 1)
        ):
            return counted
    return {}


def _worded(title: str) -> tuple[int, str] | None:
    found = _WORDED.fullmatch(title)
    if not found:
        return None
    number = number_of(found["zh"] or found["zh2"] or found["en"])
    return (number, found["title"].strip() or title) if number else None


def _counted(title: str) -> tuple[int, str] | None:
    found = _NUMBERED.fullmatch(title)
    number = number_of(found["number"]) if found else 0
    return (number, found["title"].strip()) if found and number else None


def _staged(parts: Sequence[Section], stages: dict[int, tuple[int, str]]) -> Cut:
    """Stages with all that stands below them; what follows the last one closes."""
    first, last = min(stages), max(stages)
    depth = len(parts[first].path)
    done = Cut(staged=True)
    closing = False
    for index, part in enumerate(parts):
        if index in stages:
            number, title = stages[index]
            done.pieces.append(
                Piece(StepKind.STAGE, number, 0, title, part.title, part.anchor, part.text)
            )
        elif index < first:
            done.intro = _joined(done.intro, _with_heading(part))
        elif index < last or (not closing and len(part.path) > depth):
            _append(done.pieces, _with_heading(part))
        else:
            closing = True
            done.pieces.append(
                Piece(StepKind.CLOSING, 0, 0, part.title, part.title, part.anchor, part.text)
            )
    return done


def _listed(parts: Sequence[Section], title: str) -> Cut:
    """Items of numbered lists and tables of symptoms; other sections are notes."""
    done = Cut()
    for part in parts:
        items = _items(part.text)
        name = part.title or title
        if len(items) > 1:
            number = len({piece.part for piece in done.pieces}) + 1
            done.pieces += [
                Piece(StepKind.ITEM, n, len(items), name, part.title, part.anchor, text, number)
                for n, text in enumerate(items, 1)
            ]
        elif has_symptoms(part.text):
            number = len({piece.part for piece in done.pieces}) + 1
            done.pieces.append(
                Piece(StepKind.CHOICE, 0, 0, name, part.title, part.anchor, part.text, number)
            )
        elif part.path:
            done.notes.append(Note(part.title, part.anchor))
        else:
            done.intro = _joined(done.intro, part.text)
    return done


def _items(markdown: str) -> list[str]:
    """The items of the numbered lists of a section; text around them goes with the nearest one."""
    items: list[list[str]] = []
    lead: list[str] = []
    width = 0
    for _, line, fenced in numbered_lines(markdown):
        marker = None if fenced else _MARKER.match(line)
        if marker:
            width = marker.end()
            items.append([*lead, line[width:]] if not items else [line[width:]])
        elif items:
            items[-1].append(_outdented(line, width))
        else:
            lead.append(line)
    return ["\n".join(lines).strip("\n") for lines in items]


def _outdented(line: str, width: int) -> str:
    blanks = len(line) - len(line.lstrip(" "))
    return line[min(blanks, width) :]


def _append(pieces: list[Piece], text: str) -> None:
    pieces[-1] = replace(pieces[-1], text=_joined(pieces[-1].text, text))


def _with_heading(part: Section) -> str:
    return f"### {part.title}\n\n{part.text}" if part.path else part.text


def _joined(one: str, other: str) -> str:
    return f"{one}\n\n{other}".strip("\n")
