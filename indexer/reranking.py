"""A second opinion on the best entries of a search, by a model that reads query and text together.

Cross-encoders judge better than anything that reads the two apart (Nogueira & Cho, Passage
Re-ranking with BERT, 2019), and cost far more: only the best few are shown to one.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.follow_ups import Ranked
from indexer.opening import Opened

if TYPE_CHECKING:
    from kb.settings import Settings

JUDGED = 20
_SUREST = 1e-4
_LEAST = 1e-12
log = logging.getLogger(__name__)


class Reranker(Protocol):
    """Judges how likely each of some passages answers a query. Thread-safe.

    Attributes:
        name: For people: the model's name or folder.
    """

    name: str

    def scores(self, query: str, passages: Sequence[str]) -> NDArray[np.float64]:
        """Probability (0 to 1) that each passage answers the query, in their order.

        A passage's score does not depend on the others.

        Args:
            query: Any text.
            passages: Any texts; what is too long for the model counts by its beginning.

        Raises:
            Unavailable: A remote model did not answer.
        """
        ...


class Answers(NamedTuple):
    """Entries by falling probability, and the probability that any entry at all answers."""

    order: Sequence[Ranked]
    any_answers: float


class Reranking:
    """Combines a re-ranker's judgement with the product's own. Thread-safe.

    Both are probabilities, so their log odds are averaged: the result is one as well, and an
    entry of which both are as sure as of each other keeps its place.

    Args:
        reranker: Gives the second opinion.
        weight: Its share in the average, 0 to 1.
    """

    def __init__(self, reranker: Reranker, weight: float) -> None:
        self._reranker, self._weight = reranker, weight
        self._out = False

    @property
    def outage(self) -> str:
        """What to tell of an answer that had to do without the re-ranker."""
        return f"re-ranker {self._reranker.name} does not answer: plain ranking"

    def improved(self, opened: Opened, query: str, plain: Answers) -> Answers | None:
        """The answers after a second look at the best of them; None when the re-ranker failed.

        Args:
            opened: The generation that was searched.
            query: The query as it was understood.
            plain: What was found; its first 20 entries are judged anew.
        """
        judged = plain.order[:JUDGED]
        if not judged:
            return plain
        try:
            found = self._reranker.scores(query, [_passage(opened, ranked) for ranked in judged])
            own = [*(ranked.chance for ranked in judged), plain.any_answers]
            # That any entry answers is as likely, to the re-ranker, as that its favourite does.
            *chances, any_answers = combined(own, [*found, max(found)], self._weight)
        except Exception as error:
            # Whatever a model or its server comes up with, the plain ranking is at hand.
            self._failed(error)
            return None
        self._worked()
        again = [
            ranked._replace(chance=chance) for ranked, chance in zip(judged, chances, strict=True)
        ]
        # Stable: entries of the same probability stay in the order of the plain ranking.
        order = sorted([*again, *plain.order[JUDGED:]], key=lambda ranked: -ranked.chance)
        return Answers(order, any_answers)

    def _failed(self, error: Exception) -> None:
        if not self._out:
            self._out = True
            log.warning("re-ranker %s failed, plain ranking: %s", self._reranker.name, error)

    def _worked(self) -> None:
        if self._out:
            self._out = False
            log.info("re-ranker %s answers again", self._reranker.name)


def combined(own: Sequence[float], others: Sequence[float], weight: float) -> list[float]:
    """Means of two opinions in log odds, pair by pair; the others count as at most 99.99% sure.

    Raises:
        ValueError: There are not as many of both, or the others are not all from 0 to 1.
    """
    theirs = np.asarray(others, dtype=np.float64)
    if len(own) != len(theirs) or not ((theirs >= 0) & (theirs <= 1)).all():
        raise ValueError("not one probability from 0 to 1 for each passage")
    mine = np.clip(np.asarray(own, dtype=np.float64), _LEAST, 1 - _LEAST)
    theirs = np.clip(theirs, _SUREST, 1 - _SUREST)
    power = (1 - weight) * _log_odds(mine) + weight * _log_odds(theirs)
    return [float(chance) for chance in 1 / (1 + np.exp(-power))]


def load_reranking(settings: Settings) -> Reranking | None:
    """The re-ranking the settings name; None when they name none.

    Raises:
        NotFound: The model cannot be found.
        InvalidInput: The model gives no single score, or address or key are malformed.
    """
    from indexer.encoder import CrossEncoderReranker
    from indexer.endpoint import is_address
    from indexer.remote import remote_reranker

    name = settings.reranker
    if not name:
        return None
    reranker: Reranker = (
        remote_reranker("ZHIKE_RERANKER", name, settings.reranker_key)
        if is_address(name)
        else CrossEncoderReranker(name)
    )
    return Reranking(reranker, settings.reranker_weight)


def _passage(opened: Opened, ranked: Ranked) -> str:
    """Title, best question and best section of an entry, as far as the searcher may read them."""
    found, at = ranked.reading.found, ranked.at
    parts = [opened.catalogue.revisions[int(found.revisions[at])].title]
    for row in (int(found.asked[at]), int(found.body[at])):
        if row >= 0:
            parts.append(opened.catalogue.chunk(row).quote)
    return "\n".join(dict.fromkeys(parts))


def _log_odds(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.log(chances / (1 - chances))
    return found
