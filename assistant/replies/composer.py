"""Suggestions for a contact: search, choose, ground, shape; or ask back, or say nothing.

Deterministic: the same contact, knowledge and tables give the same response.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from assistant.replies.answering import CLOSE, Answer, Candidate, Finder, Searches
from assistant.replies.clarifying import ask_back
from assistant.replies.drafting import Reader, Style, article, blocks_of, canned_reply
from assistant.replies.grounding import Gate, RevisionSource
from assistant.replies.language import language
from assistant.replies.meaning import Meaning
from assistant.replies.model import (
    Clarify,
    Suggestion,
    SuggestRequest,
    SuggestResponse,
)
from assistant.replies.questions import Question, earlier_turns, last_answer, questions
from assistant.replies.shaping import Block
from assistant.replies.tables import Tables, load_tables
from assistant.replies.vocabulary import Vocabulary
from assistant.risk import Assessment, assess, handover
from assistant.risk.conversation import customer_turn, is_just, without_calls
from assistant.risk.departments import departments
from indexer.encoder import Encoder
from indexer.results import SearchResponse
from kb.clock import Clock, utc_now
from kb.errors import InvalidInput, Problem
from kb.model import Kind

MAX_SUGGESTIONS = 3


def _no_owner(entry_id: str) -> str:
    """No groups known: hand-over goes by topic words."""
    return ""


@dataclass(slots=True)
class _Found:
    """Suggestions gathered so far and the entries they came from."""

    suggestions: list[Suggestion] = field(default_factory=list)
    entries: set[str] = field(default_factory=set)

    def add(self, suggestion: Suggestion | None, sources: Sequence[Candidate]) -> None:
        known = {s.text for s in self.suggestions}
        if suggestion and suggestion.text not in known:
            self.suggestions.append(suggestion)
            self.entries.update(hit.entry_id for hit, _ in sources)

    @property
    def full(self) -> bool:
        return len(self.suggestions) >= MAX_SUGGESTIONS


class Composer:
    """Composes replies from evidence. Safe to share between threads.

    Args:
        searcher: The index to search; a public one for customers.
        revisions: Gives a revision by entry id and number, raising NotFound for unknown ones
            (`KnowledgeBase.revision`).
        owners: The group that owns an entry, by entry id; an empty string when unknown.
        encoder: Judges which sentence of an entry is closest to the question; without one, words
            alone decide.
        tables: Word lists and phrases; the packaged ones by default.
        clock: What "now" is for a request without `as_of`.
    """

    def __init__(
        self,
        searcher: Searches,
        revisions: RevisionSource,
        *,
        owners: Callable[[str], str] = _no_owner,
        encoder: Encoder | None = None,
        tables: Tables | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self._searcher = searcher
        self._revisions = revisions
        self._owners = owners
        self._tables = tables or load_tables()
        meaning = Meaning(encoder) if encoder else None
        self._reader = Reader(meaning, Vocabulary.from_words(self._tables.words))
        self._clock = clock

    def suggest(self, request: SuggestRequest) -> SuggestResponse:
        """Answer the customer's last turn.

        Raises:
            InvalidInput: There is no customer message, or `as_of` has no time zone.
        """
        request = replace(
            request, messages=tuple(without_calls(request.messages, self._calls_for_person))
        )
        turn = customer_turn(request.messages)
        _check(turn, request.as_of)
        gate = Gate(self._revisions, request.as_of or self._clock(), request.audiences)
        elsewhere = tuple(self._tables.words["elsewhere"])
        finder = Finder(request, self._searcher, gate, elsewhere)
        whole, answers = self._answers(turn, request, finder)
        watched = self._assess(request, answers)
        style = Style(request.channel, watched.mood, request.slots, self._tables.phrases)
        suggestions = self._suggestions(answers, gate, style)
        clarify = None if suggestions else self._clarify(answers, turn)
        unanswered = () if clarify else tuple(a.question for a in answers if not a.good)
        decided = handover.decide(
            request.messages,
            watched,
            self._tables.risk,
            owner=self._owner(answers),
            unanswered=bool(unanswered),
        )
        return SuggestResponse(
            suggestions=tuple(suggestions),
            clarify=clarify,
            risk=watched.with_handover(decided),
            handover=decided,
            search=whole,
            unanswered=unanswered,
        )

    @property
    def _calls_for_person(self) -> list[str]:
        """What customers say who want a person and nothing else."""
        asking = self._tables.risk.asking
        return [*asking["person_alone"], *asking["person"]]

    def _answers(
        self, turn: str, request: SuggestRequest, finder: Finder
    ) -> tuple[SearchResponse, list[Answer]]:
        """The search for the whole turn, and one answer for each question.

        There is none for small talk or a bare call for a person, and one for the turn as a whole
        where that finds a markedly better entry than its parts.
        """
        small_talk = self._tables.words["small_talk"]
        if is_just(turn, [*small_talk, *self._calls_for_person]):
            return finder.search(turn), []
        answers = [finder.find(question) for question in questions(request.messages)]
        if len(answers) == 1:
            return answers[0].response, answers
        whole = finder.find(
            Question(turn, earlier_turns(request.messages), last_answer(request.messages))
        )
        return whole.response, [whole] if whole.is_markedly_surer(answers) else answers

    def _suggestions(self, answers: Sequence[Answer], gate: Gate, style: Style) -> list[Suggestion]:
        found = _Found()
        answered = sorted((a for a in answers if a.good), key=lambda a: -a.sureness)
        close = [a for a in answered if a.sureness >= CLOSE * answered[0].sureness]
        if len(close) > 1:
            self._merge(close, gate, style, found)
        pairs = [(answer.query, candidate) for answer in answered for candidate in answer.good]
        ranked = sorted(pairs, key=lambda pair: -pair[1][0].confidence)
        for query, candidate in ranked:
            if not found.full and candidate[0].entry_id not in found.entries:
                found.add(self._single(query, candidate, gate, style), [candidate])
        return found.suggestions

    def _merge(self, answered: Sequence[Answer], gate: Gate, style: Style, found: _Found) -> None:
        """One reply to the questions, from the best article for each, the surest first."""
        blocks: list[Block] = []
        sources: list[Candidate] = []
        for number, answer in enumerate(answered):
            best = next((c for c in answer.good if c[0].kind is not Kind.REPLY), None)
            if best is None:
                continue
            said = {s.text for b in blocks for s in b.sentences}
            new = blocks_of(answer.query, best, gate, self._reader, number)
            blocks += [b for b in new if not said & {s.text for s in b.sentences}]
            sources.append(best)
        if len(sources) > 1 and blocks:
            found.add(article(blocks, sources, style), sources)

    def _single(
        self, query: str, candidate: Candidate, gate: Gate, style: Style
    ) -> Suggestion | None:
        if candidate[0].kind is Kind.REPLY:
            return canned_reply(candidate, gate, style)
        blocks = blocks_of(query, candidate, gate, self._reader)
        return article(blocks, [candidate], style) if blocks else None

    def _clarify(self, answers: Sequence[Answer], turn: str) -> Clarify | None:
        for answer in answers:
            asked = ask_back(answer.candidates, language(turn), self._tables.phrases)
            if asked:
                return asked
        return None

    def _assess(self, request: SuggestRequest, answers: Sequence[Answer]) -> Assessment:
        """What to watch for; who owns the answers is known better here than by topic words."""
        involved: dict[str, None] = {}
        for answer in answers:
            owner = self._owners(answer.good[0][0].entry_id) if answer.good else ""
            topics = departments(answer.question, self._tables.risk)
            involved.update(dict.fromkeys([owner] if owner else topics))
        return assess(
            request.messages,
            now=self._clock(),
            settings=self._tables.risk,
            slots=request.slots,
            departments=tuple(involved),
            questions=max(1, len(answers)),
        )

    def _owner(self, answers: Sequence[Answer]) -> str:
        good = [hit for answer in answers for hit, _ in answer.good[:1]]
        return self._owners(good[0].entry_id) if good else ""


def _check(turn: str, as_of: datetime | None) -> None:
    if not turn:
        problem = Problem("messages", 0, "messages", "there is no customer message to answer")
        raise InvalidInput([problem])
    if as_of is not None and as_of.tzinfo is None:
        raise InvalidInput([Problem("as_of", 0, "as_of", "needs a time zone")])
