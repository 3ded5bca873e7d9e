"""Which passage to show and what to highlight in it; every piece is verbatim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from indexer.text import Term, aligned, latin_terms
from kb.sentences import split

Places = list[tuple[int, int, str]]
_KEPT = 4096  # texts whose analysis is remembered: the same few answer most queries


def limit_for(lang: str) -> int:
    """Longest snippet in characters: 120 for Chinese, 220 for other languages."""
    return 120 if lang.startswith("zh") else 220


def places(text: str, wanted: Iterable[str]) -> Places:
    """Where query terms stand in a text: start, end in the text as it is, and the term."""
    plain, offsets, terms = _analysed(text)
    wanted = set(wanted)
    # Codes and quantities are looked for as terms: 7天 is found where the text says 七日.
    spelled = {term for term in wanted if term.isascii() or term[0].isdigit()}
    found: Places = []
    for term in wanted - spelled:
        at = plain.find(term)
        while at >= 0:
            found.append((offsets[at], offsets[at + len(term)], term))
            at = plain.find(term, at + 1)
    if spelled:
        found += [
            (offsets[term.start], offsets[term.end], term.text)
            for term in terms
            if term.text in spelled
        ]
    return sorted(found)


@lru_cache(_KEPT)
def _analysed(text: str) -> tuple[str, Sequence[int], tuple[Term, ...]]:
    """The normal form of a text, the source offset of each character, and its spelled terms."""
    plain, offsets = aligned(text)
    return plain, offsets, tuple(latin_terms(plain))


def surfaces(text: str, wanted: Iterable[str]) -> list[str]:
    """The distinct parts of a text to highlight, in order; touching terms are one part."""
    merged: list[tuple[int, int]] = []
    for start, end, _ in places(text, wanted):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return list(dict.fromkeys(text[start:end] for start, end in merged))


def snippet(quote: str, weights: Mapping[str, float], limit: int) -> str:
    """The passage of at most `limit` characters with the most telling terms of the query.

    Whole sentences where they fit; a longer sentence is cut around its first term.

    Args:
        quote: The source, whose verbatim part is returned.
        weights: Weight of each term of the query.
        limit: Longest passage in characters.
    """
    if len(quote) <= limit:
        return quote.strip()
    found = places(quote, weights)
    sentences = _sentence_places(quote) or ((0, len(quote)),)
    best, best_weight = sentences[0], -1.0
    for at, (start, _) in enumerate(sentences):
        ends = [end for _, end in sentences[at:] if end - start <= limit]
        end = ends[-1] if ends else sentences[at][1]
        inside = {term for begin, stop, term in found if start <= begin and stop <= end}
        weight = sum(weights[term] for term in inside)
        if weight > best_weight + 1e-6:
            best, best_weight = (start, end), weight
    start, end = best
    if end - start > limit:
        start, end = _around(quote, start, end, found, limit)
    return quote[start:end].strip()


def _around(quote: str, start: int, end: int, found: Places, limit: int) -> tuple[int, int]:
    """A window of a long sentence, beginning somewhat before its first term."""
    first = next((begin for begin, _, _ in found if start <= begin < end), start)
    begin = max(start, min(first - limit // 4, end - limit))
    stop = min(begin + limit, end)
    if begin > start and quote[begin].isascii() and " " in quote[begin:first]:
        begin = quote.index(" ", begin) + 1
    if stop < end and quote[stop].isascii() and " " in quote[first + 1 : stop]:
        stop = quote.rindex(" ", first + 1, stop)
    return begin, stop


@lru_cache(_KEPT)
def _sentence_places(quote: str) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    at = 0
    for sentence in split(quote):
        start = quote.find(sentence, at)
        if start >= 0:
            at = start + len(sentence)
            found.append((start, at))
    return tuple(found)
