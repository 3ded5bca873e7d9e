"""A shop's knowledge, a searcher that answers by script, and a customer who talks to the assistant."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from assistant.accounts.roles import Principal, PrincipalKind, Role
from assistant.contacts.contacts import Contacts
from assistant.contacts.model import Contact, Message
from assistant.replies.tables import load_tables
from assistant.selfservice.limits import Kind as Bucket
from assistant.selfservice.limits import Limits, Rate
from assistant.selfservice.model import Site, Turn, Visit
from assistant.selfservice.public_knowledge import PublicKnowledge
from assistant.selfservice.selfservice import Desk, SelfService
from assistant.selfservice.sites import SiteChanges
from assistant.wiring import RiskReader, Services
from indexer.results import Hit, Matched, SearchRequest, SearchResponse
from kb.knowledge import KnowledgeBase
from kb.model import Audience, Content, Kind
from tests.assistant.conftest import TZ, published

AGENT = Principal(PrincipalKind.PERSON, "li", "李客服", Role.AGENT, login="li")
ORIGIN = "https://shop.example.com"

KNOWLEDGE: dict[str, Content] = {
    "return-7-days": Content(
        Kind.POLICY,
        "七天无理由退货规则",
        "## 规则\n\n签收次日起 7 天内可以退货。\n\n## 例外\n\n已激活的手机不能无理由退货。",
        tags=("退货",),
    ),
    "return-freight": Content(
        Kind.FAQ, "退货运费谁出？", "小件退货由客户承担 10 元运费。", tags=("退货", "运费")
    ),
    "refund-when": Content(Kind.FAQ, "退款多久到账？", "验收后 3 个工作日内原路退回。"),
    "invoice-where": Content(Kind.FAQ, "发票在哪里下载？", "在 App 的“我的-发票”下载电子发票。"),
    "fridge-not-cooling": Content(
        Kind.GUIDE,
        "冰箱不制冷排查",
        "## 步骤\n\n1. 看照明灯亮不亮。\n2. 换一个插座。\n\n见[退货规则](kb:return-7-days)和"
        "[补偿权限](kb:authority)。",
        products=("frost-452",),
        tags=("冰箱", "不制冷"),
    ),
    "ac-not-cooling": Content(
        Kind.GUIDE,
        "空调不制冷排查",
        "## 步骤\n\n1. 看遥控器是不是制冷模式。\n2. 清洗滤网。",
        products=("breeze-26",),
        tags=("空调", "不制冷"),
    ),
    "order-note": Content(
        Kind.FAQ, "怎么催单？", "您的订单 {{order.no}} 可以在 App 里点“催发货”。"
    ),
    "authority": Content(
        Kind.POLICY, "补偿权限", "组长可以补偿 300 元。", audience=Audience.INTERNAL
    ),
    "agent-tip": Content(Kind.FAQ, "客服口径", "告诉客户 5 天内回电。", audience=Audience.AGENT),
}

SCRIPT: dict[str, list[tuple[str, float]]] = {
    "运费": [("return-freight", 0.95), ("return-7-days", 0.7)],
    "退货": [("return-7-days", 0.9)],
    "到账": [("refund-when", 0.9)],
    "发票": [("invoice-where", 0.92)],
    "不制冷": [("fridge-not-cooling", 0.95), ("ac-not-cooling", 0.85)],
    "空调": [("ac-not-cooling", 0.99)],
    "催单": [("order-note", 0.9)],
    "补偿": [("authority", 0.99), ("agent-tip", 0.98), ("return-7-days", 0.2)],
    "含糊": [("return-7-days", 0.3), ("invoice-where", 0.28)],
}


@dataclass
class Script:
    """Finds what the script says for the words in a query, whoever may read it."""

    kb: KnowledgeBase
    generation: str = "g1"
    script: dict[str, list[tuple[str, float]]] = field(default_factory=lambda: dict(SCRIPT))
    asked: list[SearchRequest] = field(default_factory=list)

    def search(self, request: SearchRequest) -> SearchResponse:
        self.asked.append(request)
        used = request.context[-1:] if request.query.startswith("那") else ()
        query = " ".join([*used, request.query])
        found: dict[str, tuple[float, str]] = {}
        for word, pairs in self.script.items():
            if word in query:
                for entry_id, chance in pairs:
                    found[entry_id] = max(found.get(entry_id, (0.0, "")), (chance, word))
        entries = {entry.id: entry for entry in self.kb.snapshot()}
        hits = [
            Hit(
                entry_id,
                (revision := entries[entry_id].revisions[-1]).number,
                revision.content.kind,
                revision.content.title,
                revision.content.title,
                chance,
                Matched("title", revision.content.title, (word,)),
                audience=revision.content.audience,
            )
            for entry_id, (chance, word) in found.items()
        ]
        hits.sort(key=lambda hit: -hit.confidence)
        best = hits[0].confidence if hits else 0.0
        return SearchResponse(tuple(hits), best >= 0.5, best, "g1", context_used=used)


@dataclass
class Talk:
    """A customer on a site, and what the team sees of them."""

    services: Services
    script: Script
    site: Site
    visit: Visit
    names: itertools.count[int] = field(default_factory=itertools.count)

    def say(self, text: str, context: Mapping[str, str] | None = None, name: str = "") -> Turn:
        name = name or f"m{next(self.names)}"
        conversations = self.services.selfservice.conversations
        return conversations.say(self.visit, text, name, context)

    def judge(self, turn: Turn, *, solved: bool) -> Turn:
        """The verdict on the newest message of a turn."""
        number = turn.messages[-1].number
        return self.services.selfservice.conversations.feedback(self.visit, number, solved=solved)

    def history(self) -> Turn:
        return self.services.selfservice.conversations.history(self.visit)

    @property
    def contact(self) -> Contact:
        """The contact that the visit was handed over as."""
        (seen,) = self.services.contacts.listing(AGENT, None)[0]
        return seen.contact

    @property
    def transcript(self) -> list[Message]:
        return self.services.contacts.get(self.contact.id, AGENT)[1]

    def change_site(self, **changes: object) -> None:
        self.site = self.services.selfservice.sites.change(
            self.site.id,
            SiteChanges(**changes),  # type: ignore[arg-type]
        )

    def entries(self, turn: Turn) -> list[str]:
        return [answer.entry_id for answer in turn.answers]


@pytest.fixture
def script(services: Services) -> Script:
    return Script(services.kb)


@pytest.fixture
def talk_services(services: Services, script: Script) -> Services:
    """All services, with a knowledge base to talk about and no limits on how much."""
    for entry_id, content in KNOWLEDGE.items():
        published(services.kb, entry_id, content, owner="退换货组")
    tables = load_tables()
    contacts = Contacts(services.kb.engine, services.clock, RiskReader(tables.risk))
    limits = Limits({kind: Rate(1_000_000) for kind in Bucket})
    own = SelfService(
        services.kb.engine,
        services.clock,
        TZ,
        b"k" * 32,
        limits,
        PublicKnowledge(services.catalogue, services.clock),
        script,
        Desk(contacts, services.insights, tables, owners=lambda _entry: "退换货组"),
    )
    return replace(services, selfservice=own, contacts=contacts)


@pytest.fixture
def talk(talk_services: Services, script: Script) -> Talk:
    own = talk_services.selfservice
    site = own.sites.add(SiteChanges(name="商城", origins=(ORIGIN,)))
    visit, _token, _expires = own.sessions.begin(site)
    return Talk(talk_services, script, site, visit)
