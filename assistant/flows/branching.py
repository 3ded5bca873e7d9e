"""The ways on in a step's Markdown: from its sentences and from its tables of symptoms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from assistant.flows.model import TargetKind
from assistant.flows.ways import Link, Way, mentions_step, way_of, way_of_cells
from kb.sections import numbered_lines, plain_text, split_target
from kb.sentences import split

_LINK = re.compile(r"\[(?P<label>[^\[\]]{1,200})\]\((?P<target>kb:[^()\s]{1,200})\)")
_ADVICE = re.compile(
    r"怎么办|怎么做|怎么降温|处理(?!要)|下一步|去哪|先做|对策|解决|转给谁"
    r"|\b(?:what to do|try|next|action|fix|solution|go to|hand over)\b",
    re.IGNORECASE,
)
_SYMPTOM = re.compile(
    r"现象|结果|症状|情况|看到|听到|表现|\b(?:symptom|result|sign|light)\b", re.IGNORECASE
)
_PEOPLE = re.compile(r"转给谁|转到哪|hand over", re.IGNORECASE)


def ways(markdown: str) -> list[Way]:
    """Every way on that a step's text states, in order; nothing inside code fences."""
    found: list[Way] = []
    header: list[str] = []
    rows: list[tuple[list[str], str, dict[str, Link]]] = []
    for _, line, fenced in numbered_lines(markdown):
        plain = plain_text(line) if not fenced else ""
        if line.lstrip().startswith("|") and not fenced:
            if plain and not header:
                header = _cells(plain)
            elif plain:
                rows.append((_cells(plain), plain, _links(line)))
            continue
        found += _of_table(header, rows)
        header, rows = [], []
        for sentence in split(plain):
            if way := way_of(sentence, _links(line)):
                found.append(way)
    return [*found, *_of_table(header, rows)]


def has_symptoms(markdown: str) -> bool:
    """Whether a text has a table that says what to do for each thing one can see."""
    lines = [line for _, line, fenced in numbered_lines(markdown) if not fenced]
    for line, following in pairwise(lines):
        if line.lstrip().startswith("|") and re.match(r"\s*\|\s*:?-", following):
            if _is_symptoms(_cells(plain_text(line)), []):
                return True
    return False


def _of_table(
    header: list[str], rows: list[tuple[list[str], str, dict[str, Link]]]
) -> Iterator[Way]:
    if not _is_symptoms(header, [plain for _, plain, _ in rows]):
        return
    people = any(_PEOPLE.search(name) for name in header[1:])
    for cells, plain, links in rows:
        condition, advice = _parted(header, cells)
        if not condition:
            continue
        way = way_of_cells(condition, advice, plain, links)
        if people and way.kind is TargetKind.END:
            way = Way(condition, advice, plain, TargetKind.HANDOVER)
        yield way


def _is_symptoms(header: list[str], rows: list[str]) -> bool:
    """By its columns, or because a row of it sends the reader to another step."""
    return len(header) > 1 and (
        any(_ADVICE.search(name) for name in header[1:]) or any(map(mentions_step, rows))
    )


def _parted(header: list[str], cells: list[str]) -> tuple[str, str]:
    """Condition and advice of a row; a column that explains goes with the advice, named."""
    conditions, advice = [], list[str]()
    colon = "：" if any("\u4e00" <= char <= "\u9fff" for char in "".join(header)) else ": "
    for place, cell in enumerate(cells):
        name = header[place] if place < len(header) else ""
        if not cell:
            continue
        if place == 0 or (_SYMPTOM.search(name) and not _ADVICE.search(name)):
            conditions.append(cell)
        elif _ADVICE.search(name) or not name:
            advice.append(cell)
        else:
            advice.append(f"{name}{colon}{cell}")
    joined = "；" if colon == "：" else "; "
    return " · ".join(conditions), joined.join(advice)


def _cells(plain_row: str) -> list[str]:
    return [cell.strip() for cell in plain_row.split(" | ")]


def _links(line: str) -> dict[str, Link]:
    """The links of a line to other entries, by their words."""
    if "](kb:" not in line:
        return {}
    return {
        plain_text(link["label"]): Link(*split_target(link["target"]))
        for link in _LINK.finditer(line)
    }
