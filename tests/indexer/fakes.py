"""Hand-written entries, a knowledge base of them, and an encoder that counts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from indexer.text import key
from kb.model import Audience, Content, Entry, Kind, Revision, Status, Stewardship

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
EVERYONE = frozenset(Audience)


def day(text: str) -> datetime:
    """Midnight UTC of an ISO date."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def revision(
    entry_id: str,
    number: int = 1,
    *,
    kind: Kind = Kind.FAQ,
    title: str = "标题",
    body: str = "正文。",
    since: str = "2026-01-01",
    until: str = "",
    status: Status = Status.PUBLISHED,
    **content: Any,
) -> Revision:
    """A revision published on the day it comes into force."""
    made = Content(
        kind=kind,
        title=title,
        body=body,
        effective_from=day(since),
        effective_until=day(until) if until else None,
        **content,
    )
    return Revision(
        entry_id,
        number,
        made,
        made.digest(),
        status,
        "林编辑",
        day("2025-01-01"),
        published_at=day(since),
    )


def entry(*revisions: Revision) -> Entry:
    """The entry with these revisions."""
    first = revisions[0]
    return Entry(
        first.entry_id, first.content.kind, Stewardship(), 1, day("2025-01-01"), tuple(revisions)
    )


@dataclass
class FakeKb:
    """Entries and a change counter."""

    entries: list[Entry] = field(default_factory=list)
    change: int = 1

    def snapshot(self) -> list[Entry]:
        return list(self.entries)

    def last_change(self) -> int:
        return self.change

    def put(self, made: Entry) -> None:
        """Add or replace an entry, as a publish does."""
        self.entries = [e for e in self.entries if e.id != made.id] + [made]
        self.change += 1


class BigramEncoder:
    """Similar texts share characters and pairs of them; counts what it encodes."""

    name = "bigrams"
    dimensions = 64

    def __init__(self, fingerprint: str = "bigrams-1") -> None:
        self.fingerprint = fingerprint
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], *, query: bool = False) -> np.ndarray:
        if not query:
            self.encoded.extend(texts)
        found = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            plain = key(text)
            for part in [*plain, *(plain[at : at + 2] for at in range(len(plain) - 1))]:
                digest = hashlib.blake2b(part.encode(), digest_size=4).digest()
                found[row, digest[0] % self.dimensions] += 1 if digest[1] % 2 else -1
        norms = np.linalg.norm(found, axis=1, keepdims=True)
        return found / np.maximum(norms, 1e-12)


def shop() -> FakeKb:
    """A small shop: every kind, every audience, past, present and future."""
    returns = entry(
        revision(
            "return-7-days",
            1,
            kind=Kind.POLICY,
            title="七天无理由退货规则",
            body="## 期限\n\n签收之日起 7 天内可以申请无理由退货。\n",
            since="2025-01-01",
        ),
        revision(
            "return-7-days",
            2,
            kind=Kind.POLICY,
            title="七天无理由退货规则",
            body="## 期限\n\n签收次日起 7 天内可以申请无理由退货。\n\n## 退货运费\n\n"
            "小件商品的退货运费由客户承担 10 元。\n",
            since="2026-06-01",
            questions=("冰箱不想要了能退吗", "退货运费谁出"),
        ),
        revision(
            "return-7-days",
            3,
            kind=Kind.POLICY,
            title="七天无理由退货规则",
            body="## 期限\n\n翠叶会员签收次日起 15 天内可以申请无理由退货。\n",
            since="2026-12-01",
        ),
    )
    promotion = entry(
        revision("promo-1111", title="双11 满减活动", body="满 300 元减 40 元。",
                 since="2025-10-31", until="2025-11-12")
    )  # fmt: skip
    refund = entry(
        revision(
            "faq-refund-when",
            title="退款多久到账？",
            body="退款 1–3 个工作日到账。银行卡 3–7 个工作日到账。",
            questions=("钱什么时候退给我", "退款要几天"),
            counter=("换货要多久？",),
        )
    )
    cooling = entry(
        revision(
            "ac-not-cooling",
            kind=Kind.GUIDE,
            title="空调不凉排查步骤",
            body="## 第 1 步\n\nKFR-35GW 的滤网每 2 周清洗一次。\n\n"
            "| 代码 | 含义 |\n|---|---|\n| E1 | 室温传感器 |\n| E5 | 电流过大 |\n",
        )
    )
    case = entry(
        revision(
            "case-fridge",
            kind=Kind.CASE,
            title="冰箱退货被拒",
            body="## 场景\n\n客户想退冰箱。\n\n## 处理\n\n告知取件费 100 元。\n",
            audience=Audience.AGENT,
        )
    )
    authority = entry(
        revision(
            "compensation-authority",
            kind=Kind.POLICY,
            title="补偿审批权限",
            body="## 权限\n\n客服可以补偿 50 元以内。\n",
            audience=Audience.INTERNAL,
        )
    )
    reply = entry(
        revision(
            "reply-return",
            kind=Kind.REPLY,
            title="同意退货",
            body="## chat\n\n好的，马上给您办退货。\n\n## phone\n\n您好，电话里为您登记退货。\n",
            short_code="tyth",
            audience=Audience.AGENT,
        )
    )
    english = entry(
        revision(
            "intl-shipping",
            kind=Kind.POLICY,
            title="International shipping",
            body="## Delivery\n\nOrders to Singapore arrive within 5–10 business days.\n",
            lang="en",
            questions=("How long does shipping take?",),
        )
    )
    return FakeKb([returns, promotion, refund, cooling, case, authority, reply, english])


def with_status(made: Entry, status: Status) -> Entry:
    """The entry with all its revisions in another status."""
    return replace(made, revisions=tuple(replace(r, status=status) for r in made.revisions))


def tiny_model(folder: Path, *, scaled: bool = False) -> Path:
    """Write a complete, tiny static sentence-transformers folder."""
    from safetensors.numpy import save_file
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    folder.mkdir(parents=True, exist_ok=True)
    pieces = ["<unk>", *"退货运费多久到账冰箱空调不凉怎么办abcdefg0123456789"]
    vocab = [(piece, -1.0) for piece in dict.fromkeys(pieces)]
    tokenizer = Tokenizer(models.Unigram(vocab, unk_id=0, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"\s+"), "removed")
    tokenizer.save(str(folder / "tokenizer.json"))
    rng = np.random.default_rng(7)
    rows = rng.normal(size=(len(vocab), 16)).astype(np.float32)
    tensors = {"embedding.weight": rows}
    if scaled:
        scales = (np.abs(rows).max(axis=1) / 127).astype(np.float32)
        tensors = {
            "embeddings": np.round(rows / scales[:, None]).astype(np.int8),
            "weights": scales,
        }
    save_file(tensors, folder / "model.safetensors")
    base = "sentence_transformers.sentence_transformer.modules"
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": f"{base}.static_embedding.StaticEmbedding"},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": f"{base}.normalize.Normalize"},
    ]
    (folder / "1_Normalize").mkdir(exist_ok=True)
    (folder / "modules.json").write_text(json.dumps(modules), "utf-8")
    settings = {"model_type": "SentenceTransformer", "similarity_fn_name": "cosine"}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(settings), "utf-8")
    return folder
