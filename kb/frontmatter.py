"""Markdown with YAML front matter ⇄ Document. Reading names every defect; writing is canonical."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from kb import yamltext
from kb.clock import format_local
from kb.document import Document
from kb.errors import InvalidInput, Problem
from kb.frontmatter_fields import KEYS, FieldReader
from kb.lifecycle import same_person
from kb.model import Audience, Channel, Content, Kind, Slot, Status, Stewardship
from kb.validation import MAX_BYTES, content_problems, id_problem, line_problem
from kb.yamltext import Value

__all__ = ["KEYS", "Document", "assembled", "dump", "key_lines", "parse"]


def parse(text: str, source: str, tz: ZoneInfo) -> Document:
    """The document that `text` holds; dates without an offset are meant in `tz`.

    `source` is the file's name for messages. Raises InvalidInput with every defect found, each
    with its line.
    """
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise InvalidInput([Problem(source, 1, "", f"is larger than {MAX_BYTES // 1024} KiB")])
    header, body, body_line = _split(text, source)
    values, problems = yamltext.read_mapping(header, source, first_line=2)
    return assembled(values, problems, source, tz, body, body_line)


def assembled(
    values: dict[str, tuple[Value, int]],
    problems: list[Problem],
    source: str,
    tz: ZoneInfo,
    body: str,
    body_line: int,
) -> Document:
    """The document that named values and a body make, wherever they were read from.

    `values` are by key, each with its 1-based line; `problems` are those found so far. Raises
    InvalidInput with every defect, as `parse` does.
    """
    reader = FieldReader(source, values, problems, tz)
    reader.report_unknown_keys()
    document = _document(reader, body)
    problems += content_problems(
        document.content,
        source,
        lambda field: body_line if field == "body" else reader.line(field),
    )
    _check_record(document, reader)
    if problems:
        raise InvalidInput(sorted(set(problems), key=lambda p: (p.line, p.field, p.message)))
    return document


def key_lines(text: str) -> dict[str, int]:
    """The 1-based line of each key in the front matter of a text that `parse` accepts."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if number > 1 and line.rstrip() == "---":
            break
        key, colon, _ = line.partition(":")
        if colon and key.rstrip() in KEYS:
            found.setdefault(key.rstrip(), number)
    return found


def _split(text: str, source: str) -> tuple[str, str, int]:
    """Front matter, body without outer blank lines, and the body's 1-based first line."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not text.strip():
        raise InvalidInput([Problem(source, 1, "", "is empty")])
    if lines[0].rstrip() != "---":
        raise InvalidInput([Problem(source, 1, "", "must begin with a line '---' (front matter)")])
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        raise InvalidInput([Problem(source, 1, "", "the front matter is not closed by '---'")])
    first, last = end + 1, len(lines)
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return "\n".join(lines[1:end]) + "\n", "\n".join(lines[first:last]), first + 1


def _document(reader: FieldReader, body: str) -> Document:
    entry_id = reader.text("id")
    if id_problem(entry_id):
        reader.report("id", id_problem(entry_id) if entry_id else "is missing")
    content = Content(
        kind=reader.choice("kind", Kind, required=True),
        title=reader.text("title"),
        body=body,
        lang=reader.text("lang") or "zh-CN",
        audience=reader.choice("audience", Audience, default=Audience.CUSTOMER),
        effective_from=reader.moment("effective_from"),
        effective_until=reader.moment("effective_until"),
        risk=reader.whole("risk", 2),
        products=reader.texts("products"),
        channels=reader.choices("channels", Channel),
        tags=reader.texts("tags"),
        questions=reader.texts("questions"),
        counter=reader.texts("counter"),
        depends_on=reader.texts("depends_on"),
        supersedes=reader.texts("supersedes"),
        short_code=reader.text("short_code"),
        slots=tuple(Slot(**fields) for fields in reader.records("slots", ("name", "label"))),
    )
    return Document(
        entry_id=entry_id,
        content=content,
        number=reader.whole("revision", 0) or None,
        status=reader.choice("status", Status, default=Status.DRAFT),
        stewardship=_stewardship(reader),
        author=reader.text("author"),
        approved_by=reader.text("approved_by"),
        created_at=reader.moment("created_at"),
        submitted_at=reader.moment("submitted_at"),
        approved_at=reader.moment("approved_at"),
        published_at=reader.moment("published_at"),
        withdrawn_at=reader.moment("withdrawn_at"),
    )


def _stewardship(reader: FieldReader) -> Stewardship:
    return Stewardship(
        owner=reader.text("owner"),
        reviewer=reader.text("reviewer"),
        review_every=reader.whole("review_every", 0),
        reviewed_at=reader.moment("reviewed_at"),
        reviewed_by=reader.text("reviewed_by"),
    )


def _check_record(document: Document, reader: FieldReader) -> None:
    """Status, people and record times must tell one story."""
    status = document.status
    for key in ("author", "approved_by", "owner", "reviewer", "reviewed_by"):
        if message := line_problem(reader.text(key)):
            reader.report(key, message)
    if reader.has("revision") and document.number is None:
        reader.report("revision", "counts from 1")
    if status is not Status.DRAFT and not document.author:
        reader.report("author", f"is missing for status {status}")
    approved = status in (Status.APPROVED, Status.PUBLISHED)
    if approved and not document.approved_by:
        reader.report("approved_by", f"is missing for status {status}")
    if document.approved_by and same_person(document.author, document.approved_by):
        reader.report("approved_by", "nobody approves their own revision")
    unpublished = document.published_at is None and not reader.bad("published_at")
    if status is Status.PUBLISHED and unpublished:
        reader.report("published_at", "is missing for status published")
    if status not in (Status.PUBLISHED, Status.WITHDRAWN) and document.published_at:
        reader.report("published_at", f"does not go with status {status}")
    _check_withdrawal(document, reader)


def _check_withdrawal(document: Document, reader: FieldReader) -> None:
    withdrawn = document.status is Status.WITHDRAWN
    if withdrawn and document.withdrawn_at is None and not reader.bad("withdrawn_at"):
        reader.report("withdrawn_at", "is missing for status withdrawn")
    if document.withdrawn_at and not withdrawn:
        reader.report("withdrawn_at", f"does not go with status {document.status}")
    published, gone = document.published_at, document.withdrawn_at
    if published and gone and gone < published:
        reader.report("withdrawn_at", "lies before published_at")


def dump(document: Document, tz: ZoneInfo) -> str:
    """The canonical text of `document`: fixed key order, defaults left out, one final newline.

    `parse` gives an equal document back, except that record times which follow from
    `published_at` (see `settled`) are left out.
    """
    lines = ["---\n"]
    for key, value in _written(document, tz):
        if isinstance(value, str):
            lines.append(f"{key}: {value}\n")
        elif value:
            lines.append(yamltext.write_list(key, value, block=key in ("questions", "counter")))
    lines += _slot_lines(document.content.slots)
    return "".join([*lines, "---\n\n", document.content.body, "\n"])


def settled(document: Document, now: datetime) -> Document:
    """`document` with the record times that its file leaves out: publishing's, else `now`."""
    return replace(
        document,
        created_at=document.created_at or document.published_at or now,
        approved_at=document.approved_at or document.published_at,
    )


