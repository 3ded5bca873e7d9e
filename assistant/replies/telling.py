"""The terms of a question, and how much each tells the sentences of an entry apart."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from assistant.replies.passages import Passage, passages
from assistant.replies.vocabulary import Vocabulary
from indexer.text import STOP_WORDS, analyse, analyse_query, normalise
from kb.model import Content

_WORD, _PIECE, _TOPICAL = 1.0, 0.4, 0.3
_UNKNOWN = 0.6
_TELLING = 0.35
_SHARP = 0.6
_COMMON = 0.5
# Words of asking, of buying and of counting say nothing about which sentence answers.
_ASKING = frozenset(
    "什么 怎么 怎样 怎么样 怎么办 如何 多久 多少 几 几天 多长 什么时候 时候 啥 哪 哪里 谁 为什么 "
    "意思 可以 能 要 会 有 还 到底 应该 需要 知道 想 问 用 去 来 到 做 "
    "不 没 没有 不能 能不能 可不可以 "
    "小时 分钟 天 日 月 年 次 个 元 块 块钱 钱 多少钱 工作日 礼拜 今天 明天 昨天 一直 已经 "
    "how what when where why who which much many long get have has had need want if just from send "
    "back when before after about there they them one day hour".split()
)


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each term of a question tells (those that the entry knows), and the sum for all.

    Unknown terms count in the sum, so that one weak word in common is not everything. `telling` is
    false when the known terms only name the entry's topic.
    """

    known: Mapping[str, float]
    total: float
    telling: bool


def weigh(
    question: str, pool: tuple[Passage, ...], content: Content, vocabulary: Vocabulary
) -> Weights:
    """Weigh the terms of a question against the passages of an entry."""
    sections = _sections(pool)
    known: dict[str, float] = {}
    total = 0.0
    telling = False
    for term, weight in _query_terms(question, vocabulary).items():
        count = sum(_in(term, terms, text) for terms, text in sections)
        if not count:
            total += _UNKNOWN * weight
            continue
        topical = _is_topic(term, content, pool, vocabulary)
        rarity = math.log(1 + len(sections) / count)
        known[term] = weight * rarity * (_TOPICAL if topical else 1.0)
        total += known[term]
        telling = telling or (not topical and known[term] >= _TELLING)
    return Weights(known, total or 1.0, telling)


def is_telling(question: str, content: Content, vocabulary: Vocabulary) -> bool:
    """Whether the question says more than what the entry as a whole is about."""
    return weigh(question, passages(content), content, vocabulary).telling


def telling_terms(question: str, content: Content, vocabulary: Vocabulary) -> list[str]:
    """The terms of a question that tell an entry's sentences apart, the most telling first."""
    pool = passages(content)
    known = weigh(question, pool, content, vocabulary).known
    telling = [
        term
        for term, weight in known.items()
        if weight >= _SHARP and not _is_topic(term, content, pool, vocabulary)
    ]
    return sorted(telling, key=lambda term: -known[term])


def mentions(text: str, term: str) -> bool:
    """Whether a text contains a term."""
    return _in(term, _terms(text), _folded(text))


def key_overlap(question: str, key: str, vocabulary: Vocabulary) -> float:
    """Share (0 to 1) of the question's telling words and codes that a short text holds."""
    terms = _query_terms(question, vocabulary)
    asked = {t: w for t, w in terms.items() if len(t) > 1 or t.isascii()}
    if not asked:
        return 0.0
    held = _terms(key)
    return sum(weight for term, weight in asked.items() if term in held) / sum(asked.values())


def _is_topic(
    term: str, content: Content, pool: tuple[Passage, ...], vocabulary: Vocabulary
) -> bool:
    """Whether a term names what the entry as a whole is about.

    In an entry about certain products the names of products do. A word of the title does not when
    single sections are headed by it (设置禁区), a code (03, F0) when sections are headed or table
    rows keyed by it.
    """
    if any(char.isdigit() for char in term):
        return not any(term in _terms(f"{p.heading} {p.key}") for p in pool)
    if content.products and term in vocabulary.product_terms:
        return True
    if not _in(term, _terms(content.title), _folded(content.title)):
        return False
    headed = any(_in(term, _terms(p.heading), _folded(p.heading)) for p in pool)
    sections = _sections(pool)
    share = sum(_in(term, terms, text) for terms, text in sections) / len(sections)
    return not headed or share > _COMMON


def _in(term: str, terms: frozenset[str], text: str) -> bool:
    """Han terms anywhere in the text, whatever the segmentation; others as whole terms."""
    return term in terms or (not term.isascii() and term in text)


@lru_cache(maxsize=1024)
def _sections(pool: tuple[Passage, ...]) -> tuple[tuple[frozenset[str], str], ...]:
    """Terms and text of each section, its headings included."""
    texts: dict[int, list[str]] = {}
    for passage in pool:
        texts.setdefault(passage.section, [passage.heading]).append(passage.text)
    joined = ["\n".join(parts) for parts in texts.values()]
    return tuple((_terms(text), _folded(text)) for text in joined)


@lru_cache(maxsize=16384)
def _terms(text: str) -> frozenset[str]:
    return frozenset(analyse(text)) - STOP_WORDS


@lru_cache(maxsize=16384)
def _folded(text: str) -> str:
    return normalise(text)


@lru_cache(maxsize=256)
def _query_terms(question: str, vocabulary: Vocabulary) -> dict[str, float]:
    return {
        t.text: _WORD if t.word else _PIECE
        for t in analyse_query(vocabulary.in_article_words(question))
        if t.text not in _ASKING
    }
