"""Typed reading of single front matter fields; every defect becomes a Problem with its line."""

from __future__ import annotations

import difflib
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from kb.clock import parse_local
from kb.errors import InvalidInput, Problem
from kb.yamltext import Listed, Scalar, Value

KEYS = (
    "id", "kind", "revision", "status", "title", "lang", "audience",
    "effective_from", "effective_until",
    "created_at", "submitted_at", "approved_at", "published_at", "withdrawn_at",
    "author", "approved_by", "owner", "reviewer", "review_every", "reviewed_at", "reviewed_by",
    "risk", "products", "channels", "tags", "questions", "counter", "depends_on", "supersedes",
    "short_code", "slots",
)  # fmt: skip

Choice = TypeVar("Choice", bound=StrEnum)


class FieldReader:
    """Reads fields one by one, adding to `problems` what is wrong and going on with a default."""

    def __init__(
        self,
        source: str,
        values: dict[str, tuple[Value, int]],
        problems: list[Problem],
        tz: ZoneInfo,
    ) -> None:
        self._source = source
        self._values = values
        self._problems = problems
        self._tz = tz

    def report(self, key: str, message: str, line: int = 0) -> None:
        """Note a defect of `key`, on its own line unless told otherwise."""
        self._problems.append(Problem(self._source, line or self.line(key), key, message))

    def report_unknown_keys(self) -> None:
        """Note every key that is none of KEYS, with the one probably meant."""
        for key in self._values:
            if key not in KEYS:
                close = difflib.get_close_matches(key, KEYS, n=1, cutoff=0.5)
                hint = f"; did you mean {close[0]!r}?" if close else ""
                self.report(key, f"is no key of an entry{hint}")

    def line(self, key: str) -> int:
        """The 1-based line of `key`; 1 when it is absent."""
        return self._values[key][1] if key in self._values else 1

    def has(self, key: str) -> bool:
        """Whether `key` is there."""
        return key in self._values

    def bad(self, key: str) -> bool:
        """Whether a defect of `key` has been noted."""
        return any(problem.field == key for problem in self._problems)

    def text(self, key: str) -> str:
        """A string; empty when left out."""
        value = self._values.get(key, (None, 0))[0]
        if isinstance(value, Listed):
            self.report(key, "must be one value, not a list")
            return ""
        return value.text if value else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; empty when left out."""
        value = self._values.get(key, (None, 0))[0]
        if value is None or (isinstance(value, Scalar) and not value.text):
            return ()
        if isinstance(value, Scalar):
            self.report(key, f"must be a list; write [{value.text}]")
            return ()
        strings = tuple(item.text for item in value.items if isinstance(item, Scalar))
        if len(strings) < len(value.items):
            self.report(key, "must be a list of single values")
        return strings

    def records(self, key: str, names: tuple[str, ...]) -> list[dict[str, str]]:
        """A list of mappings with the given keys, of which the first is required."""
        value = self._values.get(key, (None, 0))[0]
        if value is None or (isinstance(value, Scalar) and not value.text):
            return []
        example = "{" + ", ".join(f"{name}: …" for name in names) + "}"
        found: list[dict[str, str]] = []
        for item in value.items if isinstance(value, Listed) else (value,):
            if isinstance(item, Scalar):
                self.report(key, f"each must look like {example}", item.line)
            elif names[0] not in item or set(item) - set(names):
                line = next(iter(item.values())).line if item else 0
                self.report(key, f"each must look like {example}", line)
            else:
                found.append({name: field.text for name, field in item.items()})
        return found

    def whole(self, key: str, default: int) -> int:
        """A whole number from 0 up."""
        text = self.text(key)
        if not text:
            return default
        if text.isascii() and text.isdigit() and len(text) <= 6:
            return int(text)
        self.report(key, f"{text!r} is not a whole number")
        return default

    def moment(self, key: str) -> datetime | None:
        """A date or date-time as an aware UTC moment."""
        text = self.text(key)
        if not text:
            return None
        try:
            return parse_local(text, self._tz)
        except InvalidInput as error:
            self.report(key, error.problems[0].message)
            return None

    def choice(
        self, key: str, among: type[Choice], default: Choice | None = None, required: bool = False
    ) -> Choice:
        """One of the enumeration's values; a bad one is noted and read as the default."""
        text = self.text(key)
        fallback = default if default is not None else next(iter(among))
        if not text:
            if required and not self.bad(key):
                self.report(key, f"is missing; one of {', '.join(among)}")
            return fallback
        return self._member(key, text, among) or fallback

    def choices(self, key: str, among: type[Choice]) -> tuple[Choice, ...]:
        """A list of the enumeration's values."""
        members = (self._member(key, text, among) for text in self.texts(key))
        return tuple(member for member in members if member is not None)

    def _member(self, key: str, text: str, among: type[Choice]) -> Choice | None:
        if text in set(among):
            return among(text)
        self.report(key, f"{text!r} is none of {', '.join(among)}")
        return None
