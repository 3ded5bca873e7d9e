"""The editable words and phrases of replies, with the settings of what is watched for.

Two JSON files are packaged beside this module: `words.json` (small talk, names of others;
`synonyms`: what customers say and what articles say instead; `products`: what the company's
products are called) and `phrases.json` (our own sentences). A file of the same name in
`<data>/replies/` replaces the top-level keys it contains; the rest stays as packaged. For the
tables behind `risk` see `assistant.risk.settings`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant import editable
from assistant.risk.settings import RiskSettings, load_settings
from kb.errors import InvalidInput, Problem

FILES = ("words.json", "phrases.json")


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables, loaded. The keys are documented by the packaged files themselves."""

    words: Mapping[str, Any]
    phrases: Mapping[str, Any]
    risk: RiskSettings


def load_tables(data: Path | None = None) -> Tables:
    """Load the packaged tables, overlaid by `<data>/replies/<name>.json` where such a file exists.

    Raises:
        InvalidInput: An override, here or in `<data>/risk/`, cannot be used; every defect of every
            file is listed.
    """
    problems: list[Problem] = []
    folder = data / "replies" if data else None
    words, phrases = (editable.load(__package__, name, folder, problems) for name in FILES)
    risk = load_settings(data, problems)
    if problems:
        raise InvalidInput(problems)
    return Tables(words, phrases, risk)
