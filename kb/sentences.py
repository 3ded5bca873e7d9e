"""Where a sentence ends in Chinese and English plain text."""

from __future__ import annotations

import re

# Words after which a full stop ends no sentence.
_ABBREVIATIONS = frozenset(
    "e.g i.e etc vs approx incl excl max min mr mrs ms dr st inc ltd co dept "
    "a.m p.m jan feb mar apr jun jul aug sep sept oct nov dec hrs mins ext tel".split()
)
_BEFORE_NUMBERS = frozenset(("no", "nos", "fig", "art"))
_CLOSING = "”’\"'」』）)】》〉]"
_END = re.compile(
    rf"(?:[。！？；!?;]+|…+|\.(?=[\s{re.escape(_CLOSING)}]|$)|\n)"
    rf"[{re.escape(_CLOSING)}]*"
)
_NEXT_CHAR = re.compile(r"\S")
_WORD_BEFORE = re.compile(r"[A-Za-z.]+$")


def split(text: str) -> list[str]:
    """The sentences of `text`, in order, each a verbatim part of it without outer space.

    Sentences end at 。！？; … (full or half width), at a full stop that is not part of a number,
    an address or an abbreviation, and at the end of a line. Terminal punctuation and closing
    quotes stay with their sentence.
    """
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        if _is_end(text, end, start):
            _keep(found, text[start : end.end()])
            start = end.end()
    _keep(found, text[start:])
    return found


def _keep(found: list[str], piece: str) -> None:
    piece = piece.strip()
    if any(char.isalnum() for char in piece):
        found.append(piece)


def _is_end(text: str, end: re.Match[str], start: int) -> bool:
    mark = end[0][0]
    after = text[end.end() : end.end() + 1]
    if mark == "?" and text[max(end.start() - 3, 0) : end.start()].rstrip().endswith("{{"):
        return False  # a question to the agent: {{?amount}}
    if mark in "!?;":  # inside an address: https://a.example/?q=1;b
        return not after or not after.isascii() or not (after.isalnum() or after in "/&=%#")
    if mark != ".":
        return True
    if end.start() - start < 8 and text[start : end.start()].strip().isdigit():
        return False  # a list number: "1. Open the app"
    word = _WORD_BEFORE.search(text, max(start, end.start() - 24), end.start())
    known = word[0].lower().strip(".") if word else ""
    next_char = _NEXT_CHAR.search(text, end.end())
    following = next_char[0] if next_char else ""
    if known in _BEFORE_NUMBERS:
        return not following.isdigit()
    single = len(known) == 1 and text[end.start() - 2 : end.start() - 1] not in tuple("-/+")
    if known in _ABBREVIATIONS or single:  # an initial, but not the end of "USB-C."
        return not following
    return True
