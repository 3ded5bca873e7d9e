"""`zhike questions`, and the questions that a folder of content brings with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assistant.cli import main
from assistant.impact.bringing import FILE, questions_of
from assistant.serve import import_content
from assistant.wiring import Services
from kb.settings import Settings

ENTRY = """---
id: lock-power
kind: guide
status: published
title: 门锁没电怎么开门
author: 林编辑
approved_by: 周审核
published_at: 2026-01-01
---

用充电宝供电。
"""


@pytest.fixture(autouse=True)
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command works in the test's own data folder."""
    monkeypatch.setenv("ZHIKE_DATA", str(settings.data))
    monkeypatch.delenv("ZHIKE_DATABASE_URL", raising=False)


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    folder.mkdir()
    (folder / "lock-power.r1.md").write_text(ENTRY, "utf-8")
    text = "question,expects,must_hit\n门锁没电了,lock-power,yes\n锁没电啦,lock-power,\n"
    (folder / FILE).write_text(text, "utf-8")
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_import_list_and_export(content: Path, tmp_path: Path) -> None:
    file = str(content / FILE)
    assert "2 new" in run("questions", "import", file, "--dry-run").stdout
    assert json.loads(run("questions", "list", "--json").stdout) == []
    assert "2 new" in run("questions", "import", file).stdout
    counts = json.loads(run("questions", "import", file, "--json").stdout)
    assert (counts["unchanged"], counts["problems"]) == (2, [])
    listed = json.loads(run("questions", "list", "--must-hit", "--json").stdout)
    assert [row["question"] for row in listed] == ["门锁没电了"]
    assert "锁没电啦" in run("questions", "list", "--entry", "lock-power").stdout
    assert "锁没电啦" not in run("questions", "list", "--entry", "other-entry").stdout
    target = tmp_path / "out.csv"
    assert "2 questions" in run("questions", "export", str(target)).stdout
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    assert "2 unchanged" in run("questions", "import", str(target)).stdout


def test_a_bad_row_is_named_and_fails_a_script(tmp_path: Path) -> None:
    file = tmp_path / "q.csv"
    file.write_text("question,must_hit\n好,\n坏,maybe\n", "utf-8")
    result = run("questions", "import", str(file))
    assert result.exit_code == 1
    assert f"{file}:3: must_hit" in result.stderr
    assert "1 new" in result.stdout
    file.write_text("a,b\n", "utf-8")
    assert run("questions", "import", str(file)).exit_code == 2


def test_a_folder_brings_its_questions(content: Path) -> None:
    dry = run("import", str(content), "--dry-run")
    assert "Questions: 2 new" in dry.stdout
    done = run("import", str(content))
    assert done.exit_code == 0
    assert "Questions: 2 new" in done.stdout
    again = json.loads(run("import", str(content), "--json").stdout)
    assert again["questions"]["unchanged"] == 2


def test_a_service_that_starts_brings_them_and_leaves_edits_alone(
    services: Services, settings: Settings, content: Path
) -> None:
    said: list[str] = []
    import_content(settings, services.kb.engine, content, said.append)
    assert any("Questions" in line and "2 new" in line for line in said)
    questions = questions_of(services.kb)
    questions.remove(questions.all()[0].id, "周审核")
    import_content(settings, services.kb.engine, content, said.append)
    assert "1 kept as editors left them" in said[-1]
    assert len(questions.all()) == 1
    (content / FILE).write_text("nonsense\n", "utf-8")
    import_content(settings, services.kb.engine, content, said.append)
    assert "no column question" in said[-1]
