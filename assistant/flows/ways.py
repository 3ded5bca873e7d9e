"""Sentences that lead on: which condition, what to do, and where to go.

「没变,转到第 2 步」, "If the light is red, go to step 3", 「仍不行请报修」. What is not clearly one
stays plain text: a guide loses nothing when a sentence is not recognised.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from assistant.flows.model import TargetKind
from assistant.flows.numbers import NUMBER, NUMBER_EN, number_of


class Reference(NamedTuple):
    """What a way points at: a step by number, a section by title, both, or a neighbour.

    `near` is ``next`` for the step that follows and ``list`` for the next numbered list.
    """

    number: int = 0
    title: str = ""
    near: str = ""


class Link(NamedTuple):
    """A link to another entry, as a line has it."""

    entry_id: str
    anchor: str


_NOWHERE, _NO_LINK = Reference(), Link("", "")


@dataclass(frozen=True, slots=True)
class Way:
    """One way on as the text states it, not yet resolved; see `assistant.flows.model.Branch`."""

    condition: str
    advice: str
    quote: str
    kind: TargetKind
    reference: Reference = _NOWHERE
    link: Link = _NO_LINK


_QUOTED = r"[“「『\"](?P<title>[^“”「」『』\"]{1,60})[”」』\"]"
_WHICH = rf"第\s?(?P<number>{NUMBER})\s?(?:步|件事)"
_ADVERBS = r"(?:请|就|可以|再|则|都|直接|立即|马上|然后|接着|那就|要){0,3}"
# At the head of a clause only: 看第 3 步, but not 做到第 3 步.
_HEAD = r"(?:^|(?<=[\uff0c,\uff1a:；;。>→\s]))" + _ADVERBS
_ARROW = r"(?:→|->|=>|\u27f6)"
_GO = (
    re.compile(
        rf"(?:转到|转至|跳到|跳至|跳转到|跳回|回到|返回|退回|转回|前往|{_ARROW})"
        rf"\s?{_ADVERBS}(?:做|看|从)?\s?(?:{_QUOTED}的?\s?)?{_WHICH}"
    ),
    re.compile(
        rf"{_HEAD}(?:继续做?|进入|进行|去做|重做|从|到|去|做|看|见|按)\s?(?:{_QUOTED}的?\s?)?{_WHICH}"
    ),
    re.compile(
        r"\b(?:go|skip|jump|move|turn|return|continue|proceed|start|carry on)\b"
        r"(?: (?:on|back|straight|directly|ahead|again|over)){0,2} ?(?:to|with|at|from)? ?"
        rf"(?:{_QUOTED},? )?step (?P<number>{NUMBER_EN})\b",
        re.IGNORECASE,
    ),
    re.compile(rf"{_ARROW} ?step (?P<number>{NUMBER_EN})\b", re.IGNORECASE),
    re.compile(rf"{_HEAD}(?:从|回到|看|去){_QUOTED}(?:一节)?(?:重新|重做|重来|开始)"),
    re.compile(rf"\b(?:start (?:over )?(?:from|with)|go (?:back )?to) {_QUOTED}", re.IGNORECASE),
)
_AS_CELL = (
    re.compile(_WHICH),
    re.compile(rf"\bstep (?P<number>{NUMBER_EN})\b", re.IGNORECASE),
    re.compile(r"做?(?:下面|以下)的?\s?\d*\s?步(?P<list>)"),
)
_ON = re.compile(
    r"(?:再|继续)往下(?=$|[\uff0c,。；;])|(?:继续|进入|转到|做|看)下一步|往下[做看走]"
    r"|\b(?:go|move|continue|carry)(?: on)?(?: (?:to|with))? the next step",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"(?:不要|不用|不必|不需要?|无需|勿|别|不能|不可|\bnot|n't|\bnever|\bwithout)\s?(?:再|先)?\s?$",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"(?:如果|如|若|要是|假如|一旦|只要|仍|还[是报不没]|再(?:出现|次|不|报)|闻到|看到|听到|出现|没有?|都[不没]"
    r"|一直|换了|有)|(?:if|when|whenever|unless|still|in case|otherwise)\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(r"仍|还是|依然|再不行|\bstill\b", re.IGNORECASE)
_LATER = re.compile(r"又|仍|再|还是|\b(?:still|again)\b", re.IGNORECASE)
_SOLVED = re.compile(
    r"(?P<when>.{1,120}?)[\uff0c,：:]\s?(?:说明|则|就|那么?)?\s?"
    r"(?:问题(?:就|已|即)?(?:已经)?解决了?|(?:就|已经)?解决了|就?可以正常使?用了?|就?好了|排查结束|结束"
    r"|(?:the )?(?:problem|fault|it) is (?:solved|fixed)|you(?: are|'re) done|solved|done)"
    r"[。.！!；;]?",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"报修|(?:联系|找|转)(?:在线|人工)?客服|转(?:接)?人工|转给?[\u4e00-\u9fff]{2,6}组|请组长|致电"
    r"|等?工程师|\b(?:contact|email|call|ask) us\b|\bcontact (?:customer )?support\b",
    re.IGNORECASE,
)
_SEE = re.compile(
    r"(?P<straight>直接)?(?:请|就)?(?:看|按|查|参考|转到|见|see|follow|go to)\s?[“「『\"]?$"
)
_TRIM = " \t\uff0c,、：:；;。—-→=>"


def way_of(sentence: str, links: Mapping[str, Link]) -> Way | None:
    """The way on that a sentence states, or None. `links` are those of its line, by label."""
    return (
        _going(sentence)
        or _solved(sentence)
        or _to_entry(sentence, links)
        or _to_person(sentence)
        or _going_on(sentence)
    )


def way_of_cells(condition: str, advice: str, row: str, links: Mapping[str, Link]) -> Way:
    """The way on that a row of a table of symptoms states: there always is one."""
    found = _first(advice, (*_GO, *_AS_CELL))
    if found is not None:
        near = "list" if "list" in found.re.groupindex else ""
        return Way(condition, advice, row, TargetKind.STEP, _reference(found, near))
    for label, link in links.items():
        if label in advice:
            return Way(condition, advice, row, TargetKind.ENTRY, link=link)
    clauses = re.split(r"[\uff0c,；;。]", advice)
    # 「又出现请报修」 is for later; what to do now comes first.
    person = any(_PERSON.search(clause) and not _LATER.search(clause) for clause in clauses)
    return Way(condition, advice, row, TargetKind.HANDOVER if person else TargetKind.END)


def mentions_step(text: str) -> bool:
    """Whether a text names a step by its number: it means nothing to who has no guide at hand."""
    return any(pattern.search(text) for pattern in _AS_CELL)


def _going(sentence: str) -> Way | None:
    found = _first(sentence, _GO)
    if found is None:
        return None
    # What stands before an arrow is the condition, what stands behind it what to do.
    before, arrow, after = sentence[: found.start()].partition("→")
    advice = after if arrow else ""
    return Way(
        before.strip(_TRIM), advice.strip(_TRIM), sentence, TargetKind.STEP, _reference(found, "")
    )


def _going_on(sentence: str) -> Way | None:
    found = _ON.search(sentence)
    when = sentence[: found.start()].strip(_TRIM) if found else ""
    if not when or _NOT.search(when):
        return None
    return Way(when, "", sentence, TargetKind.STEP, Reference(near="next"))


def _solved(sentence: str) -> Way | None:
    found = _SOLVED.fullmatch(sentence)
    return Way(found["when"].strip(_TRIM), "", sentence, TargetKind.END) if found else None


def _to_entry(sentence: str, links: Mapping[str, Link]) -> Way | None:
    for label, link in links.items():
        at = sentence.find(label)
        verb = _SEE.search(sentence, 0, at) if at > 0 else None
        if verb is None:
            continue
        when = sentence[: verb.start()].strip(_TRIM)
        conditional = verb["straight"] or _WHEN.match(when) or _AGAIN.search(when)
        if when and conditional:
            return Way(when, "", sentence, TargetKind.ENTRY, link=link)
    return None


def _to_person(sentence: str) -> Way | None:
    found = _PERSON.search(sentence)
    if found is None or _NOT.search(sentence[: found.start()]):
        return None
    first = re.match(r"[^\uff0c,\uff1a:→]+", sentence)
    if first and first.end() < found.start() and _WHEN.match(sentence):
        when, advice = first[0], sentence[first.end() :]
        return Way(when.strip(_TRIM), advice.strip(_TRIM), sentence, TargetKind.HANDOVER)
    before = sentence[: found.start()]
    if _AGAIN.search(before):
        when = re.sub(r"[\uff0c,\uff1a:\s]*(?:请|就)?$", "", before)
        return Way(when, sentence[found.start() :].strip(_TRIM), sentence, TargetKind.HANDOVER)
    return None


def _first(text: str, patterns: tuple[re.Pattern[str], ...]) -> re.Match[str] | None:
    """The first match of any pattern that nothing negates."""
    found = [
        match
        for pattern in patterns
        for match in pattern.finditer(text)
        if not _NOT.search(text[: match.start()])
    ]
    return min(found, key=lambda match: match.start(), default=None)


def _reference(match: re.Match[str], near: str) -> Reference:
    parts = match.groupdict()
    return Reference(number_of(parts.get("number") or ""), parts.get("title") or "", near)
