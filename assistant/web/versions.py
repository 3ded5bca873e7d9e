"""Entity tags: the version of an entry on the way out, the expected one on the way in."""

from __future__ import annotations

import re

from flask import request

from assistant.web import context, messages
from assistant.web.problems import Refusal
from assistant.web.responses import ProblemOut
from kb.model import Entry

_TAG = re.compile(r'(?:W/)?"?(\d{1,12})"?')


def etag(entry: Entry) -> dict[str, str]:
    """The header that names the version of an entry just read or written."""
    return {"ETag": f'"{entry.version}"'}


def expected_version() -> int | None:
    """The version named by If-Match, or None when the header is missing or ``*``.

    Raises:
        Refusal: 422 when the header is something else than one of our tags.
    """
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        return None
    found = _TAG.fullmatch(header)
    if not found:
        message = messages.field_message("invalid", context.lang())
        error: ProblemOut = {"field": "If-Match", "message": message}
        raise Refusal(422, "fields", {"count": 1}, [error])
    return int(found.group(1))


def required_version() -> int:
    """The version named by If-Match.

    Raises:
        Refusal: 428 when the header is missing: an edit must say what it is based on.
    """
    version = expected_version()
    if version is None:
        raise Refusal(428, "if_match")
    return version
