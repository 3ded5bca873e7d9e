"""Both versions of what is disputed: of two entries that disagree, and of a basis that changed.

A label such as "basis changed" only says that something is to be checked. What the colleague needs
is the sentence that was relied on beside the one that holds now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from assistant.catalogue import Catalogue
from assistant.shift.differences import Pair, aligned, sentences
from kb import conflicts
from kb.basis import last_review
from kb.model import Entry, Revision
from kb.quantities import quantities
from kb.states import Reason, State

_EVER = datetime.min.replace(tzinfo=UTC)
_UNTOLD = frozenset(("number", "ordinal", "phone"))  # they state no rule


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two revisions beside each other.

    Attributes:
        state: Why they are compared: `conflict`, `basis_changed`, `superseded`, or `current` for
            two revisions of one entry.
        left: For a conflict the entry itself, else what held before.
        right: For a conflict the other entry, else what holds now; None where nothing does.
        pairs: The sentences that differ, in reading order.
        own: For a changed basis the sentences of the entry that still state an old figure of it.
        reason: The reason of the entry's freshness that it explains, if any.
    """

    state: State
    left: Revision | None
    right: Revision | None
    pairs: tuple[Pair, ...] = ()
    own: tuple[str, ...] = ()
    reason: Reason | None = None


def disputed(entry: Entry, catalogue: Catalogue) -> list[Comparison]:
    """What an entry's freshness rests on that has two versions, worst first; each two once."""
    known = catalogue.freshness.get(entry.id)
    found: dict[tuple[State, Revision | None, Revision | None], Comparison] = {}
    for reason in known.reasons if known else ():
        for compared in _explained(entry, reason, catalogue):
            found.setdefault((compared.state, compared.left, compared.right), compared)
    return list(found.values())


def revisions(before: Revision, after: Revision) -> Comparison:
    """Two revisions of one entry."""
    pairs = aligned(before.content.body, after.content.body)
    return Comparison(State.CURRENT, before, after, pairs)


def held(entry: Entry, moment: datetime) -> Revision | None:
    """The revision that people went by at a past moment: in force then, and published by then.

    A revision published later with an earlier start is in force for that moment now, but nobody
    could have known it.
    """
    known = [
        revision
        for revision in entry.revisions
        if revision.published_at
        and revision.published_at <= moment
        and (revision.valid_from is None or revision.valid_from <= moment)
        and (revision.valid_until is None or moment < revision.valid_until)
        and (revision.withdrawn_at is None or moment < revision.withdrawn_at)
    ]
    return max(known, key=lambda r: (r.valid_from or _EVER, r.number), default=None)


def _explained(entry: Entry, reason: Reason, catalogue: Catalogue) -> Iterator[Comparison]:
    shown = catalogue.in_force(entry.id)
    for ref in reason.refs:
        other = catalogue.entries.get(ref)
        if other is None:
            continue
        if reason.state is State.CONFLICT and shown:
            yield _conflict(shown, other, reason, catalogue)
        elif reason.state is State.BASIS_CHANGED and shown:
            yield _basis(entry, shown, other, reason, catalogue)
        elif reason.state is State.SUPERSEDED:
            yield _succession(entry, other, reason, catalogue)


def _conflict(shown: Revision, other: Entry, reason: Reason, catalogue: Catalogue) -> Comparison:
    theirs = catalogue.in_force(other.id)
    pairs = [
        Pair(pair.sentence_a, pair.sentence_b)
        if pair.a.entry_id == shown.entry_id
        else Pair(pair.sentence_b, pair.sentence_a)
        for pair in conflicts.find([shown, theirs] if theirs else [])
    ]
    return Comparison(State.CONFLICT, shown, theirs, tuple(pairs), reason=reason)


def _basis(
    entry: Entry, shown: Revision, basis: Entry, reason: Reason, catalogue: Catalogue
) -> Comparison:
    """What the basis said when somebody last vouched for the entry, and what it says now."""
    then = held(basis, last_review(entry.stewardship, shown))
    now = catalogue.in_force(basis.id) or _successor(basis, catalogue, catalogue.at)
    if then is None or now is None:
        return Comparison(State.BASIS_CHANGED, then, now, reason=reason)
    before, after = then.content.body, now.content.body
    return Comparison(
        State.BASIS_CHANGED,
        then,
        now,
        aligned(before, after),
        _still_saying(shown, before, after),
        reason,
    )


def _succession(entry: Entry, successor: Entry, reason: Reason, catalogue: Catalogue) -> Comparison:
    spans = catalogue.timeline.spans(entry.id)
    last = entry.revision(spans[-1].revision) if spans else None
    now = catalogue.in_force(successor.id)
    pairs = aligned(last.content.body, now.content.body) if last and now else ()
    return Comparison(State.SUPERSEDED, last, now, pairs, reason=reason)


def _successor(entry: Entry, catalogue: Catalogue, moment: datetime) -> Revision | None:
    superseded = catalogue.timeline.superseded.get(entry.id)
    return catalogue.in_force(superseded.by, moment) if superseded else None


def _still_saying(shown: Revision, before: str, after: str) -> tuple[str, ...]:
    """Sentences of an entry with a figure that its basis gave up."""
    old = _figures(before) - _figures(after)
    return tuple(
        sentence
        for sentence in sentences(shown.content.body)
        if any(quantity.key in old for quantity in quantities(sentence))
    )


def _figures(body: str) -> set[tuple[str, str]]:
    found = (quantity for said in sentences(body) for quantity in quantities(said))
    return {quantity.key for quantity in found if quantity.kind not in _UNTOLD}
