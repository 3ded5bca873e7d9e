"""What the assistant itself says: fixed phrases, never facts.

They are packaged as `phrases.json`; a file of that name in ``<data>/selfservice/`` replaces the
top-level keys that it contains.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from assistant import editable
from assistant.replies.language import han_count, language, of_tag
from assistant.risk.conversation import is_just
from kb.errors import InvalidInput, Problem

FILE = "phrases.json"
_TALK = ("thanks", "bye", "who", "greeting")


class Phrases:
    """The phrases in both languages.

    Args:
        table: As in the packaged file.
        zone: In which times of day are told.
    """

    def __init__(self, table: Mapping[str, Any], zone: ZoneInfo) -> None:
        self._table = table
        self._zone = zone

    @classmethod
    def load(cls, data: Path | None, zone: ZoneInfo) -> Phrases:
        """The packaged phrases, overlaid by those of the data folder; InvalidInput if unsound."""
        problems: list[Problem] = []
        folder = data / "selfservice" if data else None
        assert __package__ is not None
        table = editable.load(__package__, FILE, folder, problems)
        if problems:
            raise InvalidInput(problems)
        return cls(table, zone)

    @property
    def note(self) -> Mapping[str, Any]:
        """The words of the note that goes to agents with a hand-over."""
        found: Mapping[str, Any] = self._table["agents_note"]
        return found

    def say(self, lang: str, name: str, part: str = "", **values: object) -> str:
        """A phrase in ``zh`` or ``en``; `part` chooses from a group of them."""
        phrase = self._table[lang][name]
        return str(phrase[part] if part else phrase).format(**values)

    def small_talk(self, text: str) -> str:
        """What small talk a message is and nothing else: a phrase's name; empty when it is not."""
        for name in _TALK:
            if is_just(text, self._table["small_talk"][name]):
                return name
        every = [word for name in _TALK for word in self._table["small_talk"][name]]
        return "greeting" if is_just(text, every) else ""

    def when(self, lang: str, moment: datetime, now: datetime) -> str:
        """A moment in words: today or tomorrow at a time, or a day."""
        local, today = moment.astimezone(self._zone), now.astimezone(self._zone).date()
        name = {today: "today", today + timedelta(days=1): "tomorrow"}.get(local.date(), "day")
        return self.say(lang, name, time=local.strftime("%H:%M"), month=local.month, day=local.day)


def language_of(text: str, usual: str) -> str:
    """``zh`` or ``en``: that of a message, or of the visit where the message shows none."""
    if han_count(text) or any(char.isascii() and char.isalpha() for char in text):
        return language(text)
    return of_tag(usual)
