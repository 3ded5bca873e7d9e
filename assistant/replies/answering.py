"""From a question to the entries that may answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.replies.grounding import SENDABLE_KINDS, Gate
from assistant.replies.language import fits, language
from assistant.replies.lexicon import find_words
from assistant.replies.model import SuggestRequest
from assistant.replies.questions import Question
from indexer.results import MAX_QUERY, Hit, SearchRequest, SearchResponse
from indexer.text import normalise
from kb.model import Kind, Revision

# An entry this much less sure than the best result is no answer, even when the best one is; nor is
# the answer to one question worth leading with beside a much surer one to another.
CLOSE = 0.6
_HANGING_BONUS = 0.15
_MARKEDLY = 0.1

Candidate = tuple[Hit, Revision]


class Searches(Protocol):
    """The part of `indexer.search.Searcher` that replies need."""

    def search(self, request: SearchRequest) -> SearchResponse:
        """Search, see `indexer.search.Searcher.search`."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for one question.

    `query` is what was searched for (with the topic, if that did better). `candidates` are all
    entries whose text may be sent, `good` those of them that are sure enough, best first.
    """

    question: str
    query: str
    response: SearchResponse
    candidates: tuple[Candidate, ...]
    good: tuple[Candidate, ...]

    @property
    def sureness(self) -> float:
        """Confidence of the best entry; 0 when none is good."""
        return self.good[0][0].confidence if self.good else 0.0

    def is_markedly_surer(self, parts: Sequence[Answer]) -> bool:
        """Whether this answer to a whole turn beats those to its parts, even the best of them.

        It does not where each part has a good entry of its own: those are several questions.
        """
        best = max(part.sureness for part in parts)
        weakest = min(part.sureness for part in parts)
        return self.sureness >= best + _MARKEDLY and weakest < CLOSE * self.sureness


@dataclass(frozen=True, slots=True)
class Finder:
    """Searches on behalf of one request.

    Args:
        request: The contact.
        searcher: The index.
        gate: Which revisions may be quoted.
        elsewhere: Names of companies and things that are not ours. An entry answers a question
            about one of them only if it names it, too.
    """

    request: SuggestRequest
    searcher: Searches
    gate: Gate
    elsewhere: tuple[str, ...] = ()

    def find(self, question: Question) -> Answer:
        """Search for a question alone, and in other readings where they may do better.

        Wording that points back (那…, 它…) is searched with the topic in front, and the surer
        search wins; a question that is merely short takes the topic only when it finds nothing
        alone. Where a long message finds nothing, its clauses are tried alone.
        """
        alone = self._answer(question.text, question.text)
        if question.topic and (question.hangs or not alone.good):
            extended = self._answer(question.text, f"{question.topic} {question.text}")
            return extended if extended.sureness + _HANGING_BONUS > alone.sureness else alone
        if not alone.good:
            readings = (self._answer(question.text, text) for text in question.readings)
            return next((answer for answer in readings if answer.good), alone)
        return alone

    def search(self, query: str, kinds: frozenset[Kind] | None = None) -> SearchResponse:
        """Search as the caller of a suggestion may: its audiences, channel and moment."""
        return self.searcher.search(
            SearchRequest(
                query[:MAX_QUERY],
                as_of=self.request.as_of,
                audiences=self.request.audiences,
                kinds=kinds,
                channel=self.request.channel,
            )
        )

    def _answer(self, question: str, query: str) -> Answer:
        response = self.search(query)
        sendable = response
        if response.hits and response.hits[0].kind not in SENDABLE_KINDS:
            # A case on top would decide whether the rest counts as an answer: ask without cases.
            sendable = self.search(query, SENDABLE_KINDS)
        candidates = _in_language(self._usable(sendable, query), language(question))
        good: list[Candidate] = []
        if sendable.answerable:
            floor = CLOSE * sendable.confidence
            good = [(h, r) for h, r in candidates if h.confidence >= floor]
        return Answer(question, query[:MAX_QUERY], response, tuple(candidates), tuple(good))

    def _usable(self, response: SearchResponse, query: str) -> list[Candidate]:
        foreign = find_words(query, self.elsewhere)
        return [
            (hit, revision)
            for hit in response.hits
            if (revision := self.gate.usable(hit.entry_id, hit.revision))
            and all(_names(revision, word) for word in foreign)
        ]


def _names(revision: Revision, word: str) -> bool:
    content = revision.content
    return word in normalise(" ".join([content.title, content.body, *content.questions]))


def _in_language(candidates: Sequence[Candidate], wanted: str) -> list[Candidate]:
    """Only entries in the customer's language where there is a choice, otherwise all."""
    if not candidates:
        return []
    best = candidates[0][0].confidence
    fitting = [(h, r) for h, r in candidates if fits(h.lang, wanted)]
    if fitting and fitting[0][0].confidence >= CLOSE * best:
        return fitting
    return list(candidates)
