"""The parts of self-service, put together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Engine

from assistant.contacts.contacts import Contacts
from assistant.insights.insights import Insights
from assistant.replies.tables import Tables
from assistant.selfservice.answering import Owners, PublicAnswers
from assistant.selfservice.conversation import Conversations
from assistant.selfservice.handing_over import HandingOver
from assistant.selfservice.helpful import Helpful
from assistant.selfservice.identity import Identities
from assistant.selfservice.limits import Limits
from assistant.selfservice.outbox import Outbox
from assistant.selfservice.phrasing import Phrases
from assistant.selfservice.public_knowledge import PublicKnowledge
from assistant.selfservice.sessions import Sessions
from assistant.selfservice.sites import Sites
from assistant.selfservice.tickets import Tickets
from indexer.encoder import Encoder
from indexer.results import SearchRequest, SearchResponse
from kb.clock import Clock


class PublicSearching(Protocol):
    """What self-service needs of a searcher: `indexer.search.Searcher` over the public index.

    A staff one would do harm: what it finds is looked up among public articles, but its scores are
    those of texts that customers may not know of.
    """

    @property
    def generation(self) -> str:
        """Name of the generation being served; empty when there is none."""
        ...

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer one search."""
        ...


def _no_owner(entry_id: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Desk:
    """What self-service needs of the team's side.

    Args:
        contacts: Where conversations go on with a person.
        insights: Told of questions without an answer and of what helped.
        tables: Word lists and phrases of replies and risk.
        encoder: Judges which sentences of an article are closest to a question; None: words alone.
        owners: The group that keeps an article; it never reaches a customer.
        data: The data folder, where phrases may be overridden; None: as packaged.
        private: Whether webhooks may lie inside the own network.
    """

    contacts: Contacts
    insights: Insights
    tables: Tables
    encoder: Encoder | None = None
    owners: Owners = _no_owner
    data: Path | None = None
    private: bool = False


class SelfService:
    """What the widget and the help centre work with.

    Args:
        engine: The knowledge base's database.
        clock: The present moment.
        zone: The installation's time zone.
        signing_key: What the secrets of sites are derived from.
        limits: How much one visit, address and site may use.
        knowledge: What everybody may read.
        searcher: The public index, which holds nothing else.
        desk: What is needed of the team's side.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        zone: ZoneInfo,
        signing_key: bytes,
        limits: Limits,
        knowledge: PublicKnowledge,
        searcher: PublicSearching,
        desk: Desk,
    ) -> None:
        self.knowledge = knowledge
        self.searcher = searcher
        self.sites = Sites(engine, clock, zone, signing_key)
        self.sessions = Sessions(engine, clock, self.sites)
        self.identity = Identities(engine, clock, self.sites)
        self.limits = limits
        self.helpful = Helpful(engine, clock, zone)
        phrases = Phrases.load(desk.data, zone)
        self.outbox = Outbox(engine, clock, self.sites, private=desk.private)
        self.tickets = Tickets(engine, clock, desk.contacts)
        answers = PublicAnswers(
            searcher, knowledge, desk.tables, clock, encoder=desk.encoder, owners=desk.owners
        )
        self.conversations = Conversations(
            engine,
            clock,
            self.sites,
            answers,
            knowledge,
            desk.contacts,
            HandingOver(desk.contacts, self.outbox, phrases, clock),
            self.tickets,
            desk.insights,
            self.helpful,
            desk.tables,
            phrases,
        )
