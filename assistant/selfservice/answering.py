"""Answers for customers, from the public index and public articles alone.

One short answer to each question of a message; or a question back; or nothing. An article that the
customer has turned down is never given again, and one that the gate does not let through (see
`assistant.replies.grounding`) cannot be, whoever names it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.insights.masking import mask
from assistant.replies.answering import Answer as Found
from assistant.replies.answering import Candidate, Finder, Searches
from assistant.replies.canned import fill
from assistant.replies.clarifying import LEAST, ask_back
from assistant.replies.drafting import Reader, blocks_of
from assistant.replies.grounding import Gate
from assistant.replies.language import language, of_tag
from assistant.replies.meaning import Meaning
from assistant.replies.model import Clarify, ClarifyOption, SuggestRequest
from assistant.replies.questions import Question
from assistant.replies.shaping import Block, shape_reply
from assistant.replies.tables import Tables
from assistant.replies.vocabulary import Vocabulary
from assistant.risk.model import Mood
from assistant.selfservice.model import Answer
from assistant.selfservice.products import Products
from assistant.selfservice.public_knowledge import CUSTOMERS, PublicKnowledge
from indexer.asking import split
from indexer.encoder import Encoder
from indexer.text import normalise
from kb.clock import Clock
from kb.model import Channel

# Below this probability an article is no answer but may be an option when asking back. Tuned on the
# dev split of the simulated visits: few wrong answers, without asking back about everything.
SURE = 0.7
# An article about another product that is so much as sure as the best one: ask which is meant.
APART = 0.35
_MOST_OPTIONS = 4
_MOST_EARLIER = 8

Owners = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A message to answer, and what it is understood with.

    `earlier` are the customer's turns before, oldest first; `product` what their page is about;
    `slots` fill variables (``order.no``); `rejected` are articles that did not help; `chosen` is
    the article that they picked when they were asked which one they mean.
    """

    text: str
    earlier: tuple[str, ...] = ()
    product: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)
    rejected: frozenset[str] = frozenset()
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """Answers in the order of the questions, or a question back, or neither.

    `unanswered` are the questions, raw, that nothing reliable was found for. `owner` is the group
    that keeps the surest article, for whoever is to take over; customers are never told it.
    """

    answers: tuple[Answer, ...] = ()
    clarify: Clarify | None = None
    unanswered: tuple[str, ...] = ()
    owner: str = ""


def _no_owner(entry_id: str) -> str:
    return ""


