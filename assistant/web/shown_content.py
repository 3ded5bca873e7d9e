"""Content as its readers see it: the body from the one renderer, channels and variables named."""

from __future__ import annotations

import re
from html import escape

from assistant.web import context
from assistant.web.i18n import texts_for
from assistant.web.rendering import body_html
from kb.model import Channel, Content, Kind
from kb.validation import SLOT

# The sanitiser writes every attribute in double quotes: what lies outside of tags is text.
_TAG = re.compile(r'(<(?:[^<>"]|"[^"]*")*>)')
_HEADING = re.compile(f">({'|'.join(channel.value for channel in Channel)})</h2>")


def content_html(content: Content) -> str:
    """Safe HTML of a content's body; in a reply, channels are headings and variables are marks."""
    html = body_html(content.body)
    if content.kind is not Kind.REPLY:
        return html
    texts = texts_for(context.lang())
    html = _HEADING.sub(lambda found: f">{escape(texts(f'channel.{found[1]}'))}</h2>", html)
    labels = {slot.name: slot.label or slot.name for slot in content.slots}

    def marked(found: re.Match[str]) -> str:
        name = found[1]
        if name not in labels:
            return found[0]
        title = escape(f"{{{{{name}}}}}")
        return f'<mark class="slot" title="{title}">{escape(labels[name])}</mark>'

    parts = _TAG.split(html)
    parts[::2] = [SLOT.sub(marked, text) for text in parts[::2]]
    return "".join(parts)
