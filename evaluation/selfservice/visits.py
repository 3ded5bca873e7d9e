"""Scripts of visits: what a customer wants, says, and does when they are not helped.

`evaluation/data/visits.jsonl`, one a line. They are worded from the customer's situation; which
entries solve it was looked up afterwards.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from evaluation.judged import SPLITS
from evaluation.labelled_lines import read_lines
from kb.errors import InvalidInput, Problem

DEFAULT_FILE = Path(__file__).parents[1] / "data" / "visits.jsonl"
LANGUAGES = ("zh", "en")
# Why a person is due.
REASONS = (
    "asked_for_person",
    "no_knowledge",
    "several_departments",
    "upset",
    "sensitive",
    "repeated",
)
UNHELPED, MISSED, CLARIFY = "unhelped", "missed", "clarify"


@dataclass(frozen=True, slots=True)
class Said:
    """Something that the customer says anyway, and what they have ready in case.

    Attributes:
        text: The message.
        needs: Which of the script's needs it is about, by their place.
        aside: Whether nothing hangs on the answer: a greeting, or what came before the matter.
        like: What an option of a question back must contain to be the one that is meant.
        rephrase: What they say instead when it did not help; empty: they leave it at that.
        rejects: Whether they notice a wrong answer and say so. Others believe it.
    """

    text: str
    needs: tuple[int, ...] = ()
    aside: bool = False
    like: tuple[str, ...] = ()
    rephrase: str = ""
    rejects: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """One customer with a goal.

    Exactly one of `needs`, `handover` and `abstain` says how the visit should end.

    Attributes:
        id: Unique in the file and stable for ever.
        split: `dev` or `test`; never tune on test.
        lang: `zh` or `en`.
        category: What is special about it.
        goal: What they are after, in words.
        context: What the page around the widget tells of them.
        turns: What they say, in order.
        needs: For each thing they need, the public entries any of which gives it.
        handover: Why a person is due; empty if none is.
        abstain: Whether nobody needs to do anything for it, and no answer is the right one.
        helpful: Entries that do not settle it but are no wrong answer either.
    """

    id: str
    split: str
    lang: str
    category: str
    goal: str
    turns: tuple[Said, ...]
    needs: tuple[frozenset[str], ...] = ()
    handover: str = ""
    abstain: bool = False
    helpful: frozenset[str] = frozenset()
    context: Mapping[str, str] = field(default_factory=dict)

    @property
    def goal_entries(self) -> frozenset[str]:
        """All entries that solve any part of it."""
        return frozenset[str]().union(*self.needs)

    @property
    def believes(self) -> bool:
        """Whether they would believe a wrong answer to any of what matters."""
        return any(not turn.aside and not turn.rejects for turn in self.turns)


def load(path: Path = DEFAULT_FILE, split: str = "") -> list[Script]:
    """Reads the file; only scripts of `split` when given.

    Raises:
        InvalidInput: With file and line, for every line that is no script, whose id is there
            twice, or whose goal is an entry that a script of the other split aims at.
    """
    found, problems = read_lines(path, _script, "a script")
    problems += _contradictions(path, found)
    if problems:
        raise InvalidInput(problems)
    return [script for _, script in found if not split or script.split == split]


def unknown_entries(scripts: Iterable[Script], public: Collection[str]) -> list[str]:
    """Entries that scripts name and that are not public in force, each with its scripts."""
    named: dict[str, list[str]] = {}
    for script in scripts:
        for entry in (script.goal_entries | script.helpful) - set(public):
            named.setdefault(entry, []).append(script.id)
    return [f"{entry} (named by {', '.join(ids)})" for entry, ids in sorted(named.items())]


def _script(raw: Mapping[str, Any]) -> Script:
    script = Script(
        id=str(raw["id"]),
        split=raw["split"],
        lang=raw["lang"],
        category=str(raw["category"]),
        goal=str(raw["goal"]),
        turns=_turns(raw["turns"]),
        needs=tuple(frozenset(map(str, ids)) for ids in raw.get("solved_by", ())),
        handover=raw.get("handover", ""),
        abstain=bool(raw.get("abstain", False)),
        helpful=frozenset(map(str, raw.get("helpful", ()))),
        context={str(k): str(v) for k, v in raw.get("context", {}).items()},
    )
    if script.split not in SPLITS or script.lang not in LANGUAGES:
        raise ValueError("unknown split or language")
    if script.handover and script.handover not in REASONS:
        raise ValueError(f"a reason to hand over is one of {', '.join(REASONS)}")
    if bool(script.needs) + bool(script.handover) + script.abstain != 1:
        raise ValueError("exactly one of solved_by, handover and abstain")
    if not all(script.needs):
        raise ValueError("a need that no entry meets")
    asked = {need for turn in script.turns for need in turn.needs if not turn.aside}
    if script.needs and asked != set(range(len(script.needs))):
        raise ValueError("the turns do not ask for every need")
    return script


def _turns(rows: Sequence[Mapping[str, Any]]) -> tuple[Said, ...]:
    turns: list[Said] = []
    for row in rows:
        if "say" in row:
            needs = tuple(int(need) for need in row.get("needs", (0,)))
            turns.append(Said(_text(row["say"]), needs, bool(row.get("aside", False))))
        elif row["if"] == CLARIFY:
            like = tuple(map(str, row["choose"]["like"]))
            turns[-1] = replace(turns[-1], like=like)
        elif row["if"] in (UNHELPED, MISSED):
            rejects = row["if"] == UNHELPED
            turns[-1] = replace(turns[-1], rephrase=_text(row["rephrase"]), rejects=rejects)
        else:
            raise ValueError(f"unknown condition {row['if']!r}")
    if not any(not turn.aside for turn in turns):
        raise ValueError("the customer says nothing that matters")
    return tuple(turns)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("an empty message")
    return value


def _contradictions(path: Path, found: Sequence[tuple[int, Script]]) -> list[Problem]:
    problems: list[Problem] = []
    ids: set[str] = set()
    aimed: dict[str, str] = {}
    for number, script in found:
        if script.id in ids:
            problems.append(Problem(str(path), number, "id", f"{script.id} is there twice"))
        ids.add(script.id)
        for entry in sorted(script.goal_entries):
            if aimed.setdefault(entry, script.split) != script.split:
                message = f"{entry} is the goal of scripts in both splits"
                problems.append(Problem(str(path), number, "solved_by", message))
    return problems
