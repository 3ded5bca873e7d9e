"""Who is touched when a rule changes: by declaration, by a link, by its name, by its figures.

Whatever depends by declaration, or repeats a figure that was replaced, goes stale with the change
(`marked`); whatever merely links to the rule or names it is listed for somebody to look at.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from kb.model import Content, Entry, Kind, Revision
from kb.refigure import rewritten
from kb.replaced import Echo, Replacement, echoes, replacements
from kb.sections import links, plain_text
from kb.sentences import split
from kb.validity import Timeline

_NAMED_KINDS = frozenset((Kind.POLICY, Kind.GUIDE))
_BARE_NAME = 4  # a shorter title in running text may be any words
_PARENTHESES = re.compile(r"[（(][^（）()]*[）)]\s*$")


class Tie(StrEnum):
    """How an entry hangs on a rule, from strongest to weakest."""

    DECLARED = "declared"
    FIGURE = "figure"
    LINK = "link"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Repeated:
    """A sentence that repeats what the change replaces, and how it would read with the change.

    `proposal` is None where no figure can simply be put in place of the other; `new` is empty
    where the rule says nothing about it any more.
    """

    sentence: str
    old: str
    new: str
    proposal: str | None
    score: float


@dataclass(frozen=True, slots=True)
class Touched:
    """An entry that a change touches: how, with the sentence that shows it, and what to edit."""

    entry_id: str
    revision: int
    kind: Kind
    ties: tuple[Tie, ...]
    sentence: str
    repeated: tuple[Repeated, ...]

    @property
    def marked(self) -> bool:
        """Whether the change makes it `basis_changed`, and does not merely ask for a look."""
        return Tie.DECLARED in self.ties or (Tie.FIGURE in self.ties and self.kind is not Kind.CASE)


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A new text of a rule against what it replaces.

    `targets` are the entries whose dependents it touches, `titles` the names that others may call
    them by, `replaced` what is said otherwise now.
    """

    targets: frozenset[str]
    titles: tuple[str, ...]
    replaced: tuple[Replacement, ...]


def change_of(
    entries: Mapping[str, Entry], timeline: Timeline, changed: Revision, now: datetime
) -> RuleChange:
    """What the revision `changed`, which may be a draft, replaces.

    It is held against the revision of its entry in force when it begins, and against those of
    entries that it supersedes.
    """
    bases = _bases(entries, timeline, changed, now)
    return RuleChange(
        frozenset({changed.entry_id, *changed.content.supersedes}),
        _titles([changed.content, *(base.content for base in bases)]),
        tuple(r for base in bases for r in replacements(base.content, changed.content)),
    )


def ripple(
    entries: Iterable[Entry], changed: Revision, *, now: datetime, timeline: Timeline | None = None
) -> list[Touched]:
    """What the revision `changed` touches when it comes into force, the surest first.

    Looked at is each entry's revision in force at `now`, else its newest published one.
    """
    known = {entry.id: entry for entry in entries}
    times = timeline or Timeline(known.values())
    change = change_of(known, times, changed, now)
    found = [
        touched
        for entry in known.values()
        if entry.id not in change.targets and entry.published
        and (touched := touch(times.at(entry.id, now) or entry.published[-1], change))
    ]  # fmt: skip
    return sorted(found, key=rank)


def rank(touched: Touched) -> tuple[bool, int, str]:
    """Orders what a change touches: what goes stale first, then by the strongest tie."""
    return not touched.marked, list(Tie).index(touched.ties[0]), touched.entry_id


def touch(revision: Revision, change: RuleChange) -> Touched | None:
    """How one revision hangs on a rule that changes; None: not at all."""
    content = revision.content
    ties = []
    if change.targets & set(content.depends_on):
        ties.append(Tie.DECLARED)
    linked = _linking_sentence(content, change.targets)
    name = _naming_sentence(content, change.titles)
    echoed = echoes(content, change.replaced, named=bool(ties or linked or name))
    if echoed:
        ties.append(Tie.FIGURE)
    ties += [Tie.LINK] * bool(linked) + [Tie.NAME] * bool(name)
    if not ties:
        return None
    repeated = tuple(_repeated(echo) for echo in sorted(echoed, key=lambda e: -e.score))
    sentence = repeated[0].sentence if repeated else linked or name
    return Touched(
        revision.entry_id, revision.number, content.kind, tuple(ties), sentence, repeated
    )


def _repeated(echo: Echo) -> Repeated:
    replacement = echo.replacement
    sentence = echo.statement.sentence
    new = replacement.new.text if replacement.new else ""
    proposal = rewritten(sentence, replacement.figures)
    return Repeated(sentence, echo.claim.text, new, proposal, round(echo.score, 3))


def _bases(
    known: Mapping[str, Entry], times: Timeline, changed: Revision, now: datetime
) -> list[Revision]:
    """What the revision takes the place of: what is in force, else what was last."""
    found: list[Revision] = []
    for entry_id in (changed.entry_id, *changed.content.supersedes):
        entry = known.get(entry_id)
        if entry is None:
            continue
        before = [r for r in entry.published if r != changed]
        if entry_id == changed.entry_id:  # looked at again after it was published
            before = [r for r in before if r.number < changed.number]
        in_force = times.at(entry_id, now)
        if in_force in before:
            found.append(in_force)
        elif before:
            found.append(max(before, key=lambda r: (r.valid_from or now, r.number)))
    return found


def _titles(contents: Iterable[Content]) -> tuple[str, ...]:
    """Names under which other texts may speak of a rule."""
    named = [
        _PARENTHESES.sub("", content.title).strip()
        for content in contents
        if content.kind in _NAMED_KINDS
    ]
    return tuple(dict.fromkeys(title for title in named if len(title) >= _BARE_NAME))


@lru_cache(maxsize=16384)
def _links_by_line(body: str) -> tuple[tuple[str, int], ...]:
    return tuple((link.entry_id, link.line) for link in links(body) if link.entry_id)


def _linking_sentence(content: Content, targets: Collection[str]) -> str:
    """The sentence with a link to one of `targets`, as plain text; empty when there is none."""
    if "kb:" not in content.body:
        return ""
    for target, line in _links_by_line(content.body):
        if target in targets:
            text = content.body.split("\n")[line - 1]
            pieces = [piece for piece in split(text) if f"kb:{target}" in piece]
            return plain_text(pieces[0] if pieces else text)
    return ""


def _naming_sentence(content: Content, titles: Sequence[str]) -> str:
    for title in titles:
        if title in content.body:
            for sentence in split(plain_text(content.body)):
                if title in sentence:
                    return sentence
    return ""
