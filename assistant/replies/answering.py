"""From a question to the entries that may answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.replies.grounding import SENDABLE_KINDS, Gate
from assistant.replies.language import fits, language
from assistant.replies.model import SuggestRequest
from assistant.replies.questions import Question
from assistant.risk.lexicon import find_words
from indexer.results import MAX_CONTEXT, MAX_QUERY, Hit, SearchRequest, SearchResponse
from indexer.text import normalise
from kb.model import Kind, Revision

# An entry this much less sure than the best result is no answer, even when the best one is; nor is
# the answer to one question worth leading with beside a much surer one to another.
CLOSE = 0.6
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

    `query` is what was searched for, with the words of earlier turns that it was understood with
    in front. `candidates` are all entries whose text may be sent, `good` those of them that are
    sure enough, best first.
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
        """Search for a question with what was said before it, which counts only if it is needed."""
        return self._answer(question)

    def search(
        self,
        query: str,
        kinds: frozenset[Kind] | None = None,
        context: tuple[str, ...] = (),
        answered: str = "",
    ) -> SearchResponse:
        """Search as the caller of a suggestion may: its audiences, channel and moment."""
        return self.searcher.search(
            SearchRequest(
                query[:MAX_QUERY],
                as_of=self.request.as_of,
                audiences=self.request.audiences,
                kinds=kinds,
                channel=self.request.channel,
                context=tuple(turn[:MAX_QUERY] for turn in context[-MAX_CONTEXT:]),
                answered=answered[:MAX_QUERY],
            )
        )

    def _answer(self, asked: Question) -> Answer:
        question, context = asked.text, asked.context
        response = self.search(question, context=context, answered=asked.answered)
        sendable = response
        if response.hits and response.hits[0].kind not in SENDABLE_KINDS:
            # A case on top would decide whether the rest counts as an answer: ask without cases.
            sendable = self.search(question, SENDABLE_KINDS, context, asked.answered)
        query = " ".join([*sendable.context_used, sendable.corrected or question])
        said = " ".join([*context[-1:], query]) if sendable.context_used else query
        candidates = _in_language(self._usable(sendable, said), language(question))
        good: list[Candidate] = []
        if sendable.answerable:
            floor = CLOSE * sendable.confidence
            good = [(h, r) for h, r in candidates if h.confidence >= floor]
        return Answer(question, query[:MAX_QUERY], response, tuple(candidates), tuple(good))

    def _usable(self, response: SearchResponse, said: str) -> list[Candidate]:
        foreign = find_words(said, self.elsewhere)
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
