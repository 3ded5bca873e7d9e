"""What a colleague has to know of a new text: which figures changed, what was added or dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from kb.quantities import Quantity, quantities
from kb.sections import plain_text, sections
from kb.sentences import split

_ALIKE = 0.6  # share of common characters of two sentences that are one, reworded
_MOST_PAIRS = 2_500  # comparing each with each beyond this takes too long
_UNTOLD = frozenset(("ordinal",))  # numbering of steps and revisions
_MASK = "\ue000"


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure that changed, as written before and after, with the sentence it stands in now."""

    before: str
    after: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Figures that moved; sentences reworded (old, new), added and removed, in their order."""

    moved: tuple[Moved, ...] = ()
    reworded: tuple[tuple[str, str], ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence before and after; one of the two is empty where it was added or removed."""

    before: str
    after: str


@lru_cache(maxsize=256)
def aligned(before: str, after: str) -> tuple[Pair, ...]:
    """The sentences that differ between two Markdown bodies, side by side in reading order.

    A removed sentence stands before the changed ones that followed it.
    """
    old, new = sentences(before), sentences(after)
    kept = Counter(old) & Counter(new)
    gone, come = _without(old, kept), _without(new, kept)
    partner = {b: a for a, b in _pairs(gone, come)}
    left = _without(gone, Counter(partner.values()))
    place = {sentence: at for at, sentence in enumerate(old)}
    rows: list[Pair] = []
    for sentence in come:
        was = partner.get(sentence, "")
        while was and left and place[left[0]] < place[was]:
            rows.append(Pair(left.pop(0), ""))
        rows.append(Pair(was, sentence))
    return tuple(dict.fromkeys((*rows, *(Pair(sentence, "") for sentence in left))))


@lru_cache(maxsize=1024)
def difference(before: str, after: str) -> Difference:
    """What differs between two Markdown bodies, sentence by sentence; markup does not count."""
    old, new = sentences(before), sentences(after)
    kept = Counter(old) & Counter(new)
    gone, come = _without(old, kept), _without(new, kept)
    pairs = _pairs(gone, come)
    moved = tuple(figure for a, b in pairs for figure in _moved(a, b))
    told = {figure.sentence for figure in moved}
    return Difference(
        tuple(dict.fromkeys(moved)),
        tuple((a, b) for a, b in pairs if b not in told),
        tuple(_without(come, Counter(b for _, b in pairs))),
        tuple(_without(gone, Counter(a for a, _ in pairs))),
    )


def sentences(body: str) -> list[str]:
    """What a Markdown body says, in order; headings only say what it is about."""
    return [said for section in sections(body) for said in split(plain_text(section.text))]


def _without(sentences: Sequence[str], known: Counter[str]) -> list[str]:
    left, found = Counter(known), list[str]()
    for sentence in sentences:
        if left[sentence]:
            left[sentence] -= 1
        else:
            found.append(sentence)
    return found


def _pairs(gone: Sequence[str], come: Sequence[str]) -> list[tuple[str, str]]:
    """Sentences that are one before and after, in the order of the new text."""
    frames = [_frame(sentence) for sentence in gone]
    thorough = len(gone) * len(come) <= _MOST_PAIRS
    free = dict.fromkeys(range(len(gone)))
    found: list[tuple[str, str]] = []
    for sentence in come:
        frame = _frame(sentence)
        place = next((at for at in free if frames[at] == frame), None)
        if place is None and thorough:
            place = _most_alike(frame, frames, list(free))
        if place is not None:
            del free[place]
            found.append((gone[place], sentence))
    return found


def _most_alike(frame: str, frames: Sequence[str], free: Sequence[int]) -> int | None:
    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(frame)
    best, place = _ALIKE, None
    for at in free:
        matcher.set_seq1(frames[at])
        if matcher.real_quick_ratio() >= best and (ratio := matcher.ratio()) >= best:
            best, place = ratio, at
    return place


@lru_cache(maxsize=8192)
def _frame(sentence: str) -> str:
    """The sentence with its figures masked: what it says, whatever the figures are."""
    pieces, place = [], 0
    for quantity in quantities(sentence):
        pieces += [sentence[place : quantity.start], _MASK]
        place = quantity.end
    return "".join([*pieces, sentence[place:]])


def _moved(before: str, after: str) -> Iterator[Moved]:
    """Figures of one kind that stand in the same order but differ."""
    old, new = _figures(before), _figures(after)
    if [q.kind for q in old] == [q.kind for q in new]:
        yield from (
            Moved(a.text, b.text, after) for a, b in zip(old, new, strict=True) if a.key != b.key
        )
        return
    known, wanted = {q.key for q in old}, {q.key for q in new}
    for kind in dict.fromkeys(q.kind for q in new):
        left = [q for q in old if q.kind == kind and q.key not in wanted]
        right = [q for q in new if q.kind == kind and q.key not in known]
        yield from (Moved(a.text, b.text, after) for a, b in zip(left, right, strict=False))


def _figures(sentence: str) -> list[Quantity]:
    return [quantity for quantity in quantities(sentence) if quantity.kind not in _UNTOLD]
