"""A long Markdown text as parts, split at its headings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kb.sections import HEADING, inline_text, numbered_lines
from kb.validation import MAX_LINE

_TITLE_WITH_CHAPTER = " - "


@dataclass(frozen=True, slots=True)
class Part:
    """A part with the headings that lead to it; `body` begins its own headings at level 2."""

    path: tuple[str, ...]
    body: str


def parts_of(markdown: str, level: int, title: str) -> tuple[str, list[Part]]:
    """The title of the whole, and its parts: one for each heading of at most `level`.

    With `level` 0 the whole is one part. A single level-1 heading at the very top is the title of
    the whole, else `title` is. Parts without any text of their own are left out.
    """
    lines = list(_lines(markdown))
    tops = [place for place, (depth, _) in enumerate(lines) if depth == 1]
    first = next((place for place, (_, text) in enumerate(lines) if text.strip()), 0)
    if tops == [first]:
        title = inline_text(_heading(lines[first][1]))
        del lines[first]
    if level == 0:
        body = _body(lines)
        return title, [Part((title,), body)] if body else []
    found: list[Part] = []
    path: list[tuple[int, str]] = []
    block: list[tuple[int, str]] = []
    for depth, text in [*lines, (1, "")]:
        if not 0 < depth <= level:
            block.append((depth, text))
            continue
        if body := _body(block):
            found.append(Part(tuple(name for _, name in path) or (title,), body))
        path = [*(step for step in path if step[0] < depth), (depth, inline_text(_heading(text)))]
        block = []
    return title, found


def title_of(path: tuple[str, ...]) -> str:
    """A section's title with its chapter's: "概述" alone would say nothing."""
    *chapters, own = path
    return _TITLE_WITH_CHAPTER.join([*chapters[-1:], own])[:MAX_LINE].strip()


def _lines(markdown: str) -> Iterator[tuple[int, str]]:
    """Each line with its heading's depth, 0 for what is no heading."""
    for _, line, fenced in numbered_lines(markdown):
        heading = None if fenced else HEADING.fullmatch(line)
        yield (len(heading["level"]) if heading else 0), line


def _heading(line: str) -> str:
    found = HEADING.fullmatch(line)
    return found["title"] if found else ""


def _body(block: list[tuple[int, str]]) -> str:
    """The block's text, its highest headings moved to level 2; empty when it has only headings."""
    if not any(depth == 0 and text.strip() for depth, text in block):
        return ""
    shift = 2 - min((depth for depth, _ in block if depth), default=2)
    lines = [
        f"{'#' * min(depth + shift, 6)} {_heading(text)}" if depth else text
        for depth, text in block
    ]
    return "\n".join(lines).strip("\n")
