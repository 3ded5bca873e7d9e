"""What a customer's earlier turns add to a follow-up: 那多久到账? after a question on refunds.

No model of language: content words of the earlier turns are carried over, fade with every turn
that goes by, and stay fresh while they are spoken of (the salience of referents in centering
theory, Grosz, Joshi & Weinstein 1995, reduced to words). A turn that stands by itself opens a new
topic. Of what was answered last, the most telling words come along. `wording/dialogue.json` holds
the words all this goes by; it may be edited.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from indexer.keywords import KeywordIndex
from indexer.text import STOP_WORDS, Term, normalise, terms

FILE = Path(__file__).parent / "wording" / "dialogue.json"
MAX_TURNS = 8
MAX_CHARS = 200
MAX_WORDS = 4
_KEEP = 0.6  # what is left of a word's weight after a turn on the same topic
_LEAVE = 0.3  # and after one that stands by itself
_ADDED = 0.5  # weight of what a turn adds to a topic already there
_LEAST = 0.25  # share of the heaviest word's weight that a word needs to be carried
_FULL = 2  # content words with which a turn stands by itself
_NO_WORD = re.compile(r"[^\w' ]+")
_PARTICLES = "啊呀哦哈呢吧啦嘛喔哟"


class _Cues(NamedTuple):
    small_talk: re.Pattern[str]
    leaning: re.Pattern[str]
    leaving: re.Pattern[str]
    asking: frozenset[str]
    empty: frozenset[str]
    alternatives: tuple[re.Pattern[str], ...]


class Word(NamedTuple):
    """A content word: its keyword term, and its place in the normalised text."""

    term: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Neighbouring content words of a turn (人工智能 + 学院); `weight` is how present it is."""

    text: str
    words: tuple[Word, ...]
    weight: float = 1.0

    def surface(self, word: Word) -> str:
        """The word as it was typed, normalised."""
        return self.text[word.start : word.end]


@dataclass(frozen=True, slots=True)
class Context:
    """What earlier turns add to a follow-up, and how much it seems to need that.

    Attributes:
        text: To be put in front of the follow-up.
        words: The words that are carried, in the order of the turns, as typed but normalised;
            those of the answer last.
        own: Keyword terms of the follow-up's own content words.
        unknown: How many of these the index knows in no part.
        leans: Its wording points back (那…, 它…, …呢).
        leaves: Its wording announces another topic (对了, by the way).
    """

    text: str
    words: tuple[str, ...]
    own: tuple[str, ...]
    unknown: int
    leans: bool
    leaves: bool


def read_context(
    query: str, turns: Sequence[str], keywords: KeywordIndex, answered: str = ""
) -> Context | None:
    """The context that a follow-up may hang on; None where the turns hold nothing to carry.

    Cost is bounded whatever the turns: the newest eight that are no small talk are read, 200
    characters each.

    Args:
        query: The follow-up.
        turns: The customer's earlier turns, oldest first.
        keywords: The index to be searched; words that it does not know are never carried.
        answered: What was last said to the customer; its first 200 characters count.
    """
    telling = [turn for turn in reversed(turns) if not is_small_talk(turn)][:MAX_TURNS]
    if not telling:
        return None
    topic = _Topic(keywords)
    for turn in reversed(telling):
        topic.hear(normalise(turn[:MAX_CHARS]))
    return topic.context(normalise(query), normalise(answered[:MAX_CHARS]))


def is_small_talk(turn: str) -> bool:
    """Whether a turn is nothing but an acknowledgement or a greeting (好的, 谢谢, 在吗)."""
    if len(turn) > MAX_CHARS:
        return False
    pieces = (piece.strip() for piece in _NO_WORD.split(normalise(turn)))
    return all(_cues().small_talk.fullmatch(piece) for piece in pieces if piece)


