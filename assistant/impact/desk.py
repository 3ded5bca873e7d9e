"""The parts of this package, put together once for a process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.engine import Engine

from assistant.impact.hit_tests import HitTests
from assistant.impact.previews import Previews
from assistant.impact.questions import Questions
from assistant.impact.turns import Turns
from assistant.insights.insights import Insights
from indexer.results import SearchRequest, SearchResponse
from indexer.what_if import WhatIf
from kb.clock import Clock
from kb.knowledge import KnowledgeBase


@dataclass(frozen=True)
class ImpactDesk:
    """Saved questions, previews, hit tests, and whose turn it is to start one of them."""

    questions: Questions
    previews: Previews
    hit_tests: HitTests
    turns: Turns

    @classmethod
    def of(
        cls,
        engine: Engine,
        kb: KnowledgeBase,
        insights: Insights,
        what_if: WhatIf,
        search: Callable[[SearchRequest], SearchResponse],
        clock: Clock,
    ) -> ImpactDesk:
        """The desk over a knowledge base and its index."""
        questions = Questions(engine, insights, clock)
        return cls(
            questions,
            Previews(what_if, kb, questions, clock),
            HitTests(engine, kb, what_if, search, clock),
            Turns(),
        )
