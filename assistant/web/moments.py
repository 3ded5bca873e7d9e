"""Times that callers send: in the site's time zone unless they say otherwise."""

from __future__ import annotations

from datetime import datetime

from assistant.web import context, messages
from assistant.web.problems import Refusal
from assistant.web.responses import ProblemOut
from kb.clock import parse_local
from kb.errors import InvalidInput


def parse_moment(text: str | None, field: str) -> datetime | None:
    """The UTC moment, or None for none given; refuses anything else with a 422 naming `field`."""
    if not text:
        return None
    try:
        return parse_local(text, context.services().settings.site_tz)
    except InvalidInput:
        message = messages.field_message("date", context.lang())
        error: ProblemOut = {"field": field, "message": message}
        raise Refusal(422, "fields", {"count": 1}, [error]) from None
