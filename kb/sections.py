"""The structure of a body: headings, fields of a case, variants of a reply, links, plain text.

One reading of Markdown for everybody: the renderer takes its heading ids from here, the indexer
its chunks, the freshness check its links. Headings are ``#`` lines (a space after the signs);
nothing inside a closed code fence is a heading or a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

HEADING = re.compile(r"(?P<level>#{1,6})[ \t]+(?P<title>.*?)[ \t]*#*[ \t]*")
_FENCE = re.compile(r"(?P<fence>`{3,}|~{3,})(?P<rest>.*)")
_LINK = re.compile(
    r"(?P<image>!)?\[(?P<label>(?:[^\[\]\\]|\\.)*)\]"
    r"\(\s*(?:<(?P<angled>[^<>\n]*)>|(?P<target>[^\s()]*(?:\([^\s()]*\)[^\s()]*)*))"
    r"(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
)
_AUTOLINK = re.compile(r"<(?P<target>(?:https?|mailto|tel):[^\s<>]+)>")
# Short runs and a bounded span keep the search linear on hostile lines.
_CODE = re.compile(r"(?<!`)(?P<ticks>`{1,3})(?!`)(?P<code>.{1,400}?)(?<!`)(?P=ticks)(?!`)")

CASE_HEADINGS = {
    "场景": "scene",
    "原因": "cause",
    "处理": "handling",
    "政策依据": "policy_basis",
    "结果": "outcome",
    "scene": "scene",
    "cause": "cause",
    "handling": "handling",
    "policy basis": "policy_basis",
    "outcome": "outcome",
}
CASE_FIELDS = ("scene", "cause", "handling", "policy_basis", "outcome")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the Markdown under it, up to the next heading of any level.

    `path` holds the titles from the outermost heading down to this one; it is empty (and so is
    `anchor`) for what stands before the first heading.
    """

    path: tuple[str, ...]
    anchor: str
    text: str

    @property
    def title(self) -> str:
        """The innermost heading, or an empty string."""
        return self.path[-1] if self.path else ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link's target as written and its 1-based line in the body."""

    target: str
    line: int

    @property
    def entry_id(self) -> str:
        """The entry that a ``kb:`` link points at; empty for every other link."""
        return split_target(self.target)[0]

    @property
    def anchor(self) -> str:
        """The section that a ``kb:`` link points at; empty for the entry as a whole."""
        return split_target(self.target)[1]


def split_target(target: str) -> tuple[str, str]:
    """``kb:return-7-days#退货运费`` → (entry id, anchor); two empty strings for other links.

    The part after ``#`` may be the heading as written or its anchor.
    """
    if not target.startswith("kb:"):
        return "", ""
    entry_id, _, anchor = target.removeprefix("kb:").partition("#")
    return entry_id, anchor_of(unquote(anchor)) if anchor else ""


def anchor_of(title: str) -> str:
    """The anchor of a heading that stands once in its document: lower case, signs as hyphens."""
    return re.sub(r"[^\w\-]+", "-", title.lower()).strip("-") or "section"


class Anchors:
    """Gives each heading of one document its anchor; repeated ones are numbered ``-2``, ``-3``."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def next(self, title: str) -> str:
        """The anchor of the next heading, whose plain title is given."""
        stem = anchor = anchor_of(title)
        count = self._taken.get(stem, 0)
        while anchor in self._taken:
            count += 1
            anchor = f"{stem}-{count}"
        self._taken[stem] = max(count, 1)
        self._taken.setdefault(anchor, 1)
        return anchor


def sections(body: str) -> list[Section]:
    """The sections of a body in order; text before the first heading is one if not blank."""
    found: list[Section] = []
    anchors = Anchors()
    stack: list[tuple[int, str]] = []
    anchor, lines = "", list[str]()
    for _, line, fenced in numbered_lines(body):
        heading = None if fenced else HEADING.fullmatch(line)
        if heading is None:
            lines.append(line)
            continue
        _close(found, stack, anchor, lines)
        level, title = len(heading["level"]), inline_text(heading["title"])
        stack = [*(item for item in stack if item[0] < level), (level, title)]
        anchor, lines = anchors.next(title), []
    _close(found, stack, anchor, lines)
    return found


def _close(
    found: list[Section], stack: list[tuple[int, str]], anchor: str, lines: list[str]
) -> None:
    text = "\n".join(lines).strip("\n")
    if stack or text.strip():
        found.append(Section(tuple(title for _, title in stack), anchor, text))


def top_sections(body: str) -> list[tuple[str, str, int]]:
    """The level-2 parts of a body: (title, all Markdown under it, 1-based line), in order."""
    parts: list[tuple[str, list[str], int]] = []
    for number, line, fenced in numbered_lines(body):
        heading = None if fenced else HEADING.fullmatch(line)
        if heading and len(heading["level"]) == 2:
            parts.append((inline_text(heading["title"]), [], number))
        elif parts:
            parts[-1][1].append(line)
    return [(title, "\n".join(lines).strip("\n"), number) for title, lines, number in parts]


def reply_variants(body: str) -> dict[str, str]:
    """A canned reply's Markdown by the name of the channel it is written for."""
    return {title.lower(): text for title, text, _ in top_sections(body)}


