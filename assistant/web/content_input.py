"""Content and stewardship as callers send them, turned into the domain's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from assistant.web.editing_requests import UnfinishedIn
from assistant.web.moments import parse_moment
from assistant.web.requests import ContentIn, StewardshipIn
from kb.model import Content, Slot, Stewardship


def content_of(given: ContentIn) -> Content:
    """The content that a request describes; dates are read in the site's time zone."""
    return content_with(given, lambda field, text: parse_moment(text, f"content.{field}"))


def content_with(
    given: ContentIn | UnfinishedIn, moment: Callable[[str, str | None], datetime | None]
) -> Content:
    """The content that a request describes, its dates as `moment(field, text)` reads them."""
    return Content(
        kind=given.kind,
        title=given.title.strip(),
        body=given.body.replace("\r\n", "\n").strip("\n"),
        lang=given.lang,
        audience=given.audience,
        effective_from=moment("effective_from", given.effective_from),
        effective_until=moment("effective_until", given.effective_until),
        risk=given.risk,
        products=tuple(given.products),
        channels=tuple(given.channels),
        tags=tuple(given.tags),
        questions=tuple(given.questions),
        counter=tuple(given.counter),
        depends_on=tuple(given.depends_on),
        supersedes=tuple(given.supersedes),
        short_code=given.short_code,
        slots=tuple(Slot(slot.name, slot.label) for slot in given.slots),
    )


def stewardship_of(given: StewardshipIn, known: Stewardship) -> Stewardship:
    """`known` with what the request changes."""
    changes = given.model_dump(exclude_none=True)
    return replace(known, **changes)
