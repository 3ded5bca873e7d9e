"""Where a proposed sentence goes into the Markdown that the sentence was read from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.sections import plain_text

_FIGURE = re.compile(r"[0-9A-Za-z.,%零〇一二两三四五六七八九十百千万亿半]")


def in_markdown(body: str, sentence: str, proposal: str) -> tuple[str, str] | None:
    """What to replace in `body`, and by what, so that `sentence` reads as `proposal`.

    The sentence itself where it stands in the source as it reads; else, where links or emphasis
    stand inside it, the line that holds it. None when it cannot be told which place is meant.
    """
    if body.count(sentence) == 1:
        return sentence, proposal
    lines = [line for line in body.split("\n") if sentence in plain_text(line)]
    if len(lines) != 1 or body.count(lines[0]) != 1:
        return None
    line = lines[0]
    for old, new in _widening(sentence, proposal):
        if line.count(old) == 1:
            changed = line.replace(old, new)
            if proposal in plain_text(changed):
                return line, changed
    return None


def _widening(sentence: str, proposal: str) -> Iterator[tuple[str, str]]:
    """What differs, figures whole, then with ever more of the words before, behind, around it."""
    start = _shared(sentence, proposal)
    tail = _shared(sentence[start:][::-1], proposal[start:][::-1])
    while start and _FIGURE.fullmatch(sentence[start - 1]):
        start -= 1
    while tail and _FIGURE.fullmatch(sentence[len(sentence) - tail]):
        tail -= 1
    for more in range(max(start, tail) + 1):
        before, behind = max(0, start - more), max(0, tail - more)
        for first, last in dict.fromkeys(((start, behind), (before, tail), (before, behind))):
            piece = sentence[first : len(sentence) - last]
            if piece:
                yield piece, proposal[first : len(proposal) - last]


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        count += 1
    return count
