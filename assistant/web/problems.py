"""Errors as RFC 9457 problem details for programs and as a page for people; never a stack trace."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, render_template, request
from gunicorn.http.errors import ParseException
from jinja2 import TemplateNotFound
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from assistant.web import context, messages
from assistant.web.json_body import json_body
from assistant.web.responses import ProblemOut
from kb.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    Problem,
    StorageBusy,
    StorageFull,
)
from kb.formats.wording import said

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger("assistant.web")

_BY_STATUS = {404: "absent", 413: "too_large"}


@dataclass
class Refusal(Exception):
    """An answer other than success, decided by the web layer itself.

    `detail` names a sentence of `assistant.web.messages`; `errors` are the fields at fault,
    `extra` further members of the problem, `headers` of the response.
    """

    status: int
    detail: str
    params: Mapping[str, object] = field(default_factory=dict)
    errors: list[ProblemOut] = field(default_factory=list)
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def install(app: Flask) -> None:
    """Answer every error of `app` in our form."""
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(InvalidInput, _invalid)
    app.register_error_handler(NotFound, _absent)
    app.register_error_handler(Conflict, _conflict)
    app.register_error_handler(NotAllowed, _not_allowed)
    app.register_error_handler(StorageFull, _storage_full)
    app.register_error_handler(StorageBusy, _storage_busy)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(ParseException, _broken_body)
    app.register_error_handler(Exception, _unexpected)


def invalid(problems: list[Problem]) -> Refusal:
    """A 422 that names every problem of an input."""
    errors = [told(problem) for problem in problems]
    return Refusal(422, "fields", {"count": len(errors)}, errors)


def told(problem: Problem) -> ProblemOut:
    """One problem as it stands under `errors`, worded in the caller's language."""
    return {**problem_json(problem), "message": said(problem.message, context.lang())}


def problem_json(problem: Problem) -> ProblemOut:
    """One problem as its check worded it: field and message; source and line when known."""
    found: ProblemOut = {"field": problem.field, "message": problem.message}
    if problem.source:
        found["source"] = problem.source
    if problem.line:
        found["line"] = problem.line
    return found


def _refusal(error: Refusal) -> Response:
    text = messages.detail(error.detail, context.lang(), **error.params)
    extra = {"errors": error.errors, **error.extra} if error.errors else dict(error.extra)
    headers = dict(error.headers)
    if error.status == 401:
        headers.setdefault("WWW-Authenticate", 'Bearer realm="zhike"')
    return _answer(error.status, text, extra, headers)


def _invalid(error: InvalidInput) -> Response:
    return _refusal(invalid(error.problems))


def _absent(error: NotFound) -> Response:
    # The error's own text could tell a forbidden entry from an absent one; this one cannot.
    return _refusal(Refusal(404, "absent"))


def _conflict(error: Conflict) -> Response:
    extra = {"current_version": error.current_version, "diff": error.diff}
    return _refusal(Refusal(409, "conflict", extra=extra))


def _not_allowed(error: NotAllowed) -> Response:
    return _answer(403, str(error), {}, {})


def _storage_full(error: StorageFull) -> Response:
    return _refusal(Refusal(507, "storage_full"))


def _storage_busy(error: StorageBusy) -> Response:
    return _refusal(Refusal(503, "storage_busy", headers={"Retry-After": "2"}))


def _broken_body(error: ParseException) -> Response:
    """A body whose chunks are no chunks; the server finds out only while we read it."""
    return _answer(400, messages.title(400, context.lang()), {}, {})


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if 300 <= status < 400:  # a redirect to the address with or without a slash at its end
        return Response(error.get_body(), status, dict(error.get_headers()))
    headers: dict[str, str] = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
        text = messages.detail("method", context.lang(), allowed=headers["Allow"])
    elif status in _BY_STATUS:
        text = messages.detail(_BY_STATUS[status], context.lang())
    else:
        text = messages.title(status, context.lang())
    return _answer(status, text, {}, headers)


def _unexpected(error: Exception) -> Response:
    reference = secrets.token_hex(6)
    route = request.url_rule.rule if request.url_rule else "unknown"
    # The route, not the address: an address may hold what a customer typed.
    _log.error("%s %s failed, reference %s", request.method, route, reference, exc_info=error)
    text = messages.detail("server", context.lang(), reference=reference)
    return _answer(500, text, {"reference": reference}, {})


def _answer(
    status: int, detail: str, extra: dict[str, Any], headers: Mapping[str, str]
) -> Response:
    title = messages.title(status, context.lang())
    if _for_people():
        response = Response(_page(status, title, detail, extra), status, mimetype="text/html")
    else:
        body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **extra}
        response = Response(json_body(body), status, content_type=MEDIA_TYPE)
    response.headers.update(headers)
    return response


def _for_people() -> bool:
    if request.path.startswith(("/api/", "/widget/v1/", "/livez", "/readyz", "/metrics")):
        return False
    best = request.accept_mimetypes.best_match(("text/html", MEDIA_TYPE, "application/json"))
    return best == "text/html"


def _page(status: int, title: str, detail: str, extra: Mapping[str, Any]) -> str:
    reference = extra.get("reference", "")
    in_help = request.path == "/help" or request.path.startswith("/help/")
    template = "help/error.html" if in_help else "error.html"
    try:
        return render_template(
            template, status=status, title=title, detail=detail, reference=reference
        )
    except TemplateNotFound:
        return f"{status} {title}\n{detail}\n"
