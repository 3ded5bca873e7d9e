"""Asking back when several entries could be meant and none is sure enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.replies.model import Clarify, ClarifyOption
from indexer.results import Hit
from kb.model import Kind, Revision

MAX_OPTIONS = 4
_NEAR = 0.45
LEAST = 0.15


def ask_back(
    candidates: Sequence[tuple[Hit, Revision]], lang: str, phrases: Mapping[str, Any]
) -> Clarify | None:
    """A question with two to four options, or None when fewer entries are near enough.

    Near means: at least 0.15 sure, at least 0.45 times as sure as the best, and matched by a word
    of the question. The options are titles; the question is about the product when the candidates
    are for different products, otherwise about the topic.
    """
    near = _near(candidates)
    if len(near) < 2:
        return None
    products = [set(revision.content.products) for _, revision in near]
    apart = all(products) and sum(map(len, products)) == len(set().union(*products))
    kind = "products" if apart else "topics"
    options = tuple(ClarifyOption(h.title, h.entry_id, h.revision) for h, _ in near)
    return Clarify(phrases[lang]["clarify"][kind], options)


def _near(candidates: Sequence[tuple[Hit, Revision]]) -> list[tuple[Hit, Revision]]:
    if not candidates:
        return []
    floor = max(LEAST, _NEAR * candidates[0][0].confidence)
    near: list[tuple[Hit, Revision]] = []
    titles: set[str] = set()
    for hit, revision in candidates:
        fits = hit.confidence >= floor and hit.matched.terms and hit.kind is not Kind.REPLY
        if fits and hit.title not in titles:
            titles.add(hit.title)
            near.append((hit, revision))
    return near[:MAX_OPTIONS]
