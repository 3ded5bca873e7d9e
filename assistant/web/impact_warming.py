"""Impact previews are made ready when somebody begins to write, not before: it costs memory."""

from __future__ import annotations

from flask import Flask, request

from assistant.accounts.policy import Action
from assistant.web import context, guard

_WRITING = frozenset(
    {
        Action.ENTRIES_WRITE,
        Action.ENTRIES_REVIEW,
        Action.ENTRIES_PUBLISH,
        Action.ANSWERS_TEST,
    }
)


def install(app: Flask) -> None:
    """Make previews ready in the background from the first request of somebody who writes."""

    def expect() -> None:
        # The gate has let the request through: it stands before this.
        if guard.declared(app).get(request.endpoint or "") in _WRITING:
            context.services().impact.previews.expected()

    app.before_request(expect)