class _Topic:
    """What is being spoken of, turn by turn."""

    def __init__(self, keywords: KeywordIndex) -> None:
        self._keywords = keywords
        self._phrases: list[_Phrase] = []
        self._opening = ""  # what is asked, in full, as long as later turns only vary it

    def hear(self, turn: str) -> None:
        """Take in the next turn."""
        new = _phrases(turn)
        linked = self._linked(new)
        goes_on = bool(self._phrases) and (any(linked) or not self._stands_alone(turn, new))
        fading = _KEEP if goes_on else _LEAVE
        rivals = _rivals(turn)
        kept = [
            replace(phrase, weight=1.0 if fresh else phrase.weight * fading)
            for phrase, fresh in zip(self._phrases, linked, strict=True)
        ]
        self._phrases = [part for phrase in kept for part in _without(phrase, rivals)]
        self._phrases += [replace(p, weight=_ADDED if goes_on else 1.0) for p in new]
        if not goes_on:
            self._opening = turn
        elif _varies(turn, [word.term for phrase in new for word in phrase.words]):
            self._opening = f"{_cut_out(self._opening, rivals)} {turn}".strip()
        else:
            self._opening = ""

    def context(self, query: str, answered: str = "") -> Context | None:
        """What the topic, and what was answered last, adds to a query; all normalised."""
        new = _phrases(query)
        own = tuple(dict.fromkeys(word.term for phrase in new for word in phrase.words))
        linked = self._linked(new)
        fresh = [
            replace(phrase, weight=1.0) if named else phrase
            for phrase, named in zip(self._phrases, linked, strict=True)
        ]
        rivals = _rivals(query) if _varies(query, own) else ()
        pool = [part for phrase in fresh for part in _without(phrase, rivals)]
        if not pool:  # nothing but what is replaced: 花呗呢 after 可以用支付宝吗
            pool, rivals = fresh, ()
        words = self._carried(pool, frozenset(own))
        if not words:
            return None
        opening = _cut_out(self._opening, rivals)
        told = self._told(answered, rivals, frozenset(own))
        text = " ".join([*(word for word in words if word not in opening), opening, *told]).strip()
        words = tuple(dict.fromkeys([*words, *told]))
        cues = _cues()
        return Context(
            text,
            words,
            own,
            sum(not self._knows(word) for word in own),
            bool(cues.leaning.search(query)),
            bool(cues.leaving.search(query)),
        )

    def _told(
        self, answered: str, rivals: Sequence[re.Pattern[str]], own: frozenset[str]
    ) -> list[str]:
        """The most telling words of an answer, in its order."""
        phrases = [part for phrase in _phrases(answered) for part in _without(phrase, rivals)]
        typed: dict[str, str] = {}
        for phrase in phrases:
            for word in phrase.words:
                typed.setdefault(word.term, phrase.surface(word))
        rarity = self._rarity([term for term in typed if term not in own])
        known = sorted((t for t in rarity if rarity[t] > 0), key=lambda t: -rarity[t])[:MAX_WORDS]
        return [said for term, said in typed.items() if term in known]

    def _rarity(self, words: Sequence[str]) -> dict[str, float]:
        """How telling each word is; 0 for those that the index does not know."""
        positions = self._keywords.positions(words)
        weights = np.where(positions >= 0, self._keywords.weights(positions), 0.0)
        return dict(zip(words, map(float, weights), strict=True))

    def _linked(self, new: Iterable[_Phrase]) -> list[bool]:
        """Which phrases of the topic are named again: 学院 is 文学院 when that was spoken of."""
        named = {phrase.surface(word) for phrase in new for word in phrase.words}
        endings = tuple(word for word in named if len(word) > 1)
        return [
            any(
                (said := phrase.surface(w)) in named or said.endswith(endings) for w in phrase.words
            )
            for phrase in self._phrases
        ]

    def _stands_alone(self, turn: str, new: Sequence[_Phrase]) -> bool:
        own = list({word.term for phrase in new for word in phrase.words})
        known = int((self._keywords.positions(own) >= 0).sum())
        return known >= _FULL and not _cues().leaning.search(turn)

    def _knows(self, word: str) -> bool:
        """Whether the index holds a word or, of a longer Chinese one, any two of its characters."""
        pairs = [] if word.isascii() else [word[at : at + 2] for at in range(len(word) - 1)]
        return bool((self._keywords.positions([word, *pairs]) >= 0).any())

    def _carried(self, pool: Sequence[_Phrase], own: frozenset[str]) -> tuple[str, ...]:
        """The most present and telling words, neighbours joined, as they were typed."""
        presence: dict[str, float] = {}
        for phrase in pool:
            for word in phrase.words:
                presence[word.term] = max(presence.get(word.term, 0.0), phrase.weight)
        wanted = [term for term in presence if term not in own]
        weights = {term: presence[term] * rare for term, rare in self._rarity(wanted).items()}
        least = _LEAST * max(weights.values(), default=0.0)
        heavy = sorted((t for t in wanted if weights[t] > 0), key=lambda t: -weights[t])
        chosen = {term for term in heavy[:MAX_WORDS] if weights[term] >= least}
        return tuple(dict.fromkeys(part for p in pool for part in _joined(p, chosen)))


