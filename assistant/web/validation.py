"""Turns pydantic's findings into errors with a field and a sentence in the reader's language."""

from __future__ import annotations

from pydantic import ValidationError

from assistant.web import messages
from assistant.web.responses import ProblemOut

_MOST = 50  # a hostile body must not turn into a huge answer


def field_errors(error: ValidationError, lang: str, place: str) -> list[ProblemOut]:
    """One error per finding: `field` as a dotted path (the whole body is `place`), `message`.

    The refused value itself is left out: it may be personal data, and it may be large.
    """
    found: list[ProblemOut] = []
    for finding in error.errors(include_url=False, include_input=False)[:_MOST]:
        path = ".".join(str(part) for part in finding["loc"]) or place
        params = finding.get("ctx", {})
        code = str(params.get("code", finding["type"]))
        message = messages.field_message(code, lang, finding["msg"], **params)
        found.append({"field": path[:200], "message": message})
    return found
