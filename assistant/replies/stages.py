"""References to the numbered stages of a guide, put into words.

「没变,转到第 2 步」 means nothing to a customer who does not have the guide at hand. Where a
section is headed 「第 2 步 看滤网」, the reference becomes 「接下来看滤网」, any other mention of
the stage 「“看滤网”」, and the heading is one more quote. What is named already (转到第 6 步报修)
is not named twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from kb.sections import Section

_HEADING = re.compile(r"(?:第 ?(\d+) ?步|step (\d+))[\s:.\uff1a—-]+(\S.*)", re.IGNORECASE)
_REFERENCE = re.compile(
    r"(?P<go>(?:请?转到|请?进入|接着做|继续做) ?)?第 ?(?P<zh>\d+) ?步"
    r"|(?<!\w)step (?P<en>\d+)(?!\w)",
    re.IGNORECASE,
)


def stages_of(sections: Iterable[Section]) -> dict[str, tuple[str, str]]:
    """Stage number → (what it is called, its whole heading)."""
    found: dict[str, tuple[str, str]] = {}
    for section in sections:
        match = _HEADING.fullmatch(section.title)
        if match:
            found[match[1] or match[2]] = (match[3], section.title)
    return found


def name_stages(
    text: str, quotes: tuple[str, ...], stages: Mapping[str, tuple[str, str]]
) -> tuple[str, tuple[str, ...]]:
    """Text with each reference to a stage replaced by what the stage is called, and its quotes."""
    headings: dict[str, None] = {}

    def name(match: re.Match[str]) -> str:
        stage = stages.get(match["zh"] or match["en"])
        if stage is None:
            return match[0]
        headings[stage[1]] = None
        if not match["go"]:
            return f"“{stage[0]}”"
        named_already = text.startswith(stage[0], match.end())
        return "请" if named_already else f"接下来{stage[0]}"

    named = _REFERENCE.sub(name, text)
    return named, (*quotes, *headings)
