"""Two bodies side by side: rows of lines that belong together, with their words marked."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from assistant.web.diffs import word_changes
from assistant.web.entry_responses import WordChange
from kb.bounded_matching import BoundedMatcher, Effort

_AROUND = 2  # unchanged lines shown before and after a change
_ALIKE = 0.35  # less alike lines are shown as wholly new and wholly gone


@dataclass(frozen=True, slots=True)
class Row:
    """A line before and after; a side that has none is None. `skipped` lines are left out here."""

    before: list[WordChange] | None = None
    after: list[WordChange] | None = None
    line_before: int = 0
    line_after: int = 0
    changed: bool = False
    skipped: int = 0


def rows(before: str, after: str, *, whole: bool = False) -> list[Row]:
    """The bodies line by line; long unchanged stretches are one row unless `whole`.

    However long and repetitive they are, the work is bounded: what takes more counts as replaced.
    """
    old, new, effort = before.splitlines(), after.splitlines(), Effort()
    found: list[Row] = []
    for op, a, b, c, d in BoundedMatcher(old, new, effort).get_opcodes():
        if op == "equal":
            same = [_same(old[a + n], a + n + 1, c + n + 1) for n in range(b - a)]
            found += same if whole else _shortened(same, at_start=not a, at_end=b == len(old))
        else:
            found += _replaced(old[a:b], new[c:d], (a + 1, c + 1), effort)
    return found


def _same(line: str, number_before: int, number_after: int) -> Row:
    text: list[WordChange] = [{"op": "equal", "text": line}]
    return Row(text, text, number_before, number_after)


def _shortened(same: list[Row], *, at_start: bool, at_end: bool) -> list[Row]:
    head, tail = 0 if at_start else _AROUND, 0 if at_end else _AROUND
    left_out = len(same) - head - tail
    if left_out < _AROUND + 1:
        return same
    return [*same[:head], Row(skipped=left_out), *same[len(same) - tail :]]


def _replaced(old: list[str], new: list[str], first: tuple[int, int], effort: Effort) -> list[Row]:
    # Blank lines only space paragraphs out; next to each other they would tear the pairs apart.
    lines_old = [(n, line) for n, line in enumerate(old, first[0]) if line.strip()]
    lines_new = [(n, line) for n, line in enumerate(new, first[1]) if line.strip()]
    return [_pair(a, b, effort) for a, b in zip_longest(lines_old, lines_new)]


def _pair(old: tuple[int, str] | None, new: tuple[int, str] | None, effort: Effort) -> Row:
    number_before, number_after = old[0] if old else 0, new[0] if new else 0
    if old and new and _alike(old[1], new[1], effort):
        words = word_changes(old[1], new[1], effort)
        before = [word for word in words if word["op"] != "insert"]
        after = [word for word in words if word["op"] != "delete"]
    else:
        before = [{"op": "delete", "text": old[1]}] if old else []
        after = [{"op": "insert", "text": new[1]}] if new else []
    return Row(before or None, after or None, number_before, number_after, changed=True)


def _alike(old: str, new: str, effort: Effort) -> bool:
    return BoundedMatcher(old, new, effort, autojunk=True).ratio() >= _ALIKE
