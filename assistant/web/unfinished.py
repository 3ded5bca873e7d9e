"""Content that is still being written: what it comes to, and what is not right about it yet."""

from __future__ import annotations

from datetime import datetime

from assistant.web import context, messages
from assistant.web.content_input import content_with
from assistant.web.editing_requests import UnfinishedIn
from assistant.web.problems import told
from assistant.web.responses import ProblemOut
from kb.clock import parse_local
from kb.errors import InvalidInput
from kb.model import Content
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

    return content_with(given, moment), problems


def problems_of(content: Content) -> list[ProblemOut]:
    """Every defect of `content` in the caller's language, those of the body with their line."""
    found = content_problems(content, locate=lambda field: int(field == "body"))
    return [told(problem) for problem in found]
