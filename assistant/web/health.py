"""Liveness, readiness and metrics. None of them says anything about content."""

from __future__ import annotations

import json
import logging

from flask import Blueprint, Flask, Response

from assistant.accounts.policy import Action, Nearness
from assistant.web import context, guard, metrics

_log = logging.getLogger(__name__)


def mount(app: Flask) -> None:
    """Add ``/livez``, ``/readyz`` and ``/metrics`` to `app`."""
    blueprint = Blueprint("health", __name__)
    blueprint.add_url_rule("/livez", "livez", livez)
    blueprint.add_url_rule("/readyz", "readyz", readyz)
    blueprint.add_url_rule("/metrics", "metrics", show_metrics)
    app.register_blueprint(blueprint)
    guard.declare(app, "health.livez", Action.HEALTH)
    guard.declare(app, "health.readyz", Action.HEALTH)
    guard.declare(app, "health.metrics", Action.METRICS)


def livez() -> Response:
    """The process answers; nothing else is asked."""
    return _json({"status": "ok"}, 200)


def readyz() -> Response:
    """Whether requests can be answered: database reachable, index generation open.

    A degraded index still answers, so it is ready and says so. Which generation it is tells that
    something was published, be it for staff alone: only this machine hears that, and what is wrong.
    """
    services = context.services()
    database = _database_answers()
    try:
        services.searcher.reload_if_changed()
    except OSError as error:
        _log.error("the search index could not be opened: %s", error)
    searcher = services.searcher
    indexed = bool(searcher.generation)
    index: dict[str, object] = {"degraded": searcher.degraded}
    if context.nearness() is Nearness.LOCAL:
        index |= {"generation": searcher.generation, "reason": searcher.degraded_reason}
    body: dict[str, object] = {
        "status": "ready" if database and indexed else "not ready",
        "database": "ok" if database else "unreachable",
        "index": index,
    }
    return _json(body, 200 if database and indexed else 503)


def show_metrics() -> Response:
    """Prometheus metrics."""
    return metrics.exposition(context.services())


def _database_answers() -> bool:
    try:
        context.services().kb.last_change()
    except Exception as error:
        _log.error("the database does not answer: %s", type(error).__name__)
        return False
    return True


def _json(body: dict[str, object], status: int) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json")
