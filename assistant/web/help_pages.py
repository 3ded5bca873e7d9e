"""The help centre: pages for everybody, made from what is public and in force at the moment."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPMethod
from typing import cast

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    redirect,
    render_template,
    request,
    send_file,
)

from assistant.accounts.policy import Action
from assistant.web import (
    context,
    guard,
    help_caching,
    help_links,
    help_search,
    help_views,
    help_votes,
    widget_gate,
)
from assistant.web.help_centre import centre
from assistant.web.json_body import json_body
from kb.errors import NotFound
from kb.images import TYPES

_VOTE = 1.0  # what one takes from the address's bucket; a message to the assistant is 1
_LAST_PAGE = 100
_THANKS = ("yes", "no", "again")


def mount(app: Flask) -> None:
    """Add the pages to `app`."""
    blueprint = Blueprint("help", __name__)
    get, post = [HTTPMethod.GET.value], [HTTPMethod.POST.value]
    read, cast_vote = Action.HELP_READ, Action.HELP_VOTE
    article_path = "/help/articles/<entry_id>"
    table: list[tuple[str, str, list[str], Action, Callable[..., object]]] = [
        ("home", "/help", get, read, home),
        ("slash", "/help/", get, read, slash),
        ("search", "/help/search", get, read, search),
        ("suggestions", "/help/suggestions", get, read, suggestions),
        ("category", "/help/categories/<slug>", get, read, category),
        ("article", article_path, get, read, article),
        ("vote", f"{article_path}/vote", post, cast_vote, vote),
        ("image", f"{help_views.IMAGES}<name>", get, read, image),
        ("sitemap", "/help/sitemap.xml", get, read, sitemap),
        ("robots", "/robots.txt", get, read, robots),
    ]
    for name, path, methods, _action, view in table:
        blueprint.add_url_rule(path, name, cast("Callable[..., Response]", view), methods=methods)
    app.register_blueprint(blueprint)
    for name, _path, _methods, action, _view in table:
        guard.declare(app, f"help.{name}", action)
    app.jinja_env.globals.update(
        help_page=help_links.page,
        help_lang=help_links.explicit_lang,
        help_in_language=help_links.in_language,
        help_absolute=help_links.absolute,
    )


def home() -> Response:
    """Search, what is asked most, and all categories."""
    return _page("help/home.html", **help_views.home(centre()))


def slash() -> Response:
    """The same page has one address."""
    return cast(Response, redirect(help_links.page("home"), 308))


def search() -> Response:
    """What the public index finds for a question; a form without script leads here."""
    help_ = centre()
    question = _question()
    results = help_search.results(help_, question, _page_number())
    if results.state == "none":
        context.services().insights.note_gap(question)
    return _page(
        "help/search.html",
        question=question[: help_search.MAX_QUESTION],
        results=results,
        groups=help_views.groups(help_) if not results.rows else [],
    )


def suggestions() -> Response:
    """Articles for what was typed so far, as JSON for the script of the search field."""
    body = json_body({"suggestions": help_search.suggestions(centre(), _question())})
    return help_caching.cacheable(body, "application/json")


def category(slug: str) -> Response:
    """The articles of one category; one without articles is absent."""
    help_ = centre()
    found = help_.categories.find(slug)
    shown = help_views.category(help_, found) if found else None
    if shown is None:
        raise NotFound(slug)
    return _page("help/category.html", category=shown)


def article(entry_id: str) -> Response:
    """One article; what is not public is absent, whatever the reason."""
    help_ = centre()
    revision = help_.knowledge.article(entry_id)
    if revision is None:
        raise NotFound(entry_id)
    thanks = request.args.get("thanks")
    return _page(
        "help/article.html",
        article=help_views.article(help_, revision),
        shown=help_votes.sign(revision, context.services().clock()),
        thanks=thanks if thanks in _THANKS else "",
    )


def vote(entry_id: str) -> Response:
    """Whether an article was helpful; back to it with thanks."""
    widget_gate.take_of_address(_VOTE, "help_limit")
    return help_votes.vote(entry_id)


def image(name: str) -> Response:
    """A picture that a public article in force shows; no other one is there."""
    help_ = centre()
    path = help_.images.path(name) if help_.knowledge.is_public_image(name) else None
    if path is None:
        raise NotFound(name)
    response = send_file(path, mimetype=TYPES[path.suffix[1:]], conditional=True)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    # Not for ever: with its article the picture goes out of public sight.
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # the widget shows it too
    return response


def sitemap() -> Response:
    """Every page that search engines may list."""
    help_ = centre()
    body = render_template(
        "help/sitemap.xml",
        categories=[row for group in help_views.groups(help_) for row in group["categories"]],
        articles=help_views.mapped(help_),
    )
    return help_caching.cacheable(body, "application/xml", by_language=False)


def robots() -> Response:
    """Search engines are welcome in the help centre and nowhere else."""
    lines = (
        "User-agent: *",
        # The most special first: some readers take the first line that fits.
        "Disallow: /help/search",
        "Disallow: /help/suggestions",
        "Allow: /help",
        "Allow: /static/",
        "Disallow: /",
        f"Sitemap: {help_links.absolute('/help/sitemap.xml')}",
    )
    return help_caching.cacheable("\n".join(lines) + "\n", "text/plain", by_language=False)


def _page(template: str, **values: object) -> Response:
    chat = "widget_script" in current_app.view_functions
    return help_caching.cacheable(render_template(template, chat=chat, **values))


def _question() -> str:
    return " ".join(request.args.get("q", "").split())


def _page_number() -> int:
    text = request.args.get("page", "")
    known = text.isascii() and text.isdigit() and len(text) < 4
    return min(max(1, int(text)), _LAST_PAGE) if known else 1
