"""What the help centre works with: public knowledge, a search over the public index, categories.

Nothing here, and nothing that imports it, reads knowledge in another way.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from flask import Flask, current_app

from assistant.replies.language import of_tag
from assistant.selfservice.categories import OTHER, Categories, Category, load_categories
from assistant.selfservice.helpful import Helpful
from assistant.selfservice.public_knowledge import ARTICLES, CUSTOMERS, PublicKnowledge
from assistant.selfservice.selfservice import PublicSearching
from assistant.wiring import Services
from indexer.results import SearchRequest
from kb.images import ImageStore
from kb.model import Revision

EXTENSION = "zhike.help"
RELATED = 5  # links under an article
_FEW = 3  # with fewer found, neighbours fill up
_NEAR = 0.1  # the least chance that an article answers what the title of another one asks
_ASKED = 12  # hits that they are chosen from: some are the article itself or in another language

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Shelf:
    """The public articles by category, as of one version of the public knowledge."""

    version: str
    by_category: Mapping[str, tuple[Revision, ...]]
    categories_of: Mapping[str, tuple[Category, ...]]


class HelpCentre:
    """The parts of the help centre. Safe to share between threads.

    Args:
        knowledge: The public articles in force.
        searcher: Searches the public index.
        categories: Under which words articles are listed.
        images: The pictures of all entries; only public ones are served.
        helpful: Counts what readers say of articles.
    """

    def __init__(
        self,
        knowledge: PublicKnowledge,
        searcher: PublicSearching,
        categories: Categories,
        images: ImageStore,
        helpful: Helpful,
    ) -> None:
        self.knowledge = knowledge
        self.searcher = searcher
        self.categories = categories
        self.images = images
        self.helpful = helpful
        self._shelf: Shelf | None = None
        self._related = Remembered[tuple[str, ...]]()
        self.pages = Remembered[str]()

    def shelf(self) -> Shelf:
        """The articles by category, those asked about in most ways first."""
        version = self.knowledge.version()
        known = self._shelf
        if known is None or known.version != version:
            known = self._shelf = _shelved(version, self.knowledge.articles(), self.categories)
        return known

    def related(self, revision: Revision) -> tuple[Revision, ...]:
        """Up to five articles that the public index finds for the title of one, in its language.

        Where it finds few, or there is none, those follow that share most tags, products and
        categories.
        """
        version = f"{self.knowledge.version()} {self.searcher.generation}"
        found = self._related.get(version, revision.entry_id, lambda: self._neighbours(revision))
        articles = (self.knowledge.article(entry_id) for entry_id in found)
        return tuple(article for article in articles if article is not None)

    def _neighbours(self, revision: Revision) -> tuple[str, ...]:
        lang, own = revision.content.lang, revision.entry_id
        request = SearchRequest(
            revision.content.title, limit=_ASKED, audiences=CUSTOMERS, kinds=ARTICLES
        )
        hits = self.searcher.search(request).hits
        near = (hit for hit in hits if hit.lang == lang and hit.confidence >= _NEAR)
        found = [hit.entry_id for hit in near if self.knowledge.article(hit.entry_id)]
        found = [entry_id for entry_id in found if entry_id != own][:RELATED]
        matters = self._matters(revision)
        shared = {
            r.entry_id: len(matters & self._matters(r))
            for r in self.knowledge.articles()
            if r.content.lang == lang and r.entry_id not in (own, *found)
        }
        near_by = sorted((e for e, common in shared.items() if common), key=lambda e: -shared[e])
        return (*found, *near_by[: max(0, _FEW - len(found))])

    def _matters(self, revision: Revision) -> set[str]:
        """What an article is about, in words of its own and of the table of categories."""
        categories = self.shelf().categories_of.get(revision.entry_id, ())
        about = {category.slug for category in categories if category.slug != OTHER}
        return {*revision.content.tags, *revision.content.products, *about}


class Remembered(Generic[_T]):
    """Values by name, forgotten all at once when the version that they were made of is over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._version = ""
        self._values: dict[str, _T] = {}

    def get(self, version: str, name: str, make: Callable[[], _T]) -> _T:
        """The value of that name, made when it is not known yet."""
        with self._lock:
            if self._version != version:
                self._version, self._values = version, {}
            values = self._values
        if name not in values:
            values[name] = make()  # two threads may make the same one; both are right
        return values[name]


def centre() -> HelpCentre:
    """The help centre of the running app."""
    return cast(HelpCentre, current_app.extensions[EXTENSION])


def install(app: Flask, services: Services) -> None:
    """Give `app` its help centre.

    Raises:
        InvalidInput: The table of categories in the data folder cannot be used.
    """
    own = services.selfservice
    app.extensions[EXTENSION] = HelpCentre(
        own.knowledge,
        own.searcher,
        load_categories(services.settings.data),
        ImageStore(services.settings.data / "images"),
        own.helpful,
    )


def language_of(revision: Revision) -> str:
    """``zh`` or ``en``."""
    return of_tag(revision.content.lang)


def _shelved(version: str, articles: tuple[Revision, ...], categories: Categories) -> Shelf:
    categories_of = {r.entry_id: categories.of(r.content) for r in articles}
    ranked = sorted(articles, key=lambda r: (-len(r.content.questions), r.entry_id))
    by_category: dict[str, list[Revision]] = {}
    for revision in ranked:
        for category in categories_of[revision.entry_id]:
            by_category.setdefault(category.slug, []).append(revision)
    return Shelf(version, {slug: tuple(r) for slug, r in by_category.items()}, categories_of)
