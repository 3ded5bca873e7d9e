"""Which passages of an entry apply to the customer's own figure, and which rules belong together.

Asked about a product bought ten days ago, the rule for day 8 to 15 applies, and the one for the
first 7 days misleads. Asked without a figure, such rules are told together or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.replies.intervals import Range
from assistant.replies.passages import Passage, Shape
from assistant.replies.ranges import customer_figures, ranges

_ANY = "any"
_LOOSE = 0.6
_Stated = Mapping[int, tuple[Range, ...]]


@dataclass(frozen=True, slots=True)
class Fit:
    """The passages of an entry in the light of a question's figures.

    Attributes:
        pool: The passages; branches of one quantity share a group where no figure decides.
        applying: Orders of passages whose range a figure is in.
        closest: Those of them with the narrowest range.
        dropped: Orders of passages that a figure rules out.
        chains: Orders of the branches of each quantity that the passages part.
    """

    pool: tuple[Passage, ...]
    applying: frozenset[int] = frozenset()
    closest: frozenset[int] = frozenset()
    dropped: frozenset[int] = frozenset()
    chains: tuple[tuple[int, ...], ...] = ()

    def weight(self, order: int) -> float:
        """1 for what applies most narrowly, less for what applies, 0 for all else."""
        if order in self.closest:
            return 1.0
        return _LOOSE if order in self.applying else 0.0

    def branches(self, order: int) -> tuple[int, ...]:
        """A passage and the other branches of its quantity: they speak of the same matter."""
        return next((chain for chain in self.chains if order in chain), (order,))


@lru_cache(maxsize=1024)
def fitted(question: str, pool: tuple[Passage, ...]) -> Fit:
    """Compare the customer's own figures with the ranges that passages state.

    A passage whose range excludes a figure is dropped where another rule of the same measure holds
    the figure and either leaves no room for this one or this one begins only beyond the figure.
    (0–7 天 and 0–15 天 overlap: they are for different customers, and both stay.) Where no rule
    holds it, the nearest of those that exclude each other stays.
    """
    stated, chains = _known(pool)
    figures = [f for f in customer_figures(question) if _compared(f, stated)]
    if not figures:
        return Fit(_bound(pool, chains))
    applying: set[int] = set()
    closest: set[int] = set()
    dropped: set[int] = set()
    for figure in figures:
        holding, excluding = _judged(figure, stated)
        applying |= holding.keys()
        closest |= _narrowest(holding)
        dropped |= _ruled_out(figure, holding, excluding, pool)
    decided = {order for chain in chains for order in chain if order in applying | dropped}
    open_chains = [chain for chain in chains if not decided & set(chain)]
    whole = _whole_groups(pool, dropped - applying, applying)
    return Fit(
        _bound(pool, open_chains),
        frozenset(applying),
        frozenset(closest),
        frozenset(whole),
        tuple(map(tuple, chains)),
    )


def is_about_another(question: str, text: str) -> bool:
    """Whether a text names the customer's figure as the limit of something else.

    Bought five days ago is not the 5 days within which a parcel must be handed over.
    """
    figures = customer_figures(question)
    return any(
        found.unit == figure.unit
        and found.measure != figure.measure
        and figure.high in (found.low, found.high)
        for figure in figures
        for found in ranges(text)
    )


@lru_cache(maxsize=1024)
def _known(pool: tuple[Passage, ...]) -> tuple[_Stated, list[list[int]]]:
    """The ranges of each passage, measures completed from its neighbours, and the partitions."""
    stated = {p.order: found for p in pool if (found := _ranges(p))}
    chains = _chains(pool, stated)
    for chain in chains:
        named = next((m for order in chain if (m := stated[order][0].measure)), _ANY)
        for order in chain:
            stated[order] = tuple(replace(r, measure=r.measure or named) for r in stated[order])
    sentences = [c for c in chains if pool[c[0]].shape in (Shape.PROSE, Shape.ITEM)]
    return stated, sentences


def _ranges(passage: Passage) -> tuple[Range, ...]:
    """A row is about what its first cell says, a sentence about all that it says."""
    if passage.shape is Shape.ROW:
        return ranges(passage.key, passage.key_label)
    return ranges(passage.text)


def _chains(pool: tuple[Passage, ...], stated: _Stated) -> list[list[int]]:
    """Passages of one section and shape whose ranges follow one another without a gap.

    A mere pair of spans (小件 2–4 天, 大件 5–7 天) is none: something must be measured, or the last
    one be open.
    """
    sets: dict[tuple[int, Shape, str], list[int]] = {}
    for order, found in stated.items():
        if len(found) == 1:
            place = pool[order].section, pool[order].shape, found[0].unit
            sets.setdefault(place, []).append(order)
    chains = []
    for orders in sets.values():
        left = sorted(orders, key=lambda order: (stated[order][0].low, order))
        while left:
            chain = [left.pop(0)]
            for order in list(left):
                if _continues(stated[chain[-1]][0], stated[order][0]):
                    chain.append(order)
                    left.remove(order)
            last = stated[chain[-1]][0]
            if len(chain) > 1 and (last.high is None or any(stated[o][0].measure for o in chain)):
                chains.append(chain)
    return chains


def _continues(lower: Range, upper: Range) -> bool:
    same = lower.measure == upper.measure or not (lower.measure and upper.measure)
    return same and lower.borders(upper)


def _compared(figure: Range, stated: _Stated) -> bool:
    return any(_comparable(figure, found) for each in stated.values() for found in each)


def _comparable(figure: Range, found: Range) -> bool:
    return found.unit == figure.unit and found.measure in (figure.measure, _ANY)


def _judged(
    figure: Range, stated: _Stated
) -> tuple[dict[int, tuple[Range, ...]], dict[int, tuple[Range, ...]]]:
    """What holds a figure (only those ranges of it) and what excludes it, by order."""
    holding: dict[int, tuple[Range, ...]] = {}
    excluding: dict[int, tuple[Range, ...]] = {}
    for order, each in stated.items():
        compared = tuple(r for r in each if _comparable(figure, r))
        held = tuple(r for r in compared if r.meets(figure))
        if held:
            holding[order] = held
        elif compared:
            excluding[order] = compared
    return holding, excluding


def _narrowest(holding: Mapping[int, tuple[Range, ...]]) -> set[int]:
    """Of nested ranges (over 48 hours, over 7 days) the inner ones."""

    def contains(outer: Range, inner: Range) -> bool:
        return outer.low < inner.low and (
            outer.high is None or (inner.high is not None and outer.high >= inner.high)
        )

    every = [r for each in holding.values() for r in each]
    return {
        order
        for order, each in holding.items()
        if any(not any(contains(r, other) for other in every) for r in each)
    }


def _ruled_out(
    figure: Range,
    holding: Mapping[int, tuple[Range, ...]],
    excluding: Mapping[int, tuple[Range, ...]],
    pool: Sequence[Passage],
) -> set[int]:
    held = [r for each in holding.values() for r in each]
    out = set()
    for order, each in excluding.items():
        rivals = held or [
            r
            for other, others in excluding.items()
            if pool[other].section == pool[order].section
            for r in others
            if r.distance(figure) < min(x.distance(figure) for x in each)
        ]
        beyond = bool(held) and all(figure.is_below(r) for r in each)
        apart = any(all(not r.meets(rival) for r in each) for rival in rivals)
        if beyond or apart:
            out.add(order)
    return out


def _whole_groups(pool: Iterable[Passage], out: set[int], applying: set[int]) -> set[int]:
    """What is dropped goes with all that limits it, unless something there applies."""
    kept = {p.group for p in pool if p.order in applying}
    gone = {p.group for p in pool if p.order in out} - kept
    return {p.order for p in pool if p.group in gone}


def _bound(pool: tuple[Passage, ...], chains: Iterable[Sequence[int]]) -> tuple[Passage, ...]:
    """The passages with each chain made one group, so that it is told completely or not at all."""
    joined: dict[int, int] = {}
    for chain in chains:
        first = pool[min(chain)].group
        joined.update({pool[order].group: first for order in chain})
    if not joined:
        return pool
    return tuple(replace(p, group=joined.get(p.group, p.group)) for p in pool)
