"""The rows of the freshness board that people have to do something about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.catalogue import Catalogue
from kb import freshness
from kb.board import BoardRow
from kb.freshness import State
from kb.model import Kind


class Snoozed(StrEnum):
    """What to do with rows that somebody put off."""

    HIDE = "hide"
    ONLY = "only"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of the board; None (and no names) let everything through.

    `names` are a person and the teams they are in: rows that these keep or review.
    """

    owner: str | None = None
    kind: Kind | None = None
    product: str | None = None
    names: frozenset[str] | None = None
    snoozed: Snoozed = Snoozed.HIDE

    def holds(self, row: BoardRow) -> bool:
        """Whether a row passes all filters."""
        put_off = row.snooze is not None
        return (
            self.owner in (None, row.owner)
            and self.kind in (None, row.kind)
            and (self.product is None or self.product in row.products)
            and (self.names is None or row.concerns(self.names))
            and (self.snoozed is Snoozed.ALL or put_off == (self.snoozed is Snoozed.ONLY))
        )


def rows(catalogue: Catalogue, usage: Mapping[str, int]) -> list[BoardRow]:
    """Every published entry as a row of the board, worst first; current ones last."""
    return freshness.board(
        catalogue.entries.values(),
        catalogue.freshness,
        usage,
        catalogue.at,
        include_current=True,
        snoozes=catalogue.snoozes,
    )


def tasks_by_owner(found: Iterable[BoardRow]) -> dict[str, list[BoardRow]]:
    """For each owner what needs doing, in the order given; what is put off or current is left out.

    Entries without an owner stand under the empty name.
    """
    by_owner: dict[str, list[BoardRow]] = {}
    for row in found:
        if row.state is not State.CURRENT and row.snooze is None:
            by_owner.setdefault(row.owner, []).append(row)
    return dict(sorted(by_owner.items()))


def own_names(person: str, teams: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """A person's name and the names of the teams they are in."""
    return frozenset({person, *(team for team, members in teams.items() if person in members)})
