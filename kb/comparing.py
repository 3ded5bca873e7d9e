"""Do two sentences speak of the same thing, and what do they disagree in? No model needed.

They speak of one thing when their words overlap (a heading or a title may supply what a sentence
leaves unsaid) and nothing sets their subjects apart. How much each measure counts was learned from
labelled pairs, see `zhike evaluate freshness`; a pair's verdict depends on that pair alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from math import exp

from kb.claims import POLARITY, Claim, Statement, agree
from kb.contrasts import Named
from kb.trade_words import weight

ALIKE = 0.42  # how alike two sentences must be for their figures to be compared
_ALIKE_YES_NO = 0.5  # for a yes and a no, where every word counts
_ALIKE_TERMS = 0.25  # for terms such as who pays, which few sentences have
_TELLING = 2.5  # sentences that say less than this need headings that say the rest
# Weights of the measures of `_measures`, learned from the labelled dev pairs and from the
# sentences of consistent content.
_FIGURES = (-9.6, (2.8, 3.6, 3.6, 0.6, 2.5, 0.2, 1.0, -1.0))
_POLAR = (-15.5, (3.6, 5.2, 3.1, 2.1, 4.5, -2.2, 3.3, -0.6))
_STRICT_GROUPS = frozenset(
    ("member", "seal", "activation", "place", "sale", "period", "turn", "season", "cause", "bound",
     "cover", "use", "pay", "day", "step")
)  # fmt: skip
_UNSAID_STRICT, _UNSAID = 0.14, 0.06  # what it costs that only one side names a subject
_ANYTHING = 0.4  # sentences that share less are not looked at further
_NEXT = 0.34  # how much of two clauses must be shared for their figures to be compared


@dataclass(frozen=True, slots=True)
class Verdict:
    """Two claims that disagree, and how alike their sentences are (0 to 1)."""

    first: Claim
    second: Claim
    score: float

    def turned(self) -> Verdict:
        """The same, seen from the other side."""
        return Verdict(self.second, self.first, self.score)


@lru_cache(maxsize=65536)
def verdict_of(one: Statement, other: Statement) -> Verdict | None:
    """What two sentences disagree in, when they speak of the same thing; None when nothing."""
    if overlaps(one.words, other.words)[0] < _ANYTHING:
        return None
    scored = [
        Verdict(a, b, score)
        for a, b, features in differences(one, other)
        if (score := likeness(features, a.kind == POLARITY)) >= _needed(a.kind)
    ]
    return max(scored, key=lambda verdict: verdict.score, default=None)


def _needed(kind: str) -> float:
    if kind == POLARITY:
        return _ALIKE_YES_NO
    return _ALIKE_TERMS if kind.startswith("term:") else ALIKE


def differences(one: Statement, other: Statement) -> list[tuple[Claim, Claim, tuple[float, ...]]]:
    """Claims in the same place that disagree, with measures of how alike their sentences are."""
    differing = [
        (a, b)
        for a, b in _aligned(one, other)
        if not agree(a, b) and not _said_anyway(a, other) and not _said_anyway(b, one)
    ]
    if not differing or _is_tier(differing):
        return []
    if min(weight(one.words), weight(other.words)) < _TELLING and not one.around & other.around:
        return []
    return [
        (a, b, _measures(one, other, a, b, unsaid))
        for a, b in differing
        if (unsaid := _apart(one, other, a, b)) is not None
    ]


def measures_of(one: Statement, other: Statement, a: Claim, b: Claim) -> tuple[float, ...] | None:
    """How alike two sentences are around two of their claims; None when their subjects differ."""
    unsaid = _apart(one, other, a, b)
    return None if unsaid is None else _measures(one, other, a, b, unsaid)


def _measures(
    one: Statement, other: Statement, a: Claim, b: Claim, unsaid: float
) -> tuple[float, ...]:
    whole = overlaps(one.words, other.words)
    lead = overlaps(a.lead, b.lead)
    common = max(weight(one.words & other.words), weight(a.lead & b.lead))
    near = max(a.near & b.near, a.near & b.lead, a.lead & b.near, key=weight)
    clauses = sorted((weight(a.near), weight(b.near)))
    covered = (
        _share(one.words & (other.words | other.around), one.words)
        + _share(other.words & (one.words | one.around), other.words)
    ) / 2
    around = overlaps(one.around, other.around)[0]
    return (
        max(whole[0], lead[0]),
        max(whole[1], lead[1]),
        covered,
        min(weight(near) / clauses[0], 1.0) if clauses[0] else 0.0,
        min(weight(near) / clauses[1], 1.0) if clauses[1] else 0.0,
        min(common, 8.0) / 8.0,
        around,
        unsaid,
    )


def overlaps(a: frozenset[str], b: frozenset[str]) -> tuple[float, float]:
    """The weight of what two sets share, as parts of the lighter one and of the heavier."""
    low, high = sorted((weight(a), weight(b)))
    common = weight(a & b)
    return (common / low if low else 0.0, common / high if high else 0.0)


def _share(part: frozenset[str], whole: frozenset[str]) -> float:
    return weight(part) / weight(whole) if whole else 0.0


def likeness(features: Sequence[float], polar: bool) -> float:
    """How probable it is that two sentences speak of the same thing, 0 to 1."""
    intercept, weights = _POLAR if polar else _FIGURES
    total = intercept + sum(w * f for w, f in zip(weights, features, strict=True))
    return 1 / (1 + exp(-total))


def _said_anyway(claim: Claim, statement: Statement) -> bool:
    """Whether a sentence has the same figure in another place."""
    if claim.kind == POLARITY:
        return False
    same = [other for other in statement.claims if other.kind == claim.kind]
    said = {value for other in same for value in other.values}
    return said.issuperset(claim.values) or any(agree(claim, other) for other in same)


def _aligned(one: Statement, other: Statement) -> Iterator[tuple[Claim, Claim]]:
    """Claims of the same kind that stand in the same place of their sentences."""
    theirs: dict[str, list[Claim]] = defaultdict(list)
    for claim in other.claims:
        theirs[_slot(claim)].append(claim)
    mine: dict[str, list[Claim]] = defaultdict(list)
    for claim in one.claims:
        mine[_slot(claim)].append(claim)
    for slot, claims in mine.items():
        options = theirs.get(slot, [])
        if len(claims) == len(options) == 1:
            yield claims[0], options[0]
            continue
        yield from _matched(claims, options)


def _slot(claim: Claim) -> str:
    return f"{claim.kind}:limit" if claim.limit and claim.kind == "money" else claim.kind


def _matched(claims: Sequence[Claim], options: Sequence[Claim]) -> Iterator[tuple[Claim, Claim]]:
    """The best partner of each claim by the words of its clause; equal counts go by order."""
    ranked = sorted(
        (
            (overlaps(a.near, b.near)[0], i, j)
            for i, a in enumerate(claims)
            for j, b in enumerate(options)
            if not _exclude(a.about, b.about)
        ),
        key=lambda found: (-found[0], abs(found[1] - found[2])),
    )
    mine, theirs = set[int](), set[int]()
    for closeness, i, j in ranked:
        if i not in mine and j not in theirs and closeness >= _NEXT:
            mine.add(i)
            theirs.add(j)
            yield claims[i], options[j]


def _apart(one: Statement, other: Statement, a: Claim, b: Claim) -> float | None:
    """None when the two are about different subjects, else what is left unsaid costs."""
    cost = 0.0
    if _exclude(one.around_figures, other.around_figures):
        return None
    for group in _groups(one, other, a, b):
        if group == "moment" and a.kind.startswith("term:"):
            continue
        mine, theirs = _named(one, a, group), _named(other, b, group)
        if mine and theirs:
            if not mine & theirs or (group in ("model", "step") and mine != theirs):
                return None
        elif mine or theirs:
            cost += _UNSAID_STRICT if group in _STRICT_GROUPS else _UNSAID
    return cost


def _groups(one: Statement, other: Statement, a: Claim, b: Claim) -> set[str]:
    around = one.around_about.keys() & other.around_about.keys()
    return {*one.about, *other.about, *a.about, *b.about, *around}


def _exclude(mine: Named, theirs: Named) -> bool:
    """Whether some group is named by both with nothing in common."""
    return any(not mine[group] & theirs[group] for group in mine.keys() & theirs.keys())


def _named(statement: Statement, claim: Claim, group: str) -> frozenset[str]:
    """What a claim is about, said as near to it as can be: clause, sentence, headings, title."""
    places: tuple[Named, ...] = (claim.about, statement.about, statement.around_about)
    return next((place[group] for place in places if group in place), frozenset())


def _is_tier(differing: Sequence[tuple[Claim, Claim]]) -> bool:
    """Whether a condition and what follows from it both rise: steps of one scale."""
    steps = Counter(
        direction
        for a, b in differing
        if a.kind not in (POLARITY,) and (direction := _direction(a, b))
    )
    kinds = {a.kind for a, b in differing}
    limits = any(a.limit or b.limit for a, b in differing)
    return limits and len(kinds) > 1 and len(steps) == 1 and sum(steps.values()) > 1


def _direction(a: Claim, b: Claim) -> int:
    try:
        first, second = Decimal(a.values[0][1]), Decimal(b.values[0][1])
    except (ArithmeticError, IndexError):
        return 0
    return (first < second) - (first > second)
