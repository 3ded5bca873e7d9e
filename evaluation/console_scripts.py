"""What customers write in the load test of the console: contacts made of the judged queries.

A contact opens with what was said before a follow-up, if its first query is one. Further queries of
other customers follow, each after an answer, as long as at most `MOST_BEFORE` messages stand before
the newest.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evaluation.judged import Judged, Turn

MOST_BEFORE = 6
_ANSWER = Turn("agent", "您好，您的问题已经收到，我帮您核对一下，请稍等。")


@dataclass(frozen=True, slots=True)
class Script:
    """One contact: what was said before it opened, and what the customer writes then."""

    before: tuple[Turn, ...]
    asked: tuple[str, ...]


def scripts(queries: Sequence[Judged], seed: int) -> Iterator[Script]:
    """Contacts without end; the same ones for the same seed."""
    source = random.Random(seed)
    alone = [query for query in queries if not query.history]
    while True:
        first = source.choice(queries)
        before = first.history[-MOST_BEFORE:]
        if before and before[-1].role == "customer":
            before = (*before[1 - MOST_BEFORE :], _ANSWER)
        asked = [first.query]
        for _ in range((MOST_BEFORE - len(before)) // 2):
            asked.append(source.choice(alone).query)
        yield Script(before, tuple(asked))


def answers(queries: Sequence[Judged]) -> list[str]:
    """What agents wrote in the judged conversations, to answer with."""
    found = {turn.text for query in queries for turn in query.history if turn.role == "agent"}
    return sorted(found) or [_ANSWER.text]
