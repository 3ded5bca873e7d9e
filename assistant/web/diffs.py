"""What differs between two revisions: fields, the body line by line, and the body word by word."""

from __future__ import annotations

import difflib
import re

from assistant.web.entry_responses import ContentOut, FieldChange, WordChange
from kb.model import Revision

# One Han character, one run of letters or digits, one run of blanks, or one other sign at a time.
_WORDS = re.compile(r"[\u3400-\u9fff]|[A-Za-z0-9_]+|\s+|.", re.DOTALL)
_MOST_WORDS = 20_000  # difflib is quadratic at worst; beyond this the lines have to do


def unified(before: Revision, after: Revision) -> str:
    """A unified diff of the two bodies, or an empty string when they are equal."""
    lines = difflib.unified_diff(
        before.content.body.splitlines(),
        after.content.body.splitlines(),
        f"r{before.number}",
        f"r{after.number}",
        lineterm="",
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


def word_changes(before: str, after: str) -> list[WordChange]:
    """The body as runs of equal, inserted and deleted words; by line when it is very long."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > _MOST_WORDS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=len(old) > 2_000)
    found: list[WordChange] = []
    for op, a, b, c, d in matcher.get_opcodes():
        if op == "equal":
            found.append({"op": "equal", "text": "".join(old[a:b])})
            continue
        if b > a:
            found.append({"op": "delete", "text": "".join(old[a:b])})
        if d > c:
            found.append({"op": "insert", "text": "".join(new[c:d])})
    return found
