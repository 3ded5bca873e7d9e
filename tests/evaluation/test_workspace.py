from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.workspace import workspace
from indexer.search import SearchRequest
from kb.errors import InvalidInput

ENTRY = """---
id: return-7-days
kind: policy
status: published
title: 七天无理由退货
author: 林编辑
approved_by: 周审核
published_at: 2026-01-01
---

签收次日起 7 天内可以退货。
"""


def test_content_is_searched_in_a_copy_that_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text("ZHIKE_DATA=real\nZHIKE_DATABASE_URL=sqlite:///real.db\n")
    folder = tmp_path / "content"
    folder.mkdir()
    (folder / "one.md").write_text(ENTRY, "utf-8")
    with workspace(folder) as copy:
        (hit,) = copy.searcher.search(SearchRequest("七天无理由退货")).hits
        assert hit.entry_id == "return-7-days"
        data = copy.settings.data
        assert str(data) in copy.settings.database_url
    assert not data.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env", "content"]


def test_a_bad_file_stops_the_measurement(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_text("no front matter", "utf-8")
    with pytest.raises(InvalidInput, match=r"bad\.md:1"), workspace(tmp_path):
        pass
