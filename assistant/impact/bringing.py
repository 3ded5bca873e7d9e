"""The questions that a folder of content brings with it, in its file `questions.csv`."""

from __future__ import annotations

from pathlib import Path

from assistant.impact.question_files import read_questions
from assistant.impact.questions import Brought, Questions
from assistant.insights.insights import Insights
from kb.errors import InvalidInput, Problem
from kb.exchange import decoded
from kb.knowledge import KnowledgeBase

FILE = "questions.csv"
_LARGEST = 2 * 1024 * 1024


def questions_of(kb: KnowledgeBase) -> Questions:
    """The saved questions beside a knowledge base."""
    return Questions(kb.engine, Insights(kb.engine, kb.clock, kb.site_tz), kb.clock)


def bring_folder(
    folder: Path, kb: KnowledgeBase, actor: str, *, dry_run: bool = False
) -> Brought | None:
    """Keep the questions of a folder; None when it has none. What editors changed stays.

    Raises InvalidInput when the file is no table of questions.
    """
    path = folder / FILE
    if not folder.is_dir() or not path.is_file():
        return None
    return bring_file(path, kb, actor, dry_run=dry_run)


def bring_file(path: Path, kb: KnowledgeBase, actor: str, *, dry_run: bool = False) -> Brought:
    """Keep the questions of a CSV file; see `bring_folder`."""
    text = decoded(str(path), _bounded(path))
    rows, problems = read_questions(str(path), text, kb.site_tz)
    done = questions_of(kb).bring(rows, actor, dry_run=dry_run)
    told = [*problems, *done.problems]
    return Brought(done.new, done.changed, done.unchanged, done.kept, tuple(told))


def _bounded(path: Path) -> bytes:
    if path.stat().st_size > _LARGEST:
        message = f"is larger than {_LARGEST // 1024 // 1024} MiB"
        raise InvalidInput([Problem(str(path), 0, "", message)])
    return path.read_bytes()
