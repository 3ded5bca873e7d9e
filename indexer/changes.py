"""What a part of a query may be replaced with, as corrections see it."""

from __future__ import annotations

from typing import NamedTuple

MOST_OPTIONS = 2


class Change(NamedTuple):
    """Words for a part of a text.

    Attributes:
        start: Where the part begins.
        end: Where it ends.
        words: What stands there instead.
        score: How likely it was meant; higher is likelier.
        sure: Whether the mistake is plain, whatever a search finds.
    """

    start: int
    end: int
    words: tuple[str, ...]
    score: float
    sure: bool


# The readings of one part, best first; never empty.
Slot = list[Change]
