"""Published entries whose every part tries to become something else than text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.hostile_strings import HOSTILE

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ufeff\ud800-\udfff]")
STEPS, TABLE, CASE, BOTH = "hostile-steps", "hostile-table", "hostile-case", "hostile-both"


def in_one_line(text: str, most: int) -> str:
    """`text` as far as a name, a title or a label may hold it; may be empty."""
    return " ".join(_FORBIDDEN.sub(" ", text).split())[:most].strip()


def allowed(text: str) -> str:
    """`text` as far as the body of an entry or a canned reply may hold it."""
    return _FORBIDDEN.sub(" ", text.replace("\r\n", "\n"))


LINES = tuple(dict.fromkeys(line for text in HOSTILE if (line := in_one_line(text, 200))))


def _parts(count: int) -> list[str]:
    """Every string, in so many texts."""
    return ["\n\n".join(allowed(text) for text in HOSTILE[at::count]) for at in range(count)]


def _entries() -> Iterator[tuple[str, int, dict[str, Any], str]]:
    """Id, revision, what differs from the usual front matter, and the body of each."""
    for number, line in enumerate(LINES):
        front = {"title": line, "questions": [f"第{number}号怎么办", f"{number}号{line}"[:200]]}
        yield f"hostile-{number}", 1, front, f"第{number}号怎么办：{line} 要等 3 天。\n\n{line}"
    steps = "\n\n".join(
        f"## 第 {number} 步 {line}\n\n{line}" for number, line in enumerate(LINES, 1)
    )
    yield STEPS, 1, {"kind": "guide", "title": "怪字排查步骤", "questions": ["怪字怎么排查"]}, steps
    cells = [line.replace("|", "\\|") for line in LINES]
    rows = "\n".join(f"| 场景 {n} {cell} | {cell} |" for n, cell in enumerate(cells))
    table = f"## 按场景看怪字\n\n| 场景 | 要等几天 |\n| --- | --- |\n{rows}"
    yield TABLE, 1, {"kind": "guide", "title": "怪字场景表", "questions": ["怪字要等几天"]}, table
    names = ("场景", "原因", "处理", "政策依据", "结果")
    case = "\n\n".join(
        f"## {name}\n\n怪字客户又来了。\n\n{text}"
        for name, text in zip(names, _parts(len(names)), strict=True)
    )
    yield CASE, 1, {"kind": "case", "audience": "agent", "title": "怪字客户又来了"}, case
    first, second = _parts(2)
    yield BOTH, 1, {"kind": "policy", "title": "怪字两版规则"}, first
    yield BOTH, 2, {"kind": "policy", "title": "怪字两版规则"}, second


def write_entries(folder: Path) -> None:
    """Writes them as the files that an import reads."""
    for entry_id, revision, own, body in _entries():
        front = {
            "id": entry_id,
            "kind": "faq",
            "revision": revision,
            "status": "published",
            "lang": "zh-CN",
            "audience": "customer",
            "effective_from": f"2026-01-0{revision}",
            "published_at": f"2026-01-0{revision}T09:00",
            "author": "林编辑",
            "approved_by": "何审核",
            "owner": "手机组",
            "reviewer": "何审核",
            "review_every": 180,
            "reviewed_at": "2026-11-06",
            **own,
        }
        text = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=10_000)
        (folder / f"{entry_id}.r{revision}.md").write_text(f"---\n{text}---\n\n{body}\n")
