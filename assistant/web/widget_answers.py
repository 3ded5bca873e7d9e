"""What was said in a visit as the widget is told it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NotRequired
from zoneinfo import ZoneInfo

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from assistant.selfservice.model import MessageKind, State, Turn, VisitMessage, VisitSpeaker
from assistant.selfservice.public_knowledge import article_path
from assistant.selfservice.transcript import answers_in, options_in
from assistant.web.moments import last_moment
from assistant.web.structured_html import Block
from assistant.web.widget_views import StateOut, state_told
from kb.model import Revision

_WHOLE = 10  # newest answers that come with their whole article; an older one has its link


class AnswerOut(TypedDict):
    """An article's answer; dates are days in the site's zone.

    `detail` is the whole article as a tree of elements: of the ten newest answers, and empty once
    it is no longer in force. `valid_until` is the last day, or day and time where it ends within
    one.
    """

    id: str
    revision: int
    kind: str
    title: str
    question: str
    short: list[str]
    detail: list[str | Block]
    url: str | None
    valid_since: str | None
    valid_until: str | None


class WidgetMessageOut(TypedDict):
    """One message of a visit; `options` are texts to choose from, sent back as a message."""

    number: int
    role: VisitSpeaker
    kind: MessageKind
    text: str
    at: str
    answers: NotRequired[list[AnswerOut]]
    options: NotRequired[list[str]]


class TurnOut(TypedDict):
    """What a step added, and how the visit stands."""

    messages: list[WidgetMessageOut]
    state: StateOut


ArticleOf = Callable[[str], Revision | None]
DetailOf = Callable[[Revision], list[str | Block]]


class Teller:
    """Writes messages for the widget.

    Args:
        zone: In which times are told.
        article: The public article of that id in force; None for everything else.
        detail: An article as a tree of elements.
    """

    def __init__(self, zone: ZoneInfo, article: ArticleOf, detail: DetailOf) -> None:
        self._zone = zone
        self._article = article
        self._detail = detail

    def turn(self, turn: Turn) -> TurnOut:
        """A step of a conversation."""
        return {"messages": self.messages(turn.messages), "state": self.state(turn.state)}

    def messages(self, messages: Sequence[VisitMessage]) -> list[WidgetMessageOut]:
        """Messages in order."""
        told: list[WidgetMessageOut] = []
        whole = _WHOLE
        for message in reversed(messages):
            told.append(self._message(message, whole))
            whole -= len(answers_in(message))
        return told[::-1]

    def _message(self, message: VisitMessage, whole: int) -> WidgetMessageOut:
        """One message, with so many whole articles at most."""
        told: WidgetMessageOut = {
            "number": message.number,
            "role": message.role,
            "kind": message.kind,
            "text": message.text,
            "at": message.at.astimezone(self._zone).isoformat(timespec="seconds"),
        }
        answers = [
            self._answer(answer, whole=place < whole)
            for place, answer in enumerate(answers_in(message))
        ]
        if answers:
            told["answers"] = answers
        options = [option["text"] for option in options_in(message)]
        if options:
            told["options"] = options
        return told

    def state(self, state: State) -> StateOut:
        """How a visit stands."""
        return state_told(state, self._zone)

    def _answer(self, answer: dict[str, Any], *, whole: bool) -> AnswerOut:
        until = answer["valid_until"]
        article = self._article(answer["id"])
        same = article is not None and article.number == answer["revision"]
        return {
            "id": answer["id"],
            "revision": answer["revision"],
            "kind": answer["kind"],
            "title": answer["title"],
            "question": answer["question"],
            "short": answer["short"],
            "detail": self._detail(article) if article is not None and same and whole else [],
            "url": article_path(answer["id"]) if article is not None else None,
            "valid_since": self._day(answer["valid_since"]),
            "valid_until": last_moment(datetime.fromisoformat(until), self._zone)
            if until
            else None,
        }

    def _day(self, moment: str | None) -> str | None:
        if moment is None:
            return None
        return datetime.fromisoformat(moment).astimezone(self._zone).date().isoformat()
