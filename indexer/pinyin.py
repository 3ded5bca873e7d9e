"""Pinyin read as the words of an index: `tuihuo`, `tui huo yun fei`, `tui4huo4`, `thyf`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from indexer.characters import blurred_sound, initials, syllables, word_readings
from indexer.vocabulary import LONGEST, Form, Words

_TONED = re.compile(r"(?:[a-z]+[1-5]){2,}")
_MOST_LETTERS = 200
_LONGEST_SYLLABLE = 6
_LEAST_INITIALS, _MOST_INITIALS = 3, 6
_CLEAR = 0.7  # share of the best word among those with the same initials
_READINGS = 2
# Costs in the scale of the negative logarithm of a word's frequency.
_WORD_COST = 1.0
_NEAR_COST = 10.0
_UNKNOWN_COST = 30.0

_Split = tuple[str, ...]
_Span = tuple[int, int, _Split]


class Reading(NamedTuple):
    """Chinese words for letters; how many syllables they were, and in words of two or more."""

    words: tuple[str, ...]
    syllables: int
    in_words: int


class _Path(NamedTuple):
    cost: float
    words: tuple[str, ...]
    single: int
    syllables: int


def without_tones(token: str) -> str:
    """A token without tone digits, if it is pinyin with digits (tui4huo4); else as it is."""
    return re.sub(r"[1-5]", "", token) if _TONED.fullmatch(token) else token


@lru_cache(maxsize=4096)
def is_pinyin(token: str) -> bool:
    """Whether a token is nothing but whole syllables."""
    return bool(token) and token.isalpha() and _last_ends(token)[len(token)]


def read_syllables(tokens: Sequence[str], vocabulary: Words) -> list[Reading]:
    """The likeliest readings of tokens of whole syllables, best first, at most two.

    The cheapest way through all splits into syllables and all forms of the vocabulary. A form may
    span tokens, a syllable may not. Syllables that no form has are left out.
    """
    letters = "".join(tokens)
    if not letters or len(letters) > _MOST_LETTERS:
        return []
    spans = list(_spans(letters, tokens))
    found = vocabulary.sounding([blurred_sound(split) for _, _, split in spans])
    best: list[list[_Path]] = [[] for _ in range(len(letters) + 1)]
    best[0] = [_Path(0.0, (), 0, 0)]
    # Spans are in the order of their starts: when one is used, all ways to its start are known.
    for (start, end, split), forms in zip(spans, found, strict=True):
        steps = list(_steps(split, forms, vocabulary))
        best[end] = _cheapest(
            [*best[end], *(_extended(path, step) for path in best[start] for step in steps)]
        )
    return [
        Reading(path.words, path.syllables, path.syllables - path.single)
        for path in best[-1]
        if path.words
    ]


def read_initials(token: str, vocabulary: Words) -> str:
    """The one word or phrase with these initials (thyf: 退货运费); empty when several have them."""
    if not _LEAST_INITIALS <= len(token) <= _MOST_INITIALS or not token.isalpha():
        return ""
    fitting = [form for form in vocabulary.beginning(token) if token in initials(form.text)]
    if not fitting:
        return ""
    best = max(fitting, key=lambda form: form.weight)
    return best.text if best.weight >= _CLEAR * sum(form.weight for form in fitting) else ""


def _last_ends(token: str) -> list[bool]:
    """For each place whether whole syllables end there."""
    ends = [True] + [False] * len(token)
    for end in range(1, len(token) + 1):
        ends[end] = any(
            ends[start] and token[start:end] in syllables()
            for start in range(max(0, end - _LONGEST_SYLLABLE), end)
        )
    return ends


def _spans(letters: str, tokens: Sequence[str]) -> Iterator[_Span]:
    """All runs of up to six syllables, none of which crosses the border of a token."""
    borders = list(accumulate(map(len, tokens)))
    following: list[list[tuple[int, str]]] = []
    for start in range(len(letters)):
        stop = next(border for border in borders if border > start)
        ends = range(start + 1, min(start + _LONGEST_SYLLABLE, stop) + 1)
        following.append([(end, s) for end in ends if (s := letters[start:end]) in syllables()])
    for start in range(len(letters)):
        yield from _runs(start, start, (), following)


def _runs(
    start: int, at: int, split: _Split, following: Sequence[Sequence[tuple[int, str]]]
) -> Iterator[_Span]:
    if at == len(following) or len(split) == LONGEST:
        return
    for end, syllable in following[at]:
        yield start, end, (*split, syllable)
        yield from _runs(start, end, (*split, syllable), following)


def _steps(split: _Split, forms: Sequence[Form], vocabulary: Words) -> Iterator[_Path]:
    count = len(split)
    known = False
    for form in forms:
        cost = _sound_cost(split, form.text)
        if cost is not None:
            known = True
            cost += _WORD_COST + math.log(vocabulary.total / form.weight)
            yield _Path(cost, (form.text,), 1 if count == 1 else 0, count)
    if count == 1 and not known:
        yield _Path(_UNKNOWN_COST, (), 1, 1)


def _sound_cost(split: _Split, form: str) -> float | None:
    """0 for a form read just so, more for one that only sounds nearly so, None for others."""
    if len(form) != len(split):
        return None
    spoken = word_readings(form)
    if split in spoken:
        return 0.0
    like = blurred_sound(split)
    return _NEAR_COST if any(blurred_sound(said) == like for said in spoken) else None


def _extended(path: _Path, step: _Path) -> _Path:
    return _Path(
        path.cost + step.cost,
        path.words + step.words,
        path.single + step.single,
        path.syllables + step.syllables,
    )


def _cheapest(paths: Sequence[_Path]) -> list[_Path]:
    kept: dict[str, _Path] = {}
    for path in sorted(paths):
        kept.setdefault("".join(path.words), path)
        if len(kept) == _READINGS:
            break
    return list(kept.values())
