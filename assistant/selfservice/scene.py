"""A visit as it stands when something is said in it, and what can be read from what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from assistant.risk.model import HandoverReason
from assistant.risk.model import Message as Said
from assistant.selfservice import transcript
from assistant.selfservice.hearing import Heard
from assistant.selfservice.model import (
    Answer,
    MessageKind,
    Site,
    Visit,
    VisitMessage,
    VisitSpeaker,
)
from assistant.selfservice.phrasing import language_of
from indexer.text import normalise


@dataclass(frozen=True, slots=True)
class Scene:
    """A visit with its site, and what was said lately, oldest first."""

    visit: Visit
    site: Site
    said: tuple[VisitMessage, ...]

    @property
    def turns(self) -> tuple[VisitMessage, ...]:
        """What was said since a person last had it."""
        return tuple(transcript.since_handover(self.said))

    @property
    def our_last(self) -> VisitMessage | None:
        """The assistant's last word since then."""
        ours = [m for m in self.turns if m.role is VisitSpeaker.ASSISTANT]
        return ours[-1] if ours else None

    @property
    def given_last(self) -> str:
        """The article that was given last; empty for none."""
        given = [answer["id"] for m in self.turns for answer in transcript.answers_in(m)]
        return given[-1] if given else ""

    def customers(self, before: int = 2**31) -> tuple[str, ...]:
        """What the customer said since a person last had it, up to a message, oldest first."""
        return tuple(
            m.text for m in self.turns if m.role is VisitSpeaker.CUSTOMER and m.number < before
        )

    def heard(self, text: str, now: datetime) -> list[Said]:
        """The conversation as mood and warnings are read from it, with `text` as its newest."""
        said = [
            Said("customer" if m.role is VisitSpeaker.CUSTOMER else "assistant", m.text, m.at)
            for m in self.turns
        ]
        return [*said, Said("customer", text, now)] if text else said

    def page(self) -> dict[str, str]:
        """What the page last said of itself, masked."""
        for message in reversed(self.said):
            found = context_of(message)
            if message.role is VisitSpeaker.CUSTOMER and found:
                return found
        return {}

    def lang(self, text: str = "") -> str:
        """The language to answer in: of a text, else of their newest one, else the page's."""
        newest = [m.text for m in self.said if m.role is VisitSpeaker.CUSTOMER][-1:]
        return language_of(text or " ".join(newest), self.visit.lang)

    def chosen(self, text: str) -> str:
        """The article of the option that a message repeats, when we have just asked which one."""
        last = self.our_last
        if last is None or last.kind is not MessageKind.CLARIFY:
            return ""
        wanted = normalise(text).strip()
        for option in transcript.options_in(last):
            if normalise(option["text"]).strip() == wanted:
                return option["id"]
        return ""

    def just_asked_back(self) -> bool:
        """Whether our last word was a question back; a second one in a row helps nobody."""
        return self.our_last is not None and self.our_last.kind is MessageKind.CLARIFY

    def just_said(self, answers: Sequence[Answer]) -> bool:
        """Whether our last word was these very answers."""
        last = self.our_last
        given = {tuple(a["short"]) for a in transcript.answers_in(last)} if last else set()
        return bool(answers) and all(answer.short in given for answer in answers)

    def misses(self, text: str) -> int:
        """Misses in a row before the newest message.

        An answer ends the row once the customer goes on without turning it down; a question back
        in which they did not find themselves was no help either.
        """
        last, so_far = self.our_last, self.visit.misses
        if last is None:
            return so_far
        if last.kind is MessageKind.CLARIFY:
            return so_far + (not self.chosen(text))
        let_stand = last.kind is MessageKind.ANSWER and last.payload.get("verdict") != "not_solved"
        return 0 if let_stand else so_far

    def rejected_with(self, judged: VisitMessage) -> tuple[str, ...]:
        """The articles that did not help, those of a message included."""
        ids = (answer["id"] for answer in transcript.answers_in(judged))
        return tuple(dict.fromkeys((*self.visit.rejected, *ids)))

    def as_judged(self, judged: VisitMessage | None) -> tuple[VisitMessage, ...]:
        """What was said, with the verdict on one message."""
        return tuple(judged if judged and m.number == judged.number else m for m in self.said)


@dataclass(frozen=True, slots=True)
class ToPerson:
    """That a person should take over: why, after which words, and who keeps what was found."""

    reason: HandoverReason
    text: str = ""
    heard: Heard | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be written down next: messages, the visit after them, and a verdict.

    `judged` is an earlier message with what the customer thinks of it. With `person` somebody
    takes over, and what they are told is added.
    """

    after: Visit
    drafts: tuple[VisitMessage, ...] = ()
    answers: tuple[Answer, ...] = ()
    judged: VisitMessage | None = None
    person: ToPerson | None = None
    context: Mapping[str, str] = field(default_factory=dict)


def offered(said: Sequence[VisitMessage]) -> HandoverReason | None:
    """Why a person was suggested by the newest message of ours; None when that is not so."""
    for message in reversed(said):
        if message.role is VisitSpeaker.ASSISTANT:
            offer = message.payload.get("offer")
            return HandoverReason(str(offer)) if offer else None
    return None


def context_of(message: VisitMessage) -> dict[str, str]:
    """What the page said with a message, masked."""
    context = message.payload.get("context")
    given = context if isinstance(context, Mapping) else {}
    return {str(name): str(value) for name, value in given.items()}


def asked_in(message: VisitMessage) -> tuple[str, ...]:
    """The questions that a message of ours is about, masked."""
    asked = message.payload.get("asked")
    return tuple(str(text) for text in asked) if isinstance(asked, list | tuple) else ()
