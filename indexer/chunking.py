"""A revision cut into the pieces that are embedded and indexed.

Titles, each way of asking, counter-questions, tags and codes are pieces of their own; bodies are
cut by section, then by table row or sentence where a section is long. Every piece of a body keeps
its source as a verbatim quote, so that snippets and evidence never paraphrase.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kb.model import Channel, Kind, Revision
from kb.sections import CASE_FIELDS, CASE_HEADINGS, Section, plain_text, sections
from kb.sentences import split

CHUNKING_VERSION = "1"
FIELDS = ("title", "question", "counter", "tags", "code", "section", "reply", *CASE_FIELDS)
ASKED = frozenset({"title", "question"})
BODY = frozenset(FIELDS[5:])
EMBEDDED = ASKED | BODY | {"counter"}
MAX_SIZE = 260.0
HEADING_JOIN = " › "


@dataclass(frozen=True, slots=True)
class Chunk:
    """One piece of a revision.

    Attributes:
        entry_id: The entry.
        revision: The revision's number.
        field: One of `FIELDS`.
        heading: Headings above the piece, joined by ` › `; empty outside bodies.
        text: What is embedded and keyword-indexed: the quote with its context.
        quote: Verbatim plain text of the source.
        content_hash: SHA-256 (hex) of `text`; equal hashes have equal vectors.
        channels: Channels the piece is for, where narrower than the revision's; empty otherwise.
        anchor: Anchor of the section in the rendered page; empty outside bodies.
    """

    entry_id: str
    revision: int
    field: str
    heading: str
    text: str
    quote: str
    content_hash: str
    channels: tuple[Channel, ...] = ()
    anchor: str = ""


def chunks(revision: Revision) -> list[Chunk]:
    """All pieces of a revision: title, questions, counters, tags, codes, then the body in order."""
    content = revision.content
    found = [_piece(revision, "title", content.title)]
    found += [_piece(revision, "question", text) for text in content.questions]
    found += [_piece(revision, "counter", text) for text in content.counter]
    if labels := (*content.tags, *content.products):
        found.append(_piece(revision, "tags", " ".join(labels)))
    found += [
        _piece(revision, "code", code) for code in (revision.entry_id, content.short_code) if code
    ]
    for section in sections(content.body):
        found += _section(revision, section)
    return found


def _piece(revision: Revision, field: str, text: str) -> Chunk:
    return Chunk(revision.entry_id, revision.number, field, "", text, text, _hash(text))


def _section(revision: Revision, section: Section) -> Iterator[Chunk]:
    body = plain_text(section.text)
    heading = HEADING_JOIN.join(section.path)
    field, channels = _role(revision, section)
    context = revision.content.title
    if heading and not channels:
        context = f"{context}{HEADING_JOIN}{heading}"
    for quote, header in _passages(body, _tables(section.text)):
        text = "\n".join(part for part in (context, header, quote) if part)
        piece = _piece(revision, field, text)
        yield replace(piece, heading=heading, quote=quote, channels=channels, anchor=section.anchor)


def _role(revision: Revision, section: Section) -> tuple[str, tuple[Channel, ...]]:
    """Field of a section, and the channels a reply's variant is for.

    The app uses the chat variant of a reply that has none of its own.
    """
    top = section.path[0].strip().lower() if section.path else ""
    if revision.content.kind is Kind.CASE:
        return CASE_HEADINGS.get(top, "section"), ()
    if revision.content.kind is not Kind.REPLY:
        return "section", ()
    if top == Channel.CHAT:
        own = {s.path[0].strip().lower() for s in sections(revision.content.body) if s.path}
        return "reply", (Channel.CHAT,) if Channel.APP in own else (Channel.CHAT, Channel.APP)
    return "reply", (Channel(top),) if top in set(Channel) else ()


def _tables(markdown: str) -> dict[str, int]:
    """Header line of each table, in plain text, with the number of its rows."""
    found: dict[str, int] = {}
    block: list[str] = []
    for line in [*markdown.split("\n"), ""]:
        if line.lstrip().startswith("|"):
            block.append(line)
            continue
        if len(block) > 2:
            header = plain_text("\n".join(block[:2])).strip()
            found[header] = max(found.get(header, 0), len(block) - 2)
        block = []
    return found


def _passages(body: str, tables: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Contiguous quotes of a plain body, none much longer than allowed, with the table header.

    The header is given only where the quote starts inside a table, below its header line.
    """
    start = end = 0
    size = 0.0
    opening = ""
    for begin, stop, header in _units(body, tables):
        length = _size(body[begin:stop])
        if size and size + length > MAX_SIZE:
            yield body[start:end], opening
            size = 0.0
        if not size:
            start, opening = begin, header
        end, size = stop, size + length
    if size:
        yield body[start:end], opening


def _units(body: str, tables: dict[str, int]) -> Iterator[tuple[int, int, str]]:
    """Places of the lines of a body, long ones by sentence, with the header above a table's row."""
    at, header, rows = 0, "", 0
    for line in body.split("\n"):
        begin, at = at, at + len(line) + 1
        above = header if rows else ""
        rows -= 1 if rows else 0
        if not line.strip():
            continue
        if not above and line.strip() in tables:
            header, rows = line.strip(), tables[line.strip()]
        if above or _size(line) <= MAX_SIZE / 2:
            yield begin, begin + len(line), above
        else:
            yield from _sentences(body, begin, line)


def _sentences(body: str, begin: int, line: str) -> Iterator[tuple[int, int, str]]:
    at = begin
    for sentence in split(line):
        found = body.find(sentence, at, begin + len(line))
        if found < 0:
            continue
        at = found + len(sentence)
        step = int(MAX_SIZE)
        for cut in range(found, at, step):
            yield cut, min(cut + step, at), ""


def _size(text: str) -> float:
    """Length as read: a Han character counts one, anything else two fifths."""
    wide = sum(1 for char in text if char >= "\u2e80")
    return wide + (len(text) - wide) * 0.4


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
