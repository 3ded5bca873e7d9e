"""The one normal form of text, and how text becomes keyword terms.

Documents and queries pass through the same code; `ANALYSIS_VERSION` changes whenever the terms of
any text would, and an index built by another version is rebuilt. The conversion table and the
dictionary load on first use, so importing this module costs nothing.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from sys import intern
from typing import TYPE_CHECKING, NamedTuple

from indexer.measures import measured

if TYPE_CHECKING:
    from collections.abc import Callable

    import Stemmer

ANALYSIS_VERSION = "3"
# Characters of a text up to which what was found in it is remembered: the same questions come
# again and again, and what a text says never changes.
REMEMBERED = 200

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff"
_SPACE = re.compile(r"\s+")
_NOT_WORD = re.compile(rf"[^a-z0-9{_HAN}]+")
_RUN = re.compile(
    rf"(?P<han>[{_HAN}]+)"
    r"|(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+)"
    r"|(?P<code>[a-z0-9]+(?:[-/_+&'][a-z0-9]+)*)"
)
_HAN_RUN = re.compile(rf"[{_HAN}]+")
_SPACED_CODE = re.compile(
    r"(?<![a-z0-9])(?=[a-z0-9 ]*\d)(?:[a-z]{1,8}|[a-z]{0,4}\d{1,4}[a-z]{0,4})"
    r"(?: (?:[a-z]{1,4}|[a-z]{0,4}\d{1,4}[a-z]{0,4})){1,3}(?![a-z0-9])"
)
_PIECE = re.compile(r"[a-z0-9]+")
_ALPHA_OR_DIGIT = re.compile(r"[a-z]+|\d+")
# Words that say nothing about the subject. Question words such as 多久 stay: they tell apart.
STOP_WORDS = frozenset(
    "的 了 吗 呢 啊 吧 呀 哦 嘛 么 啦 哈 嗯 请问 请 你好 您好 谢谢 我 你 您 我们 你们 咱们 "
    "是 就 都 也 还 和 与 及 或 在 把 被 给 让 对 个 这 那 这个 那个 一下 一个 "
    "a an the is are was be been am i my me we our you your it its this that of to in on at "
    "for and or do doe does did can could will would please hi hello thank thanks "
    "as be but by if into such their then there these they was with have has had from so".split()
)


_local = threading.local()


class Term(NamedTuple):
    """A keyword term with its place in the normalised text; `word` marks words of a dictionary."""

    text: str
    start: int
    end: int
    word: bool


@lru_cache(maxsize=1)
def _simplifier() -> Callable[[str], str]:
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC("t2s").convert
    return convert


@lru_cache(maxsize=1)
def _translator() -> Callable[[str], str]:
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC("tw2sp").convert
    return convert


@lru_cache(maxsize=1)
def _cutter() -> Callable[[str, bool], list[str]]:
    import rjieba

    cut: Callable[[str, bool], list[str]] = rjieba.cut
    return cut


def fold(text: str) -> str:
    """Text in NFKC and simplified Chinese with single spaces, case kept: encoders get this."""
    text = unicodedata.normalize("NFKC", text)
    if not text.isascii():
        text = _simplifier()(text)
    return _SPACE.sub(" ", text).strip()


def mainland_words(text: str) -> str:
    """A text in traditional characters with the words of the mainland (軟體: 软件, not 软体).

    Anything else stays as it is: simplified text would suffer (序列 is 串行 to Taiwan).
    """
    if text.isascii() or _simplifier()(text) == text:
        return text
    return _translator()(text)


def normalise(text: str) -> str:
    """Text in NFKC, simplified Chinese, lower case, with single spaces."""
    return fold(text).lower()


def key(text: str) -> str:
    """Text reduced to its letters, digits and Han characters: equal keys mean the same question."""
    return _NOT_WORD.sub("", normalise(text))


def aligned(text: str) -> tuple[str, Sequence[int]]:
    """Normalise character by character, keeping for each result character its source offset.

    There is one more offset, the length of `text`. White space is kept as it is, and rare
    characters that only compose across neighbours may differ from `normalise`.
    """
    folded = unicodedata.normalize("NFKC", text).lower()
    if not folded.isascii():
        folded = _simplifier()(folded)
    if len(folded) == len(text):
        return folded, range(len(text) + 1)
    pieces: list[str] = []
    offsets: list[int] = []
    for at, char in enumerate(text):
        piece = char if char.isascii() else unicodedata.normalize("NFKC", char)
        piece = piece.lower()
        pieces.append(piece)
        offsets.extend([at] * len(piece))
    joined = "".join(pieces)
    if not joined.isascii():
        simplified = _simplifier()(joined)
        if len(simplified) == len(joined):
            joined = simplified
    return joined, [*offsets, len(text)]


def terms(text: str, *, query: bool = False) -> Iterator[Term]:
    """Yield the terms of normalised text, each with its place.

    Documents get words, bigrams and single characters of Han runs; queries get words, bigrams and
    only those single characters that stand alone, so that 退 finds 退货 while 退货 does not match
    every 退 and 货. Numbers with a unit get one common form (七天 = 7天), and codes written apart
    also the form without spaces (KFR 35 GW, Mira 5 Pro).
    """
    for run in _RUN.finditer(text):
        if run["han"]:
            yield from _han(run["han"], run.start(), query)
        else:
            yield from _latin(run)
    yield from _joined_codes(text)
    yield from _quantities(text)


def latin_terms(text: str) -> Iterator[Term]:
    """The terms of normalised text that are words in Latin letters, codes or numbers with units."""
    for run in _RUN.finditer(text):
        if not run["han"]:
            yield from _latin(run)
    yield from _joined_codes(text)
    yield from _quantities(text)


def han_words(text: str) -> Iterator[list[str]]:
    """The dictionary words of each run of Han characters in normalised text."""
    for run in _HAN_RUN.finditer(text):
        yield _cutter()(run.group(), True)


def han_runs(text: str) -> Iterator[tuple[int, str]]:
    """The runs of Han characters in a text, each with its place."""
    for run in _HAN_RUN.finditer(text):
        yield run.start(), run.group()


def dictionary_cut(text: str) -> list[str]:
    """A run of Han characters cut into words of the general dictionary, unknown ones apart."""
    return _cutter()(text, False)


def analyse(text: str) -> list[str]:
    """Keyword terms of a document's text, with repeats; deterministic. Normalises first."""
    return [term.text for term in terms(normalise(text))]


