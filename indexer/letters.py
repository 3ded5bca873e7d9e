"""Latin letters typed for Chinese (tuihuo, thyf), and English words with one wrong letter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from indexer.changes import MOST_OPTIONS, Change, Slot
from indexer.pinyin import Reading, is_pinyin, read_initials, read_syllables, without_tones
from indexer.text import analyse, han_runs
from indexer.vocabulary import Words, gaps

_LATIN = re.compile(r"[a-z0-9]*[a-z][a-z0-9]*")
_LETTERS = re.compile(r"[a-z]{2,}")
_TOGETHER = re.compile(r"[ '\u2019]")
_SHORTEST_WORD = 6
_LEAST_WORDS = 0.25
_MANY = 7  # so many syllables in a row are no English


class _Token(NamedTuple):
    start: int
    end: int
    text: str
    unknown: bool


def spelled(plain: str, unknown: frozenset[str], vocabulary: Words) -> Iterator[Slot]:
    """Readings of the letters of a text: as pinyin unless it is English, else word by word.

    Args:
        plain: Normalised text.
        unknown: Its terms that the index does not know; words that it knows are left alone.
        vocabulary: The words that may be meant.
    """
    runs, others = _runs(list(_tokens(plain, unknown)), plain)
    chinese = next(han_runs(plain), None) is not None
    if chinese or _letters(*runs) >= _letters(others):
        read = [
            (run, read_syllables([token.text for token in run], vocabulary))
            for run in runs
            if any(token.unknown for token in run)
        ]
        yield from _as_chinese(read)
    for token in others:
        if token.unknown and (chinese or len(others) == 1) and not runs:
            if meant := read_initials(token.text, vocabulary):
                yield [Change(token.start, token.end, (meant,), 0.9, sure=True)]
                continue
        if token.unknown and len(token.text) >= _SHORTEST_WORD:
            yield from _mended(token, vocabulary)


def _letters(*tokens: Sequence[_Token]) -> int:
    return sum(len(token.text) for part in tokens for token in part)


def _as_chinese(read: Sequence[tuple[Sequence[_Token], Sequence[Reading]]]) -> Iterator[Slot]:
    """The changes for runs of syllables, if enough of them make words of more than one."""
    syllables = sum(readings[0].syllables for _, readings in read if readings)
    in_words = sum(readings[0].in_words for _, readings in read if readings)
    if syllables < _MANY and in_words < _LEAST_WORDS * syllables:
        return
    for run, readings in read:
        if readings:
            start, end = run[0].start, run[-1].end
            yield [
                Change(start, end, reading.words, 1.0 - 0.1 * at, sure=True)
                for at, reading in enumerate(readings)
            ]


def _tokens(plain: str, unknown: frozenset[str]) -> Iterator[_Token]:
    """The words in Latin letters; of unknown codes such as 7tian the letters."""
    for found in _LATIN.finditer(plain):
        text = without_tones(found[0])
        new = _is_unknown(found[0], unknown)
        if text.isalpha():
            yield _Token(*found.span(), text, new)
        elif new:
            for part in _LETTERS.finditer(plain, *found.span()):
                yield _Token(*part.span(), part[0], new)


def _runs(tokens: Sequence[_Token], plain: str) -> tuple[list[list[_Token]], list[_Token]]:
    """Tokens of whole syllables, those that follow each other together; and all others."""
    runs: list[list[_Token]] = []
    others: list[_Token] = []
    for token in tokens:
        if not is_pinyin(token.text):
            others.append(token)
        elif runs and _TOGETHER.fullmatch(plain, runs[-1][-1].end, token.start):
            runs[-1].append(token)
        else:
            runs.append([token])
    return runs, others


def _mended(token: _Token, vocabulary: Words) -> Iterator[Slot]:
    """An English word with one letter mended; never sure, since it may be a word all the same."""
    near = {f for found in vocabulary.with_gap([token.text, *gaps(token.text)]) for f in found}
    near = {form for form in near if _one_slip(token.text, form.text)}
    best = sorted(near, key=lambda form: (-form.weight, form.text))[:MOST_OPTIONS]
    if best:
        yield [
            Change(token.start, token.end, (form.text,), 0.8 - 0.1 * at, sure=False)
            for at, form in enumerate(best)
        ]


def _is_unknown(token: str, unknown: frozenset[str]) -> bool:
    """Whether the index lacks a term of a token; a stem need not be the beginning of its word."""
    return any(len(term) >= 2 and term in unknown for term in analyse(token))


def _one_slip(typed: str, meant: str) -> bool:
    """Whether one letter was left out, added, changed, or swapped with the next."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    same = 0
    while same < min(len(typed), len(meant)) and typed[same] == meant[same]:
        same += 1
    a, b = typed[same:], meant[same:]
    swapped = len(a) > 1 and len(b) > 1 and a[:2] == b[1::-1] and a[2:] == b[2:]
    return swapped or a[1:] == b[1:] or a[1:] == b or a == b[1:]
