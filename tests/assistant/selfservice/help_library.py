"""A knowledge base with everything that the public may not see beside what it may."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from assistant.wiring import Services
from indexer.results import Hit, Matched, SearchResponse
from kb.model import Audience, Content, Kind
from tests.assistant.conftest import NOW, FakeSearcher, published

SECRET = "密纹七号"  # stands in every text that is not public
CASE_PARTS = ("场景", "原因", "处理", "政策依据", "结果")
RULE = Content(
    kind=Kind.POLICY,
    title="退货规则",
    body=(
        "## 期限\n\n签收次日起 7 天内可以退货，见[退款时间](kb:refund-timing)。\n\n"
        "## 例外\n\n已激活的手机不能退，见[审批表](kb:approval-table)和[旧规则](kb:gone#例外)。\n\n"
        "## 步骤\n\n1. 打开 App\n2. 申请"
    ),
    tags=("退货",),
    questions=("能退吗", "几天内能退"),
)
TIMING = Content(
    kind=Kind.FAQ,
    title="退款多久到账？",
    body="1 到 3 个工作日。",
    tags=("退款",),
    questions=("到账",),
)
ENGLISH = Content(
    kind=Kind.GUIDE, title="How to return", body="Send it back.", lang="en", tags=("returns",)
)
HIDDEN: dict[str, Content] = {
    "approval-table": Content(
        kind=Kind.POLICY,
        title=f"{SECRET}审批表",
        body=SECRET,
        audience=Audience.INTERNAL,
        tags=("退货",),
    ),
    "agent-note": Content(
        kind=Kind.FAQ,
        title=f"{SECRET}坐席须知",
        body=SECRET,
        audience=Audience.AGENT,
        tags=("退货",),
    ),
    "case-return": Content(
        kind=Kind.CASE,
        title=f"{SECRET}案例",
        body="\n\n".join(f"## {part}\n\n{SECRET}" for part in CASE_PARTS),
        tags=("退货",),
    ),
    "reply-return": Content(
        kind=Kind.REPLY, title=f"{SECRET}话术", body=f"## chat\n\n{SECRET}", short_code="th"
    ),
    "future-rule": replace(
        RULE, title=f"{SECRET}新规", body=SECRET, effective_from=NOW + timedelta(days=9)
    ),
    "past-rule": replace(
        RULE,
        title=f"{SECRET}旧规",
        body=SECRET,
        effective_from=NOW - timedelta(days=90),
        effective_until=NOW - timedelta(days=1),
    ),
}
DRAFT, WITHDRAWN = "draft-rule", "withdrawn-rule"
NEVER_PUBLIC = (*HIDDEN, DRAFT, WITHDRAWN)


@dataclass
class Library:
    """The services, and the searcher of the public index."""

    services: Services
    searcher: FakeSearcher

    def finds(self, *hits: Hit, answerable: bool = True, corrected: str = "") -> None:
        """What every search gives from now on."""
        best = max((hit.confidence for hit in hits), default=0.0)
        self.searcher.response = SearchResponse(
            hits, answerable, best, self.searcher.generation, corrected=corrected
        )


def hit(entry_id: str, title: str, confidence: float = 0.9, **more: object) -> Hit:
    terms = more.pop("terms", ())
    fields: dict[str, object] = {
        "revision": 1,
        "kind": Kind.POLICY,
        "snippet": "签收次日起 7 天内可以退货。",
        **more,
    }
    return Hit(
        entry_id=entry_id,
        title=title,
        confidence=confidence,
        matched=Matched("title", title, terms),  # type: ignore[arg-type]
        **fields,  # type: ignore[arg-type]
    )


@pytest.fixture
def library(services: Services) -> Library:
    """Three public articles, and eight entries of all kinds that are not public."""
    kb = services.kb
    for entry_id, content in HIDDEN.items():
        published(kb, entry_id, content)
    published(kb, "refund-timing", TIMING)
    published(kb, "return-rule", RULE)
    published(kb, "intl-return", ENGLISH)
    kb.create(DRAFT, replace(RULE, title=f"{SECRET}草稿", body=SECRET), "林编辑")
    number = published(kb, WITHDRAWN, replace(RULE, title=f"{SECRET}下线", body=SECRET))
    kb.withdraw(WITHDRAWN, number, "周审核")
    searcher = services.selfservice.searcher
    assert isinstance(searcher, FakeSearcher)
    return Library(services, searcher)
