"""The editable word lists, groups and clocks behind an assessment, and the learnt mood model.

Five JSON files are packaged beside this module: `mood.json` (words by what they show; `benign` are
harmless uses of such words), `sensitive.json` (topics with their words, exceptions and advice;
`also`: more words by topic; and the path to follow), `asking.json` (asking for a person),
`groups.json` (skill groups by topic words and by the products they look after, the one for
customers abroad, and their `names` in other languages) and `grading.json`
(clocks in minutes, and the words that decide on grade and colour). A file of the same name in
`<data>/risk/` replaces the top-level keys it contains. `mood_model.json` is learnt, not edited.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from assistant import editable
from assistant.risk.mood import MoodModel
from assistant.risk.sensitive import sensitive_words
from kb.errors import InvalidInput, Problem

FILES = ("mood.json", "sensitive.json", "asking.json", "groups.json", "grading.json")
MODEL = "mood_model.json"
_CLOCKS = {"grades": ("A", "B", "C"), "complaints": ("red", "yellow", "green")}
_ALARMING = frozenset({"safety", "privacy"})


@dataclass(frozen=True, slots=True, eq=False)
class RiskSettings:
    """All tables, loaded. The keys are documented by the packaged files themselves."""

    mood: Mapping[str, Any]
    sensitive: Mapping[str, Any]
    asking: Mapping[str, Any]
    groups: Mapping[str, Any]
    grading: Mapping[str, Any]
    model: MoodModel

    @property
    def claims(self) -> tuple[tuple[list[str], list[str]], ...]:
        """Lists of words, and of their harmless uses, by which customers claim something."""
        return (
            (self.grading["complaint"], self.mood["benign"]),
            (self.grading["compensation"], self.grading["not_compensation"]),
            (self.asking["person"], self.asking["except"]),
        )

    @property
    def skill_groups(self) -> tuple[str, ...]:
        """Every group that the tables name, each once: those of topics first, in their order."""
        groups, escalation = self.groups, self.sensitive["escalation"]
        last = (groups["complaints"], escalation["group"], groups["abroad"], groups["default"])
        return tuple(dict.fromkeys((*groups["topics"], *groups["products"], *last)))

    def group_label(self, group: str, lang: str) -> str:
        """What readers of a language call a group; its own name where the table has no other."""
        label: str = self.groups["names"].get(lang, {}).get(group, group)
        return label

    def alarmed(self, text: str) -> bool:
        """Whether a message tells of danger: an alarm, not a threat."""
        return any(found.topic in _ALARMING for found in sensitive_words(text, self))

    def threatened(self, text: str) -> bool:
        """Whether a message names a step against the company."""
        return any(found.topic not in _ALARMING for found in sensitive_words(text, self))


def load_settings(data: Path | None = None, problems: list[Problem] | None = None) -> RiskSettings:
    """Load the packaged tables, overlaid by `<data>/risk/<name>.json` where such a file exists.

    Raises:
        InvalidInput: An override cannot be used; every defect of every file is listed. With
            `problems` given they are added to it instead, and nothing is raised.
    """
    found: list[Problem] = []
    folder = data / "risk" if data else None
    mood, sensitive, asking, groups, grading = (
        editable.load(__package__, name, folder, found) for name in FILES
    )
    if not found:
        found += _lists_of("mood.json", mood)
        found += _sensitive_defects(sensitive)
        for kind in ("topics", "products"):
            found += _lists_of("groups.json", groups[kind])
        found += _name_defects(groups["names"])
        for kind, names in _CLOCKS.items():
            found += _clock_defects(kind, names, grading[kind])
    if problems is not None:
        problems += found
    elif found:
        raise InvalidInput(found)
    return RiskSettings(mood, _completed(sensitive), asking, groups, grading, packaged_model())


@lru_cache(maxsize=1)
def packaged_model() -> MoodModel:
    """The mood model that comes with the product."""
    text = resources.files(__package__).joinpath(MODEL).read_text(encoding="utf-8")
    return MoodModel.from_json(json.loads(text))


def _completed(sensitive: Mapping[str, Any]) -> dict[str, Any]:
    """The sensitive words with those of `also` in the lists of their topics."""
    topics = {
        topic: table | {"words": [*table.get("words", ()), *sensitive["also"].get(topic, ())]}
        for topic, table in sensitive["topics"].items()
        if isinstance(table, dict)
    }
    return dict(sensitive) | {"topics": topics}


def _lists_of(file: str, table: Mapping[str, Any]) -> Iterator[Problem]:
    """What would fail later, inside a table of the right type."""
    for name, words in table.items():
        if not _are_words(words):
            yield Problem(file, 0, name, "must be a list of words")


def _sensitive_defects(table: Mapping[str, Any]) -> Iterator[Problem]:
    for topic, entry in table["topics"].items():
        good = isinstance(entry, dict) and _are_words(entry.get("words"))
        if not good or not isinstance(entry.get("advice"), str):
            yield Problem("sensitive.json", 0, topic, "needs a list of words and an advice")
        elif not isinstance(entry.get("advice_en", ""), str):
            yield Problem("sensitive.json", 0, topic, "advice_en must be a text")
    yield from _lists_of("sensitive.json", table["also"])
    for topic in set(table["also"]) - set(table["topics"]):
        yield Problem("sensitive.json", 0, topic, "also: there is no such topic")


def _name_defects(names: Mapping[str, Any]) -> Iterator[Problem]:
    for lang, table in names.items():
        named = isinstance(table, dict) and all(isinstance(v, str) for v in table.values())
        if not named:
            yield Problem("groups.json", 0, f"names.{lang}", "must name groups")


def _clock_defects(kind: str, names: Sequence[str], table: Mapping[str, Any]) -> Iterator[Problem]:
    for name in names:
        if not _is_clock(table.get(name)):
            message = "needs respond_minutes and resolve_minutes, each above zero"
            yield Problem("grading.json", 0, f"{kind}.{name}", message)


def _are_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def _is_clock(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    given = [value.get("respond_minutes"), value.get("resolve_minutes")]
    return all(isinstance(minutes, int | float) and minutes > 0 for minutes in given)
