"""Entries as tables that can be edited in a spreadsheet program and imported again unchanged."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from zoneinfo import ZoneInfo

from kb.clock import format_local
from kb.document import Document, document_of
from kb.formats.columns import LABELS
from kb.formats.delimited import csv_bytes
from kb.formats.spreadsheet import MAX_CELL_TEXT, encoded, write_xlsx
from kb.frontmatter_fields import KEYS
from kb.model import Entry, Revision

SHEET_NAMES = {"zh-CN": "知识", "en": "knowledge"}
_TIMES = ("created_at", "submitted_at", "approved_at", "published_at", "withdrawn_at")
_PIECES = (16_000, 4_600)  # characters of a body in one cell; the last fits however it is written
_LIST_SEPARATOR = "\n"


class TableFormat(StrEnum):
    """The kinds of table that can be written."""

    XLSX = "xlsx"
    CSV = "csv"


def revisions_of(
    entries: Iterable[Entry], *, newest_only: bool = False
) -> list[tuple[Entry, Revision]]:
    """Every revision of the entries, or the newest of each, in order."""
    return [
        (entry, revision)
        for entry in entries
        for revision in (entry.revisions[-1:] if newest_only else entry.revisions)
    ]


def table_rows(
    pairs: Iterable[tuple[Entry, Revision]], tz: ZoneInfo, lang: str
) -> Iterator[list[str]]:
    """A header row in the language, then one row for each revision.

    Lists stand one item a line; a body too long for one cell goes on in further columns.
    """
    return document_rows([document_of(entry, revision) for entry, revision in pairs], tz, lang)


def document_rows(documents: Sequence[Document], tz: ZoneInfo, lang: str) -> Iterator[list[str]]:
    """The same for documents, wherever they come from."""
    pieces = max((len(_pieces(document.content.body)) for document in documents), default=1)
    yield _header(lang, pieces)
    for document in documents:
        body = _pieces(document.content.body)
        cells = _cells(document, tz)
        yield [*(cells[key] for key in KEYS), *body, *[""] * (pieces - len(body))]


def table_bytes(rows: Iterable[list[str]], form: TableFormat, lang: str) -> Iterator[bytes]:
    """The rows as a file of that kind, piece by piece."""
    if form is TableFormat.CSV:
        yield from csv_bytes(rows)
        return
    sink = io.BytesIO()
    write_xlsx(rows, sink, SHEET_NAMES["en" if lang == "en" else "zh-CN"])
    yield sink.getvalue()


def _header(lang: str, pieces: int) -> list[str]:
    names = (*KEYS, "body")
    words = list(names) if lang == "en" else [LABELS[name] for name in names]
    return [*words, *(f"{words[-1]} {number}" for number in range(2, pieces + 1))]


def _cells(document: Document, tz: ZoneInfo) -> dict[str, str]:
    """Every field but the body as text."""
    content, keeper = document.content, document.stewardship
    moments = {name: getattr(document, name) for name in _TIMES}
    moments |= {
        "effective_from": content.effective_from,
        "effective_until": content.effective_until,
        "reviewed_at": keeper.reviewed_at,
    }
    lists = {
        name: _LIST_SEPARATOR.join(getattr(content, name))
        for name in ("products", "channels", "tags", "questions", "counter", "depends_on",
                     "supersedes")
    }  # fmt: skip
    slots = (f"{slot.name}: {slot.label}" if slot.label else slot.name for slot in content.slots)
    return {
        "id": document.entry_id,
        "kind": content.kind.value,
        "revision": str(document.number or ""),
        "status": document.status.value,
        "title": content.title,
        "lang": content.lang,
        "audience": content.audience.value,
        "author": document.author,
        "approved_by": document.approved_by,
        "owner": keeper.owner,
        "reviewer": keeper.reviewer,
        "review_every": str(keeper.review_every or ""),
        "reviewed_by": keeper.reviewed_by,
        "risk": str(content.risk),
        "short_code": content.short_code,
        "slots": _LIST_SEPARATOR.join(slots),
        **{name: format_local(at, tz) if at else "" for name, at in moments.items()},
        **lists,
    }


def _pieces(body: str) -> list[str]:
    """The body in pieces that a cell can hold."""
    for size in (max(len(body), 1), *_PIECES):
        pieces = [body[start : start + size] for start in range(0, len(body), size)] or [""]
        if all(_fits(piece) for piece in pieces):
            break
    return pieces


def _fits(piece: str) -> bool:
    """Whether a cell holds the piece: spreadsheet programs count in UTF-16."""
    return len(encoded(piece).encode("utf-16-le", "surrogatepass")) <= 2 * MAX_CELL_TEXT