def analyse_query(text: str) -> list[Term]:
    """Terms of a query without stop words, each once, in order. Normalises first.

    A query of nothing but stop words keeps them all. Of a quantity its common spelling is the
    word, not the way in which it is written: who asks for 七日 is answered by 7 天.
    """
    return list(_query_terms(text) if len(text) <= REMEMBERED else _query_terms.__wrapped__(text))


@lru_cache(maxsize=1_024)
def _query_terms(text: str) -> tuple[Term, ...]:
    plain = normalise(text)
    found = {term.text: term for term in _as_quantities(list(terms(plain, query=True)), plain)}
    ordered = sorted(found.values(), key=lambda term: (term.start, term.end))
    telling = [term for term in ordered if term.text not in STOP_WORDS]
    return tuple(telling or ordered)


def _as_quantities(query: list[Term], plain: str) -> Iterator[Term]:
    """The terms, last first; those that are quantities as words, those inside of them as none."""
    spans = {(found.start, found.end): found.text for found in measured(plain)}
    for term in reversed(query):
        inside = any(start <= term.start and term.end <= end for start, end in spans)
        yield term._replace(word=spans.get((term.start, term.end)) == term.text) if inside else term


def _latin(run: re.Match[str]) -> Iterator[Term]:
    if run["number"]:
        yield Term(run["number"].replace(",", ""), run.start(), run.end(), True)
        return
    start = run.start()
    for piece, begin, end, word in _code(run["code"]):
        yield Term(piece, start + begin, start + end, word)


def _quantities(text: str) -> Iterator[Term]:
    for found in measured(text):
        yield Term(found.text, found.start, found.end, False)


def _joined_codes(text: str) -> Iterator[Term]:
    """Letters and digits that single spaces part, joined: two or three pieces of one code."""
    for found in _SPACED_CODE.finditer(text):
        pieces = [(m.group(), m.start(), m.end()) for m in _PIECE.finditer(text, *found.span())]
        for first in range(len(pieces)):
            for last in range(first + 1, min(first + 3, len(pieces))):
                joined = "".join(piece for piece, _, _ in pieces[first : last + 1])
                if not joined.isdigit() and not joined.isalpha():
                    yield Term(joined, pieces[first][1], pieces[last][2], False)


def _han(run: str, start: int, query: bool) -> Iterator[Term]:
    # Interned: what is remembered of many texts holds each term once.
    words: set[tuple[int, int]] = set()
    at = 0
    for word in _cutter()(run, True):
        end = at + len(word)
        words.add((at, end))
        yield Term(intern(word), start + at, start + end, True)
        at = end
    lengths = (2,) if query else (1, 2)
    for length in lengths:
        for at in range(len(run) - length + 1):
            if (at, at + length) not in words:
                yield Term(intern(run[at : at + length]), start + at, start + at + length, False)


@lru_cache(maxsize=50_000)
def _code(run: str) -> tuple[Term, ...]:
    """Words and product codes: each piece, the joined pieces, and letters apart from digits."""
    pieces = [(m.group(), m.start(), m.end()) for m in _PIECE.finditer(run)][:6]
    found = []
    for piece, begin, end in pieces:
        found.append(Term(_stem(piece), begin, end, len(pieces) == 1))
        parts = list(_ALPHA_OR_DIGIT.finditer(piece))
        if len(parts) > 1 and max(len(p[0]) for p in parts if p[0].isalpha()) > 1:
            found += [Term(p[0], begin + p.start(), begin + p.end(), False) for p in parts]
    for first in range(len(pieces)):
        for last in range(first + 1, len(pieces)):
            joined = "".join(piece for piece, _, _ in pieces[first : last + 1])
            whole = last - first == len(pieces) - 1
            found.append(Term(joined, pieces[first][1], pieces[last][2], whole))
    return tuple(found)


def _stem(word: str) -> str:
    """The stem of an English word (Porter's Snowball): return, returned, returning are one term.

    Only letters are touched: codes and numbers stay as they are.
    """
    return _stemmer().stemWord(word) if word.isalpha() and len(word) > 2 else word


def _stemmer() -> Stemmer.Stemmer:
    """This thread's own stemmer: one must not be shared."""
    found: Stemmer.Stemmer | None = getattr(_local, "stemmer", None)
    if found is None:
        import Stemmer

        found = _local.stemmer = Stemmer.Stemmer("english")
    return found
