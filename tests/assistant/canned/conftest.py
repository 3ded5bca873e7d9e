"""Fixtures: a company's replies, people of three roles, and short ways to ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from assistant.accounts.roles import Principal, PrincipalKind, Role
from assistant.canned.model import Asked, Draft, Offer, Scope
from assistant.wiring import Services
from kb.model import Audience, Channel, Content, Kind, Slot
from tests.assistant.conftest import RETURNS, published

AGENT = Principal(PrincipalKind.PERSON, "1", "陈客服", Role.AGENT)
COLLEAGUE = Principal(PrincipalKind.PERSON, "2", "吴客服", Role.AGENT)
REVIEWER = Principal(PrincipalKind.PERSON, "3", "周审核", Role.REVIEWER)


def reply(title: str, code: str, text: str = "马上为您处理。", **fields: object) -> Content:
    """A company's reply for chat."""
    content = Content(
        kind=Kind.REPLY,
        title=title,
        body=f"## chat\n\n{text}",
        audience=Audience.AGENT,
        short_code=code,
    )
    return replace(content, **fields)  # type: ignore[arg-type]


GIFT = reply("赠送快递券说明", "kdq", questions=("有没有快递券",))
FREIGHT = reply(
    "退货运费说明",
    "thyf",
    "{{customer.name}}，退货运费由我们承担。",
    slots=(Slot("customer.name", "客户称呼"),),
    depends_on=("return-7-days",),
)
REFUND = reply("退款进度查询", "tk-jd")


@pytest.fixture
def shop(services: Services) -> Services:
    """A policy and three of the company's replies."""
    published(services.kb, "return-7-days", RETURNS)
    published(services.kb, "reply-gift", GIFT)
    published(services.kb, "reply-freight", FREIGHT)
    published(services.kb, "reply-refund", REFUND)
    return services


Find = Callable[..., list[Offer]]


@pytest.fixture
def find(shop: Services) -> Find:
    """Asks as the agent, in chat, unless told otherwise."""

    def ask(query: str = "", principal: Principal = AGENT, **asked: object) -> list[Offer]:
        given = Asked(**{"query": query, "channel": Channel.CHAT, **asked})  # type: ignore[arg-type]
        return shop.canned.find(given, principal)

    return ask


def ids(offers: list[Offer]) -> list[str]:
    return [offer.item.id for offer in offers]


def private(title: str = "我的开场白", text: str = "您好，我是小陈。", **fields: object) -> Draft:
    return replace(Draft(Scope.PRIVATE, title, text), **fields)  # type: ignore[arg-type]
