"""What other sites load of the widget: the script, and the page that stands in a frame."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from flask import Flask, Response, current_app, render_template, request

from assistant.accounts.policy import Action
from assistant.web import context, guard, widget_gate, widget_script

_EXTENSION = "zhike.widget_script"
_MODULES = Path(__file__).parent / "static" / "widget"
_THEMES = frozenset({"light", "dark"})


def mount(app: Flask) -> None:
    """Add both addresses to `app`; the script is put together once, now."""
    app.extensions[_EXTENSION] = widget_script.build(_MODULES)
    app.add_url_rule("/widget.js", "widget_script", script)
    app.add_url_rule("/widget/frame", "widget_frame", frame)
    for name in ("widget_script", "widget_frame"):
        guard.declare(app, name, Action.ASSETS)


def script() -> Response:
    """The widget, compressed for whoever takes that; any page may load it."""
    built = cast(widget_script.WidgetScript, current_app.extensions[_EXTENSION])
    packed = request.accept_encodings.quality("gzip") > 0
    response = Response(
        built.packed if packed else built.plain, content_type="text/javascript; charset=utf-8"
    )
    response.set_etag(built.version[:24] + ("-gz" if packed else ""))
    if packed:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return cast(Response, response.make_conditional(request))


def frame() -> Response:
    """A page that the widget fills, for frames of the site's pages and of no other.

    `site` names it; `lang`, `theme` and `question` are handed on to the widget.

    Raises:
        NotFound: there is no such site, or it is not in use any more.
    """
    site = context.services().selfservice.sites.get(request.args.get("site", ""))
    widget_gate.framed_by(site)
    theme = request.args.get("theme", "")
    page = render_template(
        "widget_frame.html",
        site=site.id,
        theme=theme if theme in _THEMES else "",
        question=request.args.get("question", ""),
    )
    return Response(page, content_type="text/html; charset=utf-8")
