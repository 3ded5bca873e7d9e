"""Whoever has just changed knowledge sees it at once, whichever process answers next.

Each process renews its picture of the knowledge base when it suits it. A cookie that lives for some
seconds says that this browser has changed something: its requests wait for a picture with all
changes so far. Programs read what the change itself answers.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, request

from assistant.accounts.policy import Action
from assistant.accounts.roles import PrincipalKind
from assistant.web import context, guard

COOKIE = "zhike_wrote"
SECONDS = 15  # longer than a picture may be behind
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_CHANGING = frozenset(
    {
        Action.ENTRIES_WRITE,
        Action.ENTRIES_IMPORT,
        Action.ENTRIES_TABLES,
        Action.ENTRIES_REVIEW,
        Action.ENTRIES_PUBLISH,
        Action.ENTRIES_VERIFY,
        Action.ENTRIES_STEWARD,
        Action.REPORTS_RESOLVE,
        Action.CASES_WRITE,
    }
)


def install(app: Flask) -> None:
    """Look for the cookie after the gate let a request in, and set it after each change."""
    app.before_request(_wait)
    app.after_request(_note)


def _wait() -> None:
    if COOKIE in request.cookies and _is_person():
        context.services().catalogue.current(own_write=True)


def _note(response: Response) -> Response:
    changing = guard.declared(current_app).get(request.endpoint or "") in _CHANGING
    if changing and _is_person() and request.method not in _SAFE and response.status_code < 400:
        response.set_cookie(
            COOKIE, "1", max_age=SECONDS, httponly=True, samesite="Lax", secure=request.is_secure
        )
    return response


def _is_person() -> bool:
    return context.principal().kind is PrincipalKind.PERSON
