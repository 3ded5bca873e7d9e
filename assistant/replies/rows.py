"""A table row as a sentence, with the lines it stands on as quotes."""

from __future__ import annotations

import re
from typing import NamedTuple

_ASIDE = re.compile(r"\s*[(\uff08][^()\uff08\uff09]*[)\uff09]")
_ENDED = re.compile(r"[.!?。…\uff01\uff1f]$")


class _Marks(NamedTuple):
    colon: str
    comma: str
    dash: str
    stop: str
    brackets: tuple[str, str]


_CHINESE = _Marks("\uff1a", "\uff1b", "——", "。", ("\uff08", "\uff09"))
_ENGLISH = _Marks(": ", "; ", " - ", ".", (" (", ")"))


def cells_of(plain_row: str) -> list[str]:
    """The cells of a row's plain text (``cell | cell``)."""
    return [cell.strip() for cell in plain_row.split(" | ")]


def word_row(row: str, header: str, lang: str) -> tuple[str, tuple[str, ...]]:
    """Sentence and quotes of a row, both given as plain text.

    场景:结果 for two columns; with more, the cells carry the names of their columns and the header
    row is a second quote.
    """
    marks = _ENGLISH if lang.startswith("en") else _CHINESE
    key, *rest = cells_of(row)
    quotes: tuple[str, ...] = (row,)
    if len(rest) == 1:
        text = f"{key}{marks.colon}{rest[0]}"
    else:
        names = [_ASIDE.sub("", name) for name in cells_of(header)[1:]]
        text = f"{key}{marks.dash}{_named(names, rest, marks)}"
        quotes = (row, header)
    return text if _ENDED.search(text) else text + marks.stop, quotes


def _named(names: list[str], cells: list[str], marks: _Marks) -> str:
    """Cells with their column's name; behind a digit (Mira 5) in brackets, 5:4 would be a time."""
    pairs = [(name, cell) for name, cell in zip(names, cells, strict=False) if cell]
    if any(name[-1:].isdigit() for name, _ in pairs):
        opening, closing = marks.brackets
        return marks.comma.join(f"{name}{opening}{cell}{closing}" for name, cell in pairs)
    return marks.comma.join(f"{name}{marks.colon}{cell}" if name else cell for name, cell in pairs)
