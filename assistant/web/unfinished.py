"""Content that is still being written: what it comes to, and what is not right about it yet."""

from __future__ import annotations

from datetime import datetime

from assistant.web import context, messages
from assistant.web.editing_requests import UnfinishedIn
from assistant.web.problems import told
from assistant.web.responses import ProblemOut
from kb.clock import parse_local
from kb.errors import InvalidInput
from kb.model import Content, Slot
from kb.validation import content_problems


def unfinished_content(given: UnfinishedIn) -> tuple[Content, list[ProblemOut]]:
    """The content, and a problem for each date that is none; such a date counts as not given."""
    problems: list[ProblemOut] = []

    def moment(field: str, text: str | None) -> datetime | None:
        try:
            return parse_local(text, context.services().settings.site_tz) if text else None
        except InvalidInput:
            message = messages.field_message("date", context.lang())
            problems.append({"field": field, "message": message})
            return None

    content = Content(
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
    return content, problems


def problems_of(content: Content) -> list[ProblemOut]:
    """Every defect of `content` in the caller's language, those of the body with their line."""
    found = content_problems(content, locate=lambda field: int(field == "body"))
    return [told(problem) for problem in found]
