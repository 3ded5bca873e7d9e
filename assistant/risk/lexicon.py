"""Finding the words of an editable list in a message.

A word of a list is found as it stands; ``*`` in it stands for up to twelve characters of the same
clause (发*抖音 finds 发到我的抖音). Words in Latin letters and digits match whole only, so that
`sue` is not found in `issue`, 315 not in 13155. Lists are expected in normal form: simplified,
lower case, half width.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from indexer.text import normalise

_WILD = "[^,\uff0c.\u3002!\uff01?\uff1f;\uff1b\\n]{0,12}?"
_A_NOT_A = re.compile(r"(.)[不没]\1$")
_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


class Span(NamedTuple):
    """Where a word of a list stands in a text."""

    start: int
    end: int
    word: str


class Lexicon:
    """A list of words made ready: looking it up costs time by the length of the text alone."""

    def __init__(self, words: Iterable[str]) -> None:
        """Compile `words`; empty ones are left out."""
        self._literal: dict[str, list[str]] = defaultdict(list)
        self._wild: list[tuple[str, str, re.Pattern[str]]] = []
        for word in words:
            if "*" in word:
                parts = [part for part in word.split("*") if part]
                pattern = re.compile(_WILD.join(map(re.escape, parts)))
                self._wild.append((word, max(parts, key=len), pattern))
            elif word:
                self._literal[word[0]].append(word)

    def spans(self, text: str) -> list[Span]:
        """Every place of every word in normalised text, by start, the longest first."""
        found = [
            Span(at, at + len(word), word)
            for at, char in enumerate(text)
            for word in self._literal.get(char, ())
            if text.startswith(word, at) and _whole(text, at, word)
        ]
        for word, part, pattern in self._wild:
            if part in text:
                found += [Span(*match.span(), word) for match in pattern.finditer(text)]
        return sorted(found, key=lambda span: (span.start, -span.end))


@lru_cache(maxsize=256)
def lexicon(words: tuple[str, ...]) -> Lexicon:
    """The compiled list of these words; the same object for the same words."""
    return Lexicon(words)


def find_spans(
    text: str,
    words: Sequence[str],
    *,
    exceptions: Sequence[str] = (),
    negations: Sequence[str] = (),
) -> list[Span]:
    """The words of `words` in normalised text, in order; of overlapping ones the longest first.

    A word inside one of `exceptions` (工商 in 工商银行) or right behind one of `negations` (急 in
    别急) is not counted.
    """
    found = lexicon(tuple(words)).spans(text)
    if not found:
        return []
    covered = lexicon(tuple(exceptions)).spans(text) if exceptions else []
    before = tuple(negations)
    kept: list[Span] = []
    reached = 0
    for span in found:
        inside = any(c.start <= span.start and span.end <= c.end for c in covered)
        if inside or span.start < reached:
            continue
        if before and _is_negated(text[: span.start], before):
            continue
        kept.append(span)
        reached = span.end
    return kept


def find_words(
    text: str,
    words: Iterable[str],
    *,
    exceptions: Iterable[str] = (),
    negations: Iterable[str] = (),
) -> list[str]:
    """The words of `words` that occur in any text, in its order, each once; it is normalised."""
    found = find_spans(
        normalise(text),
        tuple(words),
        exceptions=tuple(exceptions),
        negations=tuple(negations),
    )
    return list(dict.fromkeys(span.word for span in found))


def contains_any(text: str, words: Iterable[str]) -> bool:
    """Whether any of the words occurs in `text`."""
    return bool(find_words(text, words))


def _is_negated(before: str, negations: tuple[str, ...]) -> bool:
    """Whether a negation stands right before; that of a question (会不会, 是不是) is none."""
    return before.endswith(negations) and not _A_NOT_A.search(before)


def _whole(text: str, at: int, word: str) -> bool:
    if not word.isascii():
        return True
    end = at + len(word)
    before = at > 0 and word[0] in _WORD and text[at - 1] in _WORD
    after = end < len(text) and word[-1] in _WORD and text[end] in _WORD
    return not before and not after