class PublicAnswers:
    """Answers from public articles. Safe to share between threads; deterministic.

    Args:
        searcher: The public index; a staff one would find what the gate then refuses.
        knowledge: The public articles.
        tables: Word lists and phrases of replies.
        clock: The present moment.
        encoder: Judges which sentences of an article are closest to the question.
        owners: The group that keeps an article, by its id.
    """

    def __init__(
        self,
        searcher: Searches,
        knowledge: PublicKnowledge,
        tables: Tables,
        clock: Clock,
        *,
        encoder: Encoder | None = None,
        owners: Owners = _no_owner,
    ) -> None:
        self._searcher = searcher
        self._knowledge = knowledge
        self._tables = tables
        self._clock = clock
        self._owners = owners
        meaning = Meaning(encoder) if encoder else None
        self._reader = Reader(meaning, Vocabulary.from_words(tables.words))
        self._products = Products(tables.words["products"])

    def reply(self, asked: Asked) -> Reply:
        """Answer one message, which must not be empty."""
        gate = Gate(self._knowledge.revision, self._clock(), CUSTOMERS)
        request = SuggestRequest((), asked.slots, Channel.CHAT, audiences=CUSTOMERS)
        finder = Finder(request, self._searcher, gate, tuple(self._tables.words["elsewhere"]))
        with self._knowledge.held():
            if asked.chosen:
                return self._chosen(asked, finder, gate)
            return self._replied(asked, self._found(asked, finder), gate, finder)

    def owner(self, entry_id: str) -> str:
        """The group that keeps an article; for agents, never for customers."""
        return self._owners(entry_id)

    def suggestions(self, text: str, limit: int = 5) -> tuple[str, ...]:
        """Questions that public articles answer, close to what somebody is typing.

        First those that hold the very words, then what a search finds; one of each article.
        """
        wanted = normalise(text).strip()
        if not wanted:
            return ()
        gate = Gate(self._knowledge.revision, self._clock(), CUSTOMERS)
        finder = Finder(SuggestRequest((), audiences=CUSTOMERS), self._searcher, gate)
        with self._knowledge.held():
            found = {
                asked.entry_id: asked.text
                for asked in reversed(self._knowledge.questions())
                if wanted in asked.normal
            }
            found = dict(list(found.items())[::-1][:limit])
            if len(found) < limit:
                for hit in finder.search(text).hits:
                    likely = hit.confidence >= LEAST and hit.entry_id not in found
                    if likely and gate.usable(hit.entry_id, hit.revision) is not None:
                        as_asked = hit.matched.field == "question"
                        found[hit.entry_id] = hit.matched.text if as_asked else hit.title
        return tuple(dict.fromkeys(found.values()))[:limit]

    def _found(self, asked: Asked, finder: Finder) -> list[Found]:
        """One search for each question; one more for the whole where a part finds nothing."""
        said = asked.earlier[-_MOST_EARLIER:]
        found: list[Found] = []
        for text in split(asked.text):
            found.append(finder.find(Question(text, said)))
            said = (*said, text)
        if len(found) > 1 and not all(each.good for each in found):
            whole = finder.find(Question(asked.text, asked.earlier[-_MOST_EARLIER:]))
            if whole.is_markedly_surer(found) and not _repeats(whole, found):
                return [whole]
        return found

    def _replied(self, asked: Asked, found: Sequence[Found], gate: Gate, finder: Finder) -> Reply:
        answers: list[Answer] = []
        unanswered: list[str] = []
        unsure: list[tuple[Found, list[Candidate]]] = []
        for alone in found:
            each, usable = self._about_product(asked, alone, finder)
            asked_back = self._which(each, usable)
            if asked_back and len(found) == 1:
                return Reply(clarify=asked_back)
            answer = None if asked_back else self._answer(asked, each, usable, gate)
            if answer is None:
                unanswered.append(each.question)
                unsure.append((each, usable))
            elif all(answer.short != other.short for other in answers):
                answers.append(answer)
        if answers:
            surest = max(answers, key=lambda a: a.confidence)
            owner = self._owners(surest.entry_id)
            return Reply(tuple(answers), None, tuple(unanswered), owner)
        for each, usable in unsure:
            back = ask_back(usable, language(each.question), self._tables.phrases)
            if back:
                return Reply(clarify=back)
        return Reply(unanswered=tuple(unanswered))

    def _about_product(
        self, asked: Asked, found: Found, finder: Finder
    ) -> tuple[Found, list[Candidate]]:
        """What may be given, about the product of the page unless the question names another one.

        Where nothing about that product answers, the question is searched once more with its name;
        and where that helps nothing, the page is taken for one that says little.
        """
        every = [c for c in found.candidates if c[0].entry_id not in asked.rejected]
        if not asked.product or self._products.named(found.question):
            return found, every
        fitting = self._fitting(asked, every)
        if _is_sure(found, fitting):
            return found, fitting
        named = finder.find(Question(found.question, (asked.product,)))
        fitting = [c for c in named.candidates if c[0].entry_id not in asked.rejected]
        fitting = self._fitting(asked, fitting)
        return (named, fitting) if _is_sure(named, fitting) else (found, every)

    def _fitting(self, asked: Asked, candidates: Sequence[Candidate]) -> list[Candidate]:
        return [c for c in candidates if self._products.fits(c[1].content, asked.product)]

    def _which(self, found: Found, usable: Sequence[Candidate]) -> Clarify | None:
        """Which product is meant, where articles about several are about as sure."""
        if not _is_sure(found, usable) or self._products.named(found.query):
            return None
        floor = APART * usable[0][0].confidence
        apart: list[Candidate] = []
        known: set[str] = set()
        for hit, revision in usable:
            about = set(revision.content.products)
            if not about:  # one that holds for all of them
                if hit.confidence >= SURE:
                    return None
                continue
            if hit.confidence >= floor and not about & known:
                apart.append((hit, revision))
            known |= about
        if len(apart) < 2:
            return None
        texts = self._tables.phrases[language(found.question)]["clarify"]
        options = tuple(
            ClarifyOption(hit.title, hit.entry_id, hit.revision) for hit, _ in apart[:_MOST_OPTIONS]
        )
        return Clarify(texts["products"], options)

    def _answer(
        self, asked: Asked, found: Found, usable: Sequence[Candidate], gate: Gate
    ) -> Answer | None:
        """From the best article that says something to the question."""
        if not _is_sure(found, usable):
            return None
        good = [(hit, revision) for hit, revision in usable if hit.confidence >= SURE]
        for candidate in good:
            answer = self._said(asked, found.question, found.query, candidate, gate)
            if answer is not None:
                return answer
        return None

    def _said(
        self, asked: Asked, question: str, query: str, candidate: Candidate, gate: Gate
    ) -> Answer | None:
        hit, revision = candidate
        blocks: list[Block] = blocks_of(query, candidate, gate, self._reader)
        if not blocks:
            return None
        text, sentences = shape_reply(
            blocks,
            channel=Channel.CHAT,
            mood=Mood.CALM,
            lang=of_tag(revision.content.lang),
            slots=asked.slots,
            phrases=self._tables.phrases,
        )
        lines = [fill(line, asked.slots) for line in text.split("\n")]
        short = tuple(line for line, missing in lines if line and not missing)
        span = self._knowledge.span(hit.entry_id)
        if not short or span is None:
            return None
        return Answer(
            entry_id=hit.entry_id,
            revision=hit.revision,
            kind=hit.kind,
            title=revision.content.title,
            question=mask(question),
            short=short,
            confidence=hit.confidence,
            valid_since=span.start,
            valid_until=span.end,
            evidence=tuple(e for sentence in sentences for e in sentence.evidence),
        )

    def _chosen(self, asked: Asked, finder: Finder, gate: Gate) -> Reply:
        """From the article that was picked; the question is still what was asked before."""
        found = finder.find(Question(asked.text))
        for candidate in found.candidates:
            if candidate[0].entry_id == asked.chosen and asked.chosen not in asked.rejected:
                query = " ".join([*asked.earlier[-1:], asked.text])
                answer = self._said(asked, asked.text, query, candidate, gate)
                if answer is not None:
                    return Reply((answer,), owner=self._owners(asked.chosen))
        return Reply(unanswered=(asked.text,))


def _repeats(whole: Found, parts: Sequence[Found]) -> bool:
    """Whether the whole message finds just what one of its questions does, and says no more."""
    best = whole.good[0][0].entry_id
    return any(part.good and part.good[0][0].entry_id == best for part in parts)


def _is_sure(found: Found, usable: Sequence[Candidate]) -> bool:
    sure = found.response.answerable and bool(usable)
    return sure and usable[0][0].confidence >= SURE
