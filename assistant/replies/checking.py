"""Which figures of a text that somebody has written stand in its evidence.

A figure is a quantity (`kb.quantities`) or a code with digits in it (KFR-35GW, Mira 5, E5). It is
backed by an equal one in a quote, or in what has been said anyway: the customer's words, the
contact's data, a canned reply. What was filled in where a quote has a variable needs no backing.
七天, 7 天 and 168 小时 are equal; 7 天 and 7 个工作日 are not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kb.quantities import Quantity, is_backed, quantities

MAX_NEAR = 3
_SIZES_APART = 100
_CODE = re.compile(
    r"(?<![A-Za-z0-9-])(?:[A-Z][A-Za-z]+(?:-[A-Z][a-z]+)? \d{1,4}[A-Za-z]?(?![\w.,%-])"
    r"|(?=[A-Za-z/-]*\d)(?=[\d/-]*[A-Za-z])[A-Za-z0-9]+(?:[-/][A-Za-z0-9]+)*)(?![A-Za-z0-9])"
)
_RANGE = re.compile(r"\s?(?:[-–—~\uff5e至到]|to)\s?")
_SLOT = re.compile(r"\{\{[^{}]{0,80}\}\}")
_BESIDE = 6  # characters on either side by which the place of a variable is known again
_LONGEST_VALUE = 60
_SKIP = re.compile(
    r"https?://[^\s，。；、]+|[\w.+-]+@[\w.-]+|\{\{[^{}]{0,80}\}\}"
    r"|^[ \t]*\d{1,2}[.)、\uff0e\uff09](?=\s*\D)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure at ``text[start:end]``: whether it is backed, and what the quotes say instead.

    `near` are the quotes' figures of the same unit, else of the same kind, as written there; only
    where the figure is not backed.
    """

    start: int
    end: int
    text: str
    ok: bool
    near: tuple[str, ...] = ()


def check(text: str, quotes: Sequence[str], said: Sequence[str] = ()) -> list[Figure]:
    """Every figure of `text` in order. Numbers of a list (1. 2. 3.), addresses and slots are none.

    Args:
        text: What is about to be sent.
        quotes: The evidence, verbatim.
        said: Other text whose figures may be repeated; it is never offered as what is right.
    """
    passed_over = [found.span() for found in _SKIP.finditer(text)]
    passed_over += [span for part in (*quotes, *said) for span in _filled_in(part, text)]
    quoted = [pair for quote in quotes for pair in _as_written(quote)]
    known = [q for q, _ in quoted] + [q for part in said for q in quantities(part)]
    figures = [
        Figure(q.start, q.end, q.text, True)
        if is_backed(q, known)
        else Figure(q.start, q.end, q.text, False, _near(q, quoted))
        for q in quantities(text)
        if not _within(q.start, q.end, passed_over)
    ]
    taken = passed_over + [(f.start, f.end) for f in figures]
    backing = _codes(quotes) | _codes(said)
    for found in _CODE.finditer(text):
        if not _within(*found.span(), taken):
            ok = _plain(found[0]) in backing
            figures.append(Figure(*found.span(), found[0], ok))
    return sorted(figures, key=lambda figure: figure.start)


def _filled_in(quote: str, text: str) -> list[tuple[int, int]]:
    """Where `text` has a value in the place of a variable of `quote`."""
    spans = []
    for slot in _SLOT.finditer(quote):
        before = _SLOT.split(quote[: slot.start()])[-1][-_BESIDE:]
        after = _SLOT.split(quote[slot.end() :])[0][:_BESIDE]
        if len(before) + len(after) < _BESIDE:
            continue  # too little to know the place by
        place = f"{re.escape(before)}(.{{1,{_LONGEST_VALUE}}}?)"
        place += re.escape(after) if after else "$"
        spans += [found.span(1) for found in re.finditer(place, text, re.MULTILINE)]
    return spans


def _near(figure: Quantity, quoted: Sequence[tuple[Quantity, str]]) -> tuple[str, ...]:
    """What the evidence says in this unit, else in one that compares, else of this kind."""
    nearness = [(_apart(q, figure), written) for q, written in quoted]
    least = min((apart for apart, _ in nearness if apart is not None), default=None)
    alike = [written for apart, written in nearness if apart == least is not None]
    return tuple(dict.fromkeys(alike))[:MAX_NEAR]


def _apart(one: Quantity, other: Quantity) -> int | None:
    """How far apart two figures are in what they measure; None where neither stands for the other.

    48 小时 may have been meant for 3 天, 15 秒 hardly.
    """
    if other.unit and one.unit == other.unit:
        return 0
    if one.key[0] == other.key[0] and other.unit:
        small, large = sorted(abs(float(q.key[1])) for q in (one, other))
        return 1 if large <= _SIZES_APART * small else None
    return 2 if one.kind == other.kind != "number" else None


def _as_written(quote: str) -> list[tuple[Quantity, str]]:
    """The figures of a quote, each as it stands there: both ends of 1–3 天 as the whole range."""
    found = quantities(quote)
    written = [q.text for q in found]
    for n, (low, high) in enumerate(pairwise(found)):
        if low.unit == high.unit and _RANGE.fullmatch(quote, low.end, high.start):
            written[n] = written[n + 1] = quote[low.start : high.end]
    return list(zip(found, written, strict=True))


def _codes(texts: Sequence[str]) -> frozenset[str]:
    return frozenset(_plain(found[0]) for text in texts for found in _CODE.finditer(text))


def _plain(code: str) -> str:
    """A code without what people write differently: case, width and blanks."""
    return unicodedata.normalize("NFKC", code).upper().replace(" ", "")


def _within(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a stretch touches one of these."""
    return any(start < until and end > since for since, until in spans)
