"""The one Markdown renderer: every page, panel and preview shows what this returns.

Raw HTML is shown as text, never run; what is left passes a sanitiser with an allow-list. Images of
our own store are shown through `picture`; remote ones would tell a third party who reads, so they
become links. Links lead only to http, https, mailto, tel and, through `link`, to other entries.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from xml.etree.ElementTree import Element

import nh3
from markdown import Markdown
from markdown.blockprocessors import HashHeaderProcessor
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from kb.images import SCHEME, PictureOf
from kb.sections import Anchors, inline_text, split_target
from kb.validation import id_problem

LinkTo = Callable[[str, str], str]

_TAGS = frozenset(
    "a p br hr h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code strong em del "
    "table thead tbody tr th td dl dt dd sup sub img".split()
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "img": {"src", "alt", "width", "height", "loading", "decoding"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}
_SCHEMES = {"http", "https", "mailto", "tel"}

# Python-Markdown takes time quadratic in the signs of a block. No ordinary block has this many;
# one that has is shown as it was written, in a code block, so that nothing is lost.
_SIGN = re.compile(r"[\[\]*_`<&!\\]")
_MANY_IN_BLOCK, _MANY_IN_ALL, _FEW_IN_BLOCK = 400, 20_000, 50
_MANY_LINES = 20_000  # of one block; each line break counts as a sign there, a cheaper one
_BLOCK = re.compile(r"(?:[^\n]*\S[^\n]*(?:\n|$))+")


def render_html(
    markdown_text: str, *, link: LinkTo | None = None, picture: PictureOf | None = None
) -> str:
    """Safe HTML of `markdown_text`.

    `link(entry_id, anchor)` gives the address for a ``kb:`` link; without one such links become
    plain text. `picture(name)` finds a picture for an ``image:`` reference; without it, and
    where it finds none, the description stands in its place. No other image is ever loaded.
    Headings carry the ids of `kb.sections`, so that anchors agree everywhere.
    """
    product = _Product(link, picture)
    try:
        html = Markdown(
            extensions=["tables", "sane_lists", "fenced_code", "nl2br", product],
            output_format="html",
        ).convert(_tame(markdown_text))
    except RecursionError:  # lists nested beyond all sense: shown as written
        html = f"<pre>{escape(markdown_text)}</pre>"
    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=product.only_own_pictures,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )


def _tame(text: str) -> str:
    """The text with blocks that would take too long turned into code blocks."""
    total = len(_SIGN.findall(text))
    if total <= _MANY_IN_BLOCK and text.count("\n") <= _MANY_LINES:
        return text
    limit = _FEW_IN_BLOCK if total > _MANY_IN_ALL else _MANY_IN_BLOCK

    def as_code(block: re.Match[str]) -> str:
        few = len(_SIGN.findall(block[0])) <= limit
        if few and block[0].count("\n") <= _MANY_LINES:
            return block[0]
        return "\n" + re.sub(r"(?m)^(?=.)", "    ", block[0]) + "\n"

    return _BLOCK.sub(as_code, text)


class _Product(Extension):
    """Raw HTML off; headings, links and images as the product wants them."""

    def __init__(self, link: LinkTo | None, picture: PictureOf | None) -> None:
        super().__init__()
        self.link = link
        self.picture = picture
        self.shown: set[str] = set()

    def only_own_pictures(self, tag: str, attribute: str, value: str) -> str | None:
        """For the sanitiser: of all sources of images, those that `picture` gave."""
        if tag == "img" and attribute == "src" and value not in self.shown:
            return None
        return value

    def extendMarkdown(self, md: Markdown) -> None:
        """Replaces the parts of Python-Markdown that let raw HTML through."""
        md.preprocessors.deregister("html_block")
        md.preprocessors.register(_Interrupt(md), "interrupt", 15)  # after fenced_code (25)
        md.inlinePatterns.deregister("html")
        md.parser.blockprocessors.deregister("setextheader")
        md.parser.blockprocessors.register(_Heading(md.parser), "hashheader", 70)
        # after inline parsing (20), before unescaping (0): links and emphasis are elements by then
        md.treeprocessors.register(_Elements(md, self), "zhike", 5)


class _Interrupt(Preprocessor):
    """Lets a list or table begin right under a line of text, as people type it (and CommonMark)."""

    START = re.compile(r" {0,3}(?:[-*+]|1[.)])\s+\S|\|.*\|\s*$")
    ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s|\||\s{2,}\S")

    def run(self, lines: list[str]) -> list[str]:
        spaced: list[str] = []
        for line in lines:
            before = spaced[-1] if spaced else ""
            if before.strip() and self.START.match(line) and not self.ITEM.match(before):
                spaced.append("")
            spaced.append(line)
        return spaced


class _Heading(HashHeaderProcessor):
    """A heading as `kb.sections` reads it: a space after the signs, so that #标签 is none."""

    RE = re.compile(r"(?:^|\n)(?P<level>#{1,6})[ \t]+(?P<header>(?:\\.|[^\\])*?)#*(?:\n|$)")


class _Elements(Treeprocessor):
    def __init__(self, md: Markdown, product: _Product) -> None:
        super().__init__(md)
        self.product = product

    def run(self, root: Element) -> None:
        anchors = Anchors()
        linked = {image for link in root.iter("a") for image in link.iter("img")}
        for element in list(root.iter()):
            if element.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
                element.set("id", anchors.next(inline_text("".join(element.itertext()))))
            elif element.tag == "a":
                self._link(element)
            elif element.tag == "img":
                self._image(element, in_link=element in linked)

    def _link(self, element: Element) -> None:
        href = element.get("href", "")
        link = self.product.link
        if href.startswith("kb:"):
            entry_id, anchor = split_target(href)
            known = link is not None and not id_problem(entry_id)  # not a path such as ../x
            target = link(entry_id, anchor) if link and known else ""
            if target:
                element.set("href", target)
            else:  # no element that the sanitiser keeps: the words alone
                element.tag = "span"
                element.attrib.clear()

    def _image(self, element: Element, *, in_link: bool) -> None:
        """A picture of ours as it is; a remote one as a link to it; else the description."""
        source, text = element.get("src", ""), element.get("alt", "")
        element.attrib.clear()
        if source.startswith(SCHEME) and self.product.picture is not None:
            found = self.product.picture(source.removeprefix(SCHEME))
            if found is not None:
                self.product.shown.add(found.address)
                size = {"width": str(found.width), "height": str(found.height)}
                lazily = {"loading": "lazy", "decoding": "async"}
                element.attrib.update({"src": found.address, "alt": text, **size, **lazily})
                return
        remote = source.lower().startswith(("http://", "https://"))
        if remote and not in_link:
            element.tag = "a"
            element.set("href", source)
            element.text = text or source
            return
        element.tag = "em"
        element.text = text
