"""All routes of ``/widget/v1`` together: what the widget asks."""

from __future__ import annotations

from assistant.web import widget_conversation, widget_events, widget_sessions
from assistant.web.routing import Route


def all_routes() -> list[Route]:
    """Every route of the widget."""
    modules = (widget_sessions, widget_conversation, widget_events)
    return [route for module in modules for route in module.routes.all]
