from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.replies import Composer, Message, SuggestRequest, SuggestResponse
from tests.assistant.replies.fakes import NOW, Library, ScriptedSearcher, shop


@pytest.fixture
def library() -> Library:
    return shop()


@pytest.fixture
def searcher(library: Library) -> ScriptedSearcher:
    return ScriptedSearcher(
        library,
        {
            "退款": [("refund-timing", 0.9)],
            "到账": [("refund-timing", 0.8)],
            "没到": [("shipping-delay", 0.85), ("reply-delay", 0.7), ("case-late", 0.8)],
            "赔": [("shipping-delay", 0.8), ("authority", 0.9)],
            "投诉时限": [("agent-grades", 0.9)],
            "手机": [("phone-battery", 0.8)],
            "return": [("intl-returns", 0.7), ("refund-timing", 0.75)],
            "套餐": [("refund-timing", 0.4), ("phone-battery", 0.35)],
            "流量": [("phone-battery", 0.4)],
        },
    )


@pytest.fixture
def composer(library: Library, searcher: ScriptedSearcher) -> Composer:
    owners = {"refund-timing": "退换货组", "shipping-delay": "物流组", "phone-battery": "手机组"}
    return Composer(
        searcher,
        library.source,
        owners=lambda entry_id: owners.get(entry_id, ""),
        clock=lambda: NOW,
    )


Ask = Callable[..., SuggestResponse]


@pytest.fixture
def ask(composer: Composer) -> Ask:
    """Ask as a customer: strings are the customer's, tuples (role, text) anybody's messages."""

    def asking(*messages: str | tuple[str, str], **more: object) -> SuggestResponse:
        spoken = tuple(
            Message("customer", m) if isinstance(m, str) else Message(*m) for m in messages
        )
        return composer.suggest(SuggestRequest(spoken, **more))  # type: ignore[arg-type]

    return asking
