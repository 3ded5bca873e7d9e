"""HTML as Markdown: headings, lists, tables, links and pictures; nothing that could run."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import nh3
from bs4 import BeautifulSoup, Tag
from markdownify import MarkdownConverter

from kb import images
from kb.errors import InvalidInput
from kb.formats.decoding import decoded
from kb.formats.records import Refused
from kb.formats.regular import regular_tables
from kb.formats.tidy import one_line, paragraphs

Keep = Callable[[bytes], str]

_TAGS = set(
    "h1 h2 h3 h4 h5 h6 p br hr div section article main ul ol li dl dt dd blockquote pre code "
    "strong b em i del s sup sub a img table caption thead tbody tfoot tr th td span".split()
)
# Not only the tags go, what stands in them goes too.
_DROPPED = set(
    "script style title template noscript iframe object embed svg math canvas nav footer aside "
    "form button select textarea audio video head".split()
)
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
}
_LINKS = ("http://", "https://", "mailto:", "tel:", "kb:")
_DATA = re.compile(r"data:image/[a-z+.-]{1,20};base64,", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,200}>(.{0,1000}?)</title", re.IGNORECASE | re.DOTALL)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LOOKS_LIKE_HEADING = re.compile(r"(?m)^(\s*)(#{1,6}\s)")


def html_of(data: bytes) -> tuple[str, str, str]:
    """The text of an HTML file, its title, and its encoding."""
    stated = _CHARSET.search(data[:4096])
    html, encoding = decoded(data, stated[1].decode() if stated else "")
    title = _TITLE.search(html)
    return html, one_line(unescape(title[1])) if title else "", encoding


class Converter:
    """Turns HTML into Markdown, keeping pictures through `keep` and noting what was left out.

    `keep(data)` gives the name of a picture that was kept; it raises InvalidInput for others.
    """

    def __init__(self, keep: Keep) -> None:
        self._keep = keep
        self._kept: set[str] = set()
        self.notes: list[str] = []

    def keep(self, data: bytes) -> str:
        """Keep a picture; gives the address that refers to it. InvalidInput for none we take."""
        address = images.SCHEME + self._keep(data)
        self._kept.add(address)
        return address

    def markdown(self, html: str) -> str:
        """The Markdown of `html`; Refused when it is nested beyond all sense."""
        clean = nh3.clean(
            html,
            tags=_TAGS,
            clean_content_tags=_DROPPED,
            attributes=_ATTRIBUTES,
            url_schemes={"http", "https", "mailto", "tel", "kb", "data", "image"},
            link_rel=None,
        )
        try:
            soup = BeautifulSoup(clean, "html.parser")
            for picture in soup.find_all("img"):
                self._picture(soup, picture)
            for link in soup.find_all("a"):
                if not str(link.get("href") or "").lower().startswith(_LINKS):
                    link.unwrap()
            for heading in soup.find_all(_HEADINGS):
                _plain_heading(soup, heading)
            regular_tables(soup)
            made = _Markdown(
                heading_style="ATX",
                bullets="-",
                escape_underscores=False,
                strong_em_symbol="*",
            ).convert_soup(soup)
        except RecursionError:
            raise Refused("is nested too deeply") from None
        return paragraphs(made)

    def _picture(self, soup: BeautifulSoup, picture: Tag) -> None:
        """Keep a picture that is inside the file; one from elsewhere becomes a link to it."""
        source, label = str(picture.get("src") or ""), one_line(str(picture.get("alt") or ""))
        label = label.replace("[", "(").replace("]", ")")
        if source in self._kept:
            picture["alt"] = label
            return
        inside = _DATA.match(source)
        if inside:
            self._keep_inside(picture, source[inside.end() :], label)
        elif source.lower().startswith(("http://", "https://")):
            link = soup.new_tag("a", href=source)
            link.string = label or source
            picture.replace_with(link)
            self.note(f"a picture was not fetched but linked: {source[:200]}")
        else:
            picture.replace_with(label)
            if source:
                self.note(f"a picture was left out: {source[:80]}")

    def _keep_inside(self, picture: Tag, text: str, label: str) -> None:
        try:
            picture["src"] = self.keep(base64.b64decode(text, validate=True))
            picture["alt"] = label
        except (binascii.Error, ValueError):
            picture.replace_with(label)
            self.note("a picture was left out: its data is damaged")
        except InvalidInput as error:
            picture.replace_with(label)
            self.note(f"a picture was left out: {error.problems[0].message}")

    def note(self, message: str) -> None:
        """Remember something to tell, once."""
        if message not in self.notes and len(self.notes) < 50:
            self.notes.append(message)


def _plain_heading(soup: BeautifulSoup, heading: Tag) -> None:
    """A heading as one line of text; pictures in it go before it."""
    for picture in heading.find_all("img"):
        heading.insert_before(picture.extract())
    text = one_line(heading.get_text(" ", strip=True))
    if text:
        heading.string = text
    else:
        heading.decompose()


class _Markdown(MarkdownConverter):
    """The converter, with pictures everywhere and text that is no heading kept from being one."""

    def convert_img(self, el: Tag, text: str, parent_tags: Any) -> str:  # noqa: ANN401
        """A picture, also inside tables and links."""
        return f"![{el.get('alt') or ''}]({el.get('src') or ''})"

    def convert_p(self, el: Tag, text: str, parent_tags: Any) -> str:  # noqa: ANN401
        """A paragraph that only looks like a heading stays a paragraph."""
        safe = _LOOKS_LIKE_HEADING.sub(r"\1\\\2", text)
        made: str = super().convert_p(el, safe, parent_tags)  # type: ignore[misc]
        return made
