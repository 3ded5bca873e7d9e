"""Pages of the help centre, which browsers and the caches before them may keep for a while."""

from __future__ import annotations

from typing import cast

from flask import Response, request

from assistant.web import help_links

SECONDS = 60


def cacheable(
    body: str | bytes, mimetype: str = "text/html", *, by_language: bool = True
) -> Response:
    """A response without personal parts, with an ETag; 304 where the browser has it already.

    With `by_language` the language was chosen by cookie or browser unless the address names it.
    """
    response = Response(body, mimetype=mimetype)
    response.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    if by_language and help_links.explicit_lang() is None:
        response.vary.update(("Cookie", "Accept-Language"))
    response.add_etag()
    return cast(Response, response.make_conditional(request))