def _written(document: Document, tz: ZoneInfo) -> list[tuple[str, str | tuple[str, ...]]]:
    """Key and value of everything that is written, in KEYS order; strings are ready YAML."""
    content, keeper = document.content, document.stewardship
    published = document.published_at

    def moment(key: str, value: datetime | None, implied: datetime | None = None) -> None:
        if value is not None and value != implied:
            pairs.append((key, format_local(value, tz)))

    def text(key: str, value: str) -> None:
        if value:
            pairs.append((key, yamltext.plain_or_quoted(value)))

    pairs: list[tuple[str, str | tuple[str, ...]]] = []
    text("id", document.entry_id)
    text("kind", content.kind.value)
    if document.number is not None:
        pairs.append(("revision", str(document.number)))
    text("status", document.status.value)
    text("title", content.title)
    text("lang", content.lang)
    text("audience", content.audience.value)
    moment("effective_from", content.effective_from)
    moment("effective_until", content.effective_until)
    moment("created_at", document.created_at, published)
    moment("submitted_at", document.submitted_at)
    moment("approved_at", document.approved_at, published)
    moment("published_at", published)
    moment("withdrawn_at", document.withdrawn_at)
    text("author", document.author)
    text("approved_by", document.approved_by)
    text("owner", keeper.owner)
    text("reviewer", keeper.reviewer)
    if keeper.review_every:
        pairs.append(("review_every", str(keeper.review_every)))
    moment("reviewed_at", keeper.reviewed_at)
    text("reviewed_by", keeper.reviewed_by)
    if content.risk != 2:
        pairs.append(("risk", str(content.risk)))
    pairs.append(("products", content.products))
    pairs.append(("channels", tuple(channel.value for channel in content.channels)))
    for key in ("tags", "questions", "counter", "depends_on", "supersedes"):
        pairs.append((key, getattr(content, key)))
    text("short_code", content.short_code)
    return pairs


def _slot_lines(slots: tuple[Slot, ...]) -> list[str]:
    lines = ["slots:\n"] if slots else []
    for slot in slots:
        label = f", label: {yamltext.plain_or_quoted(slot.label, flow=True)}" if slot.label else ""
        lines.append(f"  - {{name: {yamltext.plain_or_quoted(slot.name, flow=True)}{label}}}\n")
    return lines
