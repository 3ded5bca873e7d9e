"""The editable word lists and phrases behind risk, hand-over and empathy.

Four JSON files are packaged beside this module: `words.json` (mood, repeated contact, asking for a
person, small talk, names of others; `synonyms`: what customers say and what articles say instead;
`products`: what the company's products are called), `sensitive.json` (words that raise an early
warning, and the path to follow), `groups.json` (skill groups by topic words) and `phrases.json`
(our own sentences). A file of the same name in `<data>/replies/` replaces the top-level keys it
contains; the rest stays as packaged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from kb.errors import InvalidInput, Problem

FILES = ("words.json", "sensitive.json", "groups.json", "phrases.json")


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables, loaded. The keys are documented by the packaged files themselves."""

    words: Mapping[str, Any]
    sensitive: Mapping[str, Any]
    groups: Mapping[str, Any]
    phrases: Mapping[str, Any]


def load_tables(data: Path | None = None) -> Tables:
    """Load the packaged tables, overlaid by `<data>/replies/<name>.json` where such a file exists.

    Raises:
        InvalidInput: An override is not JSON, not an object, has a key that the packaged file does
            not know, or a value of another type; every defect of every file is listed.
    """
    problems: list[Problem] = []
    loaded = [_load(name, data, problems) for name in FILES]
    if problems:
        raise InvalidInput(problems)
    return Tables(*loaded)


def _load(name: str, data: Path | None, problems: list[Problem]) -> dict[str, Any]:
    packaged = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(packaged)
    override = data / "replies" / name if data else None
    if override and override.is_file():
        table.update(_read_override(override, table, problems))
    return table


def _read_override(
    path: Path, packaged: Mapping[str, Any], problems: list[Problem]
) -> dict[str, Any]:
    try:
        override = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        problems.append(Problem(str(path), getattr(error, "lineno", 0), "", f"not JSON: {error}"))
        return {}
    if not isinstance(override, dict):
        problems.append(Problem(str(path), 1, "", "must be a JSON object"))
        return {}
    for key, value in override.items():
        if key not in packaged:
            known = ", ".join(packaged)
            problems.append(Problem(str(path), 0, key, f"unknown key; known: {known}"))
        elif type(value) is not type(packaged[key]):
            wanted = type(packaged[key]).__name__
            problems.append(Problem(str(path), 0, key, f"must be a {wanted}"))
    return override
