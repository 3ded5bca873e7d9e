"""`difflib` within bounds: what two long or hostile texts share is found in a limited time.

Its matcher is quadratic where much repeats, and worse where it finds many small matches. Here each
step of its search is paid for; once that is spent, what is still open counts as replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import Match, SequenceMatcher
from itertools import accumulate, takewhile

EFFORT = 8_000_000  # steps: a second or two at most
_CONTEXT = 3


class Effort:
    """Steps that may still be spent; one may be shared by several comparisons."""

    def __init__(self, steps: int = EFFORT) -> None:
        self.left = steps

    def spend(self, steps: int) -> bool:
        """Whether there was enough left; what is too much spends nothing."""
        if steps > self.left:
            return False
        self.left -= steps
        return True


class BoundedMatcher(SequenceMatcher[str]):
    """A SequenceMatcher that finds less, instead of going on, once the effort is spent.

    What two stretches begin or end with is found even then.
    """

    def __init__(
        self,
        old: Sequence[str],
        new: Sequence[str],
        effort: Effort | None = None,
        *,
        autojunk: bool = False,
    ) -> None:
        super().__init__(None, old, new, autojunk)
        self._old, self._new = old, new
        self._effort = effort or Effort()
        places: dict[str, list[int]] = self.b2j  # type: ignore[attr-defined]
        costs = (1 + len(places.get(item, ())) for item in old)
        self._cost_up_to = list(accumulate(costs, initial=0))

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> Match:
        """As difflib's while the effort lasts; then what both begin with, or else end with."""
        end = len(self._old) if ahi is None else ahi
        new_end = len(self._new) if bhi is None else bhi
        if self._effort.spend(self._cost_up_to[end] - self._cost_up_to[alo]):
            return super().find_longest_match(alo, end, blo, new_end)
        most = min(end - alo, new_end - blo)
        if size := _equal(self._old[alo + n] == self._new[blo + n] for n in range(most)):
            return Match(alo, blo, size)
        size = _equal(self._old[end - n] == self._new[new_end - n] for n in range(1, most + 1))
        return Match(end - size, new_end - size, size)


def unified(
    old: Sequence[str], new: Sequence[str], names: tuple[str, str], end: str = "\n"
) -> Iterator[str]:
    """As `difflib.unified_diff` with three lines around each change; `end` ends its own lines."""
    begun = False
    for group in BoundedMatcher(old, new, autojunk=True).get_grouped_opcodes(_CONTEXT):
        if not begun:
            yield f"--- {names[0]}{end}"
            yield f"+++ {names[1]}{end}"
            begun = True
        first, last = group[0], group[-1]
        yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@{end}"
        for op, a, b, c, d in group:
            if op == "equal":
                yield from (f" {line}" for line in old[a:b])
                continue
            yield from (f"-{line}" for line in old[a:b])
            yield from (f"+{line}" for line in new[c:d])


def _equal(pairs: Iterable[bool]) -> int:
    """How many pairs are equal before the first that is not."""
    return sum(1 for _ in takewhile(bool, pairs))


def _range(start: int, end: int) -> str:
    """A range of lines as a unified diff writes it."""
    if end - start == 1:
        return f"{start + 1}"
    return f"{start + 1 if end > start else start},{end - start}"
