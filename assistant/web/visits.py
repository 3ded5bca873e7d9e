"""The visit that a request of the widget speaks for; the guard finds it by the token."""

from __future__ import annotations

from typing import cast

from flask import g

from assistant.selfservice.model import Site, Visit


def remember(visit: Visit, site: Site, token: str) -> None:
    """Note for this request whose token it carries; it is answered in the visit's language."""
    g.visit, g.visit_site, g.visit_token = visit, site, token
    g.lang = visit.lang


def any_visit() -> bool:
    """Whether this request carries the token of a visit."""
    return "visit" in g


def visit() -> Visit:
    """The visit, as it stood when the request came in."""
    return cast(Visit, g.visit)


def site() -> Site:
    """The site that it happens on."""
    return cast(Site, g.visit_site)


def token() -> str:
    """The token itself."""
    return cast(str, g.visit_token)
