"""A step as one says it to the customer: what to do, word for word, and what to come back with.

References to steps are left out (the customer has no guide at hand), ways on become a question.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.flows.model import Branch, Step, TargetKind
from assistant.flows.ways import mentions_step
from assistant.replies.passages import Passage, Shape, cut
from assistant.replies.saying import said
from kb.sentences import split

_ASK = {
    "zh": ("做完请告诉我结果。", "请告诉我是哪一种情况：{options}。", "；", "，"),
    "en": ("Please tell me how it goes.", "Please tell me which it is: {options}.", "; ", ", "),
}
_FEWEST = 2
_TRIED = {
    "zh": ("我们已经一起试过：", "：", "问题已经解决。", "问题还没有解决。"),
    "en": ("We have tried this together:", ": ", "The problem is solved.", "It is not solved yet."),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What to say, and the verbatim text of the revision behind it."""

    text: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summing:
    """The words around a list of what was tried, in the language of a guide; they state nothing."""

    tried: str
    colon: str
    solved: str
    unsolved: str


def summing(lang: str) -> Summing:
    """The words for a summary in a language."""
    return Summing(*_TRIED["en" if lang.startswith("en") else "zh"])


def told(step: Step, lang: str) -> Told:
    """The words of a step for a customer; empty where nothing of it is meant for them."""
    asked = _asked_for(step.branches)
    left_out = {branch.quote for branch in asked}
    lines: list[str] = []
    quotes: list[str] = []
    groups = _grouped(cut(step.text, lang))
    numbered = sum(1 for group in groups if group[0].shape is Shape.STEP) > 1
    count = 0
    for group in groups:
        sentences = [s for p in group for s in _sentences(p, left_out)]
        if sentences:
            is_step = group[0].shape is Shape.STEP
            count += is_step
            text = (" " if lang.startswith("en") else "").join(said(s) for s in sentences)
            lines.append(f"{count}. {text}" if numbered and is_step else text)
            quotes += [q for p in group for q in p.quotes]
    if question := _question(asked, lang) if step.text else "":
        lines.append(question)
        quotes += left_out
    return Told("\n".join(lines), tuple(dict.fromkeys(quotes)) if lines else ())


def _asked_for(branches: tuple[Branch, ...]) -> list[Branch]:
    """The ways on that depend on what the customer finds; what sends to a person is said at once.

    A single row of a table decides nothing: it is said, too.
    """
    open_ones = [b for b in branches if b.target.kind is not TargetKind.HANDOVER or _is_row(b)]
    return [] if len(open_ones) == 1 and _is_row(open_ones[0]) else open_ones


def _is_row(branch: Branch) -> bool:
    return " | " in branch.quote


def _grouped(passages: tuple[Passage, ...]) -> list[list[Passage]]:
    """Sentences of prose together, everything else alone."""
    groups: list[list[Passage]] = []
    for passage in passages:
        prose = passage.shape is Shape.PROSE
        if groups and prose and groups[-1][0].shape is Shape.PROSE:
            groups[-1].append(passage)
        else:
            groups.append([passage])
    return groups


def _sentences(passage: Passage, left_out: set[str]) -> list[str]:
    """The sentences of a passage that do not lead to another step."""
    if passage.shape is Shape.ROW:
        kept = passage.quotes[0] not in left_out and not mentions_step(passage.text)
        return [passage.text] if kept else []
    return [s for s in split(passage.text) if s not in left_out and not mentions_step(s)]


def _question(asked: list[Branch], lang: str) -> str:
    """What to come back with; nothing where nothing is to be decided."""
    result, which, join, comma = _ASK["en" if lang.startswith("en") else "zh"]
    conditions = list(dict.fromkeys(said(b.condition.replace(" · ", comma)) for b in asked))
    if len(conditions) >= _FEWEST:
        return which.format(options=join.join(conditions))
    return result if conditions else ""
