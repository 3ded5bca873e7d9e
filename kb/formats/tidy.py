"""Text as other programs leave it, made fit to be stored."""

from __future__ import annotations

import re

_BREAKS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_TRAILING = re.compile(r"[ \t]+(?=\n|$)")
_BLANKS = re.compile(r"\n{3,}")
_ORDINAL = re.compile(r"\s*(?:\d{1,3}[.、．)）]|[-*•·])\s*")
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


def tidy(text: str) -> str:
    """One kind of line break, no byte-order marks, no outer space; control characters stay.

    Those are for the checks to refuse: dropping them would hide that a file is damaged.
    """
    return _BREAKS.sub("\n", text).replace("\ufeff", "").replace("\xa0", " ").strip()


def paragraphs(text: str) -> str:
    """Markdown without trailing spaces and runs of blank lines."""
    return _BLANKS.sub("\n\n", _TRAILING.sub("", tidy(text)))


def one_line(text: str) -> str:
    """The text in one line, runs of space as one."""
    return " ".join(tidy(text).split())


def items(text: str, separator: str = "\n") -> tuple[str, ...]:
    """The items of a list in one cell, each once and in one line; ordinals of a list go."""
    found = [one_line(part) for part in tidy(text).split(separator)]
    found = [item for item in found if item]
    if len(found) > 1 and all(_ORDINAL.match(item) for item in found):
        found = [_ORDINAL.sub("", item, count=1) for item in found]
    return tuple(dict.fromkeys(item for item in found if item))


def language_of(text: str) -> str:
    """The language to file a text under: Chinese as soon as it has a Chinese character."""
    return "zh-CN" if _CJK.search(text) else "en"
