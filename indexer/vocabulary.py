"""The words and short phrases that an index knows, findable by how they sound and look.

Mistyped words are read as one of these, never as words of a general dictionary: an index holds
what its own entries say and nothing else. Files: `words.txt` (a form, its weight, 1 for words or 0
for phrases, and its audiences; a line each, the commonest first), `word_keys.npy` (sorted CRC-32
of all keys) and `word_rows.npy` (the form of each key). Whoever looks a form up checks that it
fits, so that equal checksums do no harm.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from sys import intern
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from indexer.catalogue import Array, Writers, load, saver
from indexer.characters import blurred_sounds, initials
from indexer.chunking import ASKED, Chunk
from indexer.masks import bits
from indexer.text import STOP_WORDS, Term, han_words, normalise
from kb.model import Audience

TEXT, KEYS, ROWS = "words.txt", "word_keys.npy", "word_rows.npy"
MOST_FORMS = 30_000
LONGEST = 6
GAP = "_"
_LEAST_INITIALS = 3
_ASKED_WEIGHT = 3
_LATIN_WORD = re.compile(r"[a-z]{4,20}")


class Form(NamedTuple):
    """A word or phrase of the index.

    Attributes:
        text: The form, normalised.
        weight: The more, the commoner.
        is_word: Whether it is a word, not a phrase.
        audiences: For whom revisions that hold it are, as bits of `kb.model.Audience`.
    """

    text: str
    weight: int
    is_word: bool
    audiences: int


class Forms(NamedTuple):
    """What one revision adds: words and phrases that it asks or is titled with, and said words."""

    words: tuple[str, ...]
    phrases: tuple[str, ...]
    said: tuple[str, ...]


def forms(pieces: Iterable[tuple[Chunk, Sequence[Term]]]) -> Forms:
    """The forms of one revision, each once: phrases of what is asked and of headings, and words.

    Counter-questions are left out: they are not what the entry is about.

    Args:
        pieces: Its chunks, each with the terms of its text.
    """
    words: set[str] = set()
    phrases: set[str] = set()
    said: set[str] = set()
    headings: set[str] = set()
    for chunk, terms in pieces:
        if chunk.field in ASKED or chunk.field == "tags":
            _take(_runs(terms), words, phrases)
            words.update(_LATIN_WORD.findall(chunk.text.lower()))
        elif chunk.field != "counter":
            said.update(word for run in _runs(terms) for word in run if len(word) <= LONGEST)
            said.update(_LATIN_WORD.findall(chunk.quote.lower()))
            headings.add(chunk.heading)
    for heading in headings:
        _take(han_words(normalise(heading)), words, phrases)
    # Interned: thousands of revisions share their words.
    found = (words, phrases - words, said - words - phrases)
    return Forms(*(tuple(map(intern, sorted(part))) for part in found))


def files(parts: Iterable[tuple[Audience, Forms]]) -> Writers:
    """Writers of the vocabulary of revisions, each given with its audience."""
    known = _known(parts)
    keys, rows = _places(known)
    lines = "".join(f"{f.text}\t{f.weight}\t{f.is_word:d}\t{f.audiences}\n" for f in known)
    return {TEXT: lambda path: _write(path, lines), KEYS: saver(keys), ROWS: saver(rows)}


def _known(parts: Iterable[tuple[Audience, Forms]]) -> list[Form]:
    """The forms worth keeping, the commonest first.

    Words of bodies count once for each revision and must recur; what is asked counts three times.
    """
    counted: dict[Audience, tuple[Counter[str], Counter[str], Counter[str]]] = {}
    for audience, part in parts:
        counts = counted.setdefault(audience, (Counter(), Counter(), Counter()))
        for count, found in zip(counts, part, strict=True):
            count.update(found)
    weights: Counter[str] = Counter()
    readers: Counter[str] = Counter()
    single: set[str] = set()
    for audience, (words, phrases, said) in counted.items():
        for asked in (words, phrases):
            weights.update({form: count * _ASKED_WEIGHT for form, count in asked.items()})
        weights.update(said)
        single.update(words, said)
        readers.update(dict.fromkeys({**words, **phrases, **said}, bits([audience], Audience)))
    known = [
        Form(form, weight, form in single, readers[form])
        for form, weight in weights.items()
        if weight > 1
    ]
    known.sort(key=lambda form: (-form.weight, form.text))
    return known[:MOST_FORMS]


def _places(known: Sequence[Form]) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """All keys of the forms, sorted, and the form of each."""
    keys = [_keys(form.text, form.is_word) for form in known]
    flat = np.array([key for part in keys for key in part], dtype=np.uint32)
    rows = np.repeat(np.arange(len(known), dtype=np.int32), [len(part) for part in keys])
    order = np.argsort(flat, kind="stable")
    return flat[order], rows[order]


class Vocabulary:
    """The vocabulary of one generation, never changed; safe to share between threads.

    Args:
        forms: The forms, by row.
        keys: All keys of the forms, sorted.
        rows: The form of each key.

    Attributes:
        total: The weights of all forms together.
    """

    def __init__(self, forms: list[Form], keys: Array, rows: Array) -> None:
        self._forms, self._keys, self._rows = forms, keys, rows
        self._by_text = {form.text: form for form in self._forms}
        self._characters = frozenset("".join(self._by_text))
        self.total = max(1, sum(form.weight for form in self._forms))

    @classmethod
    def read(cls, folder: Path) -> Vocabulary:
        """Open what `files` wrote, read-only."""
        lines = (folder / TEXT).read_text("utf-8").splitlines()
        rows = (line.split("\t") for line in lines)
        forms = [
            Form(text, int(weight), is_word == "1", int(audiences))
            for text, weight, is_word, audiences in rows
        ]
        return cls(forms, load(folder / KEYS), load(folder / ROWS))

    @classmethod
    def of(cls, parts: Iterable[tuple[Audience, Forms]]) -> Vocabulary:
        """The same vocabulary in memory, without files; see `files`."""
        known = _known(parts)
        return cls(known, *_places(known))

    def for_readers(self, audiences: Iterable[Audience]) -> Words:
        """What somebody may be shown of the vocabulary."""
        return Words(self, bits(audiences, Audience))

    def form(self, text: str) -> Form | None:
        """The form with this text; None when the index does not know it."""
        return self._by_text.get(text)

    def has_character(self, char: str) -> bool:
        """Whether any form holds a character."""
        return char in self._characters

    def find(self, keys: Sequence[int], readers: int) -> list[list[Form]]:
        """For each key the forms that have it and that some of the readers may see."""
        wanted = np.array(keys, dtype=np.uint32)
        left = np.searchsorted(self._keys, wanted, "left")
        right = np.searchsorted(self._keys, wanted, "right")
        return [
            [f for row in self._rows[start:stop] if (f := self._forms[row]).audiences & readers]
            if start < stop
            else []
            for start, stop in zip(left.tolist(), right.tolist(), strict=True)
        ]


class Words(NamedTuple):
    """A vocabulary as some readers may see it."""

    vocabulary: Vocabulary
    readers: int

    @property
    def total(self) -> int:
        """The weights of all forms together."""
        return self.vocabulary.total

    def form(self, text: str) -> Form | None:
        """The form with this text, whoever may see it; None when the index does not know it."""
        return self.vocabulary.form(text)

    def is_word(self, text: str) -> bool:
        """Whether the index knows a text as a word of its own, whoever may see it."""
        form = self.form(text)
        return form is not None and form.is_word

    def has_character(self, char: str) -> bool:
        """Whether any form of the index holds a character, whoever may see it."""
        return self.vocabulary.has_character(char)

    def sounding(self, sounds: Sequence[str]) -> list[list[Form]]:
        """For each sound (blurred syllables without space) the forms that may be read so."""
        return self.vocabulary.find([_sound_key(sound) for sound in sounds], self.readers)

    def with_gap(self, patterns: Sequence[str]) -> list[list[Form]]:
        """For each pattern (冰_: any character in the gap) the words that fit."""
        return self.vocabulary.find([_gap_key(pattern) for pattern in patterns], self.readers)

    def beginning(self, initials: str) -> list[Form]:
        """The forms whose syllables begin with these letters, one for each syllable."""
        return self.vocabulary.find([_initials_key(initials)], self.readers)[0]


def gaps(form: str) -> Iterator[str]:
    """A form with each of its characters left out in turn (a Latin word: dropped in turn)."""
    if form.isascii():
        yield from (form[:at] + form[at + 1 :] for at in range(len(form)))
    else:
        yield from (form[:at] + GAP + form[at + 1 :] for at in range(len(form)))


@lru_cache(maxsize=100_000)
def _keys(text: str, is_word: bool) -> tuple[int, ...]:
    if text.isascii():
        return tuple(sorted({_gap_key(part) for part in (text, *gaps(text))}))
    keys = set(map(_sound_key, blurred_sounds(text)))
    if len(text) >= _LEAST_INITIALS:
        keys.update(map(_initials_key, initials(text)))
    if len(text) >= 2 and is_word:
        keys.update(map(_gap_key, gaps(text)))
    return tuple(sorted(keys))


def _sound_key(sound: str) -> int:
    return crc32(b"s" + sound.encode())


def _initials_key(initials: str) -> int:
    return crc32(b"i" + initials.encode())


def _gap_key(pattern: str) -> int:
    return crc32(b"g" + pattern.encode())


def _runs(terms: Iterable[Term]) -> list[list[str]]:
    """The dictionary words among terms, neighbours together."""
    runs: list[list[str]] = []
    end = -1
    for term in terms:
        if term.word and not term.text.isascii():
            if term.start == end:
                runs[-1].append(term.text)
            else:
                runs.append([term.text])
            end = term.end
    return runs


def _take(runs: Iterable[Sequence[str]], words: set[str], phrases: set[str]) -> None:
    """Words, their characters, and phrases: adjacent words of up to six characters in all.

    Phrases neither begin nor end with a stop word.
    """
    for run in runs:
        words.update(word for word in run if len(word) <= LONGEST)
        for word in run:
            phrases.update(word)
        for first, start in enumerate(run):
            phrase = "" if start in STOP_WORDS else start
            for word in run[first + 1 :] if phrase else ():
                phrase += word
                if len(phrase) > LONGEST:
                    break
                if word not in STOP_WORDS:
                    phrases.add(phrase)


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
