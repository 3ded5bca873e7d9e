"""Times that callers send, in the site's zone unless they say otherwise; how an end is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

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


def last_moment(end: datetime, zone: ZoneInfo) -> str:
    """The last day of what ends (exclusive) at midnight in a zone, else the moment that it ends."""
    local = end.astimezone(zone)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{local - timedelta(days=1):%Y-%m-%d}"
    return f"{local:%Y-%m-%d %H:%M}"
