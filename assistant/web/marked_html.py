"""A rendered text with what was put in and taken out marked where it stands.

Works on the HTML that the one renderer gives (its sanitiser has seen it), and writes words only
after escaping them, so that nothing gets through that was not there before.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser

from markupsafe import Markup

from assistant.web.diffs import changed_runs, words

_ALONE = frozenset({"br", "hr", "img"})
_PHRASES = frozenset({"strong", "em", "del", "code", "a", "sup", "sub", "br", "img"})
# What a reader sees as one piece: words taken out at its edge are shown apart.
_WORDS_INSIDE = frozenset({"p", "li", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd",
                           "pre", "blockquote"})  # fmt: skip
_MOST_TOKENS = 40_000  # beyond this the text is shown without marks


def marked(before: str, after: str) -> tuple[Markup, int]:
    """`after` with ``ins`` and ``del`` where it differs from `before`, and how many places differ.

    Both are HTML of `kb.render`. Texts that differ in form alone count no places.
    """
    old, new = _tokens(before), _tokens(after)
    if max(len(old), len(new)) > _MOST_TOKENS:
        return Markup(after), 0
    writer = _Writer()
    for equal, a, b, c, d in changed_runs(old, new):
        if equal:
            writer.keep(new[c:d])
        else:
            writer.change(old[a:b], new[c:d])
    return Markup(writer.html()), writer.places


class _Tokens(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        written = "".join(f' {name}="{escape(value or "")}"' for name, value in attrs)
        self.found.append(f"\0<{tag}{written}>")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _ALONE:
            self.found.append(f"\0</{tag}>")

    def handle_data(self, data: str) -> None:
        self.found += words(data.replace("\0", ""))


def _tokens(html: str) -> list[str]:
    """Tags (they begin with NUL, which no text holds) and words."""
    reader = _Tokens()
    reader.feed(html)
    reader.close()
    return reader.found


def _is_tag(token: str) -> bool:
    return token.startswith("\0")


def _name(tag: str) -> str:
    return tag.strip("\0</>").split(" ")[0].rstrip(">")


class _Writer:
    """Puts the marked text together and knows in which element it is."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._open: list[str] = []
        self._gone: list[str] = []  # pieces taken out that found no place yet
        self.places = 0

    def html(self) -> str:
        """All that was written."""
        self._place_gone(at_end=True)
        return "".join(self._out)

    def keep(self, tokens: Sequence[str]) -> None:
        """What stands in both."""
        for token in tokens:
            self._write(token)

    def change(self, old: Sequence[str], new: Sequence[str]) -> None:
        """What was taken out and what stands there instead."""
        gone, come = _pieces(old), [t for t in new if not _is_tag(t) and t.strip()]
        self.places += bool(gone or come)
        self._gone += gone
        run: list[str] = []
        for token in new:
            if not _is_tag(token):
                run.append(token)
                continue
            self._inserted(run)
            self._write(token)
        self._inserted(run)
        self._place_gone()

    def _inserted(self, run: list[str]) -> None:
        text = escape("".join(run), quote=False)
        run.clear()
        if text:
            self._place_gone()
            self._out.append(f"<ins>{text}</ins>" if text.strip() else text)

    def _write(self, token: str) -> None:
        if not _is_tag(token):
            if token.strip():
                self._place_gone()
            self._out.append(escape(token, quote=False))
            return
        tag, name = token[1:], _name(token)
        closing = tag.startswith("</")
        if closing and name not in _PHRASES:
            self._place_gone()
        self._out.append(tag)
        if closing and name in self._open:
            while self._open.pop() != name:
                pass
        elif not closing and name not in _ALONE:
            self._open.append(name)

    def _place_gone(self, *, at_end: bool = False) -> None:
        """Write what was taken out, in a form that may stand where we are; else keep it."""
        if not self._gone:
            return
        inside = next((tag for tag in reversed(self._open) if tag not in _PHRASES), "")
        gone = [escape(piece, quote=False) for piece in self._gone]
        pieces = [f"<del>{piece}</del>" for piece in gone]
        if inside in _WORDS_INSIDE:
            apart = (piece.replace("<del>", '<del class="apart">', 1) for piece in pieces[1:])
            self._out.append(pieces[0] + "".join(apart))
        elif inside in ("ul", "ol"):
            self._out += [f'<li class="gone">{piece}</li>' for piece in pieces]
        elif inside in ("tbody", "thead"):
            row = f"<del>{' · '.join(gone)}</del>"
            self._out.append(f'<tr class="gone"><td colspan="9">{row}</td></tr>')
        elif inside in ("tr", "table", "dl") and not at_end:
            return
        else:
            self._out += [f'<p class="gone">{piece}</p>' for piece in pieces]
        self._gone.clear()


def _pieces(tokens: Sequence[str]) -> list[str]:
    """The words of a run, cut where a paragraph, an item or a cell began or ended."""
    found = [""]
    for token in tokens:
        if not _is_tag(token):
            found[-1] += token
        elif _name(token) not in _PHRASES:
            found.append("")
    return [piece.strip("\n") for piece in found if piece.strip()]
