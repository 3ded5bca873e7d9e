"""The questions that come with the demonstration content: true to it, and answered by it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.impact.bringing import FILE, bring_folder, questions_of
from assistant.impact.comparing import hits
from assistant.impact.model import Asked
from assistant.impact.question_files import read_questions
from assistant.wiring import Services
from indexer.interaction import shipped
from indexer.ranking import Ranking
from indexer.what_if import WhatIf
from kb.errors import InvalidInput
from kb.exchange import apply_import, plan_import
from tests.assistant.conftest import TZ

CONTENT = Path(__file__).parents[3] / "content"
# The day that the content is written for.
TODAY = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.mark.slow
def test_nothing_that_must_be_answered_is_broken_at_the_start(
    services: Services, tmp_path: Path
) -> None:
    kb = services.kb
    apply_import(plan_import(CONTENT, kb), kb, "import")
    brought = bring_folder(CONTENT, kb, "import")
    assert brought is not None
    assert brought.problems == ()
    known = {entry.id for entry in kb.snapshot()}
    questions = questions_of(kb).all()
    assert {name for one in questions for name in one.question.expects} <= known
    what_if = WhatIf(shipped(), tmp_path, Ranking.read(), lambda: TODAY)
    state = what_if.state(kb.snapshot())
    broken = [
        saved.question.text
        for saved in questions
        if saved.must_hit
        and not hits(
            Asked(saved.id, saved.question, "saved", True),
            what_if.answer(state, saved.question.request(TODAY)),
        )
    ]
    assert broken == []


def test_there_are_enough_questions_of_every_sort() -> None:
    rows, problems = read_questions(FILE, (CONTENT / FILE).read_text("utf-8"), TZ)
    assert problems == []
    assert len(rows) >= 110
    assert sum(row.must_hit for row in rows) >= 40
    assert {row.question.audience for row in rows} == {"customer", "agent", "internal"}
    assert sum(row.question.as_of is not None for row in rows) >= 5
    assert len({row.question.key for row in rows}) == len(rows)


def test_a_folder_without_questions_brings_none(services: Services, tmp_path: Path) -> None:
    assert bring_folder(tmp_path, services.kb, "import") is None
    (tmp_path / FILE).write_text("frage\nwie?\n", "utf-8")
    with pytest.raises(InvalidInput, match="question"):
        bring_folder(tmp_path, services.kb, "import")
    (tmp_path / FILE).write_bytes(b"question\n\xff\xfe\n")
    with pytest.raises(InvalidInput):
        bring_folder(tmp_path, services.kb, "import")
    (tmp_path / FILE).write_text("question\n" + "问" * 1_000_000, "utf-8")
    with pytest.raises(InvalidInput, match="MiB"):
        bring_folder(tmp_path, services.kb, "import")
    assert questions_of(services.kb).all() == []
