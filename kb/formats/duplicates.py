"""Rows that ask or say what another row or an entry says already, whatever the spelling."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from kb.model import Content, Entry, Revision
from kb.sections import plain_text

_MOST = 5
_SHORT = 12  # "支持。" says the same in many entries and means nothing by it


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another place of the same question or content: a row's number (else 0) or an entry's id."""

    what: str
    row: int
    entry_id: str
    title: str


def comparable(text: str) -> str:
    """A text as it is compared: one width, one case, only letters and digits."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum())


class Duplicates:
    """Remembers questions and contents, of entries first and then row by row."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._questions: dict[str, list[tuple[int, str, str]]] = {}
        self._contents: dict[bytes, list[tuple[int, str, str]]] = {}
        for entry in entries:
            shown = _shown(entry)
            if shown is not None:
                self._note(0, entry.id, shown.content)

    def found(self, row: int, entry_id: str, content: Content) -> tuple[Duplicate, ...]:
        """Where else the row's question or content stands; the row is remembered for later."""
        found: dict[tuple[str, int, str], Duplicate] = {}
        for question in _questions(content):
            for place in self._questions.get(question, ()):
                _add(found, "question", place, entry_id)
        digest = _digest(content)
        for place in self._contents.get(digest, ()) if digest else ():
            _add(found, "content", place, entry_id)
        self._note(row, entry_id, content)
        return tuple(found.values())[:_MOST]

    def _note(self, row: int, entry_id: str, content: Content) -> None:
        place = (row, entry_id, content.title)
        for question in _questions(content):
            known = self._questions.setdefault(question, [])
            if len(known) < _MOST:
                known.append(place)
        if digest := _digest(content):
            known = self._contents.setdefault(digest, [])
            if len(known) < _MOST:
                known.append(place)


def _add(
    found: dict[tuple[str, int, str], Duplicate],
    what: str,
    place: tuple[int, str, str],
    entry_id: str,
) -> None:
    row, other, title = place
    if other != entry_id:
        found.setdefault((what, row, other), Duplicate(what, row, other, title))


def _shown(entry: Entry) -> Revision | None:
    """The revision that stands for an entry: what is published last, else its newest."""
    if entry.published:
        return entry.published[-1]
    return entry.revisions[-1] if entry.revisions else None


def _questions(content: Content) -> list[str]:
    keys = (comparable(text) for text in (content.title, *content.questions))
    return list(dict.fromkeys(key for key in keys if key))


def _digest(content: Content) -> bytes:
    """What contents are compared by; empty for those too short to mean anything."""
    text = comparable(plain_text(content.body))
    return hashlib.sha256(text.encode(errors="replace")).digest() if len(text) >= _SHORT else b""
