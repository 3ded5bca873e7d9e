"""What a reader makes of a file, one record after the other, and how records cross the pipe."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any


class Refused(Exception):
    """The file as a whole cannot be taken; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Head:
    """The header row of a table: the rows that follow belong to it, until the next head.

    `sheet` is empty in a file that has no sheets; `form` names a form of `kb.formats.columns`.
    """

    sheet: str
    form: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty: its 1-based number in the sheet and its cells as text.

    `problems` are (column number from 0, message) of cells that have no text to take.
    """

    line: int
    cells: tuple[str, ...]
    problems: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One part of a manual, web page or plain Markdown file, its body as Markdown.

    `path` leads to it from the outermost heading; `origin` is the file it comes from.
    """

    origin: str
    path: tuple[str, ...]
    title: str
    body: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A Markdown file with front matter."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Bad:
    """A part of the file that could not be read; the rest goes on."""

    place: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth telling about the file as a whole."""

    message: str


@dataclass(frozen=True, slots=True)
class Total:
    """How many records with content are to come, as far as the file says so."""

    count: int


Record = Head | Row | Page | Text | Bad | Note | Total
_TYPES: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (Head, Row, Page, Text, Bad, Note, Total)
}


def packed(record: Record) -> str:
    """The record as one line of JSON."""
    plain = {"": type(record).__name__, **asdict(record)}
    return json.dumps(plain, ensure_ascii=True, separators=(",", ":"))


def unpacked(line: str | bytes) -> Record:
    """The record in a line that `packed` wrote; ValueError for anything else."""
    plain = json.loads(line)
    kind = _TYPES[plain.pop("")]
    found: Record = kind(**{name: _tuples(value) for name, value in plain.items()})
    return found


def _tuples(value: Any) -> Any:  # noqa: ANN401 - JSON has lists where records have tuples
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
