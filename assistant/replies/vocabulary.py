"""The company's own words: what customers call things, and which words name products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from indexer.text import analyse_query


@dataclass(frozen=True, eq=False, slots=True)
class Vocabulary:
    """The company's words, made once from the word lists.

    Two are never equal, so that what is remembered per vocabulary stays apart.

    Attributes:
        synonyms: What customers say -> what articles say, several words parted by spaces. Both
            readings count.
        product_terms: The analysed terms of all names of products.
    """

    synonyms: Mapping[str, str]
    product_terms: frozenset[str]

    @classmethod
    def from_words(cls, words: Mapping[str, Any]) -> Vocabulary:
        """From the keys `synonyms` and `products` of `words.json`."""
        terms = (term.text for name in words["products"] for term in analyse_query(str(name)))
        said = {str(key).lower(): str(value) for key, value in words["synonyms"].items()}
        return cls(said, frozenset(terms))

    def in_article_words(self, question: str) -> str:
        """The question, followed by what articles call the things it names."""
        text = question.lower()
        added = [written for said, written in self.synonyms.items() if said in text]
        return " ".join([question, *added])
