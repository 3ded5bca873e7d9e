"""Intervals of one unit: what a rule covers, or a figure as the smallest of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Range:
    """An interval of one unit. `high` is None without an upper limit.

    `unit` is the base unit (seconds for all durations but working days), `step` one of the unit it
    was written in, `measure` what is measured (empty when the words do not say).
    """

    unit: str
    low: Decimal
    high: Decimal | None
    low_in: bool
    high_in: bool
    step: Decimal = Decimal(1)
    measure: str = ""

    def meets(self, other: Range) -> bool:
        """Whether the two intervals have a value in common; the units must be the same."""
        return not (self.is_below(other) or other.is_below(self))

    def is_below(self, other: Range) -> bool:
        """Whether all of it lies below all of the other."""
        if self.high is None:
            return False
        touching = self.high_in and other.low_in
        return self.high < other.low or (self.high == other.low and not touching)

    def borders(self, other: Range) -> bool:
        """Whether the other begins where this ends, with at most one step between them."""
        return self.is_below(other) and other.low - (self.high or Decimal(0)) <= self.step

    def distance(self, other: Range) -> Decimal:
        """How far apart the two are; 0 where they meet or touch."""
        if self.is_below(other):
            return other.low - (self.high or Decimal(0))
        if other.is_below(self):
            return self.low - (other.high or Decimal(0))
        return Decimal(0)
