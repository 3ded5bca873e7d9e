"""A small service's knowledge with a real index over it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from assistant.impact.desk import ImpactDesk
from assistant.impact.model import Question
from assistant.impact.questions import Wanted
from assistant.web.app import create_app
from assistant.wiring import Services
from indexer.build import STAFF, Indexer
from indexer.interaction import shipped
from indexer.search import Searcher
from indexer.what_if import WhatIf
from kb.model import Audience, Content, Kind
from tests.assistant.conftest import RETURNS, FakeClock, published

REFUND = Content(
    kind=Kind.FAQ,
    title="退款多久到账？",
    body="退款 1 到 3 个工作日到账，银行卡 3 到 7 个工作日到账。",
    questions=("钱什么时候退给我",),
)
FREIGHT = Content(
    kind=Kind.FAQ,
    title="退货运费谁出？",
    body="无理由退货的运费由客户承担，小件 10 元。见[退货规则](kb:return-7-days)。",
    questions=("退货要我出邮费吗",),
    depends_on=("return-7-days",),
)
LOCK = Content(
    kind=Kind.GUIDE,
    title="门锁没电怎么开门",
    body="## 应急供电\n\n用充电宝接门锁下方的接口，供电后用指纹或密码开门。",
)
AUTHORITY = Content(
    kind=Kind.POLICY,
    title="补偿审批权限",
    body="## 权限\n\n组长可以补偿 300 元，超过的找主管审批。",
    audience=Audience.INTERNAL,
)


class Desk:
    """The services with the desk over a real index, and what a test does with them."""

    def __init__(self, services: Services, indexer: Indexer) -> None:
        self.services, self.indexer = services, indexer
        self.impact, self.kb = services.impact, services.kb

    def publish(self, entry_id: str, content: Content) -> int:
        number = published(self.kb, entry_id, content)
        self.indexer.build()
        return number

    def draft(self, entry_id: str, content: Content) -> int:
        """A draft of an entry, taken as far as an approval."""
        entry = self.kb.edit(entry_id, content, "林编辑", self.kb.entry(entry_id).version)
        number = entry.revisions[-1].number
        self.kb.submit(entry_id, number, "林编辑")
        self.kb.approve(entry_id, number, "周审核")
        return number

    def save(self, text: str, *expects: str, must_hit: bool = False, **more: object) -> str:
        wanted = Wanted(Question(text, expects=expects, **more), must_hit)  # type: ignore[arg-type]
        return self.impact.questions.add(wanted, "周审核").id


@pytest.fixture
def desk(services: Services, clock: FakeClock, tmp_path: Path) -> Iterator[Desk]:
    root = tmp_path / "index"
    kb = services.kb
    indexer = Indexer(kb, shipped(), root)
    searcher = Searcher(root / STAFF, shipped(), clock=clock)
    what_if = WhatIf(shipped(), root, searcher.ranking, clock)
    impact = ImpactDesk.of(kb.engine, kb, services.insights, what_if, searcher.search, clock)
    made = Desk(replace(services, impact=impact, searcher=searcher), indexer)
    for entry_id, content in (
        ("return-7-days", RETURNS),
        ("faq-refund", REFUND),
        ("faq-freight", FREIGHT),
        ("lock-power", LOCK),
        ("compensation-authority", AUTHORITY),
    ):
        published(kb, entry_id, content)
    indexer.build()
    yield made
    impact.previews.close()


@pytest.fixture
def app(desk: Desk) -> Flask:
    """The application over the real index."""
    return create_app(desk.services, testing=True)
