"""What a new text of a rule says otherwise than the one before: the figures it replaced."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from kb.claims import POLARITY, Claim, Statement, agree, is_passing, statements
from kb.comparing import differences, likeness, measures_of, overlaps
from kb.model import Content
from kb.quantities import Quantity, quantities
from kb.trade_words import weight

_COUNTERPART = 0.45  # how many of its words a sentence must find again to have a counterpart
ECHO = 0.12  # how alike a sentence must be that repeats a replaced figure
ECHO_OF_NAMED = 0.04  # the same, when its entry links to the rule or names it


@dataclass(frozen=True, slots=True)
class Replacement:
    """A claim of the old text that the new one makes otherwise, or (`new` None) no more.

    `old_in` and `new_in` are the sentences that the claims stand in.
    """

    old: Claim
    old_in: Statement
    new: Claim | None = None
    new_in: Statement | None = None

    @property
    def figures(self) -> Mapping[tuple[str, str], Quantity]:
        """For the key of each replaced figure the figure in its place."""
        if self.new is None or len(self.old.values) != len(self.new.values):
            return {}
        fresh = quantities(self.new.text)
        if len(fresh) != len(self.old.values):
            return {}  # 免费 and the like: no figure to write
        return {
            key: figure
            for key, figure in zip(self.old.values, fresh, strict=True)
            if figure.key != key
        }


@dataclass(frozen=True, slots=True)
class Echo:
    """A sentence that repeats what was replaced, how alike it is, and which replacement."""

    statement: Statement
    claim: Claim
    replacement: Replacement
    score: float


def replacements(before: Content, after: Content) -> tuple[Replacement, ...]:
    """Every claim of `before` that `after` does not make any more, with what took its place."""
    texts = (before.title, before.body, after.title, after.body)
    if is_passing(after.title, after.body) or is_passing(before.title, before.body):
        return _replacements.__wrapped__(*texts)
    return _replacements(*texts)


@lru_cache(maxsize=2048)
def _replacements(
    title_before: str, before: str, title_after: str, after: str
) -> tuple[Replacement, ...]:
    old, new = statements(title_before, before), statements(title_after, after)
    kept = {s.sentence for s in old} & {s.sentence for s in new}
    fresh = _Index([s for s in new if s.sentence not in kept])
    everything = _Index(new)
    found: list[Replacement] = []
    for statement in old:
        if statement.sentence not in kept:
            found += _replaced_in(statement, fresh, everything)
    return tuple(found)


class _Index:
    """Sentences by their words, so that a long text need not be compared with all of another."""

    def __init__(self, found: Iterable[Statement]) -> None:
        self._by_word: dict[str, list[Statement]] = defaultdict(list)
        for statement in found:
            for word in statement.words:
                self._by_word[word].append(statement)

    def partners(self, statement: Statement) -> list[Statement]:
        """The sentences that share enough with `statement`, most first."""
        shared: Counter[Statement] = Counter()
        for word in statement.words:
            shared.update(self._by_word.get(word, ()))
        close = [s for s in shared if overlaps(s.words, statement.words)[0] >= _COUNTERPART]
        return sorted(close, key=lambda s: -weight(s.words & statement.words))


def _replaced_in(statement: Statement, fresh: _Index, everything: _Index) -> list[Replacement]:
    partners = fresh.partners(statement)
    still = everything.partners(statement)
    found: list[Replacement] = []
    for claim in statement.claims:
        if claim.kind == POLARITY and not partners:
            continue
        if claim.kind != POLARITY and any(_says(other, claim) for other in still):
            continue
        found += _replacement(statement, claim, partners)
    return found


def _replacement(
    statement: Statement, claim: Claim, partners: list[Statement]
) -> list[Replacement]:
    for partner in partners:
        for mine, theirs, features in differences(statement, partner):
            if mine is claim and (claim.kind != POLARITY or likeness(features, polar=True) >= 0.5):
                return [Replacement(claim, statement, theirs, partner)]
    return [] if claim.kind == POLARITY else [Replacement(claim, statement)]


def _says(statement: Statement, claim: Claim) -> bool:
    """Whether a sentence makes a claim."""
    return any(other.kind == claim.kind and agree(other, claim) for other in statement.claims)


def echoes(content: Content, found: tuple[Replacement, ...], named: bool) -> list[Echo]:
    """Sentences of `content` that still say what was replaced, best first for each sentence.

    With `named`, the entry links to the rule or names it: less likeness is needed then.
    """
    result: dict[str, Echo] = {}
    for statement in statements(content.title, content.body):
        for replacement in found:
            echo = echo_in(statement, replacement)
            needed = ECHO_OF_NAMED if named else ECHO
            if echo and echo.score >= needed:
                best = result.get(statement.sentence)
                if best is None or echo.score > best.score:
                    result[statement.sentence] = echo
    return list(result.values())


def echo_in(statement: Statement, replacement: Replacement) -> Echo | None:
    """Whether a sentence repeats the claim that was replaced, and how alike it is."""
    old = replacement.old
    for claim in statement.claims:
        if claim.kind != old.kind or claim.values != old.values:
            continue
        if _says_new(statement, replacement):
            continue
        score = _echo_score(statement, claim, replacement)
        if score is not None:
            return Echo(statement, claim, replacement, score)
    return None


def _says_new(statement: Statement, replacement: Replacement) -> bool:
    new = replacement.new
    return new is not None and any(
        claim.kind == new.kind and agree(claim, new) for claim in statement.claims
    )


def _echo_score(statement: Statement, claim: Claim, replacement: Replacement) -> float | None:
    features = measures_of(statement, replacement.old_in, claim, replacement.old)
    if features is None:
        return None
    return likeness(features, polar=claim.kind == POLARITY)
