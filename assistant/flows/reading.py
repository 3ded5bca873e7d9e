"""From a revision's content to its flow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from assistant.flows.branching import ways
from assistant.flows.cutting import Cut, Piece, cut
from assistant.flows.model import Branch, Flow, Step, StepKind, Target, TargetKind
from assistant.flows.ways import Reference, Way
from kb.model import Content, Kind
from kb.sections import anchor_of, inline_text, plain_text

MOST_STEPS = 500
_KINDS = frozenset({Kind.GUIDE, Kind.FAQ})
_DISPATCH = 3  # a step that sends to so many others parts them: they do not follow one another


@lru_cache(maxsize=1024)
def flow_of(content: Content) -> Flow | None:
    """The flow of a guide or FAQ, or None where there is nothing to walk through.

    Pure, so it is remembered per content.
    """
    if content.kind not in _KINDS:
        return None
    pieces = cut(content.body, content.title)
    if not pieces.pieces or len(pieces.pieces) > MOST_STEPS:
        return None
    return _Reading(pieces, content).flow()


class _Reading:
    """One flow in the making."""

    def __init__(self, parts: Cut, content: Content) -> None:
        self._parts = parts
        self._pieces = parts.pieces
        self._title = content.title
        self._source = plain_text(content.body)
        self._ids = [f"s{n}" for n in range(1, len(self._pieces) + 1)]
        self._numbers = self._numbered()
        self._titles = self._titled()
        self._problems: list[str] = []

    def flow(self) -> Flow | None:
        """The flow, or None when it has neither a second step nor a second way on."""
        steps = [self._step(place) for place in range(len(self._pieces))]
        steps = _apart(steps)
        start = self._ids[0]
        if not self._parts.staged and len(self._heads()) > 1:
            steps.insert(0, self._overview())
            start = steps[0].id
        if len(steps) < 2 and len(steps[0].branches) < 2:
            return None
        self._check_numbers()
        return Flow(
            intro=self._parts.intro,
            steps=tuple(steps),
            start=start,
            alternatives=tuple(_unreachable(steps, start)),
            notes=tuple(self._parts.notes),
            problems=tuple(dict.fromkeys(self._problems)),
        )

    def _step(self, place: int) -> Step:
        piece = self._pieces[place]
        branches: list[Branch] = []
        following = self._after(place)
        for way in ways(piece.text):
            target = self._target(way, place)
            if target is None or way.quote not in self._source:
                continue
            if way.condition:
                branch = Branch(way.condition, way.advice, target, way.quote)
                if branch not in branches:
                    branches.append(branch)
            elif target.kind is TargetKind.STEP and target.step != self._ids[place]:
                following = target.step  # 「然后转到第 5 步」: that is what comes next
        return Step(
            id=self._ids[place],
            kind=piece.kind,
            number=piece.number,
            of=piece.of,
            title=piece.title,
            section=piece.section,
            anchor=piece.anchor,
            text=piece.text,
            branches=tuple(branches),
            next=following,
        )

    def _overview(self) -> Step:
        """Where one can begin: each list and table of a how-to."""
        branches = tuple(
            Branch(piece.title, "", Target(TargetKind.STEP, self._ids[place]), piece.section)
            for place, piece in self._heads()
            if piece.section in self._source
        )
        return Step("s0", StepKind.CHOICE, 0, 0, self._title, "", "", "", branches)

    def _heads(self) -> list[tuple[int, Piece]]:
        """The first piece of each part, with its place."""
        return [
            (place, piece)
            for place, piece in enumerate(self._pieces)
            if not place or piece.part != self._pieces[place - 1].part
        ]

    def _after(self, place: int) -> str:
        return self._ids[place + 1] if place + 1 < len(self._ids) else ""

    # where ways lead

    def _target(self, way: Way, place: int) -> Target | None:
        if way.kind is TargetKind.ENTRY:
            return Target(way.kind, entry_id=way.link.entry_id, anchor=way.link.anchor)
        if way.kind is not TargetKind.STEP:
            return Target(way.kind)
        step = self._resolved(way.reference, place)
        if not step:
            self._problems.append(f"{self._name(place)}: no step for {way.quote!r}")
            return None
        return Target(TargetKind.STEP, step)

    def _resolved(self, reference: Reference, place: int) -> str:
        """The step that a reference names, or an empty string."""
        if reference.near == "next":
            return self._after(place)
        if reference.near == "list":
            later = [(at, p) for at, p in self._heads() if at > place and p.kind is StepKind.ITEM]
            return self._ids[later[0][0]] if later else ""
        part = self._pieces[place].part
        if reference.title and (named := self._titles.get(anchor_of(reference.title))):
            if not reference.number:
                return named
            part = self._pieces[self._ids.index(named)].part
        return self._numbers.get((part, reference.number), "")

    def _numbered(self) -> dict[tuple[int, int], str]:
        """Steps by part and number; of two with the same number the first one counts."""
        found: dict[tuple[int, int], str] = {}
        for piece, step in zip(self._pieces, self._ids, strict=True):
            if piece.number:
                found.setdefault((piece.part, piece.number), step)
        return found

    def _titled(self) -> dict[str, str]:
        """The first step of each title, by what an anchor would make of it."""
        found: dict[str, str] = {}
        for piece, step in zip(self._pieces, self._ids, strict=True):
            for title in (piece.title, piece.section):
                if title:
                    found.setdefault(anchor_of(inline_text(title)), step)
        return found

    # what is wrong

    def _check_numbers(self) -> None:
        if not self._parts.staged:
            return
        numbers = [piece.number for piece in self._pieces if piece.kind is StepKind.STAGE]
        counts = Counter(numbers)
        self._problems += [f"step {n} stands {counts[n]} times" for n in counts if counts[n] > 1]
        missing = set(range(1, max(numbers) + 1)) - set(numbers)
        if missing:
            listed = ", ".join(map(str, sorted(missing)[:5]))
            self._problems.append(f"there is no step {listed}")

    def _name(self, place: int) -> str:
        piece = self._pieces[place]
        return f"step {piece.number or piece.title}"


def _apart(steps: list[Step]) -> list[Step]:
    """Steps that one choice parts do not follow one another: they lead to what closes the guide."""
    closing = next((step.id for step in steps if step.kind is StepKind.CLOSING), "")
    parted: set[tuple[str, str]] = set()
    for step in steps:
        targets = {b.target.step for b in step.branches if b.target.kind is TargetKind.STEP}
        targets.discard(step.id)
        if len(targets) >= _DISPATCH:
            parted |= {(one, other) for one in targets for other in targets}
    return [
        replace(step, next=closing)
        if step.kind is StepKind.STAGE and (step.id, step.next) in parted
        else step
        for step in steps
    ]


def _unreachable(steps: Sequence[Step], start: str) -> list[str]:
    """Ids of the steps that one has to begin with to see all: nothing else leads to them."""
    known = {step.id: step for step in steps}
    seen: set[str] = set()
    found: list[str] = []
    for step in [known[start], *steps]:
        if step.id in seen:
            continue
        if step.id != start:
            found.append(step.id)
        open_ends = [step.id]
        while open_ends:
            at = known[open_ends.pop()]
            if at.id in seen:
                continue
            seen.add(at.id)
            ahead = [b.target.step for b in at.branches if b.target.kind is TargetKind.STEP]
            open_ends += [one for one in (*ahead, at.next) if one]
    return found
