"""What questions are answered with now: asked once for each state of the knowledge, then kept."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from assistant.impact.model import Asked
from indexer.results import SearchRequest
from indexer.what_if import Answer, State

Ask = Callable[[State, SearchRequest], Answer]
_KEPT = 16  # what is in force now, and at the moments at which something begins or ends
_BREATH = 0.0002  # seconds in which another thread gets its turn
_EVERY = 4  # questions between two of these


@dataclass
class _Shelf:
    answers: dict[str, Answer] = field(default_factory=dict)
    turn: threading.Lock = field(default_factory=threading.Lock)


class Baseline:
    """Answers in states that are looked at again and again. Thread-safe.

    A state's answers hold for a stretch of time in which nothing begins or ends.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._known: OrderedDict[tuple[str, int], _Shelf] = OrderedDict()
        self._lock = threading.Lock()

    def answers(self, state: State, asked: Sequence[Asked], moment: datetime) -> list[Answer]:
        """The answers at a moment, in order; those known are not asked again.

        A proposal's own questions, which nobody else will ask, are asked and not kept.
        """
        shelf = self._shelf((state.key, state.interval(moment)))
        return [
            self._ask(state, one.question.request(moment))
            if one.source == "own" and one.question.key not in shelf.answers
            else self._answer(shelf, state, one, moment)
            for one in asked
        ]

    def _answer(self, shelf: _Shelf, state: State, asked: Asked, moment: datetime) -> Answer:
        key = asked.question.key
        known = shelf.answers.get(key)
        if known is None:
            with shelf.turn:  # whoever works on the same shelf takes turns: no question twice
                known = shelf.answers.get(key)
                if known is None:
                    known = self._ask(state, asked.question.request(moment))
                    shelf.answers[key] = known
            time.sleep(_BREATH)
        return known

    def _shelf(self, place: tuple[str, int]) -> _Shelf:
        with self._lock:
            shelf = self._known.setdefault(place, _Shelf())
            self._known.move_to_end(place)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
            return shelf


def ask_all(ask: Ask, state: State, asked: Sequence[Asked], moment: datetime) -> list[Answer]:
    """The answers of a state that nobody will look at again, in order."""
    found: list[Answer] = []
    for at, one in enumerate(asked):
        found.append(ask(state, one.question.request(moment)))
        if at % _EVERY == 0:
            time.sleep(_BREATH)
    return found
