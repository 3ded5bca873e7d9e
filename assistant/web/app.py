"""The Flask application: puts gate, pages, API, health and errors together."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Flask

from assistant.accounts.policy import Action
from assistant.contacts.feed import Feed
from assistant.desk.linkprobe import LinkProbe
from assistant.web import (
    api,
    api_links,
    assets,
    contact_views,
    context,
    guard,
    headers,
    health,
    help_centre,
    help_pages,
    import_jobs,
    metrics,
    own_writes,
    pages,
    problems,
    routing,
    templating,
    widget_api,
    widget_conversation,
    widget_events,
    widget_gate,
    widget_pages,
)
from assistant.web.numbers import DatabaseNumber
from assistant.web.sessions import SessionCookie
from assistant.web.turns import Turns
from assistant.web.widget_frames import FramesByViewer, VisitFrames
from assistant.wiring import Services

BODY_LIMIT = 2 * 1024 * 1024
_HERE = Path(__file__).parent


def create_app(
    services: Services, *, testing: bool = False, templates: Path | None = None
) -> Flask:
    """A WSGI application over `services`.

    Args:
        services: the parts behind it.
        testing: errors are answered as usual, and answers are checked against their models.
        templates: another folder of page templates than the packaged one.
    """
    app = Flask(
        __name__,
        static_folder=None,
        template_folder=str(templates or _HERE / "templates"),
    )
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    app.config["MAX_FORM_MEMORY_SIZE"] = 64 * 1024
    app.config["MAX_FORM_PARTS"] = 50
    app.url_map.converters["int"] = DatabaseNumber
    app.url_map.merge_slashes = False  # its redirects would repeat a forged Host
    app.testing = testing
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.extensions[context.EXTENSION] = services
    teller = widget_conversation.install(app, services)
    visit_frames = VisitFrames(services.selfservice.conversations, teller)
    widget_events.install(app, visit_frames)
    app.extensions[context.FEED] = _feed(services, visit_frames)
    app.extensions[api_links.EXTENSION] = LinkProbe(private=services.settings.check_links == "all")
    app.extensions[import_jobs.EXTENSION] = import_jobs.ImportJobs(services)
    metrics.install(app)
    framed = bool(services.settings.frame_ancestors)
    # A customer's message is written down as well; meanwhile the next one can be answered.
    app.extensions |= {context.STAFF_TURNS: Turns(), context.CUSTOMERS_TURNS: Turns(2)}
    widget_gate.install_before_guard(app, services.selfservice.sites, services.settings)
    guard.install(app, SessionCookie(services.signing_key, framed=framed))
    widget_gate.install_behind_guard(app)
    own_writes.install(app)
    problems.install(app)
    _mount_static(app)
    templating.install(app)
    pages.mount(app)
    help_centre.install(app, services)
    help_pages.mount(app)
    health.mount(app)
    routing.mount(app, Blueprint("api", __name__, url_prefix="/api/v1"), api.all_routes())
    widget = Blueprint("widget", __name__, url_prefix=widget_gate.PREFIX)
    routing.mount(app, widget, widget_api.all_routes())
    widget_pages.mount(app)
    app.after_request(headers.harden)
    return app


def _feed(services: Services, visit_frames: VisitFrames) -> Feed:
    """The event streams of this process; nothing runs before the first one is opened."""

    def generation() -> str:
        services.searcher.reload_if_changed()
        return services.searcher.generation

    staff = contact_views.EventFrames(services.settings.site_tz)
    frames = FramesByViewer(staff, visit_frames)
    feed = Feed(services.kb.engine, frames, generation, services.contacts.note_generation)
    services.contacts.on_change(feed.wake)
    return feed


def _mount_static(app: Flask) -> None:
    files = assets.Assets(_HERE / "static")
    app.extensions["zhike.assets"] = files
    app.add_url_rule("/static/<version>/<path:path>", "static", files.serve)
    guard.declare(app, "static", Action.ASSETS)