def _phrases(text: str) -> list[_Phrase]:
    """The content words of normalised text, neighbours together."""
    cues = _cues()
    runs: list[list[Word]] = []
    for word in _content(text, cues.asking | cues.empty):
        if runs and runs[-1][-1].end == word.start:
            runs[-1].append(word)
        else:
            runs.append([word])
    return [_Phrase(text, tuple(run)) for run in runs]


def content_words(text: str) -> list[str]:
    """The words of normalised text that say what it is about, in order."""
    cues = _cues()
    return [text[word.start : word.end] for word in _content(text, cues.asking | cues.empty)]


def _content(text: str, skipped: frozenset[str]) -> Iterator[Word]:
    for term in terms(text, query=True):
        if term.word and not _is_empty(term, text[term.start : term.end], skipped):
            yield Word(term.text, term.start, term.end)


def _is_empty(term: Term, said: str, skipped: frozenset[str]) -> bool:
    skipped |= STOP_WORDS
    return said.isdigit() or said in skipped or term.text in skipped


def _joined(phrase: _Phrase, chosen: set[str]) -> Iterator[str]:
    """The chosen words of a phrase; neighbours as one piece."""
    start = end = -1
    for word in phrase.words:
        if word.term not in chosen:
            continue
        if word.start != end:
            if start >= 0:
                yield phrase.text[start:end]
            start = word.start
        end = word.end
    if start >= 0:
        yield phrase.text[start:end]


def _varies(query: str, own: Sequence[str]) -> bool:
    """Whether a query only puts another thing into the question before (那空调呢?)."""
    rest = _cues().leaning.sub(" ", query)  # what about … asks nothing of its own
    words = {rest[term.start : term.end] for term in terms(rest, query=True)}
    return len(own) <= _FULL and not words & _cues().asking


def _rivals(text: str) -> tuple[re.Pattern[str], ...]:
    """What can take the place of the things that a text names: other goods, other ways to pay."""
    return tuple(group for group in _cues().alternatives if group.search(text))


def _without(phrase: _Phrase, rivals: Sequence[re.Pattern[str]]) -> Iterator[_Phrase]:
    """The phrase without the words that something else has taken the place of."""
    kept = tuple(w for w in phrase.words if not any(r.fullmatch(phrase.surface(w)) for r in rivals))
    if kept:
        yield replace(phrase, words=kept)


def _cut_out(text: str, rivals: Sequence[re.Pattern[str]]) -> str:
    for group in rivals:
        text = group.sub(" ", text)
    return " ".join(text.split())


@lru_cache(maxsize=1)
def _cues() -> _Cues:
    stored = json.loads(FILE.read_text("utf-8"))
    leaning = stored["leaning"]
    return _Cues(
        re.compile(rf"(?:(?:{_any(stored['small_talk'])})[{_PARTICLES} ]*)+"),
        re.compile(
            rf"^\W*(?:{_any(leaning['start'])})|(?:{_any(leaning['anywhere'])})"
            rf"|(?:{_any(leaning['end'])})\W*$"
        ),
        re.compile(_any(stored["leaving"])),
        frozenset(stored["asking"]),
        frozenset(stored["empty"]),
        tuple(re.compile(_any(group)) for group in stored["alternatives"]),
    )


def _any(words: Sequence[str]) -> str:
    """An alternation, longest first; words in Latin letters match whole, in singular or plural."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(rf"\b{re.escape(w)}s?\b" if w.isascii() else re.escape(w) for w in ordered)
