"""Small folders in BEIR form and small contents, written by the tests that read them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

DOCUMENTS = (
    {"_id": "d0", "title": "退货期限", "text": "签收次日起七天内可以退货。"},
    {"_id": "d1", "title": "", "text": "退款三个工作日到账。\n# 不是标题\n*星号* 保留"},
    {"_id": "d2", "title": "安装", "text": "空调由师傅上门安装，打孔另收费。"},
    {"_id": "d3", "title": "", "text": "冰箱不制冷先看电源。"},
)
QUERIES = (
    {"_id": "q0", "text": "几天内可以退货"},
    {"_id": "q1", "text": "退款什么时候到账"},
    {"_id": "q2", "text": "冰箱不制冷先看电源。", "self_id": "d3"},
    {"_id": "q3", "text": "今天天气怎么样", "in_scope": False},
    {"_id": "q4", "text": "没有人判定过的问题"},
)
GRADES = (("q0", "d0", 2), ("q0", "d2", 0), ("q1", "d1", 1), ("q2", "d2", 1), ("q2", "d3", 2))


def beir(
    folder: Path,
    documents: Sequence[Mapping[str, Any]] = DOCUMENTS,
    queries: Sequence[Mapping[str, Any]] = QUERIES,
    grades: Sequence[tuple[str, str, int]] = GRADES,
    *,
    qrels: str = "qrels.tsv",
    header: bool = True,
) -> Path:
    """Writes a folder and returns it."""
    folder.mkdir(exist_ok=True)
    for name, rows in (("corpus.jsonl", documents), ("queries.jsonl", queries)):
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (folder / name).write_text("\n".join(lines) + "\n", "utf-8")
    lines = ["query-id\tcorpus-id\tscore"] if header else []
    lines += ["\t".join(map(str, row)) for row in grades]
    file = folder / qrels
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def content(folder: Path) -> Path:
    """Three entries of a shop; one came into force this year, one is for staff alone."""
    folder.mkdir(exist_ok=True)
    entries = {
        "return-7-days": ("policy", "七天无理由退货", "customer", "签收次日起 7 天内可以退货。"),
        "refund-when": ("faq", "退款多久到账", "customer", "退款 3 个工作日内到账。"),
        "compensation": ("policy", "赔付权限", "internal", "组长可以赔付 200 元。"),
    }
    for identity, (kind, title, audience, body) in entries.items():
        (folder / f"{identity}.md").write_text(
            f"---\nid: {identity}\nkind: {kind}\nstatus: published\ntitle: {title}\n"
            f"audience: {audience}\nauthor: 林编辑\napproved_by: 周审核\n"
            f"published_at: 2026-01-01\n---\n\n{body}\n",
            "utf-8",
        )
    return folder


JUDGED = (
    {"id": "q1", "query": "七天内能退货吗", "relevant": {"return-7-days": 2}, "tags": ["short"]},
    {"id": "q2", "query": "退款多久到帐", "relevant": {"refund-when": 2}, "tags": ["typo"],
     "variant_of": "q3"},
    {"id": "q3", "query": "退款多久到账", "relevant": {"refund-when": 2}},
    {"id": "q4", "query": "那多久到账", "relevant": {"refund-when": 2}, "tags": ["multi-turn"],
     "history": [{"role": "customer", "text": "我的退款"}, {"role": "agent", "text": "您好"}]},
    {"id": "q5", "query": "今天天气怎么样", "relevant": {}, "tags": ["none", "chitchat"]},
    {"id": "q6", "query": "组长能赔付多少", "relevant": {"compensation": 2}, "tags": ["agent"]},
)  # fmt: skip


def judged(file: Path, rows: Sequence[Mapping[str, Any]] = JUDGED, split: str = "dev") -> Path:
    """Writes judged queries and returns the file."""
    lines = [json.dumps({"split": split, **row}, ensure_ascii=False) for row in rows]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file
