"""What search engines read: JSON-LD of the help centre's pages, safe inside of a script element."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from markupsafe import Markup

from kb.model import Kind, Revision
from kb.sections import plain_text

_KEPT = 512  # texts that are remembered
_MOST_TEXT = 5_000  # characters of an answer
# Inside of a script element `</script>` would end it; nothing else that HTML knows may appear.
_ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def article(
    revision: Revision,
    *,
    address: str,
    since: datetime | None,
    until: datetime | None,
    trail: Sequence[tuple[str, str]],
) -> Markup:
    """An article as the content of an ``application/ld+json`` element.

    Args:
        revision: The revision in force.
        address: Its absolute address.
        since: Since when it is in force; None: always.
        until: Until when (exclusive); None: open.
        trail: Names and absolute addresses of the pages above it, the first one first.
    """
    content = revision.content
    about: dict[str, object] = {"inLanguage": content.lang, "url": address}
    if revision.published_at:
        about["dateModified"] = revision.published_at.isoformat()
    if since:
        about["datePublished"] = since.isoformat()
    if until:
        about["expires"] = until.isoformat()
    text = as_text(content.body)[:_MOST_TEXT]
    if content.kind is Kind.FAQ:
        answer = {"@type": "Answer", "text": text}
        question = {"@type": "Question", "name": content.title, "acceptedAnswer": answer}
        main = {"@type": "FAQPage", **about, "mainEntity": [question]}
    else:
        main = {"@type": "Article", **about, "headline": content.title, "articleBody": text}
    steps = [
        {"@type": "ListItem", "position": place, "name": name, "item": item}
        for place, (name, item) in enumerate([*trail, (content.title, address)], 1)
    ]
    path = {"@type": "BreadcrumbList", "itemListElement": steps}
    return block({"@context": "https://schema.org", "@graph": [main, path]})


@lru_cache(_KEPT)
def as_text(body: str) -> str:
    """A body as plain text; remembered, since every view of an article asks for it."""
    return plain_text(body)


def block(data: object) -> Markup:
    """`data` as JSON that may stand inside of a script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(_ESCAPED))
