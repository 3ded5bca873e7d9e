"""The questions that editors keep: brought by files, completed by recent real ones."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.engine import Engine

from assistant.impact.model import Asked, Question, SavedQuestion
from assistant.impact.store import QuestionStore
from assistant.insights.insights import Insights
from assistant.insights.masking import mask
from indexer.results import MAX_QUERY
from kb.clock import Clock
from kb.errors import InvalidInput, NotAllowed, Problem
from kb.model import Audience
from kb.validation import id_problem

MOST_SAVED = 5_000
MOST_ASKED = 500  # questions of one preview, real ones included
_MOST_EXPECTED = 10
_LEAST = 2  # characters of a real question worth asking again


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question as a file or somebody wants it kept; `line` is its line in the file, else 0."""

    question: Question
    must_hit: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Brought:
    """What an import did, or would do: how many questions became what."""

    new: int
    changed: int
    unchanged: int
    kept: int
    problems: tuple[Problem, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """The numbers by name."""
        return {
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "kept": self.kept,
            "failed": len(self.problems),
        }

    @property
    def summary(self) -> str:
        """One line for people."""
        failed = f", {len(self.problems)} failed" if self.problems else ""
        return (
            f"{self.new} new, {self.changed} changed, {self.unchanged} unchanged, "
            f"{self.kept} kept as editors left them{failed}"
        )


class Questions:
    """Saved questions, and those that were really asked."""

    def __init__(self, engine: Engine, insights: Insights, clock: Clock) -> None:
        self._store, self._insights, self._clock = QuestionStore(engine), insights, clock

    def all(self) -> list[SavedQuestion]:
        """Every saved question, the ones that must hit first."""
        return self._store.all()

    def find(self, text: str, entry_id: str) -> list[SavedQuestion]:
        """Those that hold a text and expect an entry; empty ones of these hold for all."""
        wanted = text.strip().casefold()
        return [
            saved
            for saved in self._store.all()
            if wanted in saved.question.text.casefold()
            and (not entry_id or entry_id in saved.question.expects)
        ]

    def add(self, wanted: Wanted, actor: str) -> SavedQuestion:
        """Keep a new question. InvalidInput, KnownAlready, NotAllowed."""
        saved = self._made(_checked(wanted), actor)
        if not self._store.add(saved, MOST_SAVED):
            raise NotAllowed(f"there are {MOST_SAVED} saved questions already")
        return saved

    def change(
        self, question_id: str, wanted: Wanted, actor: str, expected_version: int | None = None
    ) -> SavedQuestion:
        """Change a kept question. InvalidInput, NotFound, Conflict, KnownAlready."""
        made = replace(self._made(_checked(wanted), actor), id=question_id)
        return self._store.replace(made, expected_version)

    def remove(self, question_id: str, actor: str, expected_version: int | None = None) -> None:
        """Forget a question; an import does not bring it back. NotFound, Conflict."""
        self._store.remove(question_id, actor, self._clock(), expected_version)

    def bring(self, rows: Iterable[Wanted], actor: str, *, dry_run: bool = False) -> Brought:
        """Keep the questions of a file; what editors changed or deleted here stays as it is.

        Every sound row is taken; `problems` of the answer name the others.
        """
        problems: list[Problem] = []
        wanted: dict[str, Wanted] = {}
        for given in rows:
            try:
                checked = _checked(given)
            except InvalidInput as error:
                problems += error.problems
                continue
            wanted[checked.question.key] = checked
        made = [self._made(one, actor) for one in wanted.values()]
        done = self._store.bring(made, MOST_SAVED, dry_run=dry_run)
        if done.left_out:
            message = f"only {MOST_SAVED} questions are kept; {done.left_out} were left out"
            problems.append(Problem("", 0, "question", message))
        return Brought(done.new, done.changed, done.unchanged, done.kept, tuple(problems))

    def asked_in_previews(self, most: int = MOST_ASKED) -> list[Asked]:
        """The questions that a preview asks: saved ones first, then the newest real ones."""
        saved = [
            Asked(one.id, one.question, "saved", one.must_hit) for one in self._store.all()[:most]
        ]
        known = {one.question.key for one in saved}
        for text in self._insights.asked(most) if len(saved) < most else ():
            question = Question(text[:MAX_QUERY], audience=Audience.AGENT)
            alike = {replace(question, audience=audience).key for audience in Audience}
            if len(saved) < most and len(text.strip()) >= _LEAST and not alike & known:
                known.add(question.key)
                saved.append(Asked("", question, "asked"))
        return saved

    def must_hit(self) -> list[Asked]:
        """The saved questions that must go on being answered, as far as a preview asks them."""
        return [
            Asked(one.id, one.question, "saved", True)
            for one in self._store.all()[:MOST_ASKED]
            if one.must_hit
        ]

    def _made(self, wanted: Wanted, actor: str) -> SavedQuestion:
        made = secrets.token_hex(6)
        return SavedQuestion(
            made, wanted.question, wanted.must_hit, "desk", 1, self._clock(), actor
        )


def _checked(wanted: Wanted) -> Wanted:
    """The question as it is kept, masked; InvalidInput naming the fields at fault."""
    question = wanted.question
    text = " ".join(mask(question.text).split())
    problems = [
        Problem("", wanted.line, "expects", message)
        for entry_id in question.expects
        if (message := id_problem(entry_id))
    ]
    if len(question.expects) > _MOST_EXPECTED:
        message = f"must not name more than {_MOST_EXPECTED} entries"
        problems.append(Problem("", wanted.line, "expects", message))
    if not text:
        problems.append(Problem("", wanted.line, "question", "must not be empty"))
    if len(text) > MAX_QUERY:
        message = f"must not exceed {MAX_QUERY} characters"
        problems.append(Problem("", wanted.line, "question", message))
    if any("\ud800" <= char <= "\udfff" or char == "\x00" for char in text):
        problems.append(Problem("", wanted.line, "question", "holds characters that are no text"))
    if wanted.must_hit and not question.expects:
        message = "must name an entry where the question must be answered"
        problems.append(Problem("", wanted.line, "expects", message))
    if problems:
        raise InvalidInput(problems)
    expects = tuple(dict.fromkeys(question.expects))
    return replace(wanted, question=replace(question, text=text, expects=expects))


def same_questions(rows: Sequence[Asked]) -> str:
    """Equal texts mean the same questions with the same expectations."""
    return "\n".join(
        f"{one.question.key}>{','.join(one.question.expects)}{'!' * one.must_hit}" for one in rows
    )
