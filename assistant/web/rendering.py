"""The body of a revision as safe HTML: links lead to the reader, pictures come from our store."""

from __future__ import annotations

from urllib.parse import quote

from flask import url_for

from assistant.web.import_jobs import jobs
from kb.render import render_html

_ANY = "0"  # a name to cut off again: the address of all pictures is that of one without its name


def body_html(body: str, *, pictures: str | None = None) -> str:
    """HTML of a Markdown body from the one renderer. Safe to mark as such in a template.

    `pictures` is what addresses of pictures begin with; colleagues' pages leave it out.
    """
    prefix = _own_pictures() if pictures is None else pictures
    store = jobs().imports.images
    return render_html(body, link=_link, picture=store.shown_under(prefix))


def _own_pictures() -> str:
    """Where the pictures are for those who are signed in."""
    return url_for("api.read_image", name=_ANY).removesuffix(_ANY)


def _link(entry_id: str, anchor: str) -> str:
    """Where a `kb:` link leads: forbidden and absent entries have addresses that look alike."""
    address = url_for("pages.entry", entry_id=entry_id)
    return f"{address}#{quote(anchor)}" if anchor else address
