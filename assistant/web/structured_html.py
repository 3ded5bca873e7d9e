"""The sanitised HTML of the one renderer as a tree, for readers that never take HTML as text.

A block is ``{"tag", "attrs", "children"}``; children are blocks and texts. Only a few tags and
attributes exist. What stands in another tag is kept without it, and a link without a target is
plain text: so whatever builds elements from the tree can build nothing but these.
"""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlsplit

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12


class Block(TypedDict):
    """One element of the tree; a child is a text or another block."""

    tag: str
    attrs: dict[str, str]
    children: list[str | Block]


TAGS = frozenset(
    "p ol ul li table thead tbody tr th td h3 h4 blockquote pre code strong em a img br hr".split()
)
# An article has one title on its card already: its own headings begin below it.
_INSTEAD = {"h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4", "dt": "p", "dd": "p"}
_EMPTY = frozenset({"br", "hr", "img"})
_ATTRIBUTES = {"a": ("href",), "img": ("src", "alt", "width", "height"), "ol": ("start",)}
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_BLOCKS = frozenset("ol ul table thead tbody tr".split())  # blanks between their parts say nothing


def blocks_of(html: str) -> list[str | Block]:
    """The tree of HTML that `kb.render` made."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found()


class _Reader(HTMLParser):
    """Builds the tree; each level is its tag (empty: none of its own) and its children."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, Block | None]] = []
        self._top: list[str | Block] = []

    def found(self) -> list[str | Block]:
        """The tree, without blanks at the top."""
        return [node for node in self._top if not isinstance(node, str) or node.strip()]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = _INSTEAD.get(tag, tag)
        given = _attributes(name, attrs)
        kept = name in TAGS and not (name == "a" and not given)
        kept = kept and not (name == "img" and "src" not in given)
        block: Block | None = None
        if kept:
            block = {"tag": name, "attrs": given, "children": []}
            self._add(block)
        if tag not in _EMPTY:
            self._open.append((tag, block))

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._open) - 1, -1, -1):
            if self._open[depth][0] == tag:
                del self._open[depth:]
                return

    def handle_data(self, data: str) -> None:
        inside = next((block for _, block in reversed(self._open) if block), None)
        if data.strip() or not (inside is None or inside["tag"] in _BLOCKS):
            self._add(data)

    def _add(self, node: str | Block) -> None:
        inside = next((block for _, block in reversed(self._open) if block), None)
        (inside["children"] if inside else self._top).append(node)


def _attributes(tag: str, attrs: list[tuple[str, str | None]]) -> dict[str, str]:
    wanted = _ATTRIBUTES.get(tag, ())
    given = {name: value for name, value in attrs if name in wanted and value}
    return {name: value for name, value in given.items() if _is_safe(name, value)}


def _is_safe(name: str, value: str) -> bool:
    """The sanitiser has seen it; an address is looked at once more all the same."""
    if name in ("width", "height", "start"):
        return value.isdecimal() and len(value) <= 5
    if name not in ("href", "src"):
        return True
    try:
        scheme = urlsplit(value).scheme.lower()
    except ValueError:
        return False
    if not scheme:  # our own paths; nothing that names another host
        return value.startswith(("/", "#")) and not value.startswith(("//", "/\\"))
    return name == "href" and scheme in _SCHEMES
