"""Public articles, and what customers say, made of nothing but hostile strings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.browser.hostile_content import allowed, in_one_line
from tests.hostile_strings import EVERY

LINES = tuple(dict.fromkeys(line for text in EVERY if (line := in_one_line(text, 200))))
SPOKEN = tuple(text.replace("\r\n", "\n").replace("\r", "\n") for text in EVERY)


def batches(texts: Sequence[str], most: int, glue: str = "\n") -> list[str]:
    """All texts, joined as long as they fit."""
    found: list[str] = []
    for text in texts:
        cut = text[:most]
        if found and len(found[-1]) + len(glue) + len(cut) <= most:
            found[-1] += glue + cut
        else:
            found.append(cut)
    return found


def write_articles(folder: Path) -> None:
    """Public articles of which every part tries to become something else than text."""
    tags = [line[:30].strip() for line in LINES]
    for number, line in enumerate(LINES):
        front: dict[str, Any] = {
            "id": f"hostile-{number}",
            "kind": ("faq", "guide", "policy")[number % 3],
            "revision": 1,
            "status": "published",
            "title": line,
            "lang": ("zh-CN", "en")[number % 4 == 3],
            "audience": "customer",
            "effective_from": "2026-01-01",
            "published_at": "2026-01-01T09:00",
            "author": "林编辑",
            "approved_by": "何审核",
            "owner": "手机组",
            "tags": list(dict.fromkeys(("退货", tags[number], tags[-number - 1]))),
            "questions": [f"第{number}号怎么办", f"{number}号{line}"[:200]],
        }
        near = [allowed(text) for text in EVERY[number : number + 2]]
        quoted = line.replace("|", "\\|")
        body = (
            f"第{number}号怎么办：{line} 要等 3 天。\n\n## {line}\n\n{near[0]}\n\n"
            f"| 场景 | 说明 |\n| --- | --- |\n| {quoted} | {quoted} |\n\n"
            f"1. {line}\n2. [{line}](kb:hostile-{number + 1})\n\n> {line}\n\n{near[-1]}"
        )
        text = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=10_000)
        (folder / f"hostile-{number}.r1.md").write_text(f"---\n{text}---\n\n{body}\n")
