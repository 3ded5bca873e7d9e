"""What customers are put before: the product, and the FAQ bot that it is compared with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import count

from assistant.selfservice.model import MessageKind, Mode, Site, Turn
from assistant.selfservice.selfservice import SelfService
from assistant.selfservice.transcript import options_in
from evaluation.baseline import Bm25, cuts
from evaluation.selfservice.customer import Reaction, Titles
from kb.model import Revision
from kb.sections import plain_text

_HAN = re.compile(r"[\u3400-\u9fff]")
_PAGE_LANGUAGES = {"zh": "zh-CN", "en": "en"}
_CONTEXT = {"order": "order.no"}  # what the widget's host page calls it


class FaqBot:
    """Always answers with BM25's best public article, and hands nobody over.

    Two indexes, one of Chinese and one of English articles, each cut in a way that suits it;
    a message with any Chinese character asks the Chinese one. An article is its title, its
    questions and its text.
    """

    def __init__(self, articles: Iterable[Revision]) -> None:
        texts: dict[str, dict[str, str]] = {"zh": {}, "en": {}}
        for revision in articles:
            content = revision.content
            lang = "en" if content.lang.startswith("en") else "zh"
            parts = [content.title, *content.questions, plain_text(content.body)]
            texts[lang][revision.entry_id] = "\n".join(parts)
        self._indexes = {
            lang: Bm25(list(found), list(found.values()), cuts(lang)[how])
            for lang, how in (("zh", "jieba words"), ("en", "words without stop words"))
            if (found := texts[lang])
        }

    def say(self, text: str) -> Reaction:
        """The best article; none only where no word is known."""
        index = self._indexes.get("zh" if _HAN.search(text) else "en")
        found = index.rank(text, 1) if index else []
        return Reaction(answers=tuple(entry for entry, _ in found))

    def not_solved(self) -> Reaction:
        """It has nothing else."""
        return Reaction()


def titles(articles: Iterable[Revision]) -> Titles:
    """What each article calls itself: its title and its questions."""
    return {
        revision.entry_id: frozenset({revision.content.title, *revision.content.questions})
        for revision in articles
    }


class SelfServiceBot:
    """One visit to the product's own self-service, by the same calls as the widget's.

    Args:
        service: Self-service over the content, with its public index.
        site: Where the visit takes place.
        lang: The language of the page, ``zh`` or ``en``.
        context: What the page tells of the customer (``product``, ``order``).
    """

    def __init__(
        self, service: SelfService, site: Site, lang: str, context: Mapping[str, str]
    ) -> None:
        self._talks = service.conversations
        self._visit, _token, _until = service.sessions.begin(site, _PAGE_LANGUAGES[lang])
        self._context = {_CONTEXT.get(name, name): value for name, value in context.items()}
        self._said = count(1)
        self._judged = 0

    def say(self, text: str) -> Reaction:
        """The customer's message."""
        name = f"m{next(self._said)}"
        return self._reaction(self._talks.say(self._visit, text, name, self._context))

    def not_solved(self) -> Reaction:
        """The newest answer did not help."""
        return self._reaction(self._talks.feedback(self._visit, self._judged, solved=False))

    def _reaction(self, turn: Turn) -> Reaction:
        options: tuple[str, ...] = ()
        for message in turn.messages:
            if message.kind is MessageKind.ANSWER:
                self._judged = message.number
            options += tuple(option["text"] for option in options_in(message))
        answers = tuple(answer.entry_id for answer in turn.answers)
        return Reaction(answers, options, _handed_over(turn))


def _handed_over(turn: Turn) -> str:
    """Why a person takes over, or would if somebody were there; empty when nobody is to."""
    if turn.state.mode is Mode.BOT:
        return ""
    for message in turn.messages:
        reason = message.payload.get("reason") or message.payload.get("offer")
        if reason:
            return str(reason)
    return turn.state.mode.value
