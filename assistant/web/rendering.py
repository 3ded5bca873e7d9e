"""The body of a revision as safe HTML, with links to other entries leading to the reader."""

from __future__ import annotations

from urllib.parse import quote

from flask import url_for

from kb.render import render_html


def body_html(body: str) -> str:
    """HTML of a Markdown body from the one renderer. Safe to mark as such in a template."""
    return render_html(body, link=_link)


def _link(entry_id: str, anchor: str) -> str:
    """Where a `kb:` link leads: forbidden and absent entries have addresses that look alike."""
    address = url_for("pages.entry", entry_id=entry_id)
    return f"{address}#{quote(anchor)}" if anchor else address
