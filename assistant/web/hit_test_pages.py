"""The page where editors try out what a question finds: one, many at once, and the saved ones."""

from __future__ import annotations

from flask import render_template, request

from assistant.impact.hit_tests import MOST_IN_RUN
from assistant.web import context
from indexer.results import MAX_QUERY
from kb.model import Audience, Channel, Kind

VIEWS = ("ask", "batch", "questions")


def show() -> str:
    """One of the three views, as the address says; each gets its data from the API."""
    asked = request.args.get("view", "")
    open_to_caller = context.principal().audiences
    return render_template(
        "hit_test.html",
        view=asked if asked in VIEWS else VIEWS[0],
        views=VIEWS,
        audiences=[each.value for each in Audience if each in open_to_caller],
        channels=[channel.value for channel in Channel],
        kinds=[kind.value for kind in Kind],
        max_query=MAX_QUERY,
        most_in_run=MOST_IN_RUN,
    )
