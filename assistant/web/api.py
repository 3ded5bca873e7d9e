"""All routes of ``/api/v1`` together, and the document that describes them."""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import version

from flask import Response, request

from assistant.accounts.policy import Action
from assistant.web import (
    api_answers,
    api_board,
    api_canned,
    api_cases,
    api_changes,
    api_comments,
    api_contacts,
    api_editing,
    api_entries,
    api_entry_ids,
    api_exchange,
    api_flows,
    api_freshness,
    api_hit_tests,
    api_images,
    api_impact,
    api_imports,
    api_lifecycle,
    api_links,
    api_questions,
    api_replies,
    api_similar_cases,
    api_skill_groups,
    api_tickets,
    openapi,
    widget_api,
    widget_gate,
)
from assistant.web.routing import JSON, Route, Routes

routes = Routes()


@routes.get("/openapi.json", Action.DESCRIBE, returns=JSON)
def describe_api() -> Response:
    """This document: OpenAPI 3.1."""
    response = Response(_document(), content_type=JSON)
    response.headers["Cache-Control"] = "public, max-age=300"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


def all_routes() -> list[Route]:
    """Every route of the API."""
    # The exchange routes come first: "import" and "export" are no entry ids.
    modules = (
        api_answers,
        api_replies,
        api_exchange,
        api_imports,
        api_entries,
        api_entry_ids,
        api_flows,
        api_lifecycle,
        api_impact,
        api_questions,
        api_hit_tests,
        api_editing,
        api_comments,
        api_images,
        api_board,
        api_freshness,
        api_links,
        api_changes,
        api_contacts,
        api_canned,
        api_cases,
        api_similar_cases,
        api_skill_groups,
        api_tickets,
    )
    return [route for module in modules for route in module.routes.all] + routes.all


@cache
def _document() -> str:
    elsewhere = {widget_gate.PREFIX: widget_api.all_routes()}
    document = openapi.document(all_routes(), version("zhike"), elsewhere)
    return json.dumps(document, ensure_ascii=False)
