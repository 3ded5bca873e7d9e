"""A set of canned replies, ready to be found by what somebody types after `/`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from assistant.canned.model import Found, Item, Match
from assistant.canned.sounds import Sounds, letters
from indexer.text import key, normalise

WORDS_INSIDE = 0.3  # how sure a reply is that only holds all the words


class Shelf:
    """Replies that may be offered to one kind of reader on one channel."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = tuple(items)
        self.places = {item.id: at for at, item in enumerate(self.items)}
        self._codes = [item.short_code for item in self.items]
        self._titles = [_key(item.title) for item in self.items]
        self._inside = [_words(item.title, item.terms, item.text) for item in self.items]
        self._sounds = Sounds(item.title for item in self.items)

    def match(self, query: str) -> dict[str, Match]:
        """Items by id that fit the letters or words of a query, each by the best way found."""
        found: dict[int, Match] = {}
        for at in self._with_words(query):
            found[at] = Match(Found.MEANING, bucket(WORDS_INSIDE))
        if wanted := key(query):
            for at, title in enumerate(self._titles):
                if wanted in title:
                    found[at] = Match(Found.TITLE, 0 if title.startswith(wanted) else 1)
        for at, from_start in self._sounds.find(letters(query)).items():
            found[at] = Match(Found.SOUND, 0 if from_start else 1)
        code = normalise(query).replace(" ", "")
        for at, own in enumerate(self._codes):
            if code and own.startswith(code):
                found[at] = Match(Found.CODE if own == code else Found.CODE_PREFIX)
        return {self.items[at].id: match for at, match in found.items()}

    def _with_words(self, query: str) -> list[int]:
        words = normalise(query).split()
        if not words or all(len(word) < 2 for word in words):
            return []
        return [at for at, text in enumerate(self._inside) if all(word in text for word in words)]


# A shelf is made anew whenever one reply of it changes: the others are not read again.
_key = lru_cache(maxsize=16_384)(key)


@lru_cache(maxsize=16_384)
def _words(title: str, terms: tuple[str, ...], text: str) -> str:
    return normalise(" ".join((title, *terms, text)))


def bucket(confidence: float) -> int:
    """Confidence in steps of a tenth, the surest 0: within a step the use count decides."""
    return 10 - round(confidence * 10)
