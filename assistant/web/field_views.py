"""The fields of a revision in the words of the page, and what changed in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.web import context, i18n, product_names
from assistant.web.diffs import changed_runs, word_changes
from assistant.web.entry_responses import ContentOut, WordChange
from kb.clock import format_local

_LEFT_OUT = ("body", "title")  # these are read as text
_WORDED = {"kind": "kind.", "audience": "audience.", "risk": "board.risk.", "lang": "review.lang."}
_TIMES = ("effective_from", "effective_until")


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field: its parts as equal, inserted and deleted ones; a plain field has one or two."""

    name: str
    parts: list[WordChange]
    changed: bool
    many: bool  # a list of things, not one

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.parts


def title_changes(before: str | None, after: str) -> list[WordChange]:
    """The title by words; all equal when there is nothing to compare with."""
    return word_changes(after if before is None else before, after)


def field_views(before: ContentOut | None, after: ContentOut) -> list[FieldView]:
    """Every field but title and body, in the order of the model."""
    old, new = dict(before or after), dict(after)
    return [_view(name, old[name], new[name]) for name in new if name not in _LEFT_OUT]


def _view(name: str, before: object, after: object) -> FieldView:
    old, new = _shown(name, before), _shown(name, after)
    many = isinstance(after, list)
    parts: list[WordChange] = []
    for equal, a, b, c, d in changed_runs(old, new):
        if equal:
            parts += [{"op": "equal", "text": text} for text in new[c:d]]
            continue
        parts += [{"op": "delete", "text": text} for text in old[a:b] if text]
        parts += [{"op": "insert", "text": text} for text in new[c:d] if text]
    return FieldView(name, [part for part in parts if part["text"]], old != new, many)


def _shown(name: str, value: object) -> list[str]:
    texts = i18n.texts_for(context.lang())
    one = _formatter(name, texts)
    return [one(each) for each in value] if isinstance(value, list) else [one(value)]


def _formatter(name: str, texts: i18n.Texts) -> Callable[[Any], str]:
    if name in _WORDED:
        return lambda value: texts(f"{_WORDED[name]}{value}")
    if name in _TIMES:
        return lambda value: _moment(value) if value else texts(f"review.no_{name}")
    if name == "products":
        return product_names.name
    if name == "channels":
        return lambda value: texts(f"channel.{value}")
    if name == "slots":
        return lambda slot: f"{slot['label'] or slot['name']} {{{{{slot['name']}}}}}"
    return str


def _moment(text: str) -> str:
    """A day where it begins at midnight, else with the time of day, as fine as it was set."""
    zone = context.services().settings.site_tz
    return format_local(datetime.fromisoformat(text), zone).replace("T", " ")
