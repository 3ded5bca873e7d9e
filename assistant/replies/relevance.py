"""How well each passage of an entry answers a question.

Five signals, added: question terms found in the passage and (weaker) in its headings, weighted by
how rare a term is among the entry's sections; similarity of meaning, where an encoder is at hand;
whether the passage states the kind of quantity that the question asks for, or the very one that it
names; and a small prior for rules early in the entry, for the best sentence's section, and against
exceptions and formalities.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.replies.asking import (
    NUMBER,
    asked_units,
    figures,
    heading_promises,
    kinds_of_quantity,
    units_of,
    wanted_quantities,
)
from assistant.replies.fitting import is_about_another
from assistant.replies.meaning import Meaning
from assistant.replies.passages import Passage, passages
from assistant.replies.telling import mentions, weigh
from assistant.replies.vocabulary import Vocabulary
from kb.errors import Unavailable
from kb.model import Content

_HEADING = 0.7
_MEANING = 0.8
_QUANTITY = 0.3
_SAME_FIGURE = 0.25
_PROMISED = 0.15
_EARLY = 0.15
_MARGINAL = 0.1
_COHERENCE = 0.05
_VAGUE = 0.4
_BARELY = 0.04
_MARGINS = re.compile(
    r"例外|适用范围|不适用|凭证|查询|申请步骤|怎么办理|主动告知|什么时候找|都试过"
    r"|\b(?:scope|exceptions?)\b",
    re.IGNORECASE,
)


def rate(
    question: str, content: Content, meaning: Meaning | None, vocabulary: Vocabulary
) -> list[float]:
    """A score for each passage of an entry, 0 (nothing to do with it) to about 2.

    Scores compare within the entry only. What the whole entry is about (terms of its title, names
    of its products) counts little.
    """
    pool = passages(content)
    if not pool:
        return []
    weights = weigh(question, pool, content, vocabulary)
    meanings = _meanings(question, pool, meaning)
    wanted = wanted_quantities(question) or (frozenset() if weights.telling else NUMBER)
    named, units = figures(question), asked_units(question)
    scores = []
    for passage, closeness in zip(pool, meanings, strict=True):
        words = sum(w * _presence(term, passage) for term, w in weights.known.items())
        words *= (1.0 if weights.telling else _VAGUE) / weights.total
        score = words + _MEANING * closeness
        if score > _BARELY and wanted & kinds_of_quantity(passage.text):
            score += _QUANTITY
        if heading_promises(passage.heading, wanted):
            score += _PROMISED
        same = named & figures(passage.text) and not is_about_another(question, passage.text)
        if same or units & units_of(passage.text):
            score += _SAME_FIGURE
        scores.append(score + _prior(passage, len(pool)))
    best = pool[scores.index(max(scores))].section
    return [
        score + (_COHERENCE if passage.section == best else 0.0)
        for passage, score in zip(pool, scores, strict=True)
    ]


def is_marginal(heading: str) -> bool:
    """Whether a section holds exceptions, scope or formalities, not the rule itself."""
    return bool(_MARGINS.search(heading))


def _prior(passage: Passage, count: int) -> float:
    early = _EARLY * (1 - passage.order / count)
    return early - (_MARGINAL if is_marginal(passage.heading) else 0.0)


def _presence(term: str, passage: Passage) -> float:
    if mentions(passage.text, term):
        return 1.0
    return _HEADING if mentions(passage.heading, term) else 0.0


def _meanings(question: str, pool: Sequence[Passage], meaning: Meaning | None) -> list[float]:
    if meaning is None:
        return [0.0] * len(pool)
    try:
        return meaning.closeness(question, [f"{p.heading} {p.text}".strip() for p in pool])
    except Unavailable:  # a remote encoder; the search has said so already
        return [0.0] * len(pool)
