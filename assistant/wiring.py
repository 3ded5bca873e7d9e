"""The one place that puts the parts together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from assistant.accounts.accounts import Accounts
from assistant.accounts.credentials import signing_key
from assistant.canned.canned import CannedReplies
from assistant.cases.cases import Cases
from assistant.catalogue import CatalogueKeeper
from assistant.contacts.contacts import Contacts
from assistant.contacts.model import Message as Said
from assistant.desk.delivery import Delivery
from assistant.editing.comments import Comments
from assistant.editing.working import WorkingDrafts
from assistant.impact.desk import ImpactDesk
from assistant.insights.insights import Insights
from assistant.replies.model import SuggestRequest, SuggestResponse
from assistant.risk import Message, RiskSettings, assess, load_settings
from assistant.risk.plain import as_json
from assistant.selfservice.limits import Limits
from assistant.selfservice.public_knowledge import PublicKnowledge
from assistant.selfservice.selfservice import Desk, SelfService
from indexer.search import SearchRequest, SearchResponse
from kb.clock import Clock, utc_now
from kb.images import ImageStore
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
    contacts: Contacts
    canned: CannedReplies
    cases: Cases
    impact: ImpactDesk
    working: WorkingDrafts
    comments: Comments
    selfservice: SelfService
    signing_key: bytes
    risk: RiskSettings = field(default_factory=load_settings)


def build_services(settings: Settings, clock: Clock = utc_now) -> Services:
    """Open database, index and models as the settings say.

    The database must be at the current schema (see `kb.store.upgrade`). A missing index is no
    error here: search answers degraded until there is one.
    """
    from assistant.replies import Composer, load_tables
    from indexer.encoder import load_encoder
    from indexer.reranking import load_reranking
    from indexer.search import Searcher
    from indexer.what_if import WhatIf
    from kb.store import open_engine

    engine = open_engine(settings)
    kb = KnowledgeBase(engine, clock, settings.site_tz)
    catalogue = CatalogueKeeper(kb, clock, ImageStore(settings.data / "images"))
    encoder = load_encoder(settings)
    reranking = load_reranking(settings)
    searcher = Searcher(
        settings.data / "index" / "staff", encoder, clock=clock, reranking=reranking
    )
    public_searcher = Searcher(
        settings.data / "index" / "public", encoder, clock=clock, reranking=reranking
    )
    what_if = WhatIf(encoder, settings.data / "index", searcher.ranking, clock, reranking)
    insights = Insights(engine, clock, settings.site_tz)
    tables = load_tables(settings.data)
    contacts = Contacts(engine, clock, RiskReader(tables.risk))
    key = signing_key(settings.data)

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
            tables=tables,
            clock=clock,
        ),
        accounts=Accounts(engine, clock),
        insights=insights,
        contacts=contacts,
        canned=CannedReplies(engine, clock, catalogue, searcher.search, encoder),
        cases=Cases(kb, catalogue, contacts, searcher.search),
        impact=ImpactDesk.of(engine, kb, insights, what_if, searcher.search, clock),
        working=WorkingDrafts(engine, clock),
        comments=Comments(engine, clock),
        selfservice=SelfService(
            engine,
            clock,
            settings.site_tz,
            key,
            Limits.of(settings),
            PublicKnowledge(catalogue, clock, insights.usage),
            public_searcher,
            Desk(
                contacts,
                insights,
                tables,
                encoder,
                owner,
                settings.data,
                Delivery.from_env().webhook_private,
            ),
        ),
        signing_key=key,
        risk=tables.risk,
    )


class RiskReader:
    """Reads what to watch for in a stored contact, as the JSON that is kept with it."""

    def __init__(self, settings: RiskSettings) -> None:
        self._settings = settings

    def __call__(
        self, messages: Sequence[Said], slots: Mapping[str, str], now: datetime
    ) -> Mapping[str, object]:
        """The assessment of messages, oldest first, and of what is known of the contact."""
        said = [Message(m.role.value, m.text, m.at) for m in messages]
        return as_json(assess(said, now=now, settings=self._settings, slots=slots))


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
