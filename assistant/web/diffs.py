"""What differs between two revisions: fields, the body line by line, and the body word by word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from assistant.web.entry_responses import ContentOut, FieldChange, WordChange
from kb.bounded_matching import BoundedMatcher, Effort
from kb.bounded_matching import unified as unified_lines
from kb.model import Revision

# One Han character, one run of letters or digits, one run of blanks, or one other sign at a time.
_WORDS = re.compile(r"[\u3400-\u9fff]|[A-Za-z0-9_]+|\s+|.", re.DOTALL)
_MOST_WORDS = 20_000  # difflib is quadratic at worst; beyond this the lines have to do
_MANY_WORDS = 2_000  # from here on difflib may take frequent words for noise
_CHANCE = 2  # so few equal words between two changes are chance, not sense


def unified(before: Revision, after: Revision) -> str:
    """A unified diff of the two bodies, or an empty string when they are equal."""
    lines = unified_lines(
        before.content.body.splitlines(),
        after.content.body.splitlines(),
        (f"r{before.number}", f"r{after.number}"),
        end="",
    )
    return "\n".join(lines)


def field_changes(before: ContentOut, after: ContentOut) -> list[FieldChange]:
    """Every field but the body that differs, in the order of the model."""
    old, new = dict(before), dict(after)
    return [
        {"field": name, "before": old[name], "after": new[name]}
        for name in old
        if name != "body" and old[name] != new[name]
    ]


def word_changes(before: str, after: str, effort: Effort | None = None) -> list[WordChange]:
    """The body as runs of equal, inserted and deleted words; by line when it is very long.

    `effort` is shared by several comparisons; what it does not suffice for counts as replaced.
    """
    old, new = words(before), words(after)
    if max(len(old), len(new)) > _MOST_WORDS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: list[WordChange] = []
    for equal, a, b, c, d in changed_runs(old, new, effort):
        if equal:
            found.append({"op": "equal", "text": "".join(old[a:b])})
            continue
        if b > a:
            found.append({"op": "delete", "text": "".join(old[a:b])})
        if d > c:
            found.append({"op": "insert", "text": "".join(new[c:d])})
    return found


def words(text: str) -> list[str]:
    """A text cut into what counts as one word each; together they are the text again."""
    return _WORDS.findall(text)


class Run(NamedTuple):
    """A stretch that is equal, or one that was replaced: ``old[a:b]`` became ``new[c:d]``."""

    equal: bool
    a: int
    b: int
    c: int
    d: int

    @property
    def size(self) -> int:
        """How many words it takes away or puts in, whichever is more."""
        return max(self.b - self.a, self.d - self.c)


def changed_runs(old: Sequence[str], new: Sequence[str], effort: Effort | None = None) -> list[Run]:
    """Equal and replaced stretches in turn; together they cover both texts.

    A sign or two that two reworded passages happen to share is part of the rewording: a reader
    wants to see what was said before and what is said now, not which letters could stay.
    """
    matcher = BoundedMatcher(old, new, effort, autojunk=len(old) > _MANY_WORDS)
    runs = [Run(op == "equal", a, b, c, d) for op, a, b, c, d in matcher.get_opcodes()]
    joined: list[Run] = []
    for place, run in enumerate(runs):
        inner = 0 < place < len(runs) - 1
        if run.equal and inner and _by_chance(runs[place - 1], runs[place + 1], old[run.a : run.b]):
            run = run._replace(equal=False)
        if joined and joined[-1].equal == run.equal:
            first = joined.pop()
            run = run._replace(a=first.a, c=first.c)
        joined.append(run)
    return joined


def _by_chance(before: Run, after: Run, shared: Sequence[str]) -> bool:
    """Whether so little stays between two rewordings that it means nothing."""
    if len(shared) > _CHANCE or any(not word.isalnum() for word in shared):
        return False
    return before.size > len(shared) < after.size