def links(body: str) -> list[Link]:
    """Every link of a body outside code, in order; images count as none."""
    found: list[Link] = []
    for number, line, fenced in numbered_lines(body):
        if fenced or ("](" not in line and "<" not in line):
            continue
        text = _CODE.sub(lambda m: " " * len(m[0]), line)
        here = [(m.start(), m["angled"] or m["target"] or "") for m in _LINK.finditer(text)
                if not m["image"]]  # fmt: skip
        here += [(m.start(), m["target"]) for m in _AUTOLINK.finditer(text)]
        found += [Link(target, number) for _, target in sorted(here)]
    return found


def plain_text(markdown: str) -> str:
    """The words of a text without its markup, one line per line of the source.

    List markers, heading signs, quote signs, emphasis and link targets go; a table row becomes
    ``cell | cell`` and its separator row goes; code keeps its text. Blank runs shrink to one
    blank line.
    """
    lines: list[str] = []
    for _, line, fenced in numbered_lines(markdown):
        text = line.rstrip() if fenced else _plain_line(line)
        if text is None or (fenced and _FENCE.fullmatch(line)):
            continue
        if text or (lines and lines[-1]):
            lines.append(text)
    return "\n".join(lines).strip("\n")


_BLOCK_MARK = re.compile(r"[ \t]*(?:>[ \t]?)*[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?")
_RULE = re.compile(r"[ \t]*([-*_])(?:[ \t]*\1){2,}[ \t]*")
_TABLE_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_CELL = re.compile(r"(?<!\\)\|")


def _plain_line(line: str) -> str | None:
    """One line without markup, or None for a line that is only markup."""
    heading = HEADING.fullmatch(line)
    if heading:
        return inline_text(heading["title"])
    if _RULE.fullmatch(line) or ("-" in line and "|" in line and _TABLE_RULE.fullmatch(line)):
        return None
    if line.lstrip().startswith("|"):
        cells = _CELL.split(line.strip().removeprefix("|").removesuffix("|"))
        return " | ".join(inline_text(cell) for cell in cells)
    mark = _BLOCK_MARK.match(line)
    return inline_text(line[mark.end() :] if mark else line)


# bounded, so that hostile text costs no more than linear time
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.{1,500}?)(?<=\S)\1")
_EMPHASIS = re.compile(
    r"\*(?=\S)([^*]{1,500}?)(?<=\S)\*|(?<!\w)_(?=\S)([^_]{1,500}?)(?<=\S)_(?!\w)"
)
_HIDDEN = 0xF0000  # a private plane of Unicode
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~<])")


def inline_text(markdown: str) -> str:
    """A single line's words without links, emphasis, code signs and escapes, outer space cut."""
    pieces: list[str] = []
    place = 0
    for code in _CODE.finditer(markdown):
        pieces += [_inline(markdown[place : code.start()]), code["code"].strip()]
        place = code.end()
    pieces.append(_inline(markdown[place:]))
    return "".join(pieces).strip()


def _inline(text: str) -> str:
    if "\\" in text:  # what is escaped is no markup: out of sight until the end
        text = _ESCAPE.sub(lambda m: chr(_HIDDEN + ord(m[1])), text)
        return "".join(_shown(char) for char in _unmarked(text))
    return _unmarked(text)


def _shown(char: str) -> str:
    return chr(ord(char) - _HIDDEN) if _HIDDEN < ord(char) < _HIDDEN + 128 else char


def _unmarked(text: str) -> str:
    if "](" in text:
        text = _LINK.sub(lambda m: m["label"], text)
    if "<" in text:
        text = _AUTOLINK.sub(lambda m: re.sub(r"^(?:mailto|tel):", "", m["target"]), text)
    if "**" in text or "__" in text:
        text = _STRONG.sub(lambda m: m[2], text)
    if "*" in text or "_" in text:
        text = _EMPHASIS.sub(lambda m: m[1] or m[2], text)
    return text


def numbered_lines(body: str) -> Iterator[tuple[int, str, bool]]:
    """Each line with its 1-based number and whether it belongs to a closed code fence."""
    lines = body.split("\n")
    closing = 0
    for index, line in enumerate(lines):
        if index >= closing and (opening := _FENCE.fullmatch(line)):
            closing = _fence_end(lines, index, opening["fence"])
        yield index + 1, line, index < closing


def _fence_end(lines: list[str], opening: int, fence: str) -> int:
    """The index after the closing fence line, or 0 when the fence is never closed."""
    for index in range(opening + 1, len(lines)):
        if lines[index].rstrip() == fence:
            return index + 1
    return 0
