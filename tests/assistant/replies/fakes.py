"""Hand-written stand-ins: a searcher that answers by script and a small library of revisions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from indexer.results import Hit, Matched, SearchRequest, SearchResponse
from kb.errors import NotFound
from kb.model import Audience, Content, Kind, Revision, Status

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
THRESHOLD = 0.5


@dataclass
class Library:
    """Revisions by entry and number; `source` is what the composer is given."""

    revisions: dict[tuple[str, int], Revision] = field(default_factory=dict)

    def add(self, entry_id: str, body: str, *, number: int = 1, **fields: object) -> Revision:
        defaults: dict[str, object] = {"kind": Kind.POLICY, "title": entry_id}
        content = Content(body=body, **{**defaults, **fields})  # type: ignore[arg-type]
        revision = Revision(
            entry_id,
            number,
            content,
            content.digest(),
            Status.PUBLISHED,
            "林编辑",
            datetime(2026, 1, 1, tzinfo=UTC),
            published_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        self.revisions[entry_id, number] = revision
        return revision

    def change(self, entry_id: str, number: int = 1, **fields: object) -> None:
        old = self.revisions[entry_id, number]
        self.revisions[entry_id, number] = replace(old, **fields)  # type: ignore[arg-type]

    def source(self, entry_id: str, number: int) -> Revision:
        try:
            return self.revisions[entry_id, number]
        except KeyError:
            raise NotFound(entry_id) from None


@dataclass
class ScriptedSearcher:
    """Finds what the script says for the words in a query; remembers what it was asked.

    `script` maps a word to (entry, confidence) pairs; a query finds the pairs of every word in it.
    One that begins with 那 is searched with its context, all of which counts as used.
    """

    library: Library
    script: dict[str, list[tuple[str, float]]] = field(default_factory=dict)
    asked: list[SearchRequest] = field(default_factory=list)

    def search(self, request: SearchRequest) -> SearchResponse:
        self.asked.append(request)
        used = request.context if request.query.startswith("那") else ()
        query = " ".join([*used, request.query])
        found: dict[str, tuple[float, str]] = {}
        for word, pairs in self.script.items():
            if word in query:
                for entry_id, confidence in pairs:
                    found[entry_id] = max(found.get(entry_id, (0.0, "")), (confidence, word))
        hits = [self._hit(e, c, w) for e, (c, w) in found.items() if self._may_see(e, request)]
        hits.sort(key=lambda hit: -hit.confidence)
        best = hits[0].confidence if hits else 0.0
        return SearchResponse(tuple(hits), best >= THRESHOLD, best, "g1", context_used=used)

    def _newest(self, entry_id: str) -> Revision:
        return max(
            (r for (e, _), r in self.library.revisions.items() if e == entry_id),
            key=lambda r: r.number,
        )

    def _may_see(self, entry_id: str, request: SearchRequest) -> bool:
        content = self._newest(entry_id).content
        wanted = request.kinds is None or content.kind in request.kinds
        return wanted and content.audience in request.audiences

    def _hit(self, entry_id: str, confidence: float, word: str) -> Hit:
        revision = self._newest(entry_id)
        content = revision.content
        matched = Matched("title", content.title, (word,))
        return Hit(
            entry_id,
            revision.number,
            content.kind,
            content.title,
            content.title,
            confidence,
            matched,
            audience=content.audience,
            lang=content.lang,
        )


def shop() -> Library:
    """A few entries of every kind that the tests talk about."""
    library = Library()
    library.add(
        "refund-timing",
        "## 到账时间\n使用微信支付付款的订单，退款在 1–3 个工作日到账。\n"
        "使用银行卡付款的订单，退款在 3–7 个工作日到账，但节假日顺延。\n\n"
        "## 查询\n请在岚舍 App 的“我的-订单”查看退款进度。\n",
        title="退款到账时间",
    )
    library.add(
        "shipping-delay",
        "## 补偿\n订单超过承诺送达时间 48 小时仍未送达的，补偿一张 20 元优惠券。\n\n"
        "## 领取方法\n1. 打开 App 的“我的-订单”。\n2. 点“延迟补偿”。\n",
        title="送达延迟补偿",
    )
    library.add(
        "phone-battery",
        "续航看您怎么用。\n\n| 场景 | Mira 5（5,200 mAh） | Mira 5 Pro（5,600 mAh） |\n"
        "| --- | --- | --- |\n| 日常使用 | 2 天 | 2 天 |\n| 玩大型游戏 | 4 小时 | 5 小时 |\n"
        "| 户外看视频 | 6 小时 | 8 小时 |\n",
        kind=Kind.GUIDE,
        title="手机续航",
        products=("mira-5",),
    )
    library.add(
        "authority",
        "## 权限\n客服单次最多补偿 50 元。\n",
        title="补偿权限",
        audience=Audience.INTERNAL,
    )
    library.add(
        "agent-grades",
        "## 时限\n红色投诉 2 小时内给出方案。\n",
        title="投诉分级",
        audience=Audience.AGENT,
    )
    library.add(
        "case-late",
        "## 场景\n晚到 100 分钟。\n## 原因\n堵车。\n## 处理\n补偿 50 元。\n"
        "## 政策依据\n无。\n## 结果\n满意。\n",
        kind=Kind.CASE,
        title="案例：晚到",
        audience=Audience.AGENT,
    )
    library.add(
        "reply-delay",
        "## chat\n\n{{customer.name}}，让您白等了，真的对不起。\n\n"
        "订单 {{order.no}} 超过承诺送达时间 48 小时仍未送达的，补偿一张 20 元优惠券。\n\n"
        "请在“我的-订单”里点“延迟补偿”领取。\n\n"
        "## email\n\n{{customer.name}}，您好：\n\n订单 {{order.no}} 晚到了，我们向您道歉。\n",
        kind=Kind.REPLY,
        title="延迟致歉",
        audience=Audience.AGENT,
    )
    library.add(
        "intl-returns",
        "## Return window\nInternational orders can be returned within 14 days after delivery.\n"
        "However, activated phones cannot be returned.\n\n"
        "## How to return\n1. Email the order number to support@lanshe.example.\n"
        "2. Pack the product.\n",
        title="International returns",
        lang="en",
    )
    return library
