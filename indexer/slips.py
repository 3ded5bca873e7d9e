"""Characters typed for others that sound or look like them: 退贷, 发漂, 冰葙."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from indexer.changes import MOST_OPTIONS, Change, Slot
from indexer.characters import blurred_sounds, likeness
from indexer.text import STOP_WORDS, dictionary_cut, han_runs
from indexer.vocabulary import LONGEST, Form, Words, gaps

_MOST_CHARS = 80  # one wrong character among more does not matter
_LEAST_LIKENESS = 0.3
_SURE = 0.75
_ALIKE = 0.38
_ANY_SLIP = 0.3  # one wrong character of four, like or not
_MIDDLING, _LONG = 3, 4
_NEVER = (0.0, False)
_COMMONNESS = 0.03
_LENGTH = 0.15


class _Part(NamedTuple):
    start: int
    text: str
    segments: tuple[str, ...]
    whole: bool


def slips(plain: str, unknown: frozenset[str], vocabulary: Words) -> Iterator[Slot]:
    """The parts of a text that may be mistyped words, with what they may have been meant to be.

    Args:
        plain: Normalised text.
        unknown: Its terms that the index does not know.
        vocabulary: The words that may be meant.
    """
    pairs = {term for term in unknown if len(term) == 2 and not term.isascii()}
    if pairs and len(plain) <= _MOST_CHARS:
        for start, run in han_runs(plain):
            yield from _mistyped(run, start, pairs, vocabulary)


def _mistyped(run: str, offset: int, pairs: set[str], vocabulary: Words) -> Iterator[Slot]:
    """Readings of the parts of a Han run that hold a pair of characters the index never saw."""
    parts = [
        part
        for part in _parts(run, vocabulary)
        if any(pair in part.text for pair in pairs) and not vocabulary.form(part.text)
    ]
    fitting = _fitting([part.text for part in parts], vocabulary)
    for part, forms in zip(parts, fitting, strict=True):
        # A part made of words that the index knows was hardly meant to be another one.
        plausible = all(map(vocabulary.is_word, part.segments))
        strange = {c for c in part.text if not vocabulary.has_character(c)}
        start = offset + part.start
        changes = [
            Change(start, start + len(part.text), (form.text,), score, sure)
            for form in forms
            for score, sure in [_score(part, form, plausible, strange)]
            if score
        ]
        if changes:
            yield sorted(changes, key=lambda change: -change.score)[:MOST_OPTIONS]


def _parts(run: str, vocabulary: Words) -> list[_Part]:
    """The parts of a run that may be one word.

    They begin and end with a word of the general dictionary, so that the end of one word and the
    beginning of the next are hardly taken for a third. Words of two characters that the index does
    not know may be taken apart (指|文录 for 指纹), but then nothing is sure; longer ones (洗衣机)
    are what they are.
    """
    segments = dictionary_cut(run)
    pieces = [
        piece
        for segment in segments
        for piece in ([segment] if vocabulary.form(segment) or len(segment) > 2 else segment)
    ]
    found = {(part.start, part.text): part for part in _joined(pieces, whole=False)}
    found |= {(part.start, part.text): part for part in _joined(segments, whole=True)}
    return list(found.values())


def _joined(segments: Sequence[str], *, whole: bool) -> Iterator[_Part]:
    at = 0
    for first, segment in enumerate(segments):
        text = ""
        for last in range(first, len(segments)):
            text += segments[last]
            if len(text) > LONGEST:
                break
            if len(text) >= 2:
                yield _Part(at, text, tuple(segments[first : last + 1]), whole)
        at += len(segment)


def _fitting(texts: Sequence[str], vocabulary: Words) -> list[set[Form]]:
    """For each text the forms that differ in one character, or that sound alike."""
    patterns = [list(gaps(text)) for text in texts]
    sounds = [blurred_sounds(text) for text in texts]
    alike = iter(vocabulary.with_gap([pattern for part in patterns for pattern in part]))
    heard = iter(vocabulary.sounding([sound for part in sounds for sound in part]))
    return [
        {form for _ in part for form in next(alike)} | {form for _ in said for form in next(heard)}
        for part, said in zip(patterns, sounds, strict=True)
    ]


def _score(part: _Part, form: Form, plausible: bool, strange: set[str]) -> tuple[float, bool]:
    """How likely a part of a query was meant to be this form (0 for never), and whether surely.

    Args:
        part: The part.
        form: What it may have been meant to be.
        plausible: Whether the part makes sense as it is.
        strange: Those of its characters that the index never saw.
    """
    typed, real = part.text, len(part.segments) == 1
    if len(form.text) != len(typed) or form.text == typed or not form.is_word:
        return _NEVER
    wrong = [
        likeness(a, b, slurred=len(typed) > 2)
        for a, b in zip(typed, form.text, strict=True)
        if a != b
    ]
    worst = min(wrong)
    likely = not (plausible or real or not part.whole)
    if not likely and worst < 1 and (plausible or len(typed) < _MIDDLING):
        return _NEVER
    if worst < _LEAST_LIKENESS:
        if len(typed) < _LONG or len(wrong) > 1:
            return _NEVER
        worst = _ANY_SLIP
    elif len(wrong) > 1 and worst < _SURE:
        return _NEVER
    score = worst + _COMMONNESS * math.log(form.weight) + _LENGTH * (len(typed) - 2)
    empty = any(segment in STOP_WORDS and segment not in form.text for segment in part.segments)
    alien = all(a in strange for a, b in zip(typed, form.text, strict=True) if a != b)
    plain = likely and not empty and len(wrong) == 1
    return score, plain and worst >= (_ALIKE if alien else _SURE)
