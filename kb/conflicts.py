"""Sentences of different entries that state one rule with different figures; no model needed.

Two sentences conflict when nothing differs but their quantities (of the same kinds, in the same
places) or a negation. What a sentence is about is its *frame*: the sentence with quantities
masked and words that carry no rule dropped. Equal frames are grouped by hashing, so the cost
grows with the amount of text, not with the number of pairs. Being strict keeps the board credible:
小件签收后 24 小时 and 大件签收后 48 小时 have different frames and are no conflict.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product

from kb.model import Content, Kind, Revision
from kb.quantities import Quantity, quantities
from kb.sections import plain_text
from kb.sentences import split

# Frames shorter than this say too little alone: then the titles must speak of the same thing too.
_SELF_CONTAINED = 10
_SHORTEST = 5
_TITLE_OVERLAP = 0.3

_UNCOMPARED = frozenset(("number", "ordinal", "phone"))
_OPENING = re.compile(
    r"^(?:有的|是的|可以的?|不是|能|不能|会的?|当然|您好|yes|no)[，,、:：]\s*", re.IGNORECASE
)
_FILLER = re.compile(
    r"我们|您|你|岚舍|本公司|目前|一般|通常|均|都|也|会|将|需要|需|须|应|请|可以|可|能|的|了|则|即|为|是|内|之内|以内"
    r"|\b(?:the|a|an|will|is|are|be|we|you|your|our|within)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"不能|不可以|不可|不会|不予|不得|不再|不|未|无法|无需|无须|\b(?:not|no|never|cannot)\b",
    re.IGNORECASE,
)
_NOISE = re.compile(r"[\s\W_]+")
_MASK = "\ue000"


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that states a rule: its frame, its quantities' keys and kinds, its polarity."""

    sentence: str
    frame: str
    kinds: tuple[str, ...]
    keys: tuple[tuple[str, str], ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class ConflictPair:
    """Two revisions that disagree: their sentences and the differing texts ("60 元", "80 元")."""

    a: Revision
    b: Revision
    sentence_a: str
    sentence_b: str
    what: tuple[str, str]


_Said = tuple[Revision, Statement]


def find(revisions: Iterable[Revision]) -> list[ConflictPair]:
    """Every conflicting pair among `revisions`, which must all be in force at the same time.

    Cases tell what happened and are not compared; neither are revisions of one entry, entries of
    which one replaces the other, nor entries about different products. At most one pair of
    sentences is reported for a pair of entries.
    """
    groups: dict[tuple[str, tuple[str, ...]], dict[object, list[_Said]]] = {}
    for revision in revisions:
        if revision.content.kind is not Kind.CASE:
            for statement in statements(revision.content.body):
                alike = groups.setdefault((statement.frame, statement.kinds), {})
                claim = (statement.keys, statement.negated)
                alike.setdefault(claim, []).append((revision, statement))
    found: dict[tuple[str, str], ConflictPair] = {}
    for alike in groups.values():
        for one, other in combinations(alike.values(), 2):
            if _disagree(one[0][1], other[0][1]):
                _collect(found, one, other)
    return [found[pair] for pair in sorted(found)]


def _collect(
    found: dict[tuple[str, str], ConflictPair], one: list[_Said], other: list[_Said]
) -> None:
    """Add each comparable pair of the two sides, at most one for a pair of entries."""
    for (a, first), (b, second) in product(one, other):
        if _comparable(a, b, first):
            left, right = sorted(((a, first), (b, second)), key=lambda side: side[0].entry_id)
            pair = (left[0].entry_id, right[0].entry_id)
            if pair not in found:
                found[pair] = _pair(*left, *right)


@lru_cache(maxsize=8192)
def statements(body: str) -> tuple[Statement, ...]:
    """The comparable sentences of a Markdown body; table rows are left out."""
    sentences = (s for s in split(plain_text(body)) if " | " not in s)
    return tuple(filter(None, map(_statement, sentences)))


def _statement(sentence: str) -> Statement | None:
    found = [q for q in quantities(sentence) if q.kind not in _UNCOMPARED]
    negated = bool(_NEGATION.search(sentence))
    frame = _frame(sentence, found)
    if len(frame) < _SHORTEST or (not found and len(frame) < _SELF_CONTAINED):
        return None
    return Statement(
        sentence, frame, tuple(q.kind for q in found), tuple(q.key for q in found), negated
    )


def _frame(sentence: str, found: Sequence[Quantity]) -> str:
    pieces, place = [], 0
    for quantity in found:
        pieces.append(sentence[place : quantity.start])
        place = quantity.end
    masked = _OPENING.sub("", _MASK.join([*pieces, sentence[place:]]))
    words = _FILLER.sub("", _NEGATION.sub("", masked))
    return _NOISE.sub("", words.replace(_MASK, "数")).lower()


def _disagree(a: Statement, b: Statement) -> bool:
    return a.keys != b.keys if a.negated == b.negated else a.keys == b.keys


def _comparable(a: Revision, b: Revision, statement: Statement) -> bool:
    one, other = a.content, b.content
    if a.entry_id == b.entry_id or one.lang != other.lang:
        return False
    if b.entry_id in one.supersedes or a.entry_id in other.supersedes:
        return False
    if one.products and other.products and not set(one.products) & set(other.products):
        return False
    if len(statement.frame) >= _SELF_CONTAINED:
        return True
    return _overlap(one, other) >= _TITLE_OVERLAP


def _overlap(a: Content, b: Content) -> float:
    """Jaccard overlap of the titles' character bigrams."""
    first, second = (
        {title[i : i + 2] for i in range(len(title) - 1)}
        for title in (_NOISE.sub("", content.title) for content in (a, b))
    )
    return len(first & second) / len(first | second) if first and second else 0.0


def _pair(a: Revision, first: Statement, b: Revision, second: Statement) -> ConflictPair:
    return ConflictPair(
        a, b, first.sentence, second.sentence, _difference(first.sentence, second.sentence)
    )


def _difference(first: str, second: str) -> tuple[str, str]:
    """The differing quantities of the two sentences as written, else the negated word."""
    pairs = zip(
        (q for q in quantities(first) if q.kind not in _UNCOMPARED),
        (q for q in quantities(second) if q.kind not in _UNCOMPARED),
        strict=False,
    )
    differing = [(a.text, b.text) for a, b in pairs if a.key != b.key]
    if differing:
        return "、".join(a for a, _ in differing), "、".join(b for _, b in differing)
    found = [_NEGATION.search(sentence) for sentence in (first, second)]
    return (found[0][0] if found[0] else "—", found[1][0] if found[1] else "—")
