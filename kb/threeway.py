"""Merging two people's changes of one text: what both began from, mine, and theirs.

Pure functions. Fields are merged one by one: lists of names as sets (what either side added is
there, what either side removed is gone), single values by who changed them. The body is merged by
whole lines. What both changed differently is a conflict: there the merged content holds theirs,
which is on record already, so that keeping it loses nothing but what its writer has in front of
them.

Lines are aligned at those that stand once on both sides, in the longest order that both share
(patience diff), and what lies between two such lines by `difflib`, as far as that is affordable:
unrelated or hostile texts cost little and come out as one large conflict, never as a wrong merge.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, TypeVar

from kb.model import Content, Slot

T = TypeVar("T", bound=Hashable)
SETS = ("products", "channels", "tags", "questions", "counter", "depends_on", "supersedes")
# What difflib may be asked to weigh in one text: for each gap between two anchors, the pairs of
# equal lines in it times its lines, which bounds its work. It is some seconds at the very worst.
EFFORT = 10_000_000


class Side(StrEnum):
    """Who changed a run of lines."""

    SAME = "same"  # nobody
    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"  # both, in the same way
    CONFLICT = "conflict"  # both, differently


@dataclass(frozen=True, slots=True)
class Hunk:
    """A run of whole lines, each with its line end, as it stands in the three texts.

    The `base` of all hunks, put together, is the base, and so with `mine` and `theirs`.
    """

    side: Side
    base: str
    mine: str
    theirs: str

    @property
    def merged(self) -> str:
        """What the merge holds here; of a conflict: theirs."""
        return self.mine if self.side is Side.MINE else self.theirs


@dataclass(frozen=True, slots=True)
class FieldMerge:
    """A field that differs on at least one side; `clean` unless both changed it differently."""

    field: str
    base: Any
    mine: Any
    theirs: Any
    merged: Any
    clean: bool


@dataclass(frozen=True, slots=True)
class ContentMerge:
    """Two changes of one content put together; `fields` leaves out the body and what is equal."""

    merged: Content
    fields: tuple[FieldMerge, ...]
    body: tuple[Hunk, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing is left for a person to decide."""
        return all(field.clean for field in self.fields) and all(
            hunk.side is not Side.CONFLICT for hunk in self.body
        )


def merge_content(base: Content, mine: Content, theirs: Content) -> ContentMerge:
    """All fields and the body of two changes that began from `base`."""
    sides = (base, mine, theirs)
    merges = (
        merge_field(field.name, *(getattr(side, field.name) for side in sides))
        for field in fields(Content)
        if field.name != "body"
    )
    found = [merge for merge in merges if merge is not None]
    hunks = merge_lines(base.body, mine.body, theirs.body)
    body = "".join(hunk.merged for hunk in hunks).removesuffix("\n")
    merged = replace(theirs, body=body, **{merge.field: merge.merged for merge in found})
    return ContentMerge(merged, tuple(found), hunks)


def merge_field(name: str, base: Any, mine: Any, theirs: Any) -> FieldMerge | None:  # noqa: ANN401
    """One field but the body; None when nobody changed it."""
    if base == mine == theirs:
        return None
    if mine == theirs or mine == base:
        return FieldMerge(name, base, mine, theirs, theirs, True)
    if theirs == base:
        return FieldMerge(name, base, mine, theirs, mine, True)
    if name in SETS:
        return FieldMerge(name, base, mine, theirs, merge_sets(base, mine, theirs), True)
    if name == "slots":
        merged, clean = _merge_slots(base, mine, theirs)
        return FieldMerge(name, base, mine, theirs, merged, clean)
    return FieldMerge(name, base, mine, theirs, theirs, False)


def merge_sets(base: Sequence[T], mine: Sequence[T], theirs: Sequence[T]) -> tuple[T, ...]:
    """What neither side removed and what either added: in their order, my additions last."""
    dropped = set(base) - set(mine)
    known = set(base) | set(theirs)
    kept = [item for item in theirs if item not in dropped]
    return tuple(dict.fromkeys([*kept, *(item for item in mine if item not in known)]))


def _merge_slots(
    base: Sequence[Slot], mine: Sequence[Slot], theirs: Sequence[Slot]
) -> tuple[tuple[Slot, ...], bool]:
    """Variables by name: names as a set, each label as a single value.

    One that either side took away while the other labelled it anew is a conflict, too.
    """
    labels = [{slot.name: slot.label for slot in side} for side in (base, mine, theirs)]
    torn = [name for name in labels[0] if _torn(name, *labels)]
    names = merge_sets(list(labels[0]), [*labels[1], *torn], list(labels[2]))
    merged, clean = [], not torn
    for name in names:
        old, my, their = (side.get(name) for side in labels)
        if their is None or their == old:
            their = my if my is not None else their
        elif my not in (None, old, their):
            clean = False
        merged.append(Slot(name, their or ""))
    return tuple(merged), clean


