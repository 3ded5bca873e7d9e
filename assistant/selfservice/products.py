"""Whether an article is about the product that a customer's page says they look at or own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from assistant.risk.lexicon import find_words
from indexer.text import normalise
from kb.model import Content


class Products:
    """Tells articles about one product from those about another.

    Args:
        words: What the company's products are called (冰箱, 扫地机, router).
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = tuple(normalise(word) for word in words)

    def named(self, text: str) -> bool:
        """Whether a text names a product."""
        return bool(_named(normalise(text), self._words))

    def fits(self, content: Content, product: str) -> bool:
        """Whether an article may be about `product`: an id, a name or a model as a page gives it.

        One that names no product at all is about every one of them.
        """
        given = normalise(product).strip()
        if not given or given in map(normalise, content.products):
            return True
        head = normalise(" ".join([content.title, *content.tags]))
        if not _named(head, self._words):
            return not content.products or not _is_id(given)
        wanted = _named(given, self._words)
        if not wanted:
            return not (content.products and _is_id(given))
        asked = normalise(" ".join(content.questions))
        return any(word in head or word in asked for word in wanted)


def _is_id(text: str) -> bool:
    return text.isascii() and "-" in text and " " not in text


@lru_cache(maxsize=4096)
def _named(text: str, words: Sequence[str]) -> tuple[str, ...]:
    return tuple(find_words(text, words))
