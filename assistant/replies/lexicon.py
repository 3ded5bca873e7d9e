"""Finding the words of a list in a message."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from indexer.text import normalise

_LATIN = re.compile(r"^[\x00-\x7f]+$")


@lru_cache(maxsize=4096)
def _pattern(word: str) -> re.Pattern[str]:
    """ASCII words match whole only, so that `sue` is not found in `issue`, 315 not in 13155."""
    escaped = re.escape(word)
    if _LATIN.match(word):
        return re.compile(rf"(?<![a-z0-9]){escaped}(?![a-z0-9])")
    return re.compile(escaped)


def find_words(
    text: str,
    words: Iterable[str],
    *,
    exceptions: Iterable[str] = (),
    negations: Iterable[str] = (),
) -> list[str]:
    """The words of `words` that occur in `text`, in the order of the text, each once.

    A word inside one of `exceptions` (工商 in 工商银行) or right behind one of `negations` (急 in
    别急) is not counted. Where one word contains another, only the longer one is reported. `text`
    is normalised first (simplified, lower case); the lists are expected in that form.
    """
    plain = normalise(text)
    covered = [m.span() for word in exceptions for m in _pattern(word).finditer(plain)]
    before = tuple(negations)
    spans: list[tuple[int, int, str]] = []
    for word in words:
        for match in _pattern(word).finditer(plain):
            start, end = match.span()
            if any(low <= start and end <= high for low, high in covered):
                continue
            if before and plain[:start].endswith(before):
                continue
            spans.append((start, end, word))
    return _longest(spans)


def contains_any(text: str, words: Iterable[str]) -> bool:
    """Whether any of the words occurs in `text`."""
    return bool(find_words(text, words))


def _longest(spans: list[tuple[int, int, str]]) -> list[str]:
    kept: dict[str, None] = {}
    reached = 0
    for _, end, word in sorted(spans, key=lambda span: (span[0], -span[1])):
        if end > reached:
            kept[word] = None
            reached = end
    return list(kept)
