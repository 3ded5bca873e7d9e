"""The measure of things: BM25 as anybody would set it up well, from the library bm25s.

Lucene's variant with its usual constants (k1 1.5, b 0.75), a document being title and text. What
is a word decides how good BM25 is, so several ways to cut are tried and the one with the best
nDCG@10 on the very queries at hand is the baseline: for Chinese the words of jieba or single
characters with their pairs, for English words as they are or without stop words. What stemming
would add is told beside it. Where questions follow on others, what is told of those is chosen the
same way: nothing, the earlier turns, or these and the last answer. Choosing on the test itself
favours the baseline, which is what a yardstick should be.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics import ndcg
from kb.errors import NotFound

K1 = 1.5
B = 0.75
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff"
_RUN = re.compile(rf"(?P<han>[{_HAN}]+)|[^\W_{_HAN}]+")
_WORD = re.compile(r"\w")
MISSING = "{name} is not installed; it comes with the development tools: pip install {package}"

# Tried and told, but not what the standard baseline is.
BESIDE = ("stems", "stems without stop words")
# What is told of the turns before a question; the last is what the product is told.
TOLD = ("", "earlier turns", "earlier turns and the last answer")

Cut = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Question:
    """A query with the grades of its documents, by their place in the corpus.

    `context` are earlier turns of the one who asks, oldest first, `answered` is the last answer.
    """

    text: str
    grades: Mapping[str, int]
    excluded: str = ""
    context: tuple[str, ...] = ()
    answered: str = ""

    def worded(self, told: str) -> str:
        """The text of the query with what is `TOLD` of the turns before."""
        before = list(self.context) if told else []
        if told == TOLD[2] and self.answered:
            before.append(self.answered)
        return " ".join([*before, self.text])


class Bm25:
    """BM25 over documents with ids, cut by one function.

    Raises:
        NotFound: The library is not installed.
    """

    def __init__(self, ids: Sequence[str], texts: Sequence[str], cut: Cut) -> None:
        try:
            import bm25s
        except ImportError as error:
            raise NotFound(MISSING.format(name="bm25s", package="bm25s")) from error
        self._ids, self._cut = list(ids), cut
        self._model: Any = bm25s.BM25(method="lucene", k1=K1, b=B, backend="numpy")
        tokens = [cut(text) for text in texts]
        self._empty = not any(tokens)
        if not self._empty:
            self._model.index(tokens, show_progress=False)

    def rank(
        self, query: str, count: int, allowed: NDArray[np.bool_] | None = None
    ) -> list[tuple[str, float]]:
        """The `count` best documents with their scores, best first; only positive scores.

        Args:
            query: What is asked.
            count: How many to return at most.
            allowed: One flag for each document: whether it may be found; None means all.
        """
        tokens = [] if self._empty else self._cut(query)
        known = [token for token in tokens if token in self._model.vocab_dict]
        if not known:
            return []
        scores = np.asarray(self._model.get_scores(known))
        if allowed is not None:
            scores = np.where(allowed, scores, 0.0)
        rows = np.flatnonzero(scores > 0)
        if len(rows) > count:  # ties at the edge go to the earlier document, as in the sort below
            edge = np.partition(scores[rows], -count)[-count]
            rows = rows[scores[rows] >= edge]
        order = rows[np.argsort(-scores[rows], kind="stable")][:count]
        return [(self._ids[row], float(scores[row])) for row in order]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The best way to cut and to tell of earlier turns (one of `TOLD`).

    With its name, the index, and the nDCG@10 of every way tried.
    """

    name: str
    index: Bm25
    tried: dict[str, float]
    told: str = ""


def strongest(
    ids: Sequence[str], texts: Sequence[str], questions: Sequence[Question], language: str
) -> Chosen:
    """BM25 with the way to cut, and to tell of earlier turns, that is best on these questions.

    Raises:
        NotFound: A library is not installed.
    """
    indexes = {name: Bm25(ids, texts, cut) for name, cut in cuts(language).items()}
    ways = {
        f"{name}, follow-ups with {told}" if told else name: (name, told)
        for name in indexes
        for told in (TOLD if any(question.context for question in questions) else TOLD[:1])
    }
    tried = {
        way: round(_ndcg(indexes[name], questions, told), 4) for way, (name, told) in ways.items()
    }
    best = max((way for way in tried if ways[way][0] not in BESIDE), key=lambda way: tried[way])
    name, told = ways[best]
    return Chosen(best, indexes[name], tried, told)


def _ndcg(index: Bm25, questions: Sequence[Question], told: str) -> float:
    if not questions:
        return 0.0
    return fmean(
        ndcg([i for i, _ in index.rank(q.worded(told), 11) if i != q.excluded], q.grades)
        for q in questions
    )


def cuts(language: str) -> dict[str, Cut]:
    """The ways to cut texts of a language (`zh` or `en`) into terms, by name."""
    if language == "zh":
        return {"jieba words": _jieba, "characters and pairs": _characters}
    stem, stops = _stemmer(), _english_stops()
    return {
        "words": _words,
        "words without stop words": lambda text: [w for w in _words(text) if w not in stops],
        "stems": lambda text: stem(_words(text)),
        "stems without stop words": lambda text: stem([w for w in _words(text) if w not in stops]),
    }


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _words(text: str) -> list[str]:
    return [run.group() for run in _RUN.finditer(_plain(text))]


def _jieba(text: str) -> list[str]:
    import rjieba

    return [word for word in rjieba.cut(_plain(text), True) if _WORD.search(word)]


def _characters(text: str) -> list[str]:
    """Han characters one by one and in pairs; other letters and digits as words."""
    found: list[str] = []
    for run in _RUN.finditer(_plain(text)):
        if han := run["han"]:
            found += [*han, *(han[at : at + 2] for at in range(len(han) - 1))]
        else:
            found.append(run.group())
    return found


def _stemmer() -> Callable[[list[str]], list[str]]:
    """Snowball's English stemmer."""
    try:
        import Stemmer
    except ImportError as error:
        raise NotFound(MISSING.format(name="PyStemmer", package="PyStemmer")) from error
    stem: Callable[[list[str]], list[str]] = Stemmer.Stemmer("english").stemWords
    return stem


def _english_stops() -> frozenset[str]:
    try:
        from bm25s.stopwords import STOPWORDS_EN_PLUS
    except ImportError as error:
        raise NotFound(MISSING.format(name="bm25s", package="bm25s")) from error
    return frozenset(STOPWORDS_EN_PLUS)
