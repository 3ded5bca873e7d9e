"""Two readings of a follow-up, alone and with what was said before, made into one ranking.

Which reading is meant is not known, so it is given a probability: a small logistic model over the
wording, over whether what it finds with the context speaks of what it asks, and over how sure it
is alone. Where the follow-up is likelier to stand alone, as after a change of topic, the context
is dropped; else each entry's probability is its mean over both readings, weighted by theirs (the
law of total probability), so that it stays one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.dialogue import Context
from indexer.features import Candidates, Query
from indexer.opening import Opened

_DROPPED_BELOW = 0.5
_IDLE_BELOW = 0.75
_MOST_WORDS = 4
_MOST_UNKNOWN = 2
_SURE, _MUCH_SURER = 2.0, 3.0  # log odds
_NEVER = 1e-6


@dataclass(frozen=True, slots=True)
class Reading:
    """A query as it was read, its measured candidates, the probability of each, and of any."""

    query: Query
    found: Candidates
    chances: NDArray[np.float64]
    any_answers: float

    @property
    def best(self) -> float:
        """The highest probability; 0 without candidates."""
        return float(self.chances.max(initial=0.0))

    @property
    def leader(self) -> int:
        """The row of the revision with the highest probability; -1 without candidates."""
        return int(self.found.revisions[self.chances.argmax()]) if len(self.chances) else -1


class Ranked(NamedTuple):
    """One entry of the common ranking: its probability, and where it was found."""

    chance: float
    reading: Reading
    at: int


@dataclass(frozen=True, slots=True)
class Dependence:
    """Weights of the probability that a follow-up is meant with its context.

    Fitted to judged follow-ups and changes of topic, and to questions of their own put behind
    another conversation, which count a fifth.

    Attributes:
        bias: Constant.
        leans: For wording that points back.
        leaves: For wording that announces another topic.
        own: For each content word of the follow-up, up to four.
        missed: For the share of these, by rarity, that the best answer with the context lacks.
        unknown: For each of these, up to two, that the index does not know at all.
        sure: For how far, in log odds, the best answer alone is more than 0.88 sure.
        surer: For how much surer, in log odds, the best answer with the context is, up to 3.
    """

    bias: float = 2.4
    leans: float = 1.2
    leaves: float = -1.3
    own: float = -0.75
    missed: float = -1.2
    unknown: float = -0.6
    sure: float = -0.6
    surer: float = 0.3

    def probability(
        self, opened: Opened, context: Context, alone: Reading, together: Reading
    ) -> float:
        """How likely the reading with the context is the one that is meant."""
        power = (
            self.bias
            + self.leans * context.leans
            + self.leaves * context.leaves
            + self.own * min(len(context.own), _MOST_WORDS)
            + self.missed * missed(opened, context.own, together.leader)
            + self.unknown * min(context.unknown, _MOST_UNKNOWN)
            + self.sure * max(_log_odds(alone.best) - _SURE, 0.0)
            + self.surer * min(_log_odds(together.best) - _log_odds(alone.best), _MUCH_SURER)
        )
        return float(1 / (1 + np.exp(-power)))


def shares(
    opened: Opened, context: Context, alone: Reading, together: Reading
) -> list[tuple[Reading, float]]:
    """The readings that count, each with its probability: the one alone, or both.

    The context is dropped where the follow-up is likelier meant alone; sooner where it changes
    little, since the same entry leads and is less sure.
    """
    share = Dependence().probability(opened, context, alone, together)
    idle = together.leader == alone.leader and together.best <= alone.best
    if share < (_IDLE_BELOW if idle else _DROPPED_BELOW):
        return [(alone, 1.0)]
    return [(together, share), (alone, 1 - share)]


def ranked(opened: Opened, readings: Sequence[tuple[Reading, float]]) -> list[Ranked]:
    """All entries found in any reading, by falling probability, then by entry id.

    Args:
        opened: The generation that was searched.
        readings: Each reading with its probability; these sum to 1.
    """
    ids = opened.catalogue.revisions
    if len(readings) == 1:  # nearly always: nothing to add up
        reading, share = readings[0]
        rows, parts = reading.found.revisions.tolist(), (share * reading.chances).tolist()
        places = sorted(range(len(rows)), key=lambda at: (-parts[at], ids[rows[at]].entry_id))
        return [Ranked(parts[at], reading, at) for at in places]
    chances: dict[int, float] = {}
    sources: dict[int, tuple[float, Reading, int]] = {}
    for reading, share in readings:
        for at, row in enumerate(reading.found.revisions.tolist()):
            part = share * float(reading.chances[at])
            chances[row] = chances.get(row, 0.0) + part
            if row not in sources or part > sources[row][0]:
                sources[row] = (part, reading, at)
    order = sorted(chances, key=lambda row: (-chances[row], ids[row].entry_id))
    return [Ranked(chances[row], *sources[row][1:]) for row in order]


def missed(opened: Opened, words: Sequence[str], row: int) -> float:
    """Share of the words, weighted by rarity, that a revision does not hold; 0 without words."""
    if not words:
        return 0.0
    positions = opened.keywords.positions(words)
    weights = opened.keywords.weights(positions)
    held = np.array([_holds(opened, row, int(position)) for position in positions])
    return float(weights[~held].sum() / weights.sum())


def _holds(opened: Opened, row: int, position: int) -> bool:
    """Whether any chunk of a revision holds the term at a position; neither may exist (-1)."""
    if row < 0 or position < 0:
        return False
    first, behind = opened.catalogue.starts[row : row + 2]
    chunks = opened.keywords.postings(position)
    at = int(np.searchsorted(chunks, first))
    return at < len(chunks) and bool(chunks[at] < behind)


def _log_odds(chance: float) -> float:
    bounded = min(max(chance, _NEVER), 1 - _NEVER)
    return float(np.log(bounded / (1 - bounded)))
