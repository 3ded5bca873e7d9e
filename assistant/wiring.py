"""The one place that puts the parts together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from assistant.accounts.accounts import Accounts
from assistant.accounts.credentials import signing_key
from assistant.catalogue import CatalogueKeeper
from assistant.insights.insights import Insights
from assistant.replies.model import SuggestRequest, SuggestResponse
from indexer.search import SearchRequest, SearchResponse
from kb.clock import Clock, utc_now
from kb.knowledge import KnowledgeBase
from kb.model import Revision
from kb.settings import Settings


class Searching(Protocol):
    """What the service needs of a searcher; `indexer.search.Searcher` is one."""

    @property
    def generation(self) -> str:
        """Name of the generation being served; empty when there is none."""
        ...

    @property
    def degraded(self) -> bool:
        """Whether search runs without its full index."""
        ...

    @property
    def degraded_reason(self) -> str:
        """Why, in plain English; empty when healthy."""
        ...

    def reload_if_changed(self) -> object:
        """Open a newer generation if there is one; cheap otherwise."""
        ...

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer one search."""
        ...


class Composing(Protocol):
    """What the service needs of a composer; `assistant.replies` has it."""

    def suggest(self, request: SuggestRequest) -> SuggestResponse:
        """Suggest replies to a contact."""
        ...


@dataclass(frozen=True)
class Services:
    """Everything the web layer works with."""

    settings: Settings
    clock: Clock
    kb: KnowledgeBase
    catalogue: CatalogueKeeper
    searcher: Searching
    composer: Composing
    accounts: Accounts
    insights: Insights
    signing_key: bytes


def build_services(settings: Settings, clock: Clock = utc_now) -> Services:
    """Open database, index and models as the settings say.

    The database must be at the current schema (see `kb.store.upgrade`). A missing index is no
    error here: search answers degraded until there is one.
    """
    from assistant.replies import Composer, load_tables
    from indexer.encoder import load_encoder
    from indexer.search import Searcher
    from kb.store import open_engine

    engine = open_engine(settings)
    kb = KnowledgeBase(engine, clock, settings.site_tz)
    catalogue = CatalogueKeeper(kb, clock)
    encoder = load_encoder(settings)
    searcher = Searcher(settings.data / "index" / "staff", encoder, clock=clock)

    def owner(entry_id: str) -> str:
        entry = catalogue.current().entries.get(entry_id)
        return entry.stewardship.owner if entry else ""

    return Services(
        settings=settings,
        clock=clock,
        kb=kb,
        catalogue=catalogue,
        searcher=searcher,
        composer=Composer(
            searcher,
            RevisionSource(kb, catalogue),
            owners=owner,
            encoder=encoder,
            tables=load_tables(settings.data),
            clock=clock,
        ),
        accounts=Accounts(engine, clock),
        insights=Insights(engine, clock, settings.site_tz),
        signing_key=signing_key(settings.data),
    )


class RevisionSource:
    """Finds a revision by entry and number: in memory first, since suggestions need many."""

    def __init__(self, kb: KnowledgeBase, catalogue: CatalogueKeeper) -> None:
        self._kb = kb
        self._catalogue = catalogue

    def __call__(self, entry_id: str, number: int) -> Revision:
        """The revision; NotFound when there is none."""
        entry = self._catalogue.current().entries.get(entry_id)
        known = entry.revision(number) if entry else None
        return known or self._kb.revision(entry_id, number)
