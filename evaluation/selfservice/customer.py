"""A customer who follows a script, and what becomes of their visit.

They read what the assistant shows, choose when it asks back, and put things differently when it
did not help. Some notice a wrong answer and turn it down; others believe it and leave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from evaluation.selfservice.visits import Said, Script
from indexer.text import normalise

_PATIENCE = 3  # times that one thing is turned down or chosen, before the customer gives up on it


@dataclass(frozen=True, slots=True)
class Reaction:
    """What an assistant did about one message.

    Attributes:
        answers: The entries it answered from, in the order shown; empty if it gave no answer.
        options: What it asked back with; empty if it did not.
        handed_over: Why a person takes over from here; empty if nobody does.
    """

    answers: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    handed_over: str = ""


class Assistant(Protocol):
    """One conversation with a self-service assistant."""

    def say(self, text: str) -> Reaction:
        """The customer's message."""
        ...

    def not_solved(self) -> Reaction:
        """The customer says that the last answer did not help."""
        ...


class Outcome(StrEnum):
    """How a visit ended."""

    SOLVED = "solved"
    WRONG_ANSWER = "wrong_answer"
    HANDED_OVER = "handed_over"
    HANDED_OVER_NEEDLESSLY = "handed_over_needlessly"
    GAVE_UP = "gave_up"
    ABSTAINED = "abstained"


@dataclass(slots=True)
class Visit:
    """One visit as it went.

    Attributes:
        script: What the customer came with.
        outcome: How it ended.
        reason: Why it was handed over; empty if it was not.
        at_once: Whether the person came at the first message for which one was due.
        said: How many messages the customer wrote.
        replies: Replies with an answer.
        wrong: Those of them that helped nobody, turned down or not.
        more: Answers beyond the ones asked for.
        asked_back: How often the assistant asked back.
        log: What was said and shown, for people who want to see why.
    """

    script: Script
    outcome: Outcome = Outcome.GAVE_UP
    reason: str = ""
    at_once: bool = False
    said: int = 0
    replies: int = 0
    wrong: int = 0
    more: int = 0
    asked_back: int = 0
    log: list[str] = field(default_factory=list)


class _Verdict(StrEnum):
    HELPED = "helped"
    WRONG = "wrong"
    MISSED = "missed"
    OPTIONS = "options"


class _Over(Exception):
    """The visit ends here."""


Titles = Mapping[str, frozenset[str]]


def visit(script: Script, assistant: Assistant, titles: Titles) -> Visit:
    """Play a script.

    Args:
        script: What the customer wants and says.
        assistant: A conversation that has not begun.
        titles: For each public entry what it calls itself: its title and its questions. By these a
            customer knows an option that is about their matter.
    """
    customer = _Customer(script, assistant, titles)
    customer.play()
    return customer.visit


class _Customer:
    def __init__(self, script: Script, assistant: Assistant, titles: Titles) -> None:
        self.visit = Visit(script)
        self._script = script
        self._assistant = assistant
        self._mine = frozenset(
            normalise(text) for entry in script.goal_entries for text in titles.get(entry, ())
        )
        self._open = set(range(len(script.needs)))
        self._believed = False

    def play(self) -> None:
        """Say everything, then see how it ended."""
        matters = 0
        try:
            for said in self._script.turns:
                matters += not said.aside
                self._turn(said, first=matters == 1 and not said.aside)
        except _Over:
            return
        self.visit.outcome = self._ending()

    def _ending(self) -> Outcome:
        if self._believed:
            return Outcome.WRONG_ANSWER
        if self._script.abstain:
            return Outcome.ABSTAINED
        solved = bool(self._script.needs) and not self._open
        return Outcome.SOLVED if solved else Outcome.GAVE_UP

    def _turn(self, said: Said, *, first: bool) -> None:
        verdict = self._follow(said, said.text, first=first)
        if said.aside or verdict is _Verdict.HELPED:
            return
        if said.rephrase and not (verdict is _Verdict.WRONG and not said.rejects):
            verdict = self._follow(said, said.rephrase, first=False)
        if verdict is _Verdict.WRONG and not said.rejects:
            self._believed = True

    def _follow(self, said: Said, text: str, *, first: bool) -> _Verdict:
        """Say it, choose where asked back, turn down what is wrong; what came of it."""
        verdict = self._see(said, self._say(text), first=first)
        for _ in range(_PATIENCE):
            if verdict is _Verdict.OPTIONS:
                chosen = self._choice(said)
                if chosen is None:
                    return _Verdict.MISSED
                verdict = self._see(said, self._say(chosen), first=first)
            elif verdict is _Verdict.WRONG and said.rejects:
                self.visit.log.append("customer: [not solved]")
                verdict = self._see(said, self._assistant.not_solved(), first=False)
            else:
                break
        return verdict

    def _say(self, text: str) -> Reaction:
        self.visit.said += 1
        self.visit.log.append(f"customer: {text}")
        return self._assistant.say(text)

    def _choice(self, said: Said) -> str | None:
        """The option that is meant, by the script's words or since it names what solves this."""
        for option in self._options:
            if any(word in normalise(option) for word in map(normalise, said.like)):
                return option
        return next((o for o in self._options if normalise(o) in self._mine), None)

    def _see(self, said: Said, reaction: Reaction, *, first: bool) -> _Verdict:
        self.visit.log.append(f"assistant: {_told(reaction)}")
        self._options: Sequence[str] = reaction.options
        if reaction.handed_over:
            self.visit.replies += bool(reaction.answers)
            self._handed_over(said, reaction.handed_over, first=first)
        if reaction.answers:
            self.visit.replies += 1
            return self._read(said, reaction.answers)
        self.visit.asked_back += bool(reaction.options)
        return _Verdict.OPTIONS if reaction.options else _Verdict.MISSED

    def _read(self, said: Said, answers: Sequence[str]) -> _Verdict:
        """Whether answers meet a need that is still open; as many count as needs were named."""
        if said.aside:
            return _Verdict.HELPED
        asked = max(1, len(said.needs))
        self.visit.more += max(0, len(answers) - asked)
        counted = set(answers[:asked])
        about = [need for need in said.needs if need < len(self._script.needs)]
        met = {need for need in about if counted & self._script.needs[need]}
        self._open -= met
        if about and not self._open & set(about):
            return _Verdict.HELPED
        if met or counted & self._script.helpful:
            return _Verdict.MISSED
        self.visit.wrong += 1
        return _Verdict.WRONG

    def _handed_over(self, said: Said, reason: str, *, first: bool) -> None:
        due = bool(self._script.handover) and not said.aside
        self.visit.reason = reason
        self.visit.at_once = due and first
        self.visit.outcome = Outcome.HANDED_OVER if due else Outcome.HANDED_OVER_NEEDLESSLY
        raise _Over


def _told(reaction: Reaction) -> str:
    parts = [f"[{', '.join(reaction.answers)}]"] if reaction.answers else []
    if reaction.options:
        parts.append(f"which? {' / '.join(reaction.options)}")
    if reaction.handed_over:
        parts.append(f"a person takes over ({reaction.handed_over})")
    return "; ".join(parts) or "no answer"
