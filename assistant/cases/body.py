"""The text of a case as Markdown of an entry, and back."""

from __future__ import annotations

import re

from assistant.cases.model import CaseFields
from kb.model import Content
from kb.sections import CASE_FIELDS, CASE_HEADINGS, top_sections

_MISSING = {"zh-CN": "（待补充）", "en": "(to be added)"}
# What would open a part of its own, or hide the parts that follow.
_STRUCTURE = re.compile(r"^([ \t]*)(#{1,6}(?=[ \t])|`{3,}|~{3,})", re.MULTILINE)
_ESCAPED = re.compile(r"^([ \t]*)\\(#{1,6}(?=[ \t])|`{3,}|~{3,})", re.MULTILINE)
_CHINESE = [name for name in CASE_HEADINGS if not name.isascii()]
_ENGLISH = [name for name in CASE_HEADINGS if name.isascii()]


def body(fields: CaseFields) -> str:
    """The parts under their headings; an empty one says that it is missing."""
    names = _ENGLISH if fields.lang == "en" else _CHINESE
    parts = []
    for name in names:
        text = getattr(fields, CASE_HEADINGS[name]).strip()
        told = _STRUCTURE.sub(r"\1\\\2", text) or _MISSING[fields.lang]
        parts.append(f"## {name.capitalize()}\n\n{told}")
    return "\n\n".join(parts)


def fields_of(content: Content) -> CaseFields:
    """The parts of a case that is an entry already; missing ones are empty."""
    found = dict.fromkeys(CASE_FIELDS, "")
    for heading, text, _line in top_sections(content.body):
        field = CASE_HEADINGS.get(heading.lower())
        if field and text.strip() not in _MISSING.values():
            found[field] = _ESCAPED.sub(r"\1\2", text).strip()
    return CaseFields(
        title=content.title,
        lang=content.lang,
        tags=content.tags,
        products=content.products,
        rests_on=content.depends_on,
        **found,
    )
