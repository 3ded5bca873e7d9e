"""A linear score over the character n-grams of a text."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+|[a-z][a-z']*|[!?\uff01\uff1f~…]+")
_LONGEST = 3


def grams(text: str) -> set[str]:
    """One to three neighbouring Han characters, Latin words and their pairs, runs of marks.

    Expects normalised text; marks are cut to three of a kind.
    """
    found: set[str] = set()
    latin = ""
    for run in _RUN.findall(text):
        if run[0] in "!?\uff01\uff1f~…":
            found.add(run[:3])
        elif run[0].isascii():
            found.update((run, f"{latin} {run}") if latin else (run,))
            latin = run
        else:
            latin = ""
            for size in range(1, _LONGEST + 1):
                found.update(run[at : at + size] for at in range(len(run) - size + 1))
    return found


def score(text: str, weights: Mapping[str, float]) -> float:
    """The sum of the weights of a text's n-grams, as if its vector had length one; 0 if empty."""
    found = grams(text)
    if not found:
        return 0.0
    total = sum(weights.get(gram, 0.0) for gram in sorted(found))
    return total / math.sqrt(len(found))