def _torn(
    name: str, base: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]
) -> bool:
    """Whether a variable of the base is gone on one side and has another label on the other."""
    left = [side[name] for side in (mine, theirs) if name in side]
    return len(left) == 1 and left[0] != base[name]


def merge_lines(base: str, mine: str, theirs: str) -> tuple[Hunk, ...]:
    """The hunks of three texts, in order; no two neighbours are of one side."""
    old, my, their = (lines_of(text) for text in (base, mine, theirs))
    found: list[Hunk] = []
    start = my_start = their_start = 0
    for place, my_place, their_place, size in _common(old, my, their):
        _changed(found, old[start:place], my[my_start:my_place], their[their_start:their_place])
        same = old[place : place + size]
        _add(found, Side.SAME, same, same, same)
        start, my_start, their_start = place + size, my_place + size, their_place + size
    return tuple(found)


def lines_of(text: str) -> list[str]:
    """The lines of a text, each with a line end, also the last; no text is no line."""
    return [f"{line}\n" for line in text.split("\n")] if text else []


def _changed(found: list[Hunk], base: list[str], mine: list[str], theirs: list[str]) -> None:
    """Add what stands between two runs that all three texts share."""
    if not (base or mine or theirs):
        return
    if mine == theirs:
        side = Side.BOTH
    elif mine == base:
        side = Side.THEIRS
    elif theirs == base:
        side = Side.MINE
    else:
        side = Side.CONFLICT
    _add(found, side, base, mine, theirs)


def _add(
    found: list[Hunk], side: Side, base: list[str], mine: list[str], theirs: list[str]
) -> None:
    if not (base or mine or theirs):
        return
    hunk = Hunk(side, "".join(base), "".join(mine), "".join(theirs))
    if found and found[-1].side is side:
        last = found.pop()
        hunk = Hunk(side, last.base + hunk.base, last.mine + hunk.mine, last.theirs + hunk.theirs)
    found.append(hunk)


def _common(
    base: list[str], mine: list[str], theirs: list[str]
) -> Iterator[tuple[int, int, int, int]]:
    """Runs of lines that all three share, as places and length; an empty one at the end."""
    left, right = _pairs(base, mine), _pairs(base, theirs)
    run: tuple[int, int, int, int] | None = None
    for place in sorted(left.keys() & right.keys()):
        here = (place, left[place], right[place])
        if run and here == (run[0] + run[3], run[1] + run[3], run[2] + run[3]):
            run = (*run[:3], run[3] + 1)
            continue
        if run:
            yield run
        run = (*here, 1)
    if run:
        yield run
    yield len(base), len(mine), len(theirs), 0


def _pairs(old: list[str], new: list[str]) -> dict[int, int]:
    """Which line of `new` each line of `old` is; both rise together."""
    found: dict[int, int] = {}
    head = _equal_ends(old, new)
    tail = _equal_ends(old[head:][::-1], new[head:][::-1])
    old_end, new_end = len(old) - tail, len(new) - tail
    found.update((place, place) for place in range(head))
    start, new_start = head, head
    anchors = _anchors(old[head:old_end], new[head:new_end])
    left = EFFORT
    for place, new_place in [*((a + head, b + head) for a, b in anchors), (old_end, new_end)]:
        gap = old[start:place], new[new_start:new_place]
        needed = effort(*gap)
        if 0 < needed <= left:
            left -= needed
            found.update((start + a, new_start + b) for a, b in _gap(*gap))
        found[place] = new_place
        start, new_start = place + 1, new_place + 1
    found.pop(old_end, None)
    found.update((old_end + step, new_end + step) for step in range(tail))
    return found


def _equal_ends(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines two texts have in common at their beginning."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _anchors(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Lines that stand once on both sides, in the longest order that both have."""
    counts, new_counts = Counter(old), Counter(new)
    places = {line: place for place, line in enumerate(new) if new_counts[line] == 1}
    both = [
        (place, places[line])
        for place, line in enumerate(old)
        if counts[line] == 1 and line in places
    ]
    return _longest_rising(both)


def _longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of `pairs`, which rise by their first part, that rises by the second."""
    tops: list[int] = []  # the second part of the pair that ends the best run of each length
    ends: list[int] = []  # that pair's place
    before: list[int] = []
    for place, (_, second) in enumerate(pairs):
        length = bisect_left(tops, second)
        before.append(ends[length - 1] if length else -1)
        tops[length : length + 1], ends[length : length + 1] = [second], [place]
    chosen: list[tuple[int, int]] = []
    place = ends[-1] if ends else -1
    while place >= 0:
        chosen.append(pairs[place])
        place = before[place]
    return chosen[::-1]


def _gap(old: list[str], new: list[str]) -> Iterator[tuple[int, int]]:
    """Equal lines between two anchors."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for a, b, size in matcher.get_matching_blocks():
        yield from ((a + step, b + step) for step in range(size))


def effort(old: Sequence[str], new: Sequence[str]) -> int:
    """How much difflib may have to weigh between two runs of lines."""
    counts = Counter(new)
    return sum(counts[line] for line in old) * min(len(old), len(new))
