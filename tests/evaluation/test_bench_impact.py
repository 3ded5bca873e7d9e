"""The bench of impact previews at a small size: real work, figures that hang together."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.serve import THREAD_LIMITS
from evaluation import bench_impact
from evaluation.bench_cli import bench
from evaluation.many_entries import copied, edited
from kb.model import Content, Kind
from tests.indexer.fakes import entry, revision

ENTRY = """---
id: {id}
kind: faq
status: published
title: {title}
author: 林编辑
approved_by: 周审核
published_at: 2026-01-01
---

{body}
"""


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (*THREAD_LIMITS, "TOKENIZERS_PARALLELISM"):
        monkeypatch.setenv(name, "1")
    folder = tmp_path / "content"
    folder.mkdir()
    for at, title in enumerate(("退款多久到账", "运费谁出", "门锁没电怎么办")):
        text = ENTRY.format(id=f"faq-{at}", title=title, body=f"{title}：看这里。")
        (folder / f"faq-{at}.r1.md").write_text(text, "utf-8")
    return folder


def test_previews_are_measured(content: Path) -> None:
    options = ["impact", "--content", str(content), "--json"]
    sizes = ["--entries", "8", "--questions", "6", "--previews", "2"]
    result = CliRunner().invoke(bench, [*options, *sizes])
    found = json.loads(result.stdout)
    assert (found["entries"], found["questions"]) == (8, 6)
    assert len(found["seconds"]) == len(found["stages"]) == 2
    for seconds, stages in zip(found["seconds"], found["stages"], strict=True):
        # Every preview asked the proposal's side; stages are parts of the whole.
        assert set(bench_impact.STAGES) == set(stages)
        assert stages["after"] > 0
        assert sum(stages.values()) <= seconds + 0.01
    assert result.exit_code == (found["median_seconds"] > bench_impact.BAR_SECONDS)


def test_the_text_says_whether_the_bar_holds() -> None:
    measured = bench_impact.Measured(
        10, 5, 1.0, 0.5, (1.0, 2.0, 9.0), (0.9, 1.9, 8.9), ({"after": 1.0},) * 3, 100.0
    )
    assert measured.median == 2.0
    assert "holds" in bench_impact.text(measured)
    assert "after 25%" in bench_impact.text(measured)
    slow = replace(measured, previews=(4.0, 4.0, 4.0))
    assert "is missed" in bench_impact.text(slow)


def test_copies_are_other_entries_with_other_texts() -> None:
    made = entry(revision("faq-a", title="退款多久", body="退款三天。", supersedes=("faq-b",)))
    first, second = copied(made, 0), copied(made, 25)
    texts = {one.revisions[0].content.title for one in (made, first, second)}
    assert len({made.id, first.id, second.id}) == len(texts) == 3
    changed = first.revisions[0]
    assert changed.content_hash == changed.content.digest() != made.revisions[0].content_hash
    assert changed.content.supersedes == ("faq-b-v0",)
    text = Content(Kind.FAQ, "退款", "三天。")
    assert edited(text, 0) != edited(text, 1) != text
