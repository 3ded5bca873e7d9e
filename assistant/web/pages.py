"""Pages for people: console, reader, board, list of entries. Data in, templates out."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPMethod
from typing import cast

from flask import Blueprint, Flask, Response, redirect, render_template, request, url_for

from assistant.accounts.policy import Action
from assistant.web import (
    account_pages,
    context,
    editor_pages,
    exchange_pages,
    frames,
    freshness_pages,
    guard,
    hit_test_pages,
    i18n,
    reader_page,
    review_pages,
    tables_pages,
    tasks_pages,
)
from assistant.web.paths import own_path
from indexer.results import MAX_QUERY
from kb.model import Channel, Kind

_YEAR_SECONDS = 365 * 24 * 3600


def mount(app: Flask) -> None:
    """Add all pages to `app`, each with the action that it performs."""
    blueprint = Blueprint("pages", __name__)
    get, post = [HTTPMethod.GET.value], [HTTPMethod.POST.value]
    table: list[tuple[str, str, list[str], Action, Callable[..., object]]] = [
        ("home", "/", get, Action.PREFERENCES, home),
        ("agent", "/agent", get, Action.CONSOLE, agent),
        ("entry", "/entries/<entry_id>", get, Action.ENTRIES_READ, reader_page.show),
        ("tasks", "/desk", get, Action.CONSOLE, tasks_pages.show),
        *freshness_pages.routes(),
        ("entries", "/desk/entries", get, Action.ENTRIES_READ, tables_pages.entries),
        ("hit_test", "/desk/test", get, Action.ANSWERS_TEST, hit_test_pages.show),
        ("cases", "/desk/cases", get, Action.CASES_WRITE, cases),
        ("import_export", "/desk/import", get, Action.ENTRIES_IMPORT, exchange_pages.show),
        *editor_pages.routes(),
        *review_pages.routes(),
        ("language", "/settings/language", get + post, Action.PREFERENCES, language),
        ("texts", "/i18n/<lang>.json", get, Action.ASSETS, texts),
        ("favicon", "/favicon.ico", get, Action.ASSETS, favicon),
        ("login", "/login", get, Action.SIGN_IN, account_pages.show_login),
        ("sign_in", "/login", post, Action.SIGN_IN, account_pages.sign_in),
        ("setup", "/setup", get, Action.SIGN_IN, account_pages.show_setup),
        ("set_up", "/setup", post, Action.SIGN_IN, account_pages.set_up),
        ("sign_out", "/logout", post, Action.SIGN_OUT, account_pages.sign_out),
        ("frame_notice", "/agent/sign-in", get, Action.SIGN_IN, frames.notice),
        ("frame_signed_in", "/agent/signed-in", get, Action.CONSOLE, frames.signed_in),
        ("frame_session", "/agent/session", post, Action.SIGN_IN, frames.begin_session),
    ]
    for name, path, methods, _action, view in table:
        blueprint.add_url_rule(path, name, cast("Callable[..., Response]", view), methods=methods)
    app.register_blueprint(blueprint)
    for name, _path, _methods, action, _view in table:
        guard.declare(app, f"pages.{name}", action)


def home() -> Response:
    """Everybody starts at the console."""
    return _go(url_for("pages.agent"))


def agent() -> str:
    """The agent console; it gets its data from the API."""
    return render_template(
        "agent.html",
        channels=[channel.value for channel in Channel],
        kinds=[kind.value for kind in Kind],
        max_query=MAX_QUERY,
        origins=context.services().settings.frame_ancestors if context.in_frame() else (),
        zone=context.services().settings.site_tz.key,
    )


def cases() -> str:
    """Cases that wait for a supervisor, and one's own; the page gets them from the API."""
    return render_template("cases.html")


def language() -> Response:
    """Keep the chosen language in a cookie and go back."""
    chosen = i18n.match(request.values.get("lang", "")) or i18n.DEFAULT
    response = _go(own_path(request.values.get("next"), url_for("pages.home")))
    response.set_cookie(
        i18n.COOKIE,
        chosen,
        max_age=_YEAR_SECONDS,
        secure=request.is_secure,
        samesite="Lax",
        httponly=True,
    )
    return response


def texts(lang: str) -> Response:
    """The texts of one language for scripts; cacheable, they hold nothing private."""
    response = Response(i18n.as_json(lang), content_type="application/json")
    response.headers["Cache-Control"] = "public, max-age=300"
    response.add_etag()
    return cast(Response, response.make_conditional(request))


def favicon() -> Response:
    """Browsers ask for this one by name; ours is an SVG among the static files."""
    return _go(context.asset("favicon.svg"))


def _go(address: str) -> Response:
    return cast(Response, redirect(address, 303))
